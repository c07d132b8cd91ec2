// What this person can see: read whole at the start, then kept true by events.

import { listen, readState, RefusedError } from "./api.js";

export class Store extends EventTarget {
  person = null;
  team = { name: "" };
  bot = { user_id: "", name: "" };
  commands = [];
  shortcuts = [];
  people = new Map();
  channels = new Map();
  groups = new Map();
  links = [];
  views = [];
  home = null;
  hasHomeTab = true;
  canWriteToBot = true;
  #messages = new Map();
  #indexes = new Map();
  #waiting = null;
  #stop = () => {};

  /** Become a person: their channels, their messages, their events. */
  become(person) {
    this.#stop();
    this.person = person;
    this.#waiting = [];
    this.#stop = listen(person, {
      opened: () => {
        this.#emit("connection", { up: true });
        this.#reload(person);
      },
      event: (kind, item) => this.#receive(kind, item),
      lost: ({ isRefused }) => {
        this.#emit("connection", { up: false });
        if (isRefused) this.#reload(person);
      },
    });
  }

  async #reload(person) {
    this.#waiting ??= [];
    const state = await readState(person).catch((error) => this.#refused(person, error));
    if (person !== this.person || !state) return;
    this.#fill(state);
    const missed = this.#waiting;
    this.#waiting = null;
    this.#emit("loaded", {});
    for (const [kind, item] of missed) this.#receive(kind, item);
  }

  #refused(person, error) {
    // An unreachable simulator is the connection's matter: it is tried again.
    if (!(error instanceof RefusedError) || person !== this.person) return;
    this.#stop();
    this.channels = new Map();
    this.views = [];
    if (error.message === "account_inactive" && this.people.has(person)) {
      this.people.set(person, { ...this.people.get(person), kind: "deactivated" });
    }
    this.#emit("connection", { up: true });
    this.#emit("refused", { person, why: error.message });
  }

  #fill(state) {
    this.team = state.team;
    this.bot = state.bot;
    this.commands = state.commands ?? [];
    this.shortcuts = state.shortcuts ?? [];
    this.people = byId(state.people);
    this.channels = byId(state.channels);
    this.groups = byId(state.groups ?? []);
    this.links = state.links ?? [];
    this.views = state.views ?? [];
    this.home = state.home ?? null;
    this.hasHomeTab = state.home_tab ?? true;
    this.canWriteToBot = state.can_write_to_bot ?? true;
    this.#indexes.clear();
    this.#messages = new Map(
      Object.entries(state.messages).map(([id, all]) => [id, new Map(all.map((item) => [item.ts, item]))]),
    );
  }

  #receive(kind, item) {
    // Until the state has been read there is nothing to apply an event to.
    if (this.#waiting) this.#waiting.push([kind, item]);
    else if (kind === "view") this.#putView(item);
    else if (kind === "view_closed") this.#dropView(item.id ?? item.view_id);
    else if (kind === "home") this.#putHome(item);
    else if (kind === "people") this.#reload(this.person);
    else this.#putMessage(kind, item);
  }

  #putMessage(kind, item) {
    const all = this.#messages.get(item.channel) ?? new Map();
    this.#messages.set(item.channel, all);
    const known = all.has(item.ts);
    // A deleted parent stays as a tombstone above its replies.
    if (kind === "deleted" && !item.reply_count) all.delete(item.ts);
    else all.set(item.ts, item);
    this.#indexes.delete(item.channel);
    this.#emit("message", { item, isNew: kind === "message" && !known });
  }

  #putView(view) {
    const at = this.views.findIndex(({ id }) => id === view.id);
    if (at >= 0) this.views = this.views.with(at, view);
    else this.views = [...this.views, view];
    this.#emit("views", {});
  }

  #dropView(id) {
    this.views = this.views.filter((view) => view.id !== id);
    this.#emit("views", {});
  }

  #putHome(view) {
    this.home = view;
    this.#emit("home", {});
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** What the channel itself shows, oldest first: all but replies, and what was deleted unless it bears a thread. */
  topLevel(channel) {
    return this.#index(channel).top.filter((item) => !item.deleted || this.replies(channel, item.ts).length);
  }

  replies(channel, ts) {
    return this.#index(channel).threads.get(ts) ?? [];
  }

  /** Sorted once per change; a list asks for the replies of every row it shows. */
  #index(channel) {
    if (!this.#indexes.has(channel)) {
      const all = [...(this.#messages.get(channel)?.values() ?? [])].sort((a, b) => order(a.ts, b.ts));
      const replies = all.filter((item) => isReply(item) && !item.deleted);
      const threads = new Map(replies.map(({ thread_ts: ts }) => [ts, []]));
      for (const item of replies) threads.get(item.thread_ts).push(item);
      this.#indexes.set(channel, { top: all.filter((item) => !isReply(item)), threads });
    }
    return this.#indexes.get(channel);
  }

  message(channel, ts) {
    return this.#messages.get(channel)?.get(ts);
  }

  /** Who wrote a message: a name, and how to draw them. */
  author(item) {
    if (item.notice || item.user === "USLACKBOT")
      return { id: "notice", name: "Slackbot", isApp: true, mark: "notice" };
    if (item.bot_id || item.user === this.bot.user_id) {
      return { id: "bot", name: item.username || this.bot.name, isApp: true, mark: "bot" };
    }
    const person = this.people.get(item.user);
    return { id: item.user, name: nameOf(person) ?? item.user ?? "unknown", person };
  }

  nameOfUser(id) {
    if (id === this.bot.user_id) return this.bot.name;
    return this.people.get(id)?.name;
  }

  isMentioned(item) {
    const text = `${item.text ?? ""}${JSON.stringify(item.blocks ?? [])}`;
    const groups = [...this.groups.values()].filter(({ users }) => users?.includes(this.person));
    const isNamed = ({ id, marks }) => marks.some((mark) => text.includes(mark + id));
    return (
      isNamed({ id: this.person, marks: ["<@", '"user_id":"'] }) ||
      groups.some(({ id }) => isNamed({ id, marks: ["<!subteam^", '"usergroup_id":"'] })) ||
      /<!(here|channel|everyone)|"type":"broadcast"/.test(text)
    );
  }
}

export const nameOf = (person) => person && (person.real_name || person.name);

export const order = (one, other) => (one < other ? -1 : Number(one > other));

export const isReply = (item) =>
  Boolean(item.thread_ts) && item.thread_ts !== item.ts && item.subtype !== "thread_broadcast";

const byId = (items) => new Map(items.map((item) => [item.id, item]));
