// The answer in writing.

import { post, Problem } from "../api.js";
import { button, field, h, inWords, notice, put } from "../dom.js";
import { t, tn } from "../texts.js";

/** Fill the panel with a place to write. `context`: app, session, question, onSent, panel. */
export function typingPanel(context, { recordInstead }) {
  const { session, question, onSent, panel } = context;
  const draft = `interview.draft.${question.id}`;
  const told = h("div");
  const count = h("span", { class: "hint" });
  const text = h("textarea", { name: "text", rows: 8, maxlength: 20000, required: true, lang: session.language === "auto" ? null : session.language, value: localStorage.getItem(draft) ?? "", oninput: note });
  const submit = h("button", { class: "button main", type: "submit" }, t("Send the answer"));
  let key = crypto.randomUUID(); // another text is another request
  const form = h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); send(); } },
    field(t("Your answer"), text, { hint: t("Typed answers are scored by their words, without a fluency score. You need at least 25 words.") }),
    count, told, h("div", { class: "actions" }, submit, button(t("Record it instead"), recordInstead, { kind: "small" })));

  function note() {
    key = crypto.randomUUID();
    localStorage.setItem(draft, text.value);
    const words = text.value.split(/\s+/).filter(Boolean).length;
    put(count, tn("{count} word", "{count} words", words));
  }

  async function send() {
    if (!text.value.trim()) { put(told, notice("bad", t("Write something first."))); text.focus(); return; }
    submit.disabled = true;
    put(told);
    try {
      await post(`/interviews/sessions/${session.id}/questions/${question.id}/answer`, { text: text.value }, { headers: { "Idempotency-Key": key } });
      localStorage.removeItem(draft);
      onSent();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      put(told, notice("bad", problem.message, inWords(problem.details[0]) ?? (problem.passes ? t("Your text stays here; try again.") : null)));
    } finally {
      submit.disabled = false;
    }
  }

  put(panel, form);
  note();
  text.focus();
}
