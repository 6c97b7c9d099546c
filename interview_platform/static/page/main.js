// The frame: who is signed in, which screen is shown, and what is said above all of them.

import { forget, isSignedIn, get, Problem, signOut, watchConnection } from "./api.js";
import { announce, button, h, link, notice, put, title } from "./dom.js";
import * as keep from "./keep.js";
import * as outbox from "./outbox.js";
import { changeLanguage, settings, t, tn } from "./texts.js";

// Where a screen's module lies; each is loaded when it is first shown.
const SCREENS = [
  [/^\/?$/, () => import("./screens/dashboard.js")],
  [/^\/sign-in$/, () => import("./screens/sign_in.js")],
  [/^\/register$/, () => import("./screens/sign_in.js")],
  [/^\/(forgotten|verify|(reset|verify)\/(?<token>[\w:.-]+))$/, () => import("./screens/by_mail.js")],
  [/^\/new$/, () => import("./screens/setup.js")],
  [/^\/microphone\/(?<session>[\w-]+)$/, () => import("./screens/microphone.js")],
  [/^\/interview\/(?<session>[\w-]+)(\/(?<position>\d+))?$/, () => import("./screens/interview.js")],
  [/^\/results\/(?<session>[\w-]+)$/, () => import("./screens/results.js")],
  [/^\/answer\/(?<session>[\w-]+)\/(?<question>[\w-]+)(\/(?<attempt>\d+))?$/, () => import("./screens/answer.js")],
  [/^\/history$/, () => import("./screens/history.js")],
  [/^\/kept$/, () => import("./screens/kept.js")],
];
const DOORS = new Set(["/sign-in", "/register", "/forgotten"]);
const LINKS = /^\/(reset|verify)\/./; // of mails, whoever opens them

const main = document.getElementById("main");
const header = document.getElementById("header");
const notices = document.getElementById("notices");
const lost = h("div");
const waiting = h("div");
notices.append(lost, waiting);

/** What every screen gets: who it is, and how to go elsewhere. */
const app = { person: null, wanted: "#/", go: (hash) => { location.hash = hash; }, welcome, tellOfKept };

let shown = null; // {controller, leave} of the screen that is up

async function show() {
  const path = location.hash.replace(/^#/, "") || "/";
  shown?.controller.abort();
  const controller = new AbortController();
  shown = { controller };
  if (!(await mayShow(path))) return;
  if (controller.signal.aborted) return;
  drawHeader(path);
  const [pattern, load] = SCREENS.find(([known]) => known.test(path)) ?? [/^/, null];
  if (!load) { fail(new Problem(404, { message: t("There is no such page.") })); return; }
  try {
    const screen = await load();
    if (controller.signal.aborted) return;
    put(main, h("p", { class: "loading" }, t("Loading …")));
    await screen.show({ main, app, params: path.match(pattern).groups ?? {}, path, signal: controller.signal });
    if (!controller.signal.aborted) settle();
  } catch (problem) {
    if (!controller.signal.aborted) fail(problem);
  }
}

/** Let only people who are signed in past the door, and nobody else see it. */
async function mayShow(path) {
  try {
    if (!app.person && (await isSignedIn())) await welcome();
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status !== 401) { fail(problem); return false; }
  }
  if (LINKS.test(path)) return true;
  if (app.person && DOORS.has(path)) { app.go("#/"); return false; }
  if (app.person && path !== "/verify" && settings.verifiesAddresses && !app.person.email_verified) { app.go("#/verify"); return false; }
  if (app.person || DOORS.has(path)) return true;
  app.wanted = location.hash || "#/";
  app.go("#/sign-in");
  return false;
}

/** Take note of who it is. */
async function welcome() {
  app.person = (await get("/users/me")).data;
  await tellOfKept();
}

