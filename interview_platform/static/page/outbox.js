// What waits to be sent. Each recording keeps one Idempotency-Key, so sending it again after a lost answer makes no second attempt.

import { Problem, upload } from "./api.js";
import { rest } from "./dom.js";
import * as keep from "./keep.js";
import { settings, t } from "./texts.js";

const LONGEST_PAUSE = 60; // seconds between two tries

const entries = new Map(); // id → {state: "waiting" | "sending" | "pausing" | "refused" | "sent", share, problem}
const listeners = new Set();
let wake = () => {};

/** Have `callback(id, entry)` called at every change; return how to stop that. */
export function watch(callback) {
  listeners.add(callback);
  return () => listeners.delete(callback);
}

/** Return how the sending of a recording stands; null when nobody has asked for it. */
export function stateOf(id) {
  return entries.get(id) ?? null;
}

/** Whether something is on its way, so that closing the tab should be asked about. */
export function isBusy() {
  return [...entries.values()].some((entry) => entry.state === "sending" || entry.state === "pausing");
}

/** Send a kept recording, however long it takes; resolve to the server's answer, or reject when it is refused for good. */
export async function send(id) {
  if (["sending", "pausing"].includes(entries.get(id)?.state)) return null;
  for (let tries = 1; ; tries += 1) {
    try {
      return await trySending(id);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (!problem.passes) {
        change(id, { state: "refused", share: 0, problem });
        throw problem;
      }
      change(id, { state: "pausing", share: 0, problem });
      await pause(problem.retryAfter || Math.min(LONGEST_PAUSE, 2 ** tries));
    }
  }
}

/** Let a refusal rest that `watch` has told of already; a lost log-in and a mistake of ours are for the whole page. */
export function unlessShown(problem) {
  if (!(problem instanceof Problem) || problem.status === 401) throw problem;
}

async function trySending(id) {
  const recording = await keep.find(id);
  if (!recording) return null; // another tab has sent it
  const blob = await keep.blobOf(id);
  if (blob.size > settings.maxUploadBytes) {
    throw new Problem(413, { message: t("The recording is too large to be sent. Record a shorter one."), details: [{ code: "file_too_large" }] });
  }
  const form = new FormData();
  form.append("file", blob, "answer");
  if (recording.seconds > 0) form.append("duration", recording.seconds.toFixed(2));
  change(id, { state: "sending", share: 0, problem: null });
  const path = `/interviews/sessions/${recording.session}/questions/${recording.question}/audio`;
  const answer = await upload(path, form, {
    key: recording.key,
    onProgress: (share) => change(id, { state: "sending", share, problem: null }),
  });
  await keep.remove(id);
  change(id, { state: "sent", share: 1, problem: null });
  return answer;
}

/** Try again at once whatever pauses. */
export function hurry() {
  wake();
}

function pause(seconds) {
  return Promise.race([rest(seconds), new Promise((resolve) => { const before = wake; wake = () => { before(); resolve(); }; })]);
}

function change(id, entry) {
  entries.set(id, entry);
  for (const callback of listeners) callback(id, entry);
}

addEventListener("online", hurry);
