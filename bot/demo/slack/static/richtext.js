// rich_text blocks: structure instead of marks, so nothing in them is ever parsed.

import { fragment, h, link } from "./dom.js";
import { formatDate } from "./dates.js";
import { emojiNamed, pictured } from "./emoji.js";
import { broadcast, channelLink, mention, usergroup } from "./mentions.js";

const STYLES = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
];
const MARKERS = ["disc", "circle", "square"];
const NUMBERS = ["1", "a", "i"];

export function richText(block, world) {
  return h(
    "div.rich",
    {},
    (block.elements ?? []).map((part) => PARTS[part.type]?.(part, world)),
  );
}

const PARTS = {
  rich_text_section: (part, world) => h("div.rich-section", {}, inlines(part, world)),
  rich_text_preformatted: (part, world) => h("pre.code", {}, verbatim(part, world)),
  rich_text_quote: (part, world) => h("blockquote", {}, inlines(part, world)),
  rich_text_list: list,
};

function list(part, world) {
  const isOrdered = part.style === "ordered";
  const indent = Math.min(part.indent ?? 0, 8);
  const items = (part.elements ?? []).map((item) => h("li", {}, inlines(item, world)));
  const props = isOrdered
    ? { start: (part.offset ?? 0) + 1, type: NUMBERS[indent % 3] }
    : { dataset: { marker: MARKERS[indent % 3] } };
  const node = h(isOrdered ? "ol.rich-list" : "ul.rich-list", props, items);
  node.dataset.indent = indent;
  return part.border ? h("div.bordered", {}, node) : node;
}

function verbatim(part, world) {
  return (part.elements ?? []).map((item) => (item.type === "text" ? item.text : inline(item, world)));
}

function inlines(part, world) {
  return fragment((part.elements ?? []).map((item) => styled(inline(item, world), item.style)));
}

function inline(item, world) {
  switch (item.type) {
    case "text":
      return item.style?.code ? item.text : fragment(pictured(item.text ?? ""));
    case "link":
      return link(item.url, item.text || item.url);
    case "user":
      return mention(item.user_id, world);
    case "usergroup":
      return usergroup(item.usergroup_id, world);
    case "channel":
      return channelLink(item.channel_id, world);
    case "broadcast":
      return broadcast(item.range);
    case "emoji":
      return emoji(item);
    case "date":
      return date(item);
    case "color":
      return colour(item.value);
    case "team":
      return item.team_id;
    default:
      return item.text ?? "";
  }
}

function styled(node, style = {}) {
  return STYLES.reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}

function emoji(item) {
  const char = item.unicode ? fromHex(item.unicode) : emojiNamed(item.name ?? "");
  if (!char) return `:${item.name}:`;
  return h("span.emoji", { role: "img", "aria-label": (item.name ?? "").replaceAll("_", " ") }, char);
}

function fromHex(unicode) {
  const points = unicode.split("-").map((hex) => Number.parseInt(hex, 16));
  return points.every((point) => point >= 0 && point <= 0x10ffff) ? String.fromCodePoint(...points) : "";
}

function date(item) {
  const shown = formatDate(item.timestamp, item.format ?? "{date_long} at {time}", item.fallback);
  return item.url ? link(item.url, shown) : h("time.date", { title: item.fallback ?? shown }, shown);
}

function colour(value) {
  const swatch = h("span.swatch");
  swatch.style.backgroundColor = value;
  return h("span", {}, swatch, value);
}
