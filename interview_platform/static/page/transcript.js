// The transcript in time with the player. One word is a tab stop; arrow keys go from word to word, Enter plays from it.

import { h, put } from "./dom.js";
import { clock, languageName, number, t, tn } from "./texts.js";

const UNSURE_WORD = 0.5; // word probability, as the judges have it
const SURE_FILLERS = new Set(["um", "uh", "uhm", "umm", "er", "erm", "hm", "hmm", "mhm", "ähm", "äh", "öhm"]);
const LONG_PAUSE = 2; // seconds, as the judges have it

/** Return `{element, seek}`; `evaluation` resolves to the judgement that names fillers and pauses, or null. */
export function transcriptView(transcript, { player, evaluation }) {
  const seek = (seconds) => { if (!player) return; player.currentTime = Math.max(0, seconds - 0.05); player.play(); };
  if (!transcript.transcript.trim()) return { seek, element: h("p", { class: "empty" }, t("No speech was heard in this recording.")) };
  if (transcript.words.length === 0) return { seek, element: h("p", { class: "words", lang: transcript.language }, transcript.transcript) };
  const words = transcript.words.map((row, index) => h("button", { type: "button", class: "word", tabindex: index === 0 ? 0 : -1, onclick: () => seek(row.start) }, row.word));
  const text = h("p", { class: "words", lang: transcript.language, onkeydown: (event) => step(event, words) }, words.flatMap((element, index) => [index > 0 && !isJoined(transcript.words[index].word) && " ", element]));
  const legend = h("ul", { class: "legend" });
  const marks = { unsure: markUnsure(words, transcript.words) };
  drawLegend(legend, marks);
  evaluation.then((judged) => {
    if (!judged) return;
    marks.fillers = markFillers(words, transcript.words, judged.metrics?.filler_counts ?? {});
    marks.pauses = markPauses(words, transcript.words, judged.metrics?.longest_pauses ?? []);
    drawLegend(legend, marks);
  });
  let hasPlayed = false; // finding out a recording's length moves the player, too
  player?.addEventListener("play", () => { hasPlayed = true; }, { once: true });
  player?.addEventListener("timeupdate", () => { if (hasPlayed) light(words, transcript.words, player.currentTime); });
  const facts = [languageName(transcript.language), tn("{count} word", "{count} words", transcript.word_count), clock(transcript.duration),
    transcript.edited || transcript.confidence === null ? null : t("{percent}% confidence", { percent: number(100 * transcript.confidence) })];
  return { seek, element: h("div", { class: "stack" }, h("p", { class: "hint" }, t("Choose a word to hear it. With the keyboard: arrow keys, then Enter.")), text, legend, h("p", { class: "hint" }, facts.filter(Boolean).join(" · "))) };
}

/** Whether a word is the second part of one that is written with a hyphen: "sign", "-up". */
function isJoined(word) {
  return /^-\S/.test(word);
}

function step(event, words) {
  const at = words.indexOf(event.target);
  const target = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: words.length - 1 }[event.key];
  if (at < 0 || target === undefined || !words[target]) return;
  event.preventDefault();
  words[at].tabIndex = -1;
  words[target].tabIndex = 0;
  words[target].focus();
}

function light(words, rows, now) {
  const at = rows.findLastIndex((row) => row.start <= now);
  words.forEach((element, index) => element.classList.toggle("now", index === at && now <= rows[index].end + 0.4));
}

function mark(element, kind, name) {
  element.classList.add(kind);
  const said = element.getAttribute("aria-label") ?? element.textContent;
  element.setAttribute("aria-label", `${said}, ${name}`);
  element.title = element.title ? `${element.title}, ${name}` : name;
}

function markUnsure(words, rows) {
  const found = rows.flatMap((row, index) => (row.probability < UNSURE_WORD ? [index] : []));
  for (const index of found) mark(words[index], "unsure", t("perhaps misheard"));
  return found.length;
}

/** Mark what the judges counted as fillers; a word that is one only sometimes is left alone when the counts differ. */
function markFillers(words, rows, counts) {
  const plain = rows.map((row) => row.word.toLowerCase().replace(/[^\p{L}\p{N}']/gu, ""));
  let marked = 0;
  for (const [filler, count] of Object.entries(counts)) {
    const parts = filler.split(" ");
    const places = plain.flatMap((_, index) => (parts.every((part, offset) => plain[index + offset] === part) ? [index] : []));
    if (places.length !== count && !SURE_FILLERS.has(filler)) continue;
    for (const place of places) parts.forEach((_, offset) => mark(words[place + offset], "filler", t("filler")));
    marked += places.length;
  }
  return marked;
}

function markPauses(words, rows, pauses) {
  const long = pauses.filter((gap) => gap.end_seconds - gap.start_seconds >= LONG_PAUSE);
  for (const gap of long) {
    const after = rows.findIndex((row) => row.start >= (gap.start_seconds + gap.end_seconds) / 2);
    if (after < 1) continue;
    const seconds = number(gap.end_seconds - gap.start_seconds, 1);
    words[after].before(h("span", { class: "pause", role: "img", "aria-label": t("pause of {seconds} seconds", { seconds }) }, `${seconds} s`), " ");
  }
  return long.length;
}

function drawLegend(legend, { fillers = 0, pauses = 0, unsure = 0 }) {
  put(legend,
    fillers > 0 && h("li", {}, h("span", { class: "word filler" }, tn("{count} filler", "{count} fillers", fillers)), " ", t("Sounds that fill a gap. A short silence is better.")),
    pauses > 0 && h("li", {}, h("span", { class: "pause" }, tn("{count} long pause", "{count} long pauses", pauses)), " ", t("A silence of two seconds or more inside the answer.")),
    unsure > 0 && h("li", {}, h("span", { class: "word unsure" }, tn("{count} unsure word", "{count} unsure words", unsure)), " ", t("We may have misheard these. They don't cost you grammar points.")));
}
