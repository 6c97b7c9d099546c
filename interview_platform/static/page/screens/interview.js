// One question at a time: record or type, listen, send, and go on while earlier answers are worked on.

import { get, post } from "../api.js";
import { bar, button, confirmed, english, h, link, notice, put, title } from "../dom.js";
import * as keep from "../keep.js";
import { follow, standing } from "../progress.js";
import { canSpeak, speak, stopSpeaking } from "../speech.js";
import { clock, t } from "../texts.js";
import { word } from "../words.js";
import { recorderPanel } from "./recorder_panel.js";
import { typingPanel } from "./typing_panel.js";

const ALOUD = "interview.read-aloud";

export async function show({ main, app, params, signal }) {
  const place = `/interviews/sessions/${params.session}`;
  const [{ data: session }, { data: listed }] = await Promise.all([get(place, { signal }), get(`${place}/questions`, { signal })]);
  const { questions } = listed;
  if (session.status === "completed" || questions.length === 0) { app.go(questions.length === 0 ? "#/new" : `#/results/${session.id}`); return; }
  const question = questions[Math.min(questions.length, Number(params.position) || firstOpen(questions)) - 1];
  const next = questions[question.position] ?? null;
  const panel = h("div", { class: "stack" });
  const list = h("ol", { class: "answers" });
  const context = { app, session, question, signal, onSent: sent, panel };
  signal.addEventListener("abort", stopSpeaking);

  /** An answer is on the server: offer what comes next. */
  function sent() {
    question.attempt_count += 1;
    question.answered = true;
    const onward = next ? button(t("Next question"), () => app.go(`#/interview/${session.id}/${next.position}`), { kind: "main" })
      : button(t("Finish the interview"), finish, { kind: "main" });
    put(panel, notice("good", t("Your answer has arrived"), t("We're scoring it now. Carry on with the next question."), onward,
      button(t("Answer this question again"), chooseRecorder)));
    panel.querySelector("button").focus();
    followAnswers();
  }

  function chooseRecorder() {
    recorderPanel(context, { typeInstead: chooseTyping });
  }

  function chooseTyping() {
    typingPanel(context, { recordInstead: chooseRecorder });
  }

  async function finish() {
    const left = questions.filter((one) => !one.answered).length;
    const unsent = (await keep.list(app.person.id)).some((recording) => recording.session === session.id);
    const detail = [left > 0 && t("Questions without an answer: {left}.", { left }), unsent && t("A recording was not sent yet; after this it cannot be sent any more."), t("You can read the results now, and still answer again, without finishing.")].filter(Boolean).join(" ");
    if (!(await confirmed(t("Finish the interview? It takes no more answers then."), { yes: t("Finish"), detail, kind: "main" }))) return;
    await post(`${place}/complete`);
    app.go(`#/results/${session.id}`);
  }

  function drawAnswers(progress) {
    put(list, questions.map((one) => {
      const work = progress?.questions.find((row) => row.question_id === one.id);
      const here = one.id === question.id;
      return h("li", {}, h("a", { href: `#/interview/${session.id}/${one.position}`, "aria-current": here ? "step" : null },
        h("span", {}, t("Question {position}", { position: one.position })), h("span", { class: "state" }, work?.status ? standing(work) : t("Not answered"))),
      work?.status === "completed" || work?.status === "failed" ? link(t("See result"), `#/answer/${session.id}/${one.id}`) : null,
      ["queued", "processing"].includes(work?.status) ? bar(work.progress, word(work.status)) : null);
    }));
  }

  let following = new AbortController();
  signal.addEventListener("abort", () => following.abort());
  function followAnswers() {
    following.abort();
    following = new AbortController();
    follow(`${place}/progress`, { signal: following.signal, onNews: drawAnswers });
  }

  put(main, title(t("Question {position} of {count}", { position: question.position, count: questions.length })),
    h("div", { class: "interview" },
      h("section", { class: "card stack", "aria-label": t("Question") },
        h("p", { class: "tags" }, h("span", {}, word(question.category)), h("span", {}, word(question.difficulty)),
          h("span", {}, t("Time limit {time}", { time: clock(question.time_limit) }))),
        english("p", { class: "question" }, question.question_text),
        readAloud(question),
        panel),
      h("aside", { class: "card stack", "aria-label": t("Your answers") },
        h("h2", {}, t("Your answers")), list,
        h("div", { class: "actions" }, link(t("Results so far"), `#/results/${session.id}`, { kind: "button" }), button(t("Finish the interview"), finish)))));
  drawAnswers(null);
  followAnswers();
  await chooseRecorder();
  if (localStorage.getItem(ALOUD) === "yes") speak(question.question_text);
}

function firstOpen(questions) {
  return questions.find((question) => !question.answered)?.position ?? 1;
}

function readAloud(question) {
  if (!canSpeak()) return null;
  const always = h("input", { type: "checkbox", checked: localStorage.getItem(ALOUD) === "yes", onchange: () => localStorage.setItem(ALOUD, always.checked ? "yes" : "no") });
  return h("div", { class: "actions" },
    button(t("Read the question aloud"), () => speak(question.question_text), { kind: "small" }),
    h("label", { class: "check" }, always, " ", t("Read each question aloud")));
}

