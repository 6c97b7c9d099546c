// Every interview, to be found again.

import { call, get } from "../api.js";
import { button, confirmed, field, h, link, put, title } from "../dom.js";
import { t, tn } from "../texts.js";
import { word } from "../words.js";
import { sessionList } from "./dashboard.js";

export async function show({ main, signal }) {
  let page = 1;
  const place = h("div", { class: "stack" });
  const search = h("input", { name: "search", type: "search" });
  const status = h("select", { name: "status" }, h("option", { value: "" }, t("All")), ["created", "in_progress", "completed"].map((name) => h("option", { value: name }, word(name))));
  const order = h("select", { name: "order" }, h("option", { value: "date" }, t("Newest first")), h("option", { value: "score" }, t("Best first")));
  const form = h("form", { class: "filters", role: "search", onsubmit: (event) => { event.preventDefault(); page = 1; draw(); }, onchange: () => { page = 1; draw(); } },
    field(t("Search"), search), field(t("Status"), status), field(t("Sort"), order));

  async function draw() {
    const query = new URLSearchParams({ page, page_size: 10, order: order.value, ...(search.value && { search: search.value }), ...(status.value && { status: status.value }) });
    const { data, meta } = await get(`/feedback/history?${query}`, { signal });
    const { total_items: all, total_pages: pages, next, previous } = meta.pagination;
    const list = sessionList(data.sessions);
    [...list.children].forEach((row, index) => row.lastChild.append(button(t("Delete"), () => remove(data.sessions[index]), { kind: "small", "aria-label": t("Delete {title}", { title: data.sessions[index].title }) })));
    put(place, h("p", { class: "hint", role: "status" }, tn("{count} interview", "{count} interviews", all)),
      all === 0 ? h("p", { class: "empty" }, t("No interviews match."), " ", link(t("New interview"), "#/new")) : h("div", { class: "card" }, list),
      pages > 1 && h("nav", { class: "actions", "aria-label": t("Pages") },
        button(t("Previous"), () => { page -= 1; draw(); }, { disabled: !previous }),
        h("span", {}, t("Page {page} of {pages}", { page, pages })),
        button(t("Next"), () => { page += 1; draw(); }, { disabled: !next })));
  }

  async function remove(session) {
    if (!(await confirmed(t("Delete “{title}”?", { title: session.title }), { yes: t("Delete"), detail: t("Its questions, recordings and results are removed for good.") }))) return;
    await call("DELETE", `/interviews/sessions/${session.id}`);
    await draw();
  }

  put(main, title(t("History"), link(t("New interview"), "#/new", { kind: "button main" })), form, place);
  await draw();
}
