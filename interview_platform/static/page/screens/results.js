// What an interview was worth, and what to do next.

import { demand, get, loadBlob, Problem } from "../api.js";
import { bar, button, english, h, link, notice, put, title } from "../dom.js";
import { follow, isUnderWay, standing } from "../progress.js";
import { points, t } from "../texts.js";
import { METRICS, word } from "../words.js";

export async function show({ main, params, signal }) {
  const place = `/interviews/sessions/${params.session}`;
  const results = `/feedback/sessions/${params.session}`;
  const [{ data: session }, { data: listed }] = await Promise.all([get(place, { signal }), get(`${place}/questions`, { signal })]);
  const { questions } = listed;
  const work = h("div");
  const body = h("div", { class: "stack" });
  const isOpen = session.status !== "completed";
  put(main, title(session.title, isOpen && link(t("Continue interview"), `#/interview/${session.id}`, { kind: "button main" })),
    h("p", { class: "hint" }, [session.target_role, session.target_company, word(session.difficulty), word(session.status)].filter(Boolean).join(" · ")), work, body);

  if (session.answered_count === 0) {
    put(body, notice("", t("There is no answer yet"), t("Answer a question, and its result appears here."), link(t("To the questions"), `#/interview/${session.id}`, { kind: "button" })));
    return;
  }
  let last = "";
  follow(`${place}/progress`, { signal, onNews: news });

  function news(progress) {
    put(work, isUnderWay(progress) && h("div", { class: "card stack", role: "status" }, h("p", {}, t("Scoring your answers: {standing}", { standing: standing(progress) })), bar(progress.progress, t("Progress"))));
    const done = JSON.stringify(progress.questions.map(({ status, attempt }) => [status, attempt]).concat([[progress.status]]));
    if (done !== last) { last = done; draw(progress); }
  }

  async function draw(progress) {
    if (progress.status === "failed") { put(body, failed(progress.failure), answers(session, questions, progress, null)); return; }
    const [scores, feedback] = progress.status === "completed" ? await Promise.all([finished(`${results}/scores`), finished(`${results}/feedback`)]) : [null, null];
    if (signal.aborted) return;
    put(body,
      scores?.data && overall(scores.data, feedback?.data),
      (scores?.meta.warnings ?? []).map((warning) => notice("warn", t("Not all answers are in these scores"), warning.message)),
      answers(session, questions, progress, scores?.data),
      feedback?.data && remarks(session, feedback.data, questions),
      scores?.data && report());
  }

  function report() {
    const told = h("div");
    const load = button(t("Download report (PDF)"), async () => {
      load.disabled = true;
      put(told);
      try {
        const address = URL.createObjectURL(await loadBlob(`${results}/report?format=pdf`));
        h("a", { href: address, download: `${t("Interview report")} ${session.title}.pdf` }).click();
        setTimeout(() => URL.revokeObjectURL(address), 60_000); // by then the browser has it
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        put(told, notice("bad", problem.message));
      } finally {
        load.disabled = false;
      }
    });
    return h("section", { class: "card stack" }, h("h2", {}, t("Report")), h("p", {}, t("Everything on this page and every answer, to keep or to give to a coach.")), told, h("div", { class: "actions" }, load));
  }

  async function finished(path) {
    try {
      const answer = await get(path, { signal });
      return answer.status === 200 && answer.data.status === "completed" ? answer : null;
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 404) return null;
      throw problem;
    }
  }

  function failed(failure) {
    return notice("bad", t("We couldn't calculate the scores"), failure.message,
      button(t("Try again"), async () => { await demand(`${results}/feedback`, null, `${results}/feedback`, { signal }); last = ""; follow(`${place}/progress`, { signal, onNews: news }); }, { kind: "main" }));
  }
}

