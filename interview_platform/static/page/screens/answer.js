// One answer: what was heard, how it was judged, and what changed since the attempt before.

import { demand, get, loadBlob, poll, post, Problem } from "../api.js";
import { correctionView, differenceView } from "../correction.js";
import { bar, button, english, h, link, notice, put, title } from "../dom.js";
import { standing } from "../progress.js";
import { learnLength } from "../recorder.js";
import { clock, day, number, points, t } from "../texts.js";
import { transcriptView } from "../transcript.js";
import { METRICS, whyNot, word } from "../words.js";

const FIELDS = { relevance: "relevance_score", grammar: "grammar_score", fluency: "fluency_score", keywords: "keyword_score" };

export async function show({ main, app, params, signal }) {
  const session = `/interviews/sessions/${params.session}`;
  const place = `${session}/questions/${params.question}`;
  const query = params.attempt ? `?attempt=${params.attempt}` : "";
  const [{ data: interview }, { data: question }] = await Promise.all([get(session, { signal }), get(place, { signal })]);
  const heard = h("section", { class: "card stack" }, h("h2", {}, t("Transcript")));
  const judged = h("div", { class: "stack" });
  const made = h("div", { class: "stack" });
  const isOpen = interview.status !== "completed";
  put(main, title(t("Question {position}", { position: question.position }),
    isOpen && link(t("Answer again"), `#/interview/${interview.id}/${question.position}`, { kind: "button main" }),
    isOpen && question.answered && button(t("Get a follow-up question"), followUp)),
    h("p", {}, link(t("All results of this interview"), `#/results/${interview.id}`)),
    english("p", { class: "question" }, question.question_text), heard, judged, made);
  if (!question.answered) { put(heard, notice("", t("This question has no answer yet"), null, isOpen && link(t("Answer it"), `#/interview/${interview.id}/${question.position}`, { kind: "button" }))); return; }

  const seek = { to: null };
  drawTranscript();
  drawEvaluation();

  async function drawTranscript() {
    const status = h("div", { role: "status" });
    heard.append(status);
    const transcript = (await poll(`${place}/transcript${query}`, { signal, onWait: (data) => put(status, waiting(data)) })).data;
    if (transcript.status === "failed") { put(status, failed(transcript.failure, "transcribe", drawTranscript)); return; }
    status.remove();
    const typed = transcript.model === "typed";
    const player = typed ? null : await loadPlayer();
    const evaluation = poll(`${place}/evaluation${query}`, { signal });
    const view = transcriptView(transcript, { player, evaluation: evaluation.then(({ data }) => data, () => null) });
    seek.to = view.seek;
    heard.append(player ?? h("p", { class: "hint" }, t("This answer was typed: there is nothing to listen to.")), view.element);
    if (!typed && transcript.transcript.trim()) heard.append(correctionView(transcript, { path: `${place}/transcript${query}`, onSaved: drawAnew }));
  }

  function drawAnew(difference) {
    put(heard, h("h2", {}, t("Transcript")), differenceView(difference));
    drawTranscript();
    drawEvaluation();
  }

  async function loadPlayer() {
    try {
      const address = URL.createObjectURL(await loadBlob(`${place}/audio${query}`));
      signal.addEventListener("abort", () => URL.revokeObjectURL(address), { once: true });
      const player = h("audio", { controls: true, src: address, "aria-label": t("Your recording") });
      learnLength(player);
      return player;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      heard.append(notice("warn", t("The recording cannot be played"), problem.message));
      return null;
    }
  }

  async function drawEvaluation() {
    put(judged, h("div", { role: "status" }));
    const { data } = await poll(`${place}/evaluation${query}`, { signal, onWait: (found) => put(judged.firstChild, waiting(found)) });
    put(judged, data.status === "failed" ? (data.failure.stage === "transcribe" ? null : failed(data.failure, "evaluate", drawEvaluation)) : evaluationView(data, seek));
    await drawAttempts();
  }

  async function drawAttempts() {
    const { data } = await get(`/feedback/sessions/${params.session}/questions/${params.question}/attempts`, { signal });
    put(made, attempts(params, data.attempts), await compare(params, data.attempts, signal));
  }

  function failed(failure, what, again) {
    const actions = failure.retryable ? [button(t("Try again"), async () => { await demand(`${place}/${what}`, {}, `${place}/${what === "evaluate" ? "evaluation" : "transcript"}`, { signal }); put(heard, h("h2", {}, t("Transcript"))); drawTranscript(); if (again) drawEvaluation(); }, { kind: "main" })] : [];
    if (isOpen) actions.push(link(t("Answer again"), `#/interview/${interview.id}/${question.position}`, { kind: "button" }));
    return notice("bad", t("This step failed: {stage}", { stage: word(failure.stage) }), failure.message, ...actions);
  }

  async function followUp({ target }) {
    target.disabled = true;
    try {
      const before = question.position;
      const answer = await post(`${place}/follow-up`);
      const { data } = answer.status === 202 ? await poll(`${session}/questions`, { signal }) : await get(`${session}/questions`, { signal });
      app.go(`#/interview/${interview.id}/${Math.max(before, ...data.questions.map(({ position }) => position))}`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      target.replaceWith(notice("warn", problem.message));
    }
  }
}

function waiting(work) {
  return h("div", { class: "stack" }, h("p", {}, standing(work)), bar(work.progress, t("Progress")));
}

function evaluationView(evaluation, seek) {
  const reasons = evaluation.reasons.filter((reason) => !reason.includes(":"));
  return [
    reasons.map((reason) => notice("warn", word(reason))),
    h("div", { class: "card overall" },
      h("div", { class: "total" }, h("p", { class: "hint" }, t("This answer")), h("p", { class: "total-score" }, points(evaluation.overall_score), h("span", { class: "hint" }, ` ${t("of 100")}`))),
      h("div", { class: "stack grows" }, english("p", {}, evaluation.summary), tips(evaluation))),
    evaluation.overall_score !== null && h("div", { class: "pair" }, METRICS.map((name) => metric(name, evaluation, seek))),
  ];
}

function tips(evaluation) {
  if (evaluation.suggestions.length === 0) return null;
  return [h("h2", {}, t("Suggestions")), english("ul", {}, evaluation.suggestions.map((text) => h("li", {}, text)))];
}

function metric(name, evaluation, seek) {
  const score = evaluation[FIELDS[name]];
  const rows = evaluation.explanations.filter((row) => row.score === name);
  const range = evaluation.intervals?.[name];
  return h("section", { class: "card stack" },
    h("h2", {}, word(name), " ", h("span", { class: "score" }, points(score))),
    score === null ? h("p", { class: "hint" }, whyNot(name, evaluation.reasons) || t("not scored")) : bar(score / 100, `${word(name)}: ${points(score)}`),
    range && range[0] < range[1] && h("p", { class: "hint" }, t("Most likely between {low} and {high}", { low: points(range[0]), high: points(range[1]) })),
    rows.length > 0 && h("ul", { class: "remarks" }, rows.map((row) => h("li", {},
      h("p", {}, english("span", {}, row.message), " ", row.points !== 0 && h("span", { class: `points ${row.points < 0 ? "lost" : "won"}` }, `${row.points > 0 ? "+" : "−"}${number(Math.abs(row.points), 1)}`)),
      row.quote && h("blockquote", {}, english("span", {}, row.quote), row.start !== null && [" ", button(t("Hear it ({time})", { time: clock(row.start) }), () => seek.to?.(row.start), { kind: "small" })])))));
}

function attempts(params, made) {
  if (made.length < 2) return null;
  return h("section", { class: "card stack" }, h("h2", {}, t("Attempts")), h("ul", { class: "sessions" }, made.map((one) => h("li", {},
    h("div", {}, h("a", { href: `#/answer/${params.session}/${params.question}/${one.attempt}` }, t("Attempt {number}", { number: one.attempt })),
      h("p", { class: "hint" }, [day(one.recorded_at, { withTime: true }), one.duration === null ? t("typed") : clock(one.duration), word(one.status), one.counts && t("counts")].filter(Boolean).join(" · "))),
    h("span", { class: "score" }, points(one.overall_score))))));
}

/** Two attempts side by side: this one, or the latest, and the one before it. */
async function compare(params, made, signal) {
  const judged = made.filter((one) => one.status === "completed").map((one) => one.attempt).sort((one, other) => one - other);
  const here = params.attempt ? Number(params.attempt) : judged.at(-1);
  const before = judged.filter((attempt) => attempt < here).at(-1);
  if (before === undefined || !judged.includes(here)) return null;
  const { data } = await get(`/feedback/compare?question=${params.question}&attempts=${before},${here}`, { signal });
  const row = (one) => h("tr", {}, h("th", { scope: "row" }, word(one.name)), h("td", {}, points(one.before)), h("td", {}, points(one.after)), h("td", {}, one.change === null ? "–" : `${one.change > 0 ? "+" : ""}${number(one.change, 1)}`));
  return h("section", { class: "card stack" }, h("h2", {}, t("Attempt {after} vs. attempt {before}", { after: here, before })),
    english("ul", {}, data.summary.map((sentence) => h("li", {}, sentence))),
    h("div", { class: "scrolls", tabindex: "0", role: "region", "aria-label": t("View data") }, h("table", {},
      h("thead", {}, h("tr", {}, ["", t("Before"), t("Now"), t("Change")].map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, [...data.scores, ...data.delivery].map(row)))),
    data.words && english("p", {}, data.words.sentence));
}

