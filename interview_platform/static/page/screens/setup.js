// A new interview, on one screen.

import { call, poll, post, Problem } from "../api.js";
import { announce, field, h, newId, notice, put, showWrong, title } from "../dom.js";
import { languageName, settings, t } from "../texts.js";
import { word } from "../words.js";

const CATEGORIES = ["behavioral", "technical", "situational"];
const LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "pt", "tr", "uk", "ar", "zh", "auto"];

export async function show({ main, app, signal }) {
  const { person } = app;
  let session = null; // of a try that was refused: its fields may have changed since
  const told = h("div");
  const submit = h("button", { class: "button main", type: "submit" }, t("Get my questions"));
  const options = (names, chosen, text) => names.map((name) => h("option", { value: name, selected: name === chosen }, text(name)));
  const form = h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); begin(); } },
    h("div", { class: "columns" },
      field(t("Target role"), h("input", { name: "target_role", required: true, maxlength: 150, value: person.target_role ?? "" })),
      field(t("Company (optional)"), h("input", { name: "target_company", maxlength: 150 })),
      field(t("Difficulty"), h("select", { name: "difficulty" }, options(["easy", "medium", "hard"], "medium", word))),
      field(t("Number of questions"), h("input", { name: "num_questions", type: "number", required: true, min: 1, max: 20, value: 5, inputmode: "numeric" })),
      field(t("Language you will speak"), h("select", { name: "language" },
        options(LANGUAGES, LANGUAGES.includes(person.language) ? person.language : settings.language, (code) => (code === "auto" ? t("Detect automatically") : languageName(code)))),
      { hint: t("Questions are in English. Only English answers are scored; others are transcribed.") }),
      categories()),
    field(t("Skills (optional)"), h("input", { name: "skills", value: (person.skills ?? []).join(", ") }), { hint: t("Separate with commas, e.g. Python, SQL, teamwork") }),
    field(t("Job description (optional)"), h("textarea", { name: "job_description", rows: 5, maxlength: 10000 }), { hint: t("Paste it to get questions tailored to the job.") }),
    told,
    h("div", { class: "actions" }, submit));

  async function begin() {
    submit.disabled = true;
    put(told);
    try {
      if (!isComplete()) return;
      await discard();
      const wishes = Object.fromEntries(new FormData(form));
      const { target_role, target_company, difficulty, language } = wishes;
      session = (await post("/interviews/sessions", { target_role, target_company, difficulty, language })).data;
      announce(t("Your questions are being chosen."));
      await ask(`/interviews/sessions/${session.id}/questions`, wishes, new FormData(form).getAll("categories"));
      app.go(`#/microphone/${session.id}`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 401) throw problem;
      await discard().catch(() => null); // else the next try does it
      const left = showWrong(form, problem.details);
      if (left.length > 0 || problem.details.length === 0) put(told, notice("bad", problem.message, left[0]?.message));
    } finally {
      submit.disabled = false;
    }
  }

  /** Show what the browser knows to be wrong; return whether the server may be asked. */
  function isComplete() {
    const wrong = [...form.elements].filter((control) => control.name && !control.checkValidity());
    showWrong(form, wrong.map((control) => ({ field: control.name, code: codeOf(control.validity), message: control.validationMessage })));
    return wrong.length === 0;
  }

  /** Remove the interview of a refused try, so that it neither stays behind nor keeps old fields. */
  async function discard() {
    if (!session) return;
    await call("DELETE", `/interviews/sessions/${session.id}`).catch((problem) => { if (problem.status !== 404) throw problem; });
    session = null;
  }

  async function ask(place, wishes, chosen) {
    const skills = wishes.skills.split(",").map((skill) => skill.trim()).filter(Boolean);
    const body = {
      num_questions: Number(wishes.num_questions) || 0, categories: chosen.length > 0 ? chosen : CATEGORIES, skills,
      ...(wishes.job_description.trim() ? { job_description: wishes.job_description } : {}),
    };
    const answer = await post(`${place}/generate`, body, { signal });
    if (answer.status === 202) await poll(place, { signal }); // a language model is still writing
  }

  put(main, title(t("New interview")), h("p", { class: "lead" }, t("You get one question at a time. You can answer each as often as you like.")), form);
}

function codeOf(validity) {
  return validity.valueMissing ? "required" : validity.rangeOverflow || validity.rangeUnderflow || validity.badInput || validity.stepMismatch ? "out_of_range" : "invalid";
}

function categories() {
  const legend = newId("categories");
  return h("div", { class: "field", role: "group", "aria-labelledby": legend },
    h("span", { class: "label", id: legend }, t("Question types")),
    h("div", { class: "checks" }, CATEGORIES.map((name) =>
      h("label", {}, h("input", { type: "checkbox", name: "categories", value: name, checked: true }), " ", word(name)))));
}
