// What each person has read, per channel, kept in this browser.

const KEY = "simulated-slack-read";

export class ReadMarks {
  #marks = load();
  // Nothing that was said before this browser first came here counts as unread.
  #start = (this.#marks.start ??= (Date.now() / 1000).toFixed(6));

  since(person, channel) {
    return this.#marks[`${person}/${channel}`] ?? this.#start;
  }

  read(person, channel, ts) {
    if (!ts || ts <= this.since(person, channel)) return;
    this.#marks[`${person}/${channel}`] = ts;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#marks));
    } catch {
      // Without storage the marks last as long as the page.
    }
  }

  /** {count, mentions} of what others said there since. */
  unread(world, channel) {
    const since = this.since(world.person, channel.id);
    const items = world.topLevel(channel.id).filter((item) => item.ts > since && item.user !== world.person);
    const isForMe = (item) => channel.is_im || world.isMentioned(item);
    return { count: items.length, mentions: items.filter((item) => !item.ephemeral && isForMe(item)).length };
  }
}

function load() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}
