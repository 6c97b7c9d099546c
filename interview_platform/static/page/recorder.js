// The microphone: what may be in the way of it, how loud it is, and a recording that is kept while it is made.

import * as keep from "./keep.js";
import { t } from "./texts.js";

const TYPES = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4", "audio/ogg;codecs=opus"];
const PIECE_MILLISECONDS = 1000; // so much is lost in a crash, at most

/** Why there is no sound: `title` says what happened, `text` what to do. */
export class MicrophoneProblem extends Error {
  constructor(kind) {
    const [title, text] = sentences(kind);
    super(title);
    this.kind = kind;
    this.text = text;
  }
}

function sentences(kind) {
  switch (kind) {
    case "denied":
      return [t("The microphone is blocked"), t("Your browser does not let this page use the microphone. Allow it at the lock or microphone symbol beside the address, then try again. You can also type your answer.")];
    case "missing":
      return [t("No microphone was found"), t("Plug one in or switch it on, then try again. You can also type your answer.")];
    case "busy":
      return [t("The microphone cannot be used"), t("Another program may be holding it. Close calls and recorders, then try again. You can also type your answer.")];
    case "insecure":
      return [t("This address does not allow recording"), t("Browsers give the microphone only to pages over HTTPS or on this computer. Open the page that way, or type your answer.")];
    default:
      return [t("This browser cannot record"), t("Use a current Firefox, Chrome, Edge or Safari, or type your answer.")];
  }
}

/** Return why this browser cannot record at all; null when it can. */
export function obstacle() {
  if (!window.isSecureContext) return new MicrophoneProblem("insecure");
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return new MicrophoneProblem("unsupported");
  return null;
}

/** Open the microphone; reject with a `MicrophoneProblem`. */
export async function openMicrophone(deviceId = "") {
  const inTheWay = obstacle();
  if (inTheWay) throw inTheWay;
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: true };
  if (deviceId) audio.deviceId = { exact: deviceId };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    if (deviceId && error.name === "OverconstrainedError") return openMicrophone(); // it was unplugged
    throw new MicrophoneProblem(kindOf(error));
  }
}

function kindOf(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "denied";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "missing";
  if (error.name === "NotReadableError" || error.name === "AbortError") return "busy";
  return "unsupported";
}

export function closeMicrophone(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Call `onLevel(0…1)` some ten times a second; return how to stop. */
export function meter(stream, onLevel) {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    onLevel(Math.min(1, Math.max(0, (20 * Math.log10(Math.sqrt(power) + 1e-6) + 60) / 54))); // -60…-6 dB
  }, 100);
  return () => { clearInterval(timer); if (context.state !== "closed") context.close(); };
}

/** A recording under way. It tells `onEnd` when it ends by itself, such as when the microphone is unplugged. */
export class Recorder {
  constructor(stream, { onEnd = () => {} } = {}) {
    this.stream = stream;
    this.onEnd = onEnd;
    const type = TYPES.find((name) => MediaRecorder.isTypeSupported(name));
    this.recorder = new MediaRecorder(stream, type ? { mimeType: type, audioBitsPerSecond: 48000 } : {});
    this.pieces = 0;
    this.before = 0; // milliseconds recorded before the last pause
    this.since = null;
    this.writing = Promise.resolve();
  }

  get seconds() {
    return (this.before + (this.since === null ? 0 : performance.now() - this.since)) / 1000;
  }

  get isPaused() {
    return this.recorder.state === "paused";
  }

  /** Begin; `about` says whose answer to what it is. */
  async start(about) {
    this.id = crypto.randomUUID();
    await keep.begin({ ...about, id: this.id, key: crypto.randomUUID(), type: this.recorder.mimeType });
    this.recorder.addEventListener("dataavailable", ({ data }) => this.write(data));
    this.recorder.addEventListener("start", () => { this.since = performance.now(); });
    this.stream.getAudioTracks()[0].addEventListener("ended", () => this.stop().then(() => this.onEnd()));
    this.recorder.start(PIECE_MILLISECONDS);
    this.since = performance.now();
  }

  write(data) {
    if (!data.size) return;
    const index = this.pieces;
    this.pieces += 1;
    this.writing = this.writing.then(() => keep.append(this.id, index, data));
  }

  pause() {
    this.before += performance.now() - this.since;
    this.since = null;
    this.recorder.pause();
  }

  resume() {
    this.recorder.resume();
    this.since = performance.now();
  }

  /** End; resolve to the kept recording's id once its last piece is written. */
  stop() {
    this.ending ??= this.end();
    return this.ending;
  }

  async end() {
    const { seconds } = this;
    this.before = seconds * 1000;
    this.since = null;
    if (this.recorder.state !== "inactive") {
      const ended = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
      this.recorder.stop();
      await ended;
    }
    await this.writing;
    await keep.finish(this.id, seconds);
    return this.id;
  }
}

/** A recording of a browser has no length in its header; make a player find out. */
export function learnLength(player) {
  player.addEventListener("loadedmetadata", () => {
    if (Number.isFinite(player.duration)) return;
    player.addEventListener("timeupdate", () => { player.currentTime = 0; }, { once: true });
    player.currentTime = 1e7;
  }, { once: true });
}
