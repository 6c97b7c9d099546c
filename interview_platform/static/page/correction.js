// A transcript put right by the person who said it.

import { call, Problem } from "./api.js";
import { button, field, h, inWords, newId, notice, put } from "./dom.js";
import { number, t, tn } from "./texts.js";

const SHOWN = 12; // changes that are listed; the number of all of them is said

/** Return what stands below a transcript: a way to put it right, and what was put right before. `onSaved` draws anew. */
export function correctionView(transcript, { path, onSaved }) {
  const panel = h("div", { class: "stack" });
  close();
  return panel;

  function close() {
    put(panel,
      transcript.edited && notice("", t("You edited this transcript"), t("Your corrected words are scored. Fluency is scored from the recording.")),
      transcript.edited && original(transcript),
      h("div", { class: "actions" }, button(t("Fix transcript"), open, { kind: "small" })));
  }

  function open() {
    const text = h("textarea", { name: "transcript", rows: 10, required: true, lang: transcript.language, value: transcript.transcript });
    const told = h("div");
    const save = h("button", { class: "button main", type: "submit" }, t("Save and rescore"));
    const unsure = (transcript.unsure_words ?? []).map((row) => row.word);
    put(panel, h("form", { class: "stack", novalidate: true, onsubmit: (event) => { event.preventDefault(); send(); } },
      field(t("What you said"), text, { hint: t("Write what you really said, slips included. You're fixing the transcript, not the answer.") }),
      unsure.length > 0 && h("p", { class: "hint" }, t("Perhaps misheard: {words}", { words: unsure.join(", ") })),
      told, h("div", { class: "actions" }, save, button(t("Back"), leave))));
    text.focus();

    function leave() {
      close();
      panel.querySelector("button").focus();
    }

    async function send() {
      save.disabled = true;
      put(told);
      try {
        const { data } = await call("PUT", path, { body: { transcript: text.value } });
        onSaved(data.difference);
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        put(told, notice("bad", problem.message, inWords(problem.details[0]) ?? (problem.passes ? t("Your text stays here; try again.") : null)));
        save.disabled = false;
      }
    }
  }
}

/** Say what the correction changed. */
export function differenceView({ removed, added, changes }) {
  if (changes.length === 0) return notice("", t("Nothing was changed"));
  return h("div", { class: "notice", role: "status" },
    h("p", { class: "notice-title" }, t("Transcript updated")),
    h("p", {}, [tn("{count} word removed", "{count} words removed", removed), tn("{count} word added", "{count} words added", added)].join(", ")),
    h("ul", {}, changes.slice(0, SHOWN).map((change) => h("li", {}, change.before && h("del", {}, change.before), change.before && change.after && " ", change.after && h("ins", {}, change.after)))),
    changes.length > SHOWN && h("p", { class: "hint" }, t("… and {count} more", { count: number(changes.length - SHOWN) })));
}

function original(transcript) {
  const id = newId("original");
  return h("details", {}, h("summary", {}, t("Original transcript")), h("p", { id, class: "words", lang: transcript.language }, transcript.original_transcript));
}
