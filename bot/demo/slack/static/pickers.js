// The select menus: from a fixed list, from the app, of people, of channels; one or several.

import { h, icon } from "./dom.js";
import { avatar } from "./avatar.js";
import { openMenu } from "./menu.js";
import { plain } from "./text.js";
import { nameOf } from "./state.js";

/** Each kind: the key of its value, and how to list and name what can be picked. */
const OPTION = {
  key: "selected_option",
  id: (option) => option?.value,
  label: (option) => plain(option.text),
};
const USER = {
  key: "selected_user",
  id: (id) => id,
  label: (id, world) => nameOf(world.people.get(id)) ?? id,
};
const CHANNEL = { id: (id) => id, label: (id, world) => channelName(world.channels.get(id)) ?? id };

const SOURCES = {
  static_select: { ...OPTION, load: fixed },
  external_select: { ...OPTION, load: external },
  users_select: { ...USER, load: users },
  conversations_select: {
    ...CHANNEL,
    key: "selected_conversation",
    load: (tool) => channels(tool, () => true),
  },
  channels_select: {
    ...CHANNEL,
    key: "selected_channel",
    load: (tool) => channels(tool, (each) => !each.is_private && !each.is_im),
  },
};

export const pickers = {};
for (const [type, source] of Object.entries(SOURCES)) {
  pickers[type] = (tool) => single(tool, source);
  pickers[`multi_${type}`] = (tool) => multiple(tool, { ...source, key: `${source.key}s` });
}

function single(tool, source) {
  const { block, item, values, world, isInput, changed } = tool;
  const chosen = values.get(block, item)[source.key];
  const label = h("span.select-label", {});
  const draw = (value) => {
    const name = value && source.label(value, world);
    label.textContent = name || placeholder(item);
    node.classList.toggle("is-empty", !value);
    // In an input block the block's label names it, and this adds what is chosen.
    const said = value ? `${placeholder(item)}: ${name}` : placeholder(item);
    node.setAttribute(isInput ? "aria-description" : "aria-label", said);
  };
  const node = h(
    "button.select",
    {
      ...control(item),
      onclick: () =>
        open(node, tool, source, {
          isChosen: (value) => source.id(value) === source.id(values.get(block, item)[source.key]),
          pick: async (value) => {
            draw(value);
            if (!(await changed({ [source.key]: value }))) draw(values.get(block, item)[source.key]);
          },
        }),
    },
    label,
    icon("down"),
  );
  draw(chosen);
  return node;
}

function multiple(tool, source) {
  const { block, item, values, world, changed } = tool;
  const current = () => values.get(block, item)[source.key] ?? [];
  const has = (value) => current().some((each) => source.id(each) === source.id(value));
  const set = (next) => changed({ [source.key]: next }).then(draw);
  const chips = h("span.chips", {});
  const draw = () =>
    chips.replaceChildren(
      ...current().map((value) =>
        h(
          "button.chip",
          {
            type: "button",
            "aria-label": `Remove ${source.label(value, world)}`,
            onclick: () => set(current().filter((each) => source.id(each) !== source.id(value))),
          },
          source.label(value, world),
          icon("close"),
        ),
      ),
    );
  const node = h(
    "button.select.is-empty",
    {
      ...control(item),
      onclick: () =>
        open(node, tool, source, {
          isChosen: has,
          pick: (value) => {
            if (has(value)) set(current().filter((each) => source.id(each) !== source.id(value)));
            else if (current().length < (item.max_selected_items ?? Infinity)) set([...current(), value]);
          },
        }),
    },
    h("span.select-label", {}, placeholder(item)),
    icon("down"),
  );
  draw();
  return h("span.multi", {}, chips, node);
}

function control(item) {
  return {
    type: "button",
    "aria-haspopup": "listbox",
    "aria-expanded": "false",
    "aria-label": placeholder(item),
    dataset: { testid: "select", actionId: item.action_id },
  };
}

const placeholder = (item) => plain(item.placeholder) || "Choose an option";

function open(node, tool, source, { isChosen, pick }) {
  const isExternal = source.load === external;
  const load = async (query) =>
    (await source.load(tool, query)).map((group) => ({
      label: group.label,
      options: group.options
        .map(({ value, hint, mark }) => ({
          label: source.label(value, tool.world),
          hint,
          mark,
          isChosen: isChosen(value),
          pick: () => pick(value),
        }))
        .filter(({ label }) => isExternal || label.toLowerCase().includes(query.toLowerCase())),
    }));
  load.isRemote = isExternal;
  const minimum = isExternal ? (tool.item.min_query_length ?? 3) : 0;
  openMenu(node, { load, minimum, search: "Find…", label: placeholder(tool.item) });
}

async function fixed({ item }) {
  return grouped(item);
}

async function external({ block, item, surface }, query) {
  return grouped(await surface.options(block, item, query));
}

function grouped({ options, option_groups: groups }) {
  const rows = (all) =>
    (all ?? []).map((value) => ({ value, hint: value.description && plain(value.description) }));
  return groups
    ? groups.map((group) => ({ label: plain(group.label), options: rows(group.options) }))
    : [{ options: rows(options) }];
}

async function users({ world }) {
  const options = [...world.people.values()]
    .filter(({ kind }) => kind !== "deactivated")
    .map((person) => ({
      value: person.id,
      hint: person.title,
      mark: avatar({ person, name: nameOf(person) }),
    }));
  return [{ options }];
}

async function channels({ world }, isListed) {
  const options = [...world.channels.values()]
    .filter(isListed)
    .map(({ id, topic }) => ({ value: id, hint: topic }));
  return [{ options }];
}

const channelName = (channel) => channel && (channel.is_im ? channel.name : `#${channel.name}`);
