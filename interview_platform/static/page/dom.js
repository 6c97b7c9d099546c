// Elements without markup in strings: what somebody wrote can never become a tag.

import { t } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";
let numbers = 0;

/** Make an element: `on…` attributes are listeners, `true` is an empty attribute, null and false are none. */
export function h(name, attributes = {}, ...children) {
  return dress(document.createElement(name), attributes, children);
}

/** Make an element of a drawing. */
export function s(name, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, name), attributes, children);
}

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(4).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Put these in place of what the element holds. */
export function put(element, ...children) {
  element.replaceChildren(...children.flat(4).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Return an id that nothing else on the page has. */
export function newId(stem) {
  numbers += 1;
  return `${stem}-${numbers}`;
}

/** Have a screen reader say it, when it has finished what it says now. */
export function announce(text) {
  const place = document.getElementById("said");
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = text; });
}

export function button(text, onclick, { kind = "", ...attributes } = {}) {
  return h("button", { type: "button", class: `button ${kind}`.trim(), onclick, ...attributes }, text);
}

export function link(text, href, { kind = "" } = {}) {
  return h("a", { href, class: kind || null }, text);
}

/** A text of the API's own, which is English whatever the page's language. */
export function english(name, attributes, ...children) {
  return h(name, { lang: "en", ...attributes }, ...children);
}

/** Something happened that the visitor should read; `role` makes a screen reader say it. */
export function notice(kind, title, text = null, ...actions) {
  return h("div", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "status" },
    h("p", { class: "notice-title" }, title),
    text && h("p", {}, text),
    actions.length > 0 && h("div", { class: "actions" }, actions));
}

/** A labelled field with a hint and a place for what is wrong with it. */
export function field(label, control, { hint = null } = {}) {
  const id = control.id || newId(control.name || "field");
  control.id = id;
  const wrong = h("p", { class: "wrong", id: `${id}-wrong`, hidden: true });
  const described = [hint && `${id}-hint`, `${id}-wrong`].filter(Boolean).join(" ");
  control.setAttribute("aria-describedby", described);
  return h("div", { class: "field" },
    h("label", { for: id }, label), control,
    hint && h("p", { class: "hint", id: `${id}-hint` }, hint), wrong);
}

// What is said most often, in the reader's language; everything else is said in the words of the API, which are English.
const WRONG = {
  blank: () => t("Please fill this in."),
  required: () => t("Please fill this in."),
  null: () => t("Please fill this in."),
  out_of_range: rangeOf,
  max_value: rangeOf,
  min_value: rangeOf,
  min_length: lengthOf,
  unique: () => t("There's already an account with this email address."),
  password_too_short: () => t("The password is too short."),
  password_too_common: () => t("This password is too common."),
  password_entirely_numeric: () => t("A password of digits alone is too easy to guess."),
  password_too_similar: () => t("The password is too much like your name or address."),
};

function rangeOf({ min, max }) {
  return max ? t("Enter a number from {min} to {max}.", { min, max }) : null;
}

function lengthOf({ minLength }) {
  return minLength > 0 ? t("Use at least {count} characters.", { count: minLength }) : null;
}

function ownWords(row, control = {}) {
  return WRONG[row.code]?.(control) ?? null;
}

/** Return what is wrong, in the reader's language where there are words of our own; null without a row. */
export function inWords(row) {
  return row ? (ownWords(row) ?? row.message) : null;
}

/** Show what the server says of the fields beside them; return the rows that belong to none. */
export function showWrong(form, rows) {
  for (const control of form.elements) control.removeAttribute("aria-invalid");
  for (const place of form.querySelectorAll(".wrong")) place.hidden = true;
  const left = [];
  let first = null;
  for (const row of rows) {
    const control = form.elements[row.field.split(".")[0]];
    const place = control?.id && form.querySelector(`#${control.id}-wrong`);
    if (!place) { left.push(row); continue; }
    control.setAttribute("aria-invalid", "true");
    const own = ownWords(row, control);
    place.textContent = own ?? row.message;
    place.lang = own ? document.documentElement.lang : "en";
    place.hidden = false;
    first ??= control;
  }
  first?.focus();
  return left;
}

/** Ask before something that cannot be taken back; resolve to whether it is wanted. */
export function confirmed(question, { yes, detail = null, kind = "bad" }) {
  return new Promise((resolve) => {
    const title = newId("dialog");
    const close = (answer) => { box.close(); box.remove(); resolve(answer); };
    const box = h("dialog", { "aria-labelledby": title, oncancel: () => close(false) },
      h("h2", { id: title }, question), detail && h("p", {}, detail),
      h("div", { class: "actions" },
        button(yes, () => close(true), { kind }),
        button(t("Back"), () => close(false), { autofocus: true })));
    document.body.append(box);
    box.showModal();
  });
}

/** A bar from 0 to 1 with its value in words. */
export function bar(share, label) {
  const fill = h("span", { class: "bar-fill" });
  fill.style.inlineSize = `${Math.round(100 * Math.min(1, Math.max(0, share)))}%`;
  return h("span", { class: "bar", role: "img", "aria-label": label }, fill);
}

/** A heading, which takes the focus when its screen comes up. */
export function title(text, ...beside) {
  return h("div", { class: "title" }, h("h1", { tabindex: "-1" }, text), beside.length > 0 && h("div", { class: "actions" }, beside));
}

/** Wait; an aborted signal ends it at once. */
export function rest(seconds, signal = null) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

/** Resolve once the page can be seen, or the signal is aborted: a tab in the background asks for nothing. */
export function untilVisible(signal = null) {
  if (!document.hidden || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      if (document.hidden && !signal?.aborted) return;
      document.removeEventListener("visibilitychange", done);
      resolve();
    };
    document.addEventListener("visibilitychange", done);
    signal?.addEventListener("abort", done, { once: true });
  });
}