/** A new screen is there: its heading gets the focus, and the window its name. */
function settle() {
  const heading = main.querySelector("h1");
  document.title = heading ? `${heading.textContent} · Interview Platform` : "Interview Platform";
  heading?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function fail(problem) {
  if (problem?.name === "AbortError") return;
  shown?.controller.abort(); // a recording under way ends, and is kept
  if (problem instanceof Problem && problem.status === 401) { leave(t("You've been signed out. Sign in to continue where you were; unsent recordings are kept.")); return; }
  const isOurs = problem instanceof Problem;
  if (!isOurs) console.error(problem);
  const text = isOurs ? problem.message : t("Something went wrong. Reload the page; unsent recordings are kept.");
  put(main, title(problem?.status === 404 ? t("Not found") : t("Something went wrong")),
    notice("bad", text, null,
      button(t("Try again"), show, { kind: "main" }), link(t("To the overview"), "#/", { kind: "button" })));
  settle();
}

/** Show the door, with the reason; afterwards the visitor comes back to where he was. */
function leave(reason) {
  app.person = null;
  forget();
  app.wanted = location.hash || "#/";
  app.reason = reason;
  app.go("#/sign-in");
}

function drawHeader(path) {
  const item = (text, place) => h("a", { href: `#${place}`, "aria-current": path === place ? "page" : null }, text);
  const others = Object.entries(settings.languages).filter(([code]) => code !== settings.language);
  put(header,
    h("a", { class: "brand", href: "#/" }, "Interview Platform"),
    app.person && h("nav", { "aria-label": t("Main") },
      item(t("Overview"), "/"), item(t("New interview"), "/new"), item(t("History"), "/history")),
    h("div", { class: "beside" },
      others.map(([code, name]) => h("button", { type: "button", class: "plain", lang: code, onclick: () => changeLanguage(code) }, name)),
      app.person && h("span", { class: "who" }, app.person.full_name),
      app.person && h("button", { type: "button", class: "plain", onclick: end }, t("Sign out"))));
}

async function end() {
  await signOut();
  for (const name of Object.keys(localStorage).filter((key) => key.startsWith("interview.draft."))) localStorage.removeItem(name);
  app.person = null;
  app.wanted = "#/";
  put(waiting);
  app.go("#/sign-in");
  if (location.hash === "#/sign-in") show();
}

watchConnection((isOnline) => {
  if (isOnline === (lost.childNodes.length === 0)) return;
  if (isOnline) { put(lost); announce(t("The server can be reached again.")); outbox.hurry(); return; }
  put(lost, notice("warn", t("The server cannot be reached"),
    t("Keep recording: it's saved in this browser and sent when you're back online.")));
});
addEventListener("offline", () => put(lost, notice("warn", t("You are offline"),
  t("Keep recording: it's saved in this browser and sent when you're back online."))));
addEventListener("online", () => put(lost));

/** Offer what was recorded and never sent, after a crash, a closed tab or a lost log-in. */
async function tellOfKept() {
  const kept = app.person ? (await keep.list(app.person.id)).filter(({ id }) => !app.isRecording?.(id) && !["sending", "pausing"].includes(outbox.stateOf(id)?.state)) : [];
  put(waiting, kept.length > 0 && location.hash !== "#/kept" && notice("warn",
    tn("{count} recording was not sent yet", "{count} recordings were not sent yet", kept.length),
    t("It is kept in this browser until the server has it."),
    link(t("Listen, send or discard"), "#/kept", { kind: "button" })));
}

outbox.watch((id, { state }) => { if (state === "sent" || state === "refused") tellOfKept(); });
addEventListener("beforeunload", (event) => { if (outbox.isBusy() || app.isRecording?.()) event.preventDefault(); });
addEventListener("unhandledrejection", (event) => { event.preventDefault(); fail(event.reason); });
addEventListener("hashchange", () => { show(); tellOfKept(); });
document.getElementById("skip").addEventListener("click", (event) => { event.preventDefault(); (main.querySelector("h1") ?? main).focus(); });
show();
