// The markdown block: standard Markdown, the common part of it.

import { fragment, h, link } from "./dom.js";
import { withEmoji } from "./emoji.js";

const MARKS = [
  /(`+)(.+?)\1/, // 2 code
  /\*\*(.+?)\*\*|__(.+?)__/, // 3, 4 strong
  /~~(.+?)~~/, // 5 struck
  /\*([^*\s][^*]*)\*|\b_([^_\s][^_]*)_\b/, // 6, 7 emphasis
  /\[([^\]]+)\]\(([^)\s]+)\)/, // 8, 9 a link
  /<(https?:[^>\s]+)>/, // 10 a bare one
];
const INLINE = new RegExp(MARKS.map(({ source }) => source).join("|"));
const RULES = [
  { starts: /^```/, take: fence },
  { starts: /^#{1,6}\s/, take: heading },
  { starts: /^(-{3,}|\*{3,}|_{3,})\s*$/, take: (lines) => [h("hr"), lines.slice(1)] },
  { starts: /^>\s?/, take: quote },
  { starts: /^\s*([-*+]|\d+[.)])\s/, take: list },
  { starts: /^\|.*\|\s*$/, take: table },
];

export function markdown(text) {
  return h("div.markdown", {}, blocks(text.split("\n")));
}

function blocks(lines) {
  const nodes = [];
  let rest = lines;
  while (rest.length) {
    const rule = RULES.find(({ starts }) => starts.test(rest[0]));
    const [node, left] = rule ? rule.take(rest) : paragraph(rest);
    if (node) nodes.push(node);
    rest = left;
  }
  return nodes;
}

function taken(lines, isMine) {
  const end = lines.findIndex((line, at) => !isMine(line, at));
  return end < 0 ? [lines, []] : [lines.slice(0, end), lines.slice(end)];
}

function paragraph(lines) {
  if (!lines[0].trim()) return [null, lines.slice(1)];
  const [mine, rest] = taken(
    lines,
    (line, at) => at === 0 || (line.trim() && !RULES.some(({ starts }) => starts.test(line))),
  );
  return [h("p", {}, inline(mine.join("\n"))), rest];
}

function fence(lines) {
  const end = lines.findIndex((line, at) => at > 0 && line.startsWith("```"));
  const stop = end < 0 ? lines.length : end;
  return [h("pre.code", {}, lines.slice(1, stop).join("\n")), lines.slice(stop + 1)];
}

function heading(lines) {
  const [, marks, text] = /^(#+)\s+(.*)$/.exec(lines[0]) ?? [null, "#", lines[0]];
  return [h(`h${Math.min(marks.length + 2, 6)}`, {}, inline(text)), lines.slice(1)];
}

function quote(lines) {
  const [mine, rest] = taken(lines, (line) => line.startsWith(">"));
  return [h("blockquote", {}, blocks(mine.map((line) => line.replace(/^>\s?/, "")))), rest];
}

function list(lines) {
  const [mine, rest] = taken(lines, (line) => /^\s*([-*+]|\d+[.)])\s/.test(line) || /^\s+\S/.test(line));
  const isOrdered = /^\s*\d/.test(mine[0]);
  const items = mine.map((line) => {
    const [, space, , task, text] = /^(\s*)(?:([-*+]|\d+[.)])\s+)?(\[[ xX]\]\s)?(.*)$/.exec(line);
    const box =
      task && h("input", { type: "checkbox", disabled: true, checked: /x/i.test(task), "aria-label": text });
    return h("li", { dataset: { depth: Math.min(Math.floor(space.length / 2), 4) } }, box, inline(text));
  });
  return [h(isOrdered ? "ol" : "ul", {}, items), rest];
}

function table(lines) {
  const [mine, rest] = taken(lines, (line) => line.trim().startsWith("|"));
  const cells = (line) =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split("|")
      .map((cell) => inline(cell.trim()));
  const [head, ...body] = mine.filter((line) => !/^[|\s:-]+$/.test(line));
  const row = (line, tag) =>
    h(
      "tr",
      {},
      cells(line).map((cell) => h(tag, {}, cell)),
    );
  return [
    h(
      "div.table-scroll",
      {},
      h(
        "table.table",
        {},
        h("thead", {}, row(head, "th")),
        h(
          "tbody",
          {},
          body.map((line) => row(line, "td")),
        ),
      ),
    ),
    rest,
  ];
}

function inline(text) {
  const found = INLINE.exec(text);
  if (!found) return text ? withEmoji(text) : "";
  const [whole, , code, strong, strong2, strike, em, em2, label, url, bare] = found;
  return fragment(
    withEmoji(text.slice(0, found.index)),
    code !== undefined && h("code", {}, code),
    (strong ?? strong2) !== undefined && h("strong", {}, inline(strong ?? strong2)),
    strike !== undefined && h("s", {}, inline(strike)),
    (em ?? em2) !== undefined && h("em", {}, inline(em ?? em2)),
    label !== undefined && link(url, inline(label)),
    bare !== undefined && link(bare),
    inline(text.slice(found.index + whole.length)),
  );
}