function overall(scores, feedback) {
  if (scores.total_score === null) {
    return notice("warn", t("No answer could be scored"), feedback?.summary ?? null);
  }
  return h("section", { class: "card overall" },
    h("div", { class: "total" },
      h("p", { class: "total-score" }, points(scores.total_score), h("span", { class: "hint" }, ` ${t("of 100")}`)),
      h("p", {}, h("span", { class: "grade big" }, scores.letter_grade), " ", feedback && word(feedback.overall_rating)),
      feedback && readiness(feedback)),
    h("div", { class: "stack grows" }, h("h2", {}, t("Scores")), h("ul", { class: "metrics" }, METRICS.map((name) => {
      const { raw } = scores.breakdown[name];
      const share = t("weight {percent} %", { percent: Math.round(100 * (scores.weights[name] ?? 0)) });
      return h("li", {}, h("span", { class: "metric-name" }, word(name)), bar((raw ?? 0) / 100, `${word(name)}: ${points(raw)}`),
        h("span", { class: "metric-value" }, points(raw)), h("span", { class: "hint" }, raw === null ? t("not scored") : share));
    }))));
}

function readiness(feedback) {
  const { performance, coverage, practice } = feedback.readiness;
  return h("details", {}, h("summary", {}, t("Readiness: {score} of 100, {level}", { score: feedback.readiness_score, level: word(feedback.readiness_level) })),
    h("ul", {}, h("li", {}, t("{points} of 85 for the scores", { points: points(performance) })), h("li", {}, t("{points} of 5 for questions answered", { points: points(coverage) })), h("li", {}, t("{points} of 10 for earlier interviews", { points: points(practice) }))));
}

function answers(session, questions, progress, scores) {
  return h("section", { class: "card stack" }, h("h2", {}, t("Answers")), h("ol", { class: "sessions" }, questions.map((question) => {
    const work = progress.questions.find((row) => row.question_id === question.id);
    const score = scores?.question_scores.find((row) => row.question_id === question.id);
    return h("li", {},
      h("div", {}, question.answered ? english("a", { href: `#/answer/${session.id}/${question.id}` }, question.question_text) : english("span", {}, question.question_text),
        h("p", { class: "hint" }, `${word(question.category)} · ${work?.status ? standing(work) : t("Not answered")}`)),
      score && h("span", { class: "score" }, points(score.overall_score)));
  })));
}

function remarks(session, feedback, questions) {
  const list = (name, rows, kind) => rows?.length > 0 && h("section", { class: `card stack ${kind}` }, h("h2", {}, name),
    h("ul", { class: "remarks" }, rows.map((row) => h("li", {}, h("p", { class: "remark-title" }, word(row.category)), english("p", {}, row.message),
      row.quote && english("blockquote", {}, row.quote),
      row.question_id && link(t("To this answer"), `#/answer/${session.id}/${row.question_id}`)))));
  return [
    english("p", { class: "lead" }, feedback.summary),
    h("div", { class: "pair" }, list(t("Strengths"), feedback.strengths, "strengths"), list(t("Weaknesses"), feedback.weaknesses, "weaknesses")),
    list(t("Suggestions"), feedback.suggestions, ""),
    list(t("Remarks of the language model"), feedback.narrative, ""),
    feedback.next_steps?.length > 0 && h("section", { class: "card stack" }, h("h2", {}, t("Next steps")), english("ol", {}, feedback.next_steps.map((step) => h("li", {}, step)))),
    feedback.model_answers?.length > 0 && h("section", { class: "card stack" }, h("h2", {}, t("Model answers")), feedback.model_answers.map((model) =>
      english("details", {}, h("summary", {}, questions.find(({ id }) => id === model.question_id)?.question_text ?? ""), h("p", {}, model.text)))),
    feedback.resources?.length > 0 && h("section", { class: "card stack" }, h("h2", {}, t("Resources")),
      h("ul", { class: "resources" }, feedback.resources.map((page) => h("li", {}, english("a", { href: page.url, rel: "noopener noreferrer external", target: "_blank" }, page.title), h("span", { class: "hint" }, ` ${word(page.type)}, ${t("opens in a new tab")}`))))),
  ];
}
