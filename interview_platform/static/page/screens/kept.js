// Recordings that no server has yet.

import { bar, button, confirmed, english, h, link, notice, put, title } from "../dom.js";
import * as keep from "../keep.js";
import * as outbox from "../outbox.js";
import { learnLength } from "../recorder.js";
import { day, t } from "../texts.js";

export async function show({ main, app, signal }) {
  const place = h("div", { class: "stack" });
  put(main, title(t("Recordings that were not sent")), h("p", { class: "lead" }, t("They are kept in this browser, and nowhere else.")), place);
  await draw();

  async function draw() {
    const kept = await keep.list(app.person.id);
    put(place, kept.length === 0 ? notice("good", t("Everything was sent"), null, link(t("To the overview"), "#/", { kind: "button" })) : await Promise.all(kept.map(card)));
  }

  async function card(recording) {
    const blob = await keep.blobOf(recording.id);
    const address = URL.createObjectURL(blob);
    signal.addEventListener("abort", () => URL.revokeObjectURL(address), { once: true });
    const player = h("audio", { controls: true, src: address, "aria-label": t("Recording of question {position}", { position: recording.position }) });
    learnLength(player);
    const state = h("div", { role: "status" });
    const send = button(t("Send"), () => outbox.send(recording.id).catch(outbox.unlessShown), { kind: "main" });
    const ended = outbox.watch((id, { state: how, share, problem }) => {
      if (id !== recording.id) return;
      send.disabled = how === "sending" || how === "pausing";
      if (how === "sending") put(state, bar(share, t("Sending")));
      if (how === "pausing") put(state, notice("warn", problem.message, t("Your recording is kept, and sent as soon as that is possible."), button(t("Try now"), outbox.hurry)));
      if (how === "refused") put(state, notice("bad", t("The server did not take the recording"), problem.details[0]?.message ?? problem.message));
      if (how === "sent") { ended(); put(state, notice("good", t("Sent"), null, link(t("Back to the interview"), `#/interview/${recording.session}/${recording.position}`))); actions.remove(); }
    });
    signal.addEventListener("abort", ended, { once: true });
    const actions = h("div", { class: "actions" }, send,
      h("a", { class: "button", href: address, download: `question-${recording.position}` }, t("Save it on this device")),
      button(t("Discard"), async () => { if (await confirmed(t("Discard this recording?"), { yes: t("Discard") })) { await keep.remove(recording.id); await draw(); } }));
    return h("section", { class: "card stack" },
      h("h2", {}, t("Question {position}", { position: recording.position })), english("p", {}, recording.questionText),
      h("p", { class: "hint" }, day(recording.begunAt, { withTime: true })), player, state, actions);
  }
}
