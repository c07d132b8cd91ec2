// A face for everybody: initials on the person's own colour, a drawing for apps.

import { h, icon } from "./dom.js";

export function avatar({ person, name, mark }) {
  if (mark) return h(`span.avatar.${mark}`, { "aria-hidden": "true" }, icon(mark === "bot" ? "bot" : "hash"));
  const node = h("span.avatar", { "aria-hidden": "true" }, initials(name ?? "?"));
  // Set through the object model: the page's security policy forbids style attributes.
  if (person?.color)
    node.style.backgroundColor = /^[0-9a-f]{6}$/i.test(person.color) ? `#${person.color}` : person.color;
  return node;
}

function initials(name) {
  const words = name.trim().split(/\s+/);
  return (words.length > 1 ? words[0][0] + words.at(-1)[0] : words[0].slice(0, 1)).toUpperCase();
}
