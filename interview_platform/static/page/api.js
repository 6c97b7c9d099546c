// The API: one way to ask, one kind of trouble. The access token lives in this module's memory and nowhere else; the refresh
// token is in a cookie that no script can read.

import { rest, untilVisible } from "./dom.js";
import { t } from "./texts.js";

const API = "/api/v1";
const SIGNED_IN = "interview.signed-in"; // no secret: whether asking for a token is worth a request
const SILENCE_SECONDS = 75; // above the longest that the server holds an answer
const LONGEST_PAUSE = 30; // seconds between two tries after errors

/** How long the server may hold an answer whose result is not there yet; then the time left is shown anew. */
export const HOLD_SECONDS = 10;

let access = null;
let renewal = null;
const known = new Map(); // path → {etag, answer}
const watchers = new Set();

/** What went wrong, in words; `status` 0 means that the server was not reached. */
export class Problem extends Error {
  constructor(status, { message = "", details = [], retryAfter = 0 } = {}) {
    super(message || sentenceFor(status));
    this.status = status;
    this.details = details;
    this.retryAfter = retryAfter;
    this.code = details[0]?.code ?? "";
  }

  /** Whether the same request may well succeed later. */
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500 || this.code === "in_progress";
  }
}

function sentenceFor(status) {
  if (status === 0) return t("The server cannot be reached. Check your connection.");
  if (status === 401) return t("You're signed out. Sign in to continue.");
  if (status === 429) return t("Too many requests. Wait a moment, then try again.");
  if (status >= 500) return t("The server has a problem. Try again in a moment.");
  return t("The server refused this ({status}).", { status });
}

/** Have `callback(isOnline)` called when the server is reached again, or not any more. */
export function watchConnection(callback) {
  watchers.add(callback);
}

function tellWatchers(isOnline) {
  for (const callback of watchers) callback(isOnline);
}

/** Ask; resolve to `{status, data, meta, headers}`, or reject with a `Problem`. */
export async function call(method, path, { body = null, headers = {}, signal = null, renews = true } = {}) {
  const answer = await request(method, path, { body, headers, signal });
  if (answer.status === 401 && renews && (await renew())) return call(method, path, { body, headers, signal, renews: false });
  if (answer.problem) throw answer.problem;
  return answer;
}

/** GET; the server may hold the answer for `hold` seconds, and `isHeld` says whether it did as asked. */
export const get = (path, { hold = 0, ...options } = {}) =>
  call("GET", path, { ...options, headers: hold > 0 ? { Prefer: `wait=${hold}` } : {} });
export const post = (path, body = null, options = {}) => call("POST", path, { body, ...options });

