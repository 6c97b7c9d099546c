// The door: sign in, or register.

import { call, Problem, signIn } from "../api.js";
import { english, field, h, link, notice, put, showWrong, title } from "../dom.js";
import { settings, t } from "../texts.js";

export async function show({ main, app, path }) {
  const isNew = path === "/register";
  const told = h("div");
  const reason = app.reason;
  app.reason = null;
  const submit = h("button", { class: "button main", type: "submit" }, isNew ? t("Register") : t("Sign in"));
  const form = h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); enter(); } },
    isNew && field(t("Your name"), h("input", { name: "full_name", autocomplete: "name", required: true })),
    field(t("Email address"), h("input", { name: "email", type: "email", autocomplete: "username", required: true })),
    field(t("Password"), h("input", { name: "password", type: "password", autocomplete: isNew ? "new-password" : "current-password", required: true, minlength: isNew ? 8 : null }),
      { hint: isNew ? t("8 characters or more, not a common one, and not like your name or address.") : null }),
    told,
    h("div", { class: "actions" }, submit));

  async function enter() {
    submit.disabled = true;
    put(told);
    try {
      await signIn(isNew ? "register" : "login", Object.fromEntries(new FormData(form)));
      if (isNew) await call("PATCH", "/users/me", { body: { timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, language: settings.language } }).catch(() => null);
      await app.welcome();
      app.go(app.wanted === "#/sign-in" || app.wanted === "#/register" ? "#/" : app.wanted);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const left = showWrong(form, problem.status === 422 ? problem.details : []);
      if (problem.status !== 422) left.push({ message: sentence(problem) });
      put(told, left.map((row) => notice("bad", row.message)));
    } finally {
      submit.disabled = false;
    }
  }

  put(main, h("div", { class: "narrow" },
    title(isNew ? t("Register") : t("Sign in")),
    reason && notice("warn", reason),
    !isNew && h("p", { class: "lead" }, t("Practice job interviews out loud: answer questions, read your transcript, see how it was scored and why, and do better next time.")),
    form,
    !isNew && h("p", {}, link(t("Forgot your password?"), "#/forgotten")),
    isNew ? h("p", {}, t("Already have an account?"), " ", link(t("Sign in"), "#/sign-in"))
      : h("p", {}, t("New here?"), " ", link(t("Register"), "#/register"))));
}

function sentence(problem) {
  if (problem.status === 401) return t("Wrong email or password.");
  if (problem.status === 429) return t("Too many attempts. Wait a few minutes, then try again.");
  return problem.status === 0 || problem.status >= 500 ? problem.message : english("span", {}, problem.message);
}
