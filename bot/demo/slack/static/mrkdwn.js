// Slack's mrkdwn: *bold*, _italic_, ~strike~, `code`, fences, quotes and <control sequences>. Nothing else
// has a meaning here: no headings, no lists, no HTML. Entities are decoded once, in leaves only, so text
// that a program escaped can never turn into a mention or a link.

import { fragment, h, isSafe, link } from "./dom.js";
import { formatDate } from "./dates.js";
import { emojiNamed, pictured } from "./emoji.js";
import { broadcast, channelLink, mention, usergroup } from "./mentions.js";

const MARKS = { "*": "strong", _: "em", "~": "s" };
const BARE_URL = /https?:\/\/[^\s<>|"'`]*[^\s<>|"'`.,;:!?)\]]/y;
const BARE_MENTION = /@(here|channel|everyone)\b/y;
const EMOJI = /:([a-z0-9_+-]+(?:::skin-tone-\d)?):/y;
const CONTROL = /<([^<>]+)>/y;
const CODE = /`([^`\n]+)`/y;

export function decode(text) {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);
}

/** @param verbatim false lets bare words like @here become live, as Slack does in text objects */
export function mrkdwn(text, world, { verbatim = true } = {}) {
  return fragment(
    fences(text).map((part) =>
      part.code === undefined
        ? quotes(part.text).map((piece) => paragraph(piece, world, verbatim))
        : h("pre.code", {}, controls(part.code, world)),
    ),
  );
}

/** Splits at ``` … ```; an opening fence without an end is text. */
function fences(text) {
  const parts = [];
  let rest = text;
  for (let found; (found = /```([\s\S]+?)```/.exec(rest));) {
    parts.push({ text: rest.slice(0, found.index).replace(/\n$/, "") });
    parts.push({ code: found[1].replace(/^\n/, "").replace(/\n$/, "") });
    rest = rest.slice(found.index + found[0].length).replace(/^\n/, "");
  }
  parts.push({ text: rest });
  return parts.filter((part) => part.code !== undefined || part.text !== "");
}

/** Runs of quoted and unquoted lines; `>>>` quotes all that follows. */
function quotes(text) {
  const pieces = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const rest = lines.slice(at).join("\n");
    const whole = /^(?:>|&gt;){3}\s?/.exec(rest);
    if (whole) return [...pieces, { quote: true, text: rest.slice(whole[0].length) }];
    const mark = /^(?:>|&gt;)\s?/.exec(lines[at]);
    const line = mark ? lines[at].slice(mark[0].length) : lines[at];
    const last = pieces.at(-1);
    if (last && last.quote === Boolean(mark)) last.text += `\n${line}`;
    else pieces.push({ quote: Boolean(mark), text: line });
  }
  return pieces;
}

function paragraph({ quote, text }, world, verbatim) {
  const content = inline(text, { world, verbatim, open: "" });
  return quote ? h("blockquote", {}, content) : h("span.text", {}, content);
}

function inline(text, context) {
  const nodes = [];
  let plain = "";
  const push = (node, length) => {
    if (plain) nodes.push(pictured(decode(plain)));
    plain = "";
    nodes.push(node);
    return length;
  };
  const hopeless = new Set(); // marks that have no end further on: looking again would cost the square
  let at = 0;
  while (at < text.length) {
    const piece = special(text, at, context, hopeless);
    if (piece) {
      at += push(piece.node, piece.length);
    } else {
      plain += text[at];
      if (text[at] === "\n") hopeless.clear();
      at += 1;
    }
  }
  if (plain) nodes.push(pictured(decode(plain)));
  return nodes;
}

function special(text, at, context, hopeless) {
  const char = text[at];
  if (char === "<") return matched(CONTROL, text, at, (found) => control(found[1], context.world));
  if (char === "`")
    return matched(CODE, text, at, (found) => h("code", {}, controls(found[1], context.world)));
  if (char === ":") return matched(EMOJI, text, at, (found) => emoji(found[1]));
  if (char === "h" && isBoundary(text[at - 1]))
    return matched(BARE_URL, text, at, (found) => link(decode(found[0])));
  if (char === "@" && !context.verbatim && isBoundary(text[at - 1])) {
    return matched(BARE_MENTION, text, at, (found) => broadcast(found[1]));
  }
  return char in MARKS ? marked(text, at, context, hopeless) : null;
}

function matched(pattern, text, at, make) {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  const node = found && make(found);
  return node ? { node, length: found[0].length } : null;
}

function marked(text, at, context, hopeless) {
  const mark = text[at];
  const isOpening = isBoundary(text[at - 1]) && /[^\s]/.test(text[at + 1] ?? " ") && text[at + 1] !== mark;
  if (!isOpening || context.open.includes(mark) || hopeless.has(mark)) return null;
  const end = closing(text, at, mark);
  if (end < 0) {
    hopeless.add(mark);
    return null;
  }
  const inner = inline(text.slice(at + 1, end), { ...context, open: context.open + mark });
  return { node: h(MARKS[mark], {}, inner), length: end + 1 - at };
}

/** Where the mark that was opened at `at` ends, on the same line; code and links are stepped over. */
function closing(text, at, mark) {
  for (let end = at + 1; end < text.length && text[end] !== "\n"; end += 1) {
    const opaque = { "<": CONTROL, "`": CODE }[text[end]];
    if (opaque) {
      opaque.lastIndex = end;
      end += (opaque.exec(text)?.[0].length ?? 1) - 1;
    } else if (text[end] === mark && end > at + 1 && /\S/.test(text[end - 1]) && isBoundary(text[end + 1])) {
      return end;
    }
  }
  return -1;
}

const isBoundary = (char) => char === undefined || !/[\p{L}\p{N}]/u.test(char);

/** Code keeps its characters, but a live control sequence in it is live all the same, as in Slack. */
function controls(text, world) {
  return text.split(/(<[^<>]+>)/).map((part) => {
    const node = /^<[^<>]+>$/.test(part) ? control(part.slice(1, -1), world) : null;
    return node ?? decode(part);
  });
}

function control(body, world) {
  const [target, ...labels] = body.split("|");
  const label = labels.length ? decode(labels.join("|")) : "";
  if (/^@[UW]/.test(target)) return mention(target.slice(1), world, label);
  if (/^#C|^#G/.test(target)) return channelLink(target.slice(1), world, label);
  if (target.startsWith("!subteam^")) return usergroup(target.split("^")[1], world, label);
  if (target.startsWith("!date^")) return date(target, label);
  if (/^!(here|channel|everyone)$/.test(target)) return broadcast(target.slice(1));
  if (target.startsWith("!")) return label || null;
  return isSafe(target) ? link(decode(target), label || decode(target).replace(/^mailto:/, "")) : null;
}

function date(target, fallback) {
  const [, seconds, format, url] = target.split("^");
  const shown = formatDate(Number(seconds), decode(format ?? ""), fallback);
  return url ? link(decode(url), shown) : h("time.date", { title: fallback || shown }, shown);
}

function emoji(name) {
  const char = emojiNamed(name);
  return (
    char &&
    h("span.emoji", { role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, char)
  );
}