async function request(method, path, { body, headers, signal }) {
  const sent = { Accept: "application/json", ...headers };
  if (access) sent.Authorization = `Bearer ${access}`;
  if (body !== null) sent["Content-Type"] = "application/json";
  const seen = method === "GET" ? known.get(path) : null;
  if (seen) sent["If-None-Match"] = seen.etag;
  let response;
  try {
    response = await fetch(API + path, {
      method, headers: sent, body: body === null ? null : JSON.stringify(body), cache: "no-store",
      signal: signal ? AbortSignal.any([signal, AbortSignal.timeout(SILENCE_SECONDS * 1000)]) : AbortSignal.timeout(SILENCE_SECONDS * 1000),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    tellWatchers(false);
    return { status: 0, problem: new Problem(0) };
  }
  tellWatchers(true);
  const isHeld = response.headers.has("Preference-Applied");
  if (response.status === 304 && seen) return { ...seen.answer, isHeld };
  const answer = { ...(await read(response, signal)), isHeld };
  const etag = response.headers.get("ETag");
  if (method === "GET" && etag && response.status === 200) known.set(path, { etag, answer });
  return answer;
}

async function read(response, signal) {
  let envelope = {};
  try {
    if (response.status !== 204) envelope = await response.json();
  } catch (error) {
    if (signal?.aborted) throw error; // the screen was left while the body arrived
    if (response.ok) return { status: 0, problem: new Problem(0) }; // the body broke off
  }
  return understand(response.status, envelope, Number(response.headers.get("Retry-After") ?? 0));
}

function understand(status, envelope, retryAfter) {
  const { data = null, meta = {}, error = null } = envelope;
  const problem = status >= 400 ? new Problem(status, { ...error, retryAfter }) : null;
  return { status, data, meta, retryAfter, problem };
}

/** Ask until the result is there; the server answers as soon as it is. `onWait` gets what it says meanwhile. */
export async function poll(path, { onWait = () => {}, signal = null } = {}) {
  for (let failures = 0, hold = 0; ; ) {
    await untilVisible(signal);
    signal?.throwIfAborted();
    try {
      const answer = await get(path, { signal, hold });
      if (answer.status !== 202) return answer;
      failures = 0;
      onWait(answer.data);
      if (hold > 0 && !answer.isHeld) await rest(answer.retryAfter || 2, signal);
      hold = HOLD_SECONDS;
    } catch (problem) {
      if (!(problem instanceof Problem) || !problem.passes || failures >= 20) throw problem;
      failures += 1;
      await pauseAfter(problem, failures, signal);
    }
  }
}

/** Wait before the next try, longer after each error; the server may say how long. */
export function pauseAfter(problem, failures, signal) {
  return rest(problem.retryAfter || Math.min(LONGEST_PAUSE, 2 ** failures), signal);
}

/** POST for something that may be there at once or later; resolve to the finished answer. */
export async function demand(path, body, place, options = {}) {
  const answer = await post(path, body, { headers: { "Idempotency-Key": crypto.randomUUID() } });
  if (answer.status !== 202) return answer;
  options.onWait?.(answer.data);
  return poll(place, options);
}

/** Load a recording as a file in memory. */
export async function loadBlob(path, { renews = true } = {}) {
  const response = await fetch(API + path, { headers: { Authorization: `Bearer ${access}` } }).catch(() => { throw new Problem(0); });
  if (response.status === 401 && renews && (await renew())) return loadBlob(path, { renews: false });
  if (!response.ok) throw (await read(response)).problem;
  return response.blob();
}

/** Send a form and tell how far it is; only XMLHttpRequest says so. */
export async function upload(path, form, { key, onProgress = () => {}, renews = true }) {
  const answer = await send(path, form, { key, onProgress });
  if (answer.status === 401 && renews && (await renew())) return upload(path, form, { key, onProgress, renews: false });
  if (answer.problem) throw answer.problem;
  return answer;
}

function send(path, form, { key, onProgress }) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", API + path);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Authorization", `Bearer ${access}`);
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () => {
      tellWatchers(true);
      const retryAfter = Number(request.getResponseHeader("Retry-After") ?? 0);
      resolve(understand(request.status, parse(request.responseText), retryAfter));
    });
    for (const event of ["error", "timeout", "abort"]) {
      request.addEventListener(event, () => { tellWatchers(false); resolve({ status: 0, problem: new Problem(0) }); });
    }
    request.send(form);
  });
}

function parse(text) {
  try { return JSON.parse(text); } catch { return {}; }
}

/** Get the next access token for the cookie; false when there is no log-in any more. Tabs take turns: a cookie is good once. */
export function renew() {
  renewal ??= inTurn(async () => {
    const answer = await enter("refresh", null);
    access = answer.data?.token ?? null;
    if (answer.status === 401) localStorage.removeItem(SIGNED_IN);
    if (answer.problem?.passes) throw answer.problem; // nobody knows yet
    return access !== null;
  }).finally(() => { renewal = null; });
  return renewal;
}

function inTurn(work) {
  return navigator.locks ? navigator.locks.request("interview-refresh", work) : work();
}

async function enter(door, body) {
  try {
    const response = await fetch(`${API}/users/browser/${door}`, {
      method: "POST", credentials: "same-origin", keepalive: true, // the next cookie must arrive, even when the tab is closed
      headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body),
    });
    return await read(response);
  } catch {
    return { status: 0, data: null, problem: new Problem(0) };
  }
}

/** Register or log in; reject with a `Problem`. */
export async function signIn(door, body) {
  const answer = await inTurn(() => enter(door, body));
  if (answer.problem) throw answer.problem;
  access = answer.data.token;
  known.clear();
  localStorage.setItem(SIGNED_IN, "yes");
  return answer.data;
}

/** End the log-in here and on the server. */
export async function signOut() {
  await inTurn(() => enter("logout", null));
  forget();
}

export function forget() {
  access = null;
  known.clear();
  localStorage.removeItem(SIGNED_IN);
}

/** Resolve to whether somebody is signed in, without a request when nobody ever was. */
export async function isSignedIn() {
  if (access) return true;
  return localStorage.getItem(SIGNED_IN) === "yes" && renew();
}
