// Record, pause, listen, record again, send.

import { announce, bar, button, confirmed, h, notice, put } from "../dom.js";
import * as keep from "../keep.js";
import * as outbox from "../outbox.js";
import { closeMicrophone, learnLength, meter, MicrophoneProblem, obstacle, openMicrophone, Recorder } from "../recorder.js";
import { stopSpeaking } from "../speech.js";
import { clock, settings, t } from "../texts.js";
import { CHOSEN } from "./microphone.js";

const WARN_SECONDS = 20; // before the limit

/** Fill the panel with what recording this question needs. `context`: app, session, question, signal, onSent, panel. */
export async function recorderPanel(context, { typeInstead }) {
  const { app, session, question, signal, onSent, panel } = context;
  const typing = () => button(t("Type the answer instead"), typeInstead, { kind: "small" });
  const kept = (await keep.list(app.person.id)).filter((recording) => recording.question === question.id && outbox.stateOf(recording.id)?.state !== "sent").at(-1);
  if (signal.aborted) return;
  if (kept) await review(kept.id, t("A recording of this question was not sent yet"));
  else ready();

  function ready() {
    const inTheWay = obstacle();
    if (inTheWay) { put(panel, notice("warn", inTheWay.message, inTheWay.text), typing()); return; }
    put(panel, h("div", { class: "actions" }, button(t("Start recording"), record, { kind: "main record" }), typing()),
      !question.answered ? null : h("p", { class: "hint" }, t("You have answered this question already; a new answer counts in its place.")));
  }

  async function record() {
    stopSpeaking();
    put(panel, h("p", {}, t("Waiting for your permission …")));
    try {
      const stream = await openMicrophone(localStorage.getItem(CHOSEN) ?? "");
      if (signal.aborted) { closeMicrophone(stream); return; }
      await run(stream);
    } catch (problem) {
      if (!(problem instanceof MicrophoneProblem)) throw problem;
      put(panel, notice("bad", problem.message, problem.text, button(t("Try again"), record, { kind: "main" }), typing()));
    }
  }

  async function run(stream) {
    const recorder = new Recorder(stream, { onEnd: () => end(t("The microphone was disconnected. Your recording so far is kept.")) });
    await recorder.start({ owner: app.person.id, session: session.id, question: question.id, position: question.position, questionText: question.question_text });
    app.isRecording = (id) => id === undefined || id === recorder.id;
    const limit = question.time_limit;
    const time = h("span", { class: "time", role: "timer" });
    const told = h("p", { class: "hint", role: "status" });
    const fill = h("span", { class: "level-fill" });
    const stopMeter = meter(stream, (level) => { fill.style.inlineSize = `${Math.round(100 * level)}%`; });
    const light = h("span", { class: "light", "aria-hidden": "true" });
    const pause = button(t("Pause"), toggle);
    let warned = 0;
    const timer = setInterval(tick, 250);
    signal.addEventListener("abort", () => { const stopped = recorder.stop(); halt(); stopped.then(app.tellOfKept); }, { once: true });

    function tick() {
      put(time, `${clock(recorder.seconds)} / ${clock(limit)}`);
      time.classList.toggle("over", recorder.seconds > limit);
      const left = limit - recorder.seconds;
      if (left <= 0 && warned < 2) { warned = 2; put(told, t("Time's up. Wrap up when you're ready; we won't cut you off.")); }
      else if (left <= WARN_SECONDS && left > 0 && warned < 1) { warned = 1; put(told, t("{seconds} seconds left", { seconds: WARN_SECONDS })); }
      if (recorder.seconds > settings.maxAudioSeconds - 2) end(t("The longest recording that can be sent is reached."));
    }

    function toggle() {
      if (recorder.isPaused) recorder.resume(); else recorder.pause();
      put(pause, recorder.isPaused ? t("Resume") : t("Pause"));
      light.classList.toggle("paused", recorder.isPaused);
      announce(recorder.isPaused ? t("Paused") : t("Recording"));
    }

    function halt() {
      clearInterval(timer);
      stopMeter();
      closeMicrophone(stream);
      app.isRecording = null;
    }

    async function end(why = null) {
      const stopped = recorder.stop();
      halt();
      const id = await stopped;
      if (!signal.aborted) await review(id, why);
    }

    put(panel, h("div", { class: "recording" }, light, time), h("div", { class: "level", "aria-hidden": "true" }, fill), told,
      h("div", { class: "actions" }, button(t("Stop"), () => end(), { kind: "main" }), pause),
      !(await keep.isDurable()) && notice("warn", t("This window cannot keep recordings"), t("It may be a private one: do not close it before the answer was sent.")));
    panel.querySelector("button").focus();
    announce(t("Recording"));
    tick();
  }

  async function review(id, why = null) {
    const blob = await keep.blobOf(id);
    if (blob.size === 0) { await keep.remove(id); ready(); return; }
    const address = URL.createObjectURL(blob);
    signal.addEventListener("abort", () => URL.revokeObjectURL(address), { once: true });
    const player = h("audio", { controls: true, src: address, "aria-label": t("Your recording") });
    learnLength(player);
    const state = h("div", { role: "status" });
    const send = button(t("Send the answer"), go, { kind: "main" });
    const again = button(t("Record again"), discard);
    put(panel, why && notice("warn", why), player, state,
      h("div", { class: "actions" }, send, again, typing()));
    send.focus();
    const ended = outbox.watch((other, entry) => { if (other === id) draw(entry); });
    signal.addEventListener("abort", ended, { once: true });
    const entry = outbox.stateOf(id);
    if (entry) draw(entry);

    async function go() {
      send.disabled = true;
      again.disabled = true;
      await outbox.send(id).catch(outbox.unlessShown);
    }

    function draw(now) {
      const { state: how, share, problem } = now;
      send.disabled = how === "sending" || how === "pausing";
      again.disabled = send.disabled;
      if (how === "sending") put(state, h("p", {}, t("Sending: {percent} %", { percent: Math.round(100 * share) })), bar(share, t("Sending")));
      if (how === "pausing") put(state, notice("warn", problem.message, t("Your recording is kept, and sent as soon as that is possible."), button(t("Try now"), outbox.hurry)));
      if (how === "refused") put(state, notice("bad", t("The server did not take the recording"), problem.details[0]?.message ?? problem.message, saveLink(blob)));
      if (how === "sent") { ended(); onSent(); }
    }

    async function discard() {
      if (!(await confirmed(t("Discard this recording?"), { yes: t("Discard and record again") }))) return;
      ended();
      await keep.remove(id);
      await record();
    }
  }
}

function saveLink(blob) {
  return h("a", { class: "button", href: URL.createObjectURL(blob), download: "answer" }, t("Save it on this device"));
}
