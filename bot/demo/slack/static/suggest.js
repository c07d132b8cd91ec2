// What may be meant by what is being typed: a command or a shortcut at the start, a person or a channel anywhere.

import { post } from "./api.js";

const MOST = 6;

/** @returns [{label, usage?, hint?}], with `insert`, which replaces the last word, or with `run`, or with neither */
export function suggestions(text, world) {
  if (text.startsWith("/")) return [...commands(text, world), ...shortcuts(text, world)];
  const [, mark, begun] = /(?:^|\s)([@#])([\w-]*)$/.exec(text) ?? [];
  if (mark === "@") return names(mark, begun, people(world));
  return mark === "#" ? names(mark, begun, channels(world)) : [];
}

export function completed(text, insert) {
  return `${text.slice(0, text.length - /\S*$/.exec(text)[0].length)}${insert} `;
}

function commands(text, world) {
  const [word, ...more] = text.split(/\s/);
  const isFitting = ({ command }) => (more.length ? command === word : command.startsWith(word));
  // Past its name, a command's row only reminds of its usage.
  return world.commands
    .filter(isFitting)
    .map((each) => ({
      insert: more.length ? undefined : each.command,
      label: each.command,
      usage: each.usage_hint,
      hint: each.description,
    }))
    .concat(more.length ? suggestions(` ${more.at(-1)}`, world) : []);
}

function shortcuts(text, world) {
  const isFitting = ({ name, on_messages: isElsewhere }) =>
    !isElsewhere && `/${name}`.toLowerCase().startsWith(text.toLowerCase());
  return world.shortcuts.filter(isFitting).map(({ name, callback_id: id }) => ({
    label: name,
    hint: "Shortcut",
    run: () => post("/page/shortcut", { as: world.person, callback_id: id }),
  }));
}

function people(world) {
  const groups = [...world.groups.values()].map(({ handle }) => ({ name: handle, hint: "user group" }));
  return [...world.people.values()]
    .filter(({ kind }) => kind !== "deactivated")
    .map(({ name, real_name: real }) => ({ name, hint: real }))
    .concat(groups);
}

function channels(world) {
  return [...world.channels.values()]
    .filter(({ is_im: isIm }) => !isIm)
    .map(({ name, topic }) => ({ name, hint: topic }));
}

function names(mark, begun, all) {
  const low = begun.toLowerCase();
  return all
    .filter(({ name }) => name.startsWith(low) && name !== low)
    .slice(0, MOST)
    .map(({ name, hint }) => ({ insert: `${mark}${name}`, label: `${mark}${name}`, hint }));
}
