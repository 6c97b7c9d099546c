// How far the server's work is. The server answers as soon as it is done (`Prefer: wait`).

import { get, HOLD_SECONDS, pauseAfter, Problem } from "./api.js";
import { rest, untilVisible } from "./dom.js";
import { roughly, t, tn } from "./texts.js";
import { word } from "./words.js";

const LONGEST_PAUSE = 10; // seconds between two requests that the server does not hold

/** Call `onNews` with the session's progress until nothing is under way any more, or the signal is given. */
export async function follow(path, { signal, onNews }) {
  for (let failures = 0, hold = 0; ; ) {
    await untilVisible(signal);
    if (signal.aborted) return;
    try {
      const { data, isHeld } = await get(path, { signal, hold });
      failures = 0;
      onNews(data);
      const under = data.questions.filter(isUnderWay);
      if (under.length === 0 && !isUnderWay(data)) return;
      if (hold > 0 && !isHeld) await rest(pauseFor([data, ...under]), signal);
      // An answer is held until nothing is under way: where several are, the first must not wait for the last.
      hold = under.length > 1 ? 1 : HOLD_SECONDS;
    } catch (problem) {
      if (signal.aborted) return;
      if (!(problem instanceof Problem) || !problem.passes) throw problem;
      failures += 1;
      await pauseAfter(problem, failures, signal);
    }
  }
}

function pauseFor(work) {
  const soonest = Math.min(...work.map((row) => row.eta_seconds ?? LONGEST_PAUSE));
  return Math.min(LONGEST_PAUSE, Math.max(1, soonest));
}

/** Whether the server is, or will be, at work on it. */
export function isUnderWay(work) {
  return work.status === "queued" || work.status === "processing";
}

/** Say how it stands: the stage, how many are before it, and how long it will take. */
export function standing(work) {
  if (!isUnderWay(work)) return word(work.status);
  const parts = [word(work.status === "queued" ? work.status : work.stage)];
  if (work.queue_position > 0) parts.push(tn("{count} before it", "{count} before it", work.queue_position));
  parts.push(work.eta_seconds === null ? t("no worker is available right now") : t("about {time} left", { time: roughly(work.eta_seconds) }));
  return parts.join(", ");
}
