// Charts as drawings with a table beside them, from the API's chart data.

import { h, newId, s } from "./dom.js";
import { day, number, points, t } from "./texts.js";
import { word } from "./words.js";

const HEIGHT = 240;
const WIDE = 640;
const NARROW = 320; // on a phone: a wide drawing made small has letters that nobody can read
let width = WIDE; // of the drawing that is being made
const EDGE = { left: 40, right: 12, top: 12, bottom: 28 };
const TICKS = 4;

/** A figure with title, drawing and table; a sentence in place of the drawing when there is nothing to draw. */
export function figure(name, chart, { kind }) {
  width = matchMedia("(width < 34rem)").matches ? NARROW : WIDE;
  const isEmpty = chart.datasets.every((row) => row.data.every((value) => value === null || value === 0));
  return h("figure", { class: "card chart" },
    h("figcaption", {}, h("h3", {}, name)),
    isEmpty ? h("p", { class: "empty" }, t("Nothing to show for this time yet.")) : [legend(chart), draw(kind, chart, name)],
    !isEmpty && table(chart, name));
}

function draw(kind, chart, name) {
  return kind === "line" ? lines(chart, name) : kind === "columns" ? columns(chart, name) : bars(chart, name);
}

function frame(name, chart, ...children) {
  const id = newId("chart");
  return s("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-labelledby": id, class: "drawing" },
    s("title", { id }, `${name}. ${chart.labels.length > 0 ? t("The table below has all values.") : ""}`), children);
}

function grid(top) {
  return Array.from({ length: TICKS + 1 }, (_, step) => {
    const value = (top * step) / TICKS;
    const y = heightOf(value, top);
    return [s("line", { x1: EDGE.left, x2: width - EDGE.right, y1: y, y2: y, class: "grid" }),
      s("text", { x: EDGE.left - 6, y: y + 4, class: "tick", "text-anchor": "end" }, number(value, top < TICKS ? 1 : 0))];
  });
}

function heightOf(value, top) {
  return HEIGHT - EDGE.bottom - ((HEIGHT - EDGE.top - EDGE.bottom) * value) / top;
}

function topOf(chart) {
  if (chart.datasets.every((row) => row.unit === "points of 100")) return 100;
  const most = Math.max(...chart.datasets.flatMap((row) => row.data.map((value) => value ?? 0)), 1);
  const step = 10 ** Math.floor(Math.log10(most));
  return Math.ceil(most / step) * step;
}

/** Under the drawing: as many labels as fit. */
function labels(chart, xOf) {
  const every = Math.ceil(chart.labels.length / (width === WIDE ? 6 : 3));
  return chart.labels.map((label, index) => index % every === 0 && s("text", { x: xOf(index), y: HEIGHT - 8, class: "tick", "text-anchor": "middle" }, labelOf(label)));
}

function lines(chart, name) {
  const top = topOf(chart);
  const span = width - EDGE.left - EDGE.right - 40;
  const xOf = (index) => EDGE.left + 20 + (chart.labels.length > 1 ? (span * index) / (chart.labels.length - 1) : span / 2);
  const drawn = chart.datasets.map((row, series) => {
    const places = row.data.map((value, index) => (value === null ? null : [xOf(index), heightOf(value, top)])).filter(Boolean);
    return [s("polyline", { points: places.map((place) => place.join(",")).join(" "), class: `line series-${series}` }),
      places.map(([cx, cy]) => s("circle", { cx, cy, r: series === 0 ? 4 : 2.5, class: `dot series-${series}` }))];
  });
  return frame(name, chart, grid(top), drawn, labels(chart, xOf));
}

function columns(chart, name) {
  const top = topOf(chart);
  const slot = (width - EDGE.left - EDGE.right) / chart.labels.length;
  const thick = Math.min(28, (slot * 0.7) / chart.datasets.length);
  const xOf = (index) => EDGE.left + slot * (index + 0.5);
  const drawn = chart.datasets.map((row, series) => row.data.map((value, index) => value > 0 && s("rect", {
    x: xOf(index) + thick * (series - chart.datasets.length / 2), y: heightOf(value, top), width: thick, height: HEIGHT - EDGE.bottom - heightOf(value, top), rx: 3, class: `column series-${series}`,
  })));
  return frame(name, chart, grid(top), drawn, labels(chart, xOf));
}

function bars(chart, name) {
  const [row] = chart.datasets;
  const height = (HEIGHT - 24) / chart.labels.length;
  const left = width === WIDE ? 152 : 118;
  const full = width - left - (width === WIDE ? 60 : 40);
  const label = width === WIDE ? "tick big" : "tick";
  return frame(name, chart, chart.labels.map((category, index) => {
    const y = 12 + height * index;
    const value = row.data[index];
    return [s("text", { x: left - 8, y: y + height / 2 + 5, class: label, "text-anchor": "end" }, labelOf(category)),
      s("rect", { x: left, y: y + height * 0.2, width: full, height: height * 0.6, rx: 5, class: "track" }),
      value > 0 && s("rect", { x: left, y: y + height * 0.2, width: (full * value) / 100, height: height * 0.6, rx: 5, class: "column series-0" }),
      s("text", { x: left + full + 10, y: y + height / 2 + 5, class: label }, points(value))];
  }));
}

function labelOf(label) {
  return /^\d{4}-\d{2}-\d{2}$/.test(label) ? new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short" }).format(new Date(`${label}T12:00`)) : word(label);
}

function legend(chart) {
  if (chart.datasets.length < 2) return null;
  return h("ul", { class: "legend" }, chart.datasets.map((row, series) => h("li", {}, h("span", { class: `swatch series-${series}`, "aria-hidden": "true" }), nameOf(row))));
}

function nameOf(row) {
  const [label, unit] = [word(row.label), word(row.unit)];
  return label.toLowerCase() === unit.toLowerCase() ? label : `${label} (${unit})`;
}

function table(chart, name) {
  const isDay = /^\d{4}-\d{2}-\d{2}$/;
  return h("details", {}, h("summary", {}, t("View data")),
    h("div", { class: "scrolls", tabindex: "0", role: "region", "aria-label": t("Data: {name}", { name }) }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, ""), chart.datasets.map((row) => h("th", { scope: "col" }, nameOf(row))))),
      h("tbody", {}, chart.labels.map((label, index) => h("tr", {}, h("th", { scope: "row" }, isDay.test(label) ? day(`${label}T12:00`) : word(label)),
        chart.datasets.map((row) => h("td", {}, points(row.data[index])))))))));
}
