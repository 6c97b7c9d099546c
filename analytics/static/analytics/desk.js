// The review desk: a word or a quote is heard when it is chosen. One word is a tab stop; arrow keys go from word to word.

const EARLY = 0.05; // seconds before a word, so that its beginning is not cut off
const AFTER = 0.4; // seconds that a word stays lit when it is over

for (const answer of document.querySelectorAll("[data-answer]")) {
  const player = answer.querySelector("audio");
  const words = [...answer.querySelectorAll("[data-words] [data-start]")];
  if (words.length > 0) words[0].parentElement.addEventListener("keydown", (event) => step(event, words));
  if (player) follow(answer, player, words);
}
document.addEventListener("play", silenceOthers, true);
const scores = document.getElementById("scores");
if (scores) guard(scores);

/** Say that scores are not saved yet, and ask before the page is left without them. */
function guard(form) {
  const note = form.querySelector("[data-unsaved-note]");
  const mark = (isUnsaved) => { note.hidden = !isUnsaved; };
  mark("unsaved" in form.dataset);
  form.addEventListener("input", () => mark(true));
  form.addEventListener("submit", () => mark(false));
  addEventListener("beforeunload", (event) => { if (!note.hidden) event.preventDefault(); });
}

/** Play what is chosen, and light the word that is heard. */
function follow(answer, player, words) {
  const starts = words.map((word) => Number(word.dataset.start));
  let until = Infinity;
  answer.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-start]");
    if (!chosen) return;
    until = chosen.dataset.end === undefined ? Infinity : Number(chosen.dataset.end) + EARLY;
    playFrom(player, Math.max(0, Number(chosen.dataset.start) - EARLY));
  });
  player.addEventListener("timeupdate", () => {
    if (player.currentTime >= until) {
      until = Infinity;
      player.pause();
    }
    light(words, starts, player.currentTime);
  });
  player.addEventListener("ended", () => light(words, starts, -1));
}

function playFrom(player, seconds) {
  const begin = () => { player.currentTime = seconds; };
  if (player.readyState >= HTMLMediaElement.HAVE_METADATA) begin();
  else player.addEventListener("loadedmetadata", begin, { once: true });
  player.play().catch(() => {}); // another word was chosen before this one could be heard
}

function light(words, starts, now) {
  const at = starts.findLastIndex((start) => start <= now);
  const next = starts[at + 1] ?? Infinity;
  words.forEach((word, index) => word.classList.toggle("desk-now", index === at && now <= Math.min(next, starts[at] + 1 + AFTER)));
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

function silenceOthers(event) {
  for (const player of document.querySelectorAll("audio")) if (player !== event.target) player.pause();
}
