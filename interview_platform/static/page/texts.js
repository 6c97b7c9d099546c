// Texts, numbers and dates in the visitor's language. English texts are the keys of the catalogue that the server put on the page.

export const settings = JSON.parse(document.getElementById("settings").textContent);
const { language, catalogue } = settings;

/** Return the text in the visitor's language; `{name}` gives way to the value of that name. */
export function t(text, values = {}) {
  return fill(catalogue[text] ?? text, values);
}

/** Return the singular or the plural; `{count}` is the number. English and German have the same two forms. */
export function tn(one, many, count, values = {}) {
  const forms = catalogue[one] ?? [one, many];
  return fill(forms[count === 1 ? 0 : 1], { count: number(count), ...values });
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Return a number as people write it. */
export function number(value, digits = 0) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

/** Return points of a hundred; a dash where there are none. */
export function points(value) {
  return value === null || value === undefined ? "–" : number(value, 1);
}

/** Return a day, or a day and an hour. */
export function day(moment, { withTime = false } = {}) {
  const form = withTime ? { dateStyle: "medium", timeStyle: "short" } : { dateStyle: "medium" };
  return new Intl.DateTimeFormat(language, form).format(new Date(moment));
}

/** Return seconds as `m:ss`. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Return how long something takes, in words. */
export function roughly(seconds) {
  if (seconds < 60) return tn("{count} second", "{count} seconds", Math.max(1, Math.round(seconds)));
  return tn("{count} minute", "{count} minutes", Math.round(seconds / 60));
}

/** Return the name of a language in the visitor's own. */
export function languageName(code) {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
  } catch {
    return code; // the recogniser knows codes that this browser does not
  }
}

/** Show the page in another language from now on. */
export function changeLanguage(code) {
  document.cookie = `django_language=${code}; path=/; max-age=31536000; samesite=lax`;
  location.reload();
}
