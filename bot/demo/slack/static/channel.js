// The middle: one channel, or the app's direct messages with its Home tab.

import { post } from "./api.js";
import { Composer } from "./composer.js";
import { h, icon, replace } from "./dom.js";
import { Home } from "./home.js";
import { MessageList } from "./messagelist.js";
import { address, go } from "./route.js";
import { suggestions } from "./suggest.js";

export class ChannelPane {
  constructor(world, marks, { drafts, openThread }) {
    this.world = world;
    this.marks = marks;
    this.drafts = drafts;
    this.head = h("div.pane-title-area", {});
    this.tabs = h("div.tabs", { role: "tablist", hidden: true });
    this.notice = h("div.channel-notice", {
      role: "status",
      hidden: true,
      dataset: { testid: "channel-notice" },
    });
    this.lead = h("div.channel-lead", {});
    this.list = new MessageList(world, { testid: "message", label: "Messages", openThread, lead: this.lead });
    this.home = new Home(world);
    this.composer = new Composer({
      names: { field: "composer", button: "send" },
      suggest: (text) => suggestions(text, world),
      send: (text, how) => this.#send(text, how),
    });
    this.node = h(
      "main.pane.channel",
      { dataset: { testid: "channel" } },
      h(
        "header.pane-head",
        {},
        h(
          "button.button.icon-only.back",
          {
            type: "button",
            "aria-label": "Back to channels",
            dataset: { testid: "back" },
            onclick: () => go({ person: world.person }),
          },
          icon("back"),
        ),
        this.head,
      ),
      this.tabs,
      this.notice,
      this.list.node,
      this.home.node,
      this.composer.node,
    );
  }

  /** @returns whether another channel, or another person's view of it, is shown than before */
  show(channel, isHome) {
    const key = `${this.world.person}/${channel.id}`;
    const isOther = key !== this.key;
    if (isOther) this.#turn(key, channel);
    this.channel = channel;
    this.isHome = isHome;
    this.#head(channel);
    this.#tabs(channel, isHome);
    this.#invitation(channel);
    this.list.node.hidden = isHome;
    this.composer.node.hidden = isHome || this.#isMute(channel);
    this.home.node.hidden = !isHome;
    if (isHome) this.home.show();
    this.refresh();
    return isOther;
  }

  #turn(key, channel) {
    if (this.key) this.drafts.set(this.key, this.composer.draft);
    this.key = key;
    this.unreadFrom = this.marks.since(this.world.person, channel.id);
    this.list.reset();
    this.composer.turnTo(key, `Message ${this.#name(channel)}`, this.drafts.get(key));
  }

  refresh() {
    const messages = this.world.topLevel(this.channel.id);
    this.list.show(messages, { unreadFrom: this.unreadFrom });
    const isSeen = !document.hidden && this.node.offsetParent !== null;
    if (isSeen) this.marks.read(this.world.person, this.channel.id, messages.at(-1)?.ts);
  }

  #name(channel) {
    return channel.is_im ? this.world.bot.name : `#${channel.name}`;
  }

  #head(channel) {
    const members = channel.members?.length ?? 0;
    replace(
      this.head,
      h(
        "h2.pane-title",
        {},
        icon(channel.is_im ? "bot" : channel.is_private ? "lock" : "hash"),
        channel.is_im ? this.world.bot.name : channel.name,
      ),
      channel.topic && h("span.topic", { title: channel.topic }, channel.topic),
      !channel.is_im && h("span.members", { title: `${members} members` }, icon("people"), String(members)),
    );
    replace(
      this.lead,
      h("h3", {}, channel.is_im ? this.world.bot.name : `# ${channel.name}`),
      h(
        "p",
        {},
        channel.is_im
          ? "This is between you and the app."
          : `This is the start of ${channel.is_private ? "the private channel" : "the channel"} ${channel.name}.`,
      ),
      channel.bot_is_member && this.world.commands.map(invitation),
    );
  }

  #tabs(channel, isHome) {
    this.tabs.hidden = !channel.is_im;
    const here = { person: this.world.person, channel: channel.id };
    const tab = (label, place, isHere) =>
      h(
        "a.tab",
        {
          role: "tab",
          href: address(place),
          "aria-selected": String(isHere),
          dataset: { testid: `tab-${label.toLowerCase()}` },
        },
        label,
      );
    replace(
      this.tabs,
      this.world.hasHomeTab && tab("Home", { ...here, isHome: true }, isHome),
      tab("Messages", here, !isHome),
    );
  }

  /** The manifest may keep people from writing to the app; nobody writes where a channel is archived. */
  #isMute(channel) {
    return channel.is_archived || (channel.is_im && !this.world.canWriteToBot);
  }

  #invitation(channel) {
    const isMissing = !channel.is_im && channel.bot_is_member === false;
    this.notice.hidden = !isMissing && !this.#isMute(channel);
    if (this.#isMute(channel)) {
      const why = channel.is_im
        ? "Sending messages to this app has been turned off."
        : "This channel is archived: it can be read, and nobody writes in it.";
      return replace(this.notice, h("span", {}, why));
    }
    if (!isMissing) return undefined;
    const body = { as: this.world.person, channel: channel.id };
    return replace(
      this.notice,
      h(
        "span",
        {},
        h("b", {}, this.world.bot.name),
        " is not in this channel. It can answer you here, but not post.",
      ),
      h(
        "button.button",
        { type: "button", dataset: { testid: "invite" }, onclick: () => post("/page/invite", body) },
        "Invite it",
      ),
    );
  }

  #send(text, how) {
    this.list.isAtEnd = true;
    const path = text.startsWith("/") ? "/page/command" : "/page/message";
    return post(path, { as: this.world.person, channel: this.channel.id, text, ...how });
  }
}

/** What to type where there is nothing to read yet: Slack leaves that to the app, a demo must not. */
function invitation({ command, usage_hint: usage, description }) {
  const lines = (usage ?? "").split("|").map((way) => h("code", {}, `${command} ${way.trim()}`.trim()));
  const listed = lines.flatMap((line, index) => (index ? [" · ", line] : [line]));
  return h("p.invitation", {}, description && `${description}: `, listed);
}
