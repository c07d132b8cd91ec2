// People, groups and channels named inside text.

import { h, icon } from "./dom.js";

export function mention(id, world, label = "") {
  const name = world.nameOfUser(id) ?? (label || id);
  return chip(`@${name.replace(/^@/, "")}`, id === world.person, { user: id });
}

export function usergroup(id, world, label = "") {
  const group = world.groups.get(id);
  const handle = group?.handle ?? (label || id);
  return chip(`@${handle.replace(/^@/, "")}`, group?.users?.includes(world.person), { group: id });
}

export function broadcast(range) {
  return chip(`@${range}`, true, { broadcast: range });
}

export function channelLink(id, world, label = "") {
  const channel = world.channels.get(id);
  if (!channel) {
    return h(
      "span.mention.private",
      { dataset: { testid: "mention" } },
      icon("lock"),
      label || "private-channel",
    );
  }
  return h(
    "a.mention",
    { href: `#${world.person}/${id}`, dataset: { testid: "mention", channel: id } },
    channel.is_private ? icon("lock") : "#",
    channel.name,
  );
}

function chip(text, isMe, dataset) {
  return h(isMe ? "span.mention.me" : "span.mention", { dataset: { testid: "mention", ...dataset } }, text);
}
