// The pane on the right: one message and what was said under it.

import { post } from "./api.js";
import { Composer } from "./composer.js";
import { h, icon } from "./dom.js";
import { MessageList } from "./messagelist.js";
import { suggestions } from "./suggest.js";

export class ThreadPane {
  constructor(world, { close, drafts }) {
    this.world = world;
    this.drafts = drafts;
    this.title = h("span.pane-sub", {});
    this.list = new MessageList(world, { testid: "thread-message", label: "Messages in the thread" });
    this.composer = new Composer({
      names: { field: "thread-composer", button: "thread-send" },
      suggest: (text) => (text.startsWith("/") ? [] : suggestions(text, world)),
      isApart: true,
      send: (text, how) => this.#send(text, how),
    });
    this.node = h(
      "aside.pane.thread",
      {
        "aria-label": "Thread",
        hidden: true,
        dataset: { testid: "thread" },
      },
      h(
        "header.pane-head",
        {},
        h(
          "button.button.icon-only.back",
          { type: "button", "aria-label": "Back to the channel", onclick: close },
          icon("back"),
        ),
        h("h2.pane-title", {}, "Thread", this.title),
        h(
          "button.button.icon-only.shut",
          {
            type: "button",
            "aria-label": "Close thread",
            title: "Close (Esc)",
            onclick: close,
            dataset: { testid: "thread-close" },
          },
          icon("close"),
        ),
      ),
      this.list.node,
      this.composer.node,
    );
  }

  show(channel, ts) {
    const key = ts ? `${this.world.person}/${channel.id}/${ts}` : null;
    if (this.key) this.drafts.set(this.key, this.composer.draft);
    const isOther = this.key !== key;
    this.key = key;
    this.node.hidden = !ts;
    if (!ts) return;
    this.channel = channel;
    this.ts = ts;
    this.title.textContent = channel.is_im ? channel.name : `#${channel.name}`;
    this.composer.turnTo(key, "Reply…", this.drafts.get(key) ?? "");
    this.node.dataset.threadTs = ts;
    if (isOther) this.list.reset();
    this.refresh();
    if (isOther && matchMedia("(min-width: 800px)").matches) this.composer.field.focus();
  }

  refresh() {
    const parent = this.world.message(this.channel.id, this.ts);
    const replies = this.world.replies(this.channel.id, this.ts);
    const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
    this.list.show([...(parent ? [parent] : []), ...replies], { afterFirst: count });
  }

  #send(text, how) {
    const path = text.startsWith("/") ? "/page/command" : "/page/message";
    return post(path, { as: this.world.person, channel: this.channel.id, text, thread_ts: this.ts, ...how });
  }
}
