// What all interviews add up to, and what to practise next.

import { get } from "../api.js";
import { figure } from "../charts.js";
import { english, h, link, put, title } from "../dom.js";
import { day, number, points, t, tn } from "../texts.js";
import { word } from "../words.js";

const CHARTS = [
  ["score_trend", "line", () => t("Score of each interview")],
  ["metrics_bar", "bars", () => t("Average by metric")],
  ["category_radar", "bars", () => t("Average by question type")],
  ["weekly_activity", "columns", () => t("Practice")],
];
const PERIODS = { week: () => t("7 days"), month: () => t("30 days"), quarter: () => t("3 months"), year: () => t("A year"), all: () => t("All time") };
const PERIOD = "interview.period";

export async function show({ main, app, signal }) {
  const [{ data: board }, { data: history }] = await Promise.all([
    get("/feedback/dashboard", { signal }), get("/feedback/history?page_size=5", { signal })]);
  const hello = t("Hello {name}", { name: app.person.full_name });
  if (history.sessions.length === 0) { put(main, title(hello), welcome()); return; }
  const charts = h("div", { class: "charts" });
  const period = h("select", { id: "period", onchange: () => { localStorage.setItem(PERIOD, period.value); drawCharts(); } },
    Object.entries(PERIODS).map(([name, text]) => h("option", { value: name, selected: name === (localStorage.getItem(PERIOD) ?? "all") }, text())));

  async function drawCharts() {
    const found = await Promise.all(CHARTS.map(([name]) => get(`/feedback/charts/${name}?period=${period.value}`, { signal })));
    put(charts, found.map(({ data }, index) => figure(CHARTS[index][2](), data, { kind: CHARTS[index][1] })));
  }

  put(main, title(hello, link(t("New interview"), "#/new", { kind: "button main" })),
    figures(board), nextSteps(board), mistakes(board),
    h("section", { class: "stack" }, h("div", { class: "title" }, h("h2", {}, t("Over time")), h("div", { class: "inline" }, h("label", { for: "period" }, t("Period")), period)), charts),
    h("section", { class: "card stack" }, h("h2", {}, t("Latest interviews")), sessionList(history.sessions), link(t("All interviews"), "#/history")));
  await drawCharts();
}

function welcome() {
  return h("section", { class: "card stack welcome" },
    h("h2", {}, t("Your first interview")),
    h("ol", { class: "steps" },
      h("li", {}, t("Choose a target role and get questions that fit it.")),
      h("li", {}, t("Answer aloud, one question at a time, as often as you like.")),
      h("li", {}, t("Read your transcript, see four scores with the reason for every point, and learn what to improve."))),
    h("div", { class: "actions" }, link(t("Start"), "#/new", { kind: "button main" })));
}

function figures(board) {
  const one = (name, value, beside = null) => h("div", { class: "figure" }, h("dt", {}, name), h("dd", {}, value, beside && h("span", { class: "hint" }, ` ${beside}`)));
  const rate = board.improvement_rate;
  return h("dl", { class: "figures" },
    one(t("Average score"), points(board.average_score), t("of 100")),
    one(t("Best score"), points(board.best_score), t("of 100")),
    one(t("Improvement"), rate === null ? "–" : `${rate > 0 ? "+" : ""}${number(rate, 1)} %`),
    one(t("Streak"), tn("{count} day", "{count} days", board.current_streak), t("best: {count}", { count: number(board.longest_streak) })),
    one(t("Interviews"), number(board.total_interviews), tn("{count} answer", "{count} answers", board.total_questions)),
    one(t("Practice time"), tn("{count} minute", "{count} minutes", Math.round(board.total_practice_time))));
}

function nextSteps(board) {
  if (board.practise_next.length === 0) return null;
  return h("section", { class: "card stack" }, h("h2", {}, t("What to practice next")),
    h("ul", { class: "remarks" }, board.practise_next.map((advice) => h("li", {},
      h("p", { class: "remark-title" }, word(advice.focus)), english("p", {}, advice.action), english("p", { class: "hint" }, advice.reason)))));
}

function mistakes(board) {
  if (board.recurring_mistakes.length === 0) return null;
  return h("section", { class: "card stack" }, h("h2", {}, t("Recurring issues")),
    h("ul", { class: "remarks" }, board.recurring_mistakes.map(({ metric, rule, answers, example }) => h("li", {},
      h("p", { class: "remark-title" }, `${word(metric)}: ${word(rule)} `, h("span", { class: "hint" }, tn("in {count} answer", "in {count} answers", answers))),
      english("p", {}, example.message),
      example.quote && english("blockquote", {}, example.quote),
      link(t("To this answer"), `#/answer/${example.session_id}/${example.question_id}`)))));
}

/** The interviews as a list of links. */
export function sessionList(sessions) {
  return h("ul", { class: "sessions" }, sessions.map((session) => {
    const isOpen = session.status !== "completed";
    const place = session.answered_count > 0 ? `#/results/${session.id}` : `#/interview/${session.id}`;
    return h("li", {},
      h("div", {}, h("a", { href: place }, session.title),
        h("p", { class: "hint" }, [day(session.created_at), word(session.status), t("{answered} of {asked} answered", { answered: session.answered_count, asked: session.question_count })].join(" · "))),
      h("div", { class: "inline" },
        session.total_score !== null && h("span", { class: "score" }, points(session.total_score), session.letter_grade && h("span", { class: "grade" }, session.letter_grade)),
        isOpen && link(t("Continue"), `#/interview/${session.id}`, { kind: "button small" })));
  }));
}
