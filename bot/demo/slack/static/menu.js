// A list that opens at an element: for overflow menus, selects, and whatever else is picked from a list.

import { h, icon, replace } from "./dom.js";

/**
 * @param anchor  the element it belongs to
 * @param load    query → groups [{label?, options: [{label, hint?, isChosen?, pick()}]}], at once or later
 * @param search  undefined for none, else the placeholder of the search field
 */
export function openMenu(anchor, { load, search, minimum = 0, label }) {
  const list = h("div.menu-list", { role: "listbox", "aria-label": label, id: "menu-list" });
  const field = search === undefined ? null : searchField(search || label);
  const menu = h(
    "div.menu",
    { popover: "auto", dataset: { testid: "menu" } },
    field && h("div.menu-find", {}, icon("search"), field),
    list,
  );
  (anchor.closest("dialog") ?? document.body).append(menu);

  let asked = 0;
  const fill = async () => {
    const query = field ? field.value.trim() : "";
    const turn = (asked += 1);
    if (query.length < minimum)
      return say(list, `Type at least ${minimum} character${minimum === 1 ? "" : "s"}`);
    if (!list.childElementCount) say(list, "Loading…");
    const groups = await load(query);
    // An answer to an earlier keystroke may come after that to a later one.
    if (turn === asked && menu.isConnected) show(list, groups, () => menu.hidePopover());
    place(menu, anchor);
    return undefined;
  };
  field?.addEventListener("input", pacing(fill, minimum || load.isRemote ? 200 : 0));
  menu.addEventListener("keydown", (event) => steer(event, menu, list));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (document.activeElement === document.body) anchor.focus();
  });
  anchor.setAttribute("aria-expanded", "true");
  menu.showPopover();
  place(menu, anchor);
  fill().then(() => (field || list.querySelector("[role=option]") || menu).focus());
}

function searchField(label) {
  return h("input.menu-search", {
    type: "text",
    placeholder: label,
    "aria-label": label,
    autocomplete: "off",
    spellcheck: "false",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": "menu-list",
    dataset: { testid: "menu-search" },
  });
}

function say(list, text) {
  replace(list, h("div.menu-none", { role: "status" }, text));
}

function show(list, groups, close) {
  const filled = groups.filter(({ options }) => options.length);
  if (!filled.length) return say(list, "No results");
  return replace(
    list,
    filled.map((group) =>
      h(
        "div.menu-group",
        { role: "group", "aria-label": group.label },
        group.label && h("div.menu-label", {}, group.label),
        group.options.map((option) => row(option, close)),
      ),
    ),
  );
}

function row({ label, hint, mark, isChosen, isDanger, pick }, close) {
  return h(
    isDanger ? "button.menu-option.danger" : "button.menu-option",
    {
      type: "button",
      role: "option",
      tabindex: "-1",
      "aria-selected": String(Boolean(isChosen)),
      dataset: { testid: "option" },
      onclick: () => {
        close();
        pick();
      },
    },
    mark,
    h("span.menu-text", {}, label, hint && h("span.menu-hint", {}, hint)),
    isChosen && icon("check"),
  );
}

function steer(event, menu, list) {
  const rows = [...list.querySelectorAll("[role=option]")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && rows.length) {
    const at = rows.indexOf(document.activeElement);
    rows[(at < 0 && step < 0 ? rows.length : at) + step]?.focus() ?? menu.querySelector("input")?.focus();
    event.preventDefault();
  } else if (event.key === "Enter" && event.target.matches("input")) {
    rows[0]?.click();
    event.preventDefault();
  } else if (event.key === "Tab") {
    menu.hidePopover();
  }
}

function place(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const width = Math.min(Math.max(box.width, 260), innerWidth - 16);
  menu.style.width = `${width}px`;
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  const height = menu.offsetHeight;
  const fitsBelow = box.bottom + height + 12 < innerHeight || box.top < height + 12;
  menu.style.top = fitsBelow
    ? `${Math.min(box.bottom + 4, Math.max(8, innerHeight - height - 8))}px`
    : `${box.top - height - 4}px`;
}

function pacing(work, wait) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
}
