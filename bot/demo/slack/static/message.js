// One message. Its row lives as long as the message is shown and is brought up to date in place.

import { post } from "./api.js";
import { avatar } from "./avatar.js";
import { patchBlocks } from "./blocks.js";
import { clock, fullTime, instant, ago } from "./dates.js";
import { h, icon, replace } from "./dom.js";
import { emojiNamed } from "./emoji.js";
import { fileCard } from "./files.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { Surface } from "./surface.js";
import { Values } from "./values.js";

const valuesOf = new Map(); // what somebody chose in a message outlives its row

export class MessageRow {
  #parts;
  #cards = new Map();

  /** @param testid  the hook of ordinary rows; ephemeral ones in a channel are `ephemeral` */
  constructor(item, world, { testid, openThread }) {
    this.world = world;
    this.openThread = openThread;
    this.ts = item.ts;
    this.ctx = this.#makeSurface(item);
    const name = item.ephemeral && testid === "message" ? "ephemeral" : testid;
    this.#parts = {
      only: h("div.only-you"),
      gutter: h("div.gutter"),
      head: h("div.message-head"),
      text: h("div.message-text"),
      blocks: h("div.blocks"),
      tail: h("div.message-tail"),
      tools: h("div.tools"),
    };
    const { only, gutter, head, text, blocks, tail, tools } = this.#parts;
    this.node = h(
      "article.message",
      {
        tabindex: "-1",
        dataset: { testid: name, ts: item.ts, ephemeral: item.ephemeral ? "true" : undefined },
      },
      only,
      gutter,
      h("div.message-body", {}, head, text, blocks, tail),
      tools,
    );
    this.update(item);
  }

  update(item) {
    const replies = this.world.replies(item.channel, item.ts);
    if (this.item === item && this.replies === replies) return;
    this.item = item;
    this.replies = replies;
    const { only, head, text, tail, tools } = this.#parts;
    const author = this.world.author(item);
    this.author = author;
    this.node.classList.toggle("is-ephemeral", Boolean(item.ephemeral || item.notice));
    this.node.setAttribute("aria-label", `${author.name}, ${clock(instant(item.ts))}`);
    replace(only, (item.ephemeral || item.notice) && [icon("eye"), "Only visible to you"]);
    replace(head, h("span.author", {}, author.name), author.isApp && h("span.badge", {}, "App"), time(item));
    replace(text, item.deleted ? h("em.tombstone", {}, "This message was deleted.") : this.#text(item));
    this.#drawBlocks();
    replace(
      tail,
      this.#attachments(item),
      this.#files(item),
      this.#edited(item),
      this.#reactions(item),
      this.#threadBar(item),
      this.#dismiss(item),
    );
    replace(tools, this.#tools(item));
    this.compact(this.isCompact);
  }

  /** A message that follows another of the same author shows its time only when pointed at. */
  compact(isCompact) {
    this.isCompact = isCompact;
    this.node.classList.toggle("is-compact", Boolean(isCompact));
    replace(this.#parts.gutter, isCompact ? time(this.item) : avatar(this.author));
  }

  /** One for the row's whole life: its elements outlive the edits around them. */
  #makeSurface(item) {
    const key = `${this.world.person}/${item.channel}/${item.ts}`;
    if (!valuesOf.has(key)) valuesOf.set(key, new Values());
    const surface = new Surface({
      world: this.world,
      values: valuesOf.get(key),
      place: () => ({ as: this.world.person, channel: this.item.channel, message_ts: this.ts }),
      failed: () => this.item.failed_actions,
      told: () => this.#drawBlocks(),
    });
    return { world: this.world, values: surface.values, surface };
  }

  #drawBlocks() {
    this.ctx.values.remember(this.item.typed?.[this.world.person]);
    patchBlocks(
      this.#parts.blocks,
      this.item.deleted || isTyped(this.item) ? [] : (this.item.blocks ?? []),
      this.ctx,
    );
  }

  #text(item) {
    // With blocks, `text` is for notifications and screen readers alone.
    return item.blocks?.length && !isTyped(item) ? null : mrkdwn(item.text ?? "", this.world);
  }

  #attachments(item) {
    return (item.attachments ?? []).map((each) => {
      const blocks = h("div.blocks");
      patchBlocks(blocks, each.blocks ?? [], this.ctx);
      const bar = h(
        "div.attachment",
        {},
        (each.text || (!each.blocks && each.fallback)) &&
          h("div", {}, mrkdwn(each.text ?? each.fallback, this.world)),
        blocks,
      );
      if (/^#?[0-9a-f]{6}$/i.test(each.color ?? ""))
        bar.style.borderColor = `#${each.color.replace("#", "")}`;
      return bar;
    });
  }

  #files(item) {
    return (item.files ?? []).map((file) => {
      if (!this.#cards.has(file.id)) this.#cards.set(file.id, fileCard(file));
      return this.#cards.get(file.id);
    });
  }

  #edited(item) {
    return item.edited && !item.deleted && h("span.edited", { dataset: { testid: "edited" } }, "(edited)");
  }

  #reactions(item) {
    if (!item.reactions?.length) return null;
    return h(
      "div.reactions",
      {},
      item.reactions.map(({ name, count, users }) =>
        h(
          users?.includes(this.world.person) ? "span.reaction.mine" : "span.reaction",
          {
            title: `:${name}: by ${(users ?? []).map((id) => this.world.nameOfUser(id) ?? id).join(", ")}`,
            dataset: { testid: "reaction", name },
          },
          emojiNamed(name) ?? `:${name}:`,
          h("span.count", {}, String(count ?? users?.length ?? 1)),
        ),
      ),
    );
  }

  #threadBar(item) {
    const replies = this.replies.filter((reply) => !reply.ephemeral);
    const count = replies.length || (item.reply_count ?? 0);
    if (!count || !this.openThread) return null;
    const last = replies.at(-1)?.ts ?? item.latest_reply;
    const faces = [...new Map(replies.map((reply) => [this.world.author(reply).id, reply])).values()].slice(
      0,
      4,
    );
    return h(
      "button.thread-bar",
      { type: "button", dataset: { testid: "replies" }, onclick: () => this.openThread(item.ts) },
      faces.map((reply) => avatar(this.world.author(reply))),
      h("span.thread-count", {}, `${count} ${count === 1 ? "reply" : "replies"}`),
      last && h("span.thread-last", {}, `Last reply ${ago(instant(last))}`),
    );
  }

  #dismiss(item) {
    if (!item.ephemeral && !item.notice) return null;
    const body = { as: this.world.person, channel: item.channel, ts: item.ts };
    return h(
      "button.link-button.dismiss",
      {
        type: "button",
        dataset: { testid: "dismiss" },
        onclick: () => post("/page/dismiss", body),
      },
      "Dismiss message",
    );
  }

  #tools(item) {
    if (item.ephemeral || item.notice || item.deleted) return null;
    const reply =
      this.openThread && tool("reply", "Reply in thread", "reply-in-thread", () => this.openThread(item.ts));
    const shortcuts = this.world.shortcuts.filter((each) => each.on_messages);
    if (!shortcuts.length) return reply;
    const place = { as: this.world.person, channel: item.channel, message_ts: item.ts };
    const options = shortcuts.map(({ callback_id: id, name }) => ({
      label: name,
      pick: () => post("/page/shortcut", { ...place, callback_id: id }),
    }));
    const more = tool("dots", "More actions", "message-shortcuts", () =>
      openMenu(more, { label: "More actions", load: async () => [{ options }] }),
    );
    return [reply, more];
  }
}

function tool(glyph, label, testid, onclick) {
  return h(
    "button.tool",
    { type: "button", title: label, "aria-label": label, dataset: { testid }, onclick },
    icon(glyph),
  );
}

/** What a person typed comes as text, and again as a rich_text block that says the same without its marks. */
function isTyped({ bot_id: bot, blocks }) {
  return !bot && blocks?.length === 1 && blocks[0].type === "rich_text";
}

function time(item) {
  const date = instant(item.ts);
  return h("time.time", { datetime: date.toISOString(), title: fullTime(date) }, clock(date));
}
