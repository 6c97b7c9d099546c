// How far the server's work is, asked as often as it is worth it.

import { get, Problem } from "./api.js";
import { rest } from "./dom.js";
import { roughly, t, tn } from "./texts.js";
import { word } from "./words.js";

/** Call `onNews` with the session's progress until nothing is under way any more, or the signal is given. */
export async function follow(path, { signal, onNews }) {
  while (!signal.aborted) {
    try {
      const { data } = await get(path, { signal });
      onNews(data);
      const under = data.questions.filter(isUnderWay);
      if (under.length === 0 && !isUnderWay(data)) return;
      const soonest = Math.min(...[data, ...under].map((row) => row.eta_seconds ?? 10));
      await rest(Math.min(10, Math.max(1, soonest)), signal);
    } catch (problem) {
      if (signal.aborted) return;
      if (!(problem instanceof Problem) || !problem.passes) throw problem;
      await rest(problem.retryAfter || 5, signal);
    }
  }
}

/** Whether the server is, or will be, at work on it. */
export function isUnderWay(work) {
  return work.status === "queued" || work.status === "processing";
}

/** Say how it stands: the stage, how many are before it, and how long it will take. */
export function standing(work) {
  if (!isUnderWay(work)) return word(work.status);
  const parts = [word(work.status), word(work.stage)];
  if (work.queue_position > 0) parts.push(tn("{count} before it", "{count} before it", work.queue_position));
  parts.push(work.eta_seconds === null ? t("no worker is there at the moment") : t("about {time} left", { time: roughly(work.eta_seconds) }));
  return parts.join(", ");
}
