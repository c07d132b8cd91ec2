// The one place that makes elements. Text always enters as a text node and never as markup, which is
// why nothing that a pod prints, or a person types, can become part of the page.

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "indeterminate"]);

/** h("div.row.wide", {onclick, dataset: {ts}, title: "…"}, "text", node, [more]) */
export function h(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "dataset") assign(node.dataset, value);
    else if (PROPERTIES.has(key)) node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...kids(children));
  return node;
}

function assign(dataset, values) {
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== false) dataset[key] = value;
  }
}

function kids(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

export function fragment(...children) {
  const all = document.createDocumentFragment();
  all.append(...kids(children));
  return all;
}

export function replace(node, ...children) {
  node.replaceChildren(...kids(children));
}

/** Puts nodes in order while moving as few as it can: a node that moves loses the focus. */
export function arrange(parent, wanted) {
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  let at = parent.firstChild;
  for (const node of wanted) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

/** An anchor where the address is one that people may follow; its bare text where it is not. */
export function link(url, ...children) {
  const content = children.length ? children : [url];
  if (!isSafe(url)) return h("span", {}, ...content);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...content);
}

export function isSafe(url) {
  return /^(https?:\/\/|mailto:|tel:)/i.test(url ?? "");
}

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  hash: "M6 14h13M5 9.5h13M10 5 8 19M16 5l-2 14",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
  send: "M4 12l16-8-5 16-3.5-6.5z",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  reply: "M5 5h14v10h-8l-4 4v-4H5z",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  warning: "M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.3",
  dots: "M4.6 12h.8M11.6 12h.8M18.6 12h.8",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  bot: "M5 8h14v11H5zM12 8V4M9 13h.01M15 13h.01M2.5 12v4M21.5 12v4",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .8 3.5 2.6 3.5 5.5",
  check: "M5 12.5l4.5 4.5L19 7.5",
};

export function icon(name, className = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon ${className}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
