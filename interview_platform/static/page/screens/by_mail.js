// What goes by way of a mail: ask for a new password, set it, say that an address is yours.

import { post, Problem } from "../api.js";
import { button, english, field, h, link, notice, put, showWrong, title } from "../dom.js";
import { t } from "../texts.js";

export async function show({ main, app, path, params }) {
  const draw = path.startsWith("/reset/") ? setPassword : path.startsWith("/verify/") ? verify : path === "/verify" ? askToVerify : askForLink;
  put(main, h("div", { class: "narrow" }, await draw(app, params.token)));
}

function askForLink() {
  return screen(t("New password"), t("We'll email you a link to set a new password. It works for one hour."),
    [field(t("Email address"), h("input", { name: "email", type: "email", autocomplete: "username", required: true }))],
    t("Send the link"), async (body) => {
      await post("/users/password/reset", body);
      return notice("good", t("If there's an account for this address, we've sent a reset link."));
    });
}

function setPassword(app, token) {
  return screen(t("New password"), t("You'll be signed out on all devices."),
    [field(t("New password"), h("input", { name: "password", type: "password", autocomplete: "new-password", required: true, minlength: 8 }),
      { hint: t("8 characters or more, not a common one, and not like your name or address.") })],
    t("Set the password"), async (body) => {
      await post("/users/password/reset/confirm", { ...body, token });
      app.reason = t("Your new password is set. Sign in with it.");
      app.go("#/sign-in");
      return null;
    });
}

async function verify(app, token) {
  const told = await tell(async () => {
    await post("/users/email/verify", { token });
    if (app.person) await app.welcome();
    return notice("good", t("Thanks! Your email address is confirmed."));
  });
  return [title(t("Email address")), told, h("p", {}, link(t("To the overview"), "#/"))];
}

function askToVerify(app) {
  const told = h("div", {}, notice("warn", t("Please open the link in the email we sent you."), app.person?.email));
  const send = () => tell(async () => {
    await post("/users/email/verification");
    return notice("good", t("A link is on its way to you."));
  }).then((answer) => put(told, answer));
  return [title(t("Email address")), told, h("div", { class: "actions" }, button(t("Send it again"), send))];
}

function screen(heading, lead, fields, action, send) {
  const told = h("div");
  const submit = h("button", { class: "button main", type: "submit" }, action);
  const form = h("form", { novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    submit.disabled = true;
    put(told, await tell(() => send(Object.fromEntries(new FormData(form))), form));
    submit.disabled = false;
  } }, fields, told, h("div", { class: "actions" }, submit));
  return [title(heading), h("p", { class: "lead" }, lead), form, h("p", {}, link(t("Sign in"), "#/sign-in"))];
}

/** Do it, and return what to say about it. */
async function tell(work, form = null) {
  try {
    return await work();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 429) return notice("bad", t("Too many attempts. Wait a few minutes, then try again."));
    if (problem.code === "invalid_link") return notice("bad", t("This link has expired or was already used. Request a new one."));
    const left = form && problem.status === 422 ? showWrong(form, problem.details) : [problem];
    return left.map((row) => notice("bad", english("span", {}, row.message)));
  }
}
