// A list of messages that stays where the reader is: at the end it follows what comes, elsewhere it holds still.

import { dayLabel, instant } from "./dates.js";
import { arrange, h, icon } from "./dom.js";
import { MessageRow } from "./message.js";

const TOGETHER_SECONDS = 300;
const NEAR_END = 80;

export class MessageList {
  #rows = new Map();
  #dividers = new Map();

  /** @param options  for the rows: testid, openThread; and `lead`, a node that stands above them */
  constructor(world, options) {
    this.world = world;
    this.options = options;
    this.items = h("div.message-items", {});
    this.scroller = h(
      "div.scroller",
      { tabindex: "0", role: "region", "aria-label": options.label, onscroll: () => this.#scrolled() },
      options.lead,
      this.items,
    );
    this.pill = h(
      "button.new-pill",
      { type: "button", hidden: true, onclick: () => this.toEnd() },
      icon("down"),
      "New messages",
    );
    this.node = h("div.message-list", {}, this.scroller, this.pill);
    // Pictures and file previews grow after they are drawn.
    new ResizeObserver(() => this.isAtEnd && this.toEnd()).observe(this.items);
    new ResizeObserver(() => this.isAtEnd && this.toEnd()).observe(this.scroller);
    this.isAtEnd = true;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR_END;
    // Content that grew below is no reason to stop following; only a reader who scrolls up is.
    if (isNear) this.isAtEnd = true;
    else if (scrollTop < this.lastTop) this.isAtEnd = false;
    this.lastTop = scrollTop;
    if (isNear) this.pill.hidden = true;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.pill.hidden = true;
  }

  /**
   * @param unreadFrom  the ts after which everything is new to this person
   * @param afterFirst  a thread: no days, and this label between the parent and the replies
   */
  show(messages, { unreadFrom, afterFirst } = {}) {
    const before = this.#rows.size;
    const wanted = [];
    let previous;
    for (const item of messages) {
      const isFirstReply = afterFirst && previous === messages[0];
      if (isFirstReply) wanted.push(this.#divider(afterFirst, afterFirst, "replies"));
      const isNewDay =
        afterFirst === undefined &&
        (!previous || dayLabel(instant(previous.ts)) !== dayLabel(instant(item.ts)));
      if (isNewDay)
        wanted.push(this.#divider(`day ${dayLabel(instant(item.ts))}`, dayLabel(instant(item.ts)), "day"));
      const isFirstUnread = unreadFrom && item.ts > unreadFrom && !(previous && previous.ts > unreadFrom);
      if (isFirstUnread && previous) wanted.push(this.#divider("new", "New", "unread"));
      const row = this.#row(item);
      row.compact(!isNewDay && !isFirstUnread && !isFirstReply && isTogether(previous, item));
      wanted.push(row.node);
      previous = item;
    }
    arrange(this.items, wanted);
    this.#forget(new Set(messages.map(({ ts }) => ts)));
    if (this.isAtEnd) this.toEnd();
    else if (this.#rows.size > before) this.pill.hidden = false;
  }

  /** Brings one message into sight and points at it for a moment. */
  reveal(ts) {
    const node = this.#rows.get(ts)?.node;
    if (!node) return;
    this.isAtEnd = false;
    node.scrollIntoView({ block: "center" });
    node.classList.add("is-pointed-at");
    setTimeout(() => node.classList.remove("is-pointed-at"), 2500);
  }

  /** Forgets everything, for another channel or another pair of eyes. */
  reset() {
    this.#rows.clear();
    this.items.replaceChildren();
    this.isAtEnd = true;
  }

  #row(item) {
    const row = this.#rows.get(item.ts) ?? new MessageRow(item, this.world, this.options);
    this.#rows.set(item.ts, row);
    row.update(item);
    return row;
  }

  #divider(key, label, kind) {
    if (!this.#dividers.has(key)) {
      this.#dividers.set(
        key,
        h(`div.rule.${kind}`, { role: "separator", "aria-label": label }, h("span", {}, label)),
      );
    }
    return this.#dividers.get(key);
  }

  #forget(shown) {
    for (const ts of this.#rows.keys()) if (!shown.has(ts)) this.#rows.delete(ts);
  }
}

function isTogether(previous, item) {
  return (
    previous &&
    previous.user === item.user &&
    previous.bot_id === item.bot_id &&
    !previous.ephemeral &&
    !item.ephemeral &&
    !item.notice &&
    !previous.notice &&
    !previous.deleted &&
    !item.reply_count &&
    item.ts - previous.ts < TOGETHER_SECONDS
  );
}
