// The left side: whose eyes these are, and where they can look.

import { avatar } from "./avatar.js";
import { h, icon, link, replace } from "./dom.js";
import { address } from "./route.js";
import { nameOf, order } from "./state.js";

const KINDS = {
  member: "member",
  oncall: "on-call engineer",
  guest: "guest",
  stranger: "another workspace",
  deactivated: "deactivated",
};

export class Sidebar {
  constructor(world, marks, { become, trouble }) {
    this.world = world;
    this.marks = marks;
    this.team = h("h1.team", {});
    this.face = h("span.you-face", {});
    this.person = h("select.person", {
      id: "person",
      dataset: { testid: "person" },
      onchange: () => become(this.person.value),
    });
    this.lists = h("div.channel-lists", {});
    this.links = h("div.links", {});
    this.trouble = h(
      "button.row",
      { type: "button", "aria-haspopup": "dialog", dataset: { testid: "plant-trouble" }, onclick: trouble },
      icon("warning"),
      h("span.row-name", {}, "Plant trouble…"),
    );
    this.node = h(
      "nav.sidebar",
      { "aria-label": "Channels and people", dataset: { testid: "sidebar" } },
      h("header.sidebar-head", {}, this.team, h("span.simulated", {}, "simulated")),
      h(
        "div.you",
        {},
        this.face,
        h("div.you-who", {}, h("label", { for: "person" }, "You are"), this.person),
      ),
      this.lists,
      this.links,
      h("div.simulator", {}, this.trouble),
    );
  }

  show(current) {
    const { world } = this;
    this.team.textContent = world.team.name;
    this.#people();
    const channels = [...world.channels.values()].sort((a, b) => order(a.name ?? "", b.name ?? ""));
    replace(
      this.lists,
      section(
        "Channels",
        channels.filter(({ is_im: isIm }) => !isIm).map((each) => this.#row(each, current)),
      ),
      section(
        "Apps",
        channels.filter(({ is_im: isIm }) => isIm).map((each) => this.#row(each, current)),
      ),
    );
    replace(
      this.links,
      world.links.length > 0 &&
        section(
          "Links",
          world.links.map(({ label, url }) => h("li", {}, h("span.row", {}, icon("link"), link(url, label)))),
        ),
    );
  }

  #people() {
    const { people, person } = this.world;
    const selves = [...people.values()].filter(({ kind }) => kind !== "bot");
    const drawn = JSON.stringify(selves);
    if (this.drawnPeople !== drawn) {
      this.drawnPeople = drawn;
      replace(
        this.person,
        selves.map((each) =>
          h(
            "option",
            {
              value: each.id,
              disabled: each.kind === "deactivated" && each.id !== person,
            },
            `${each.name} · ${KINDS[each.kind] ?? each.kind}`,
          ),
        ),
      );
    }
    this.person.value = person;
    const mine = people.get(person);
    this.person.title = mine ? [nameOf(mine), mine.title].filter(Boolean).join(", ") : "";
    replace(this.face, avatar({ person: mine, name: nameOf(mine) }));
  }

  #row(channel, current) {
    const { count, mentions } = this.marks.unread(this.world, channel);
    const isHere = channel.id === current;
    const isUnread = count > 0 && !isHere;
    const name = channel.is_im ? this.world.bot.name : channel.name;
    const mark = channel.is_im ? avatar({ mark: "bot" }) : icon(channel.is_private ? "lock" : "hash");
    return h(
      "li",
      {},
      h(
        isUnread ? "a.row.is-unread" : "a.row",
        {
          href: address({ person: this.world.person, channel: channel.id }),
          "aria-current": isHere && "page",
          "aria-label": isUnread ? `${name}, ${count} unread` : name,
          dataset: { testid: `channel-${channel.id}`, unread: isUnread ? String(count) : undefined },
        },
        mark,
        h("span.row-name", {}, name),
        isUnread && mentions > 0 && h("span.count-badge", {}, String(mentions)),
      ),
    );
  }
}

function section(title, rows) {
  return rows.length > 0 && h("section.channel-section", {}, h("h2", {}, title), h("ul", {}, rows));
}
