// Does the microphone hear anything? Before the first question, not after the last answer.

import { button, h, link, notice, put, title } from "../dom.js";
import { closeMicrophone, meter, MicrophoneProblem, openMicrophone } from "../recorder.js";
import { t } from "../texts.js";

export const CHOSEN = "interview.microphone";
const HEARD = 0.35; // of the meter: somebody speaks

export async function show({ main, params, signal }) {
  const next = `#/interview/${params.session}/1`;
  const told = h("div", { class: "stack" });
  const fill = h("span", { class: "level-fill" });
  const verdict = h("p", { class: "verdict", role: "status" }, t("Say a few words …"));
  const select = h("select", { id: "device", onchange: () => { localStorage.setItem(CHOSEN, select.value); listen(); } });
  const go = link(t("To the first question"), next, { kind: "button main" });
  let stream = null;
  let stop = () => {};
  signal.addEventListener("abort", close);

  function close() {
    stop();
    closeMicrophone(stream);
  }

  async function listen() {
    close();
    try {
      stream = await openMicrophone(localStorage.getItem(CHOSEN) ?? "");
      if (signal.aborted) { close(); return; }
      await drawDevices();
      let loud = 0;
      put(verdict, t("Say a few words …"));
      verdict.className = "verdict";
      stop = meter(stream, (level) => {
        fill.style.inlineSize = `${Math.round(100 * level)}%`;
        loud += level > HEARD ? 1 : 0;
        if (loud === 8) { put(verdict, t("Sounds good!")); verdict.className = "verdict good"; }
      });
      put(told, h("div", { class: "field" }, h("label", { for: "device" }, t("Microphone")), select),
        h("div", { class: "level", "aria-hidden": "true" }, fill), verdict,
        h("p", { class: "hint" }, t("Nothing is recorded here. Not moving? Pick another microphone, or check that you're not muted.")));
    } catch (problem) {
      if (!(problem instanceof MicrophoneProblem)) throw problem;
      put(told, notice("bad", problem.message, problem.text, button(t("Try again"), listen)));
      put(go, t("Continue and type your answers"));
    }
  }

  async function drawDevices() {
    const devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "audioinput");
    const used = stream.getAudioTracks()[0].getSettings().deviceId;
    put(select, devices.map(({ deviceId, label }, index) =>
      h("option", { value: deviceId, selected: deviceId === used }, label || t("Microphone {number}", { number: index + 1 }))));
  }

  put(main, h("div", { class: "narrow" }, title(t("Check your microphone")),
    h("p", { class: "lead" }, t("Your browser asks whether this page may use it.")),
    h("section", { class: "card stack" }, told), h("div", { class: "actions" }, go)));
  put(told, h("p", {}, t("Waiting for your permission …")));
  listen();
}
