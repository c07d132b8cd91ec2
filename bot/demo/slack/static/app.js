// Simulated Slack, the page: what a person of the simulated workspace sees and does.
//
// Everything comes from the simulator's page API (api.js), is kept in one store (state.js) and drawn from it
// by panes. There is no build step and nothing is fetched from elsewhere.
//
// Hooks for browser tests, all `data-testid`; none of them will change without its tests:
//   person                        the select "You are" (values are user ids)
//   sidebar, channel-C0SHOP       a link to a channel (data-unread: how many)
//   channel, back                 the middle pane; on phones the way back to the list
//   channel-notice, invite        "is not in this channel", and the button that invites
//   tab-home, tab-messages, home  the tabs of the app's direct messages; App Home
//   message, ephemeral            a row in the channel (data-ts); `ephemeral` is visible to this person only
//   thread, thread-message        the right pane; a row in it, the parent first (data-ts, data-ephemeral)
//   message-shortcuts             the tool that offers the app's message shortcuts
//   replies, reply-in-thread      under a row: "3 replies"; the tool that opens its thread; thread-close
//   edited, reaction, dismiss     parts of a row
//   block                         a block (data-type, data-block-id); table, file, file-text, download inside
//   button, overflow, select      elements (data-action-id); failed: the warning mark beside one
//   input                         a field (data-action-id, data-block-id; boxes also data-value)
//   menu, menu-search, option     an open menu, its search field and its rows
//   confirm, confirm-yes, confirm-no             Block Kit's confirm dialog
//   modal (data-view-id, data-callback-id), modal-title, modal-body, modal-submit, modal-close, modal-x,
//   input-block (data-block-id), input-error, modal-error
//   composer, send, composer-hints, composer-error, composer-typography (type as a phone does);
//   thread-composer, thread-send, thread-composer-hints, thread-composer-error, …
//   plant-trouble                 in the sidebar; opens `trouble`: trouble-kind, trouble-fields, trouble-plant,
//                                 trouble-told, trouble-planted, trouble-clear-slack, trouble-clear-cluster
//   connection                    "Reconnecting…", hidden while live; refused: what stands there instead of a pane

import { post, readState } from "./api.js";
import { ChannelPane } from "./channel.js";
import { h, replace } from "./dom.js";
import { ModalStack } from "./modal.js";
import { mrkdwn } from "./mrkdwn.js";
import { go, route } from "./route.js";
import { Sidebar } from "./sidebar.js";
import { isReply, Store } from "./state.js";
import { ThreadPane } from "./thread.js";
import { TroublePanel } from "./trouble.js";
import { ReadMarks } from "./unread.js";

const root = document.getElementById("app");
const live = document.getElementById("live");
const connection = document.getElementById("connection");

const PERSON_KEY = "simulated-slack-person";

const world = new Store();
const marks = new ReadMarks();
const drafts = new Map();
const gone = h("main.refused", { role: "alert", dataset: { testid: "refused" } });
let openedFor = "";

const troublePanel = new TroublePanel(world);
const sidebar = new Sidebar(world, marks, {
  become: (person) => go({ person, channel: route().channel }),
  trouble: () => troublePanel.open(),
});
const channelPane = new ChannelPane(world, marks, {
  drafts,
  openThread: (ts) => go({ person: world.person, channel: channelPane.channel.id, thread: ts }),
});
const threadPane = new ThreadPane(world, { drafts, close: closeThread });
const modals = new ModalStack(world);

/** Brings the page to the address it is at. */
function arrive() {
  const place = route();
  if (!place.person) return settle(place);
  if (place.person !== world.person) return become(place.person);
  if (!world.channels.size) return undefined;
  const isNarrow = matchMedia("(max-width: 799px)").matches;
  const channel = world.channels.get(place.channel) ?? (isNarrow && !place.channel ? null : usualChannel());
  if (place.channel && channel?.id !== place.channel) {
    return go({ person: world.person, channel: channel?.id }, { isReplacing: true });
  }
  if (place.message) return point(channel, place.message);
  if (place.isHome && !world.hasHomeTab) {
    return go({ person: world.person, channel: channel?.id }, { isReplacing: true });
  }
  document.body.dataset.pane = pane(place);
  if (channel) enter(channel, place, isNarrow);
  return sidebar.show(channel?.id);
}

/** Somebody has to be looking: who it was last, or whom the simulator names. */
async function settle(place) {
  try {
    const person = world.person ?? remembered() ?? (await anybody());
    go({ ...place, person }, { isReplacing: true });
  } catch (error) {
    refused(error.message);
  }
}

async function anybody() {
  const { you, people } = await readState();
  return you ?? people[0].id;
}

function become(person) {
  root.setAttribute("aria-busy", "true");
  world.become(person);
}

function enter(channel, place, isNarrow) {
  const isOther = channelPane.show(channel, place.isHome);
  threadPane.show(channel, place.isHome ? undefined : place.thread);
  if (isOther && !isNarrow && !place.thread && !place.isHome) channelPane.composer.field.focus();
  openApp(place, channel);
}

/** A permalink: the message in its thread where it has one, else in the channel. */
function point(channel, ts) {
  const item = world.message(channel.id, ts);
  const thread = item && (isReply(item) ? item.thread_ts : item.reply_count && item.ts);
  go({ person: world.person, channel: channel.id, thread: thread || undefined }, { isReplacing: true });
  (thread ? threadPane.list : channelPane.list).reveal(ts);
}

function pane({ channel, thread }) {
  if (thread) return "thread";
  return channel ? "channel" : "list";
}

function usualChannel() {
  const all = [...world.channels.values()];
  return all.find(({ is_im: isIm, bot_is_member: isMember }) => !isIm && isMember) ?? all[0];
}

/** The app hears whenever somebody opens its own place, at its Home or at its messages. */
function openApp({ isHome }, channel) {
  const tab = isHome ? "home" : "messages";
  const key = channel.is_im ? `${world.person}/${channel.id}/${tab}` : "";
  if (key && key !== openedFor) post("/page/home", { as: world.person, tab });
  openedFor = key;
}

world.addEventListener("loaded", () => {
  remember(world.person);
  root.removeAttribute("aria-busy");
  if (!root.contains(threadPane.node)) replace(root, sidebar.node, channelPane.node, threadPane.node);
  arrive();
  modals.show(world.views);
});

world.addEventListener("message", ({ detail: { item, isNew } }) => {
  if (channelPane.channel?.id === item.channel) {
    channelPane.refresh();
    if (!threadPane.node.hidden) threadPane.refresh();
  }
  sidebar.show(channelPane.channel?.id);
  if (isNew) announce(item);
});

world.addEventListener("views", () => modals.show(world.views));
world.addEventListener("home", () => channelPane.isHome && channelPane.home.show());

world.addEventListener("connection", ({ detail: { up } }) => {
  connection.hidden = up;
  connection.textContent = up ? "" : "Reconnecting…";
});

world.addEventListener("refused", ({ detail: { person, why } }) => {
  if (why === "account_inactive" && root.contains(sidebar.node)) return signedOut(person);
  if (person !== remembered()) return refused(why);
  // Somebody of another run's workspace, or who has left since.
  remember(undefined);
  world.person = null;
  return go({}, { isReplacing: true });
});

/** Says a new message of somebody else to those who listen rather than look. */
function announce(item) {
  const isHere =
    channelPane.channel?.id === item.channel && (!isReply(item) || threadPane.ts === item.thread_ts);
  if (!isHere || item.user === world.person) return;
  live.textContent = `${world.author(item).name}: ${mrkdwn(item.text ?? "", world).textContent}`;
}

function signedOut(person) {
  root.removeAttribute("aria-busy");
  document.body.dataset.pane = "refused";
  modals.show([]);
  const name = world.people.get(person)?.name ?? person;
  replace(
    gone,
    h("h1", {}, "This account has been deactivated"),
    h("p", {}, `${name} cannot sign in to ${world.team.name} any more. Be somebody else.`),
  );
  replace(root, sidebar.node, gone);
  sidebar.show();
}

function refused(why) {
  root.removeAttribute("aria-busy");
  const isLocked = why === "no_page_token";
  const advice = "Use the address that was printed at the start: it carries the token that lets you in.";
  replace(
    gone,
    h("h1", {}, isLocked ? "This page does not open here" : "The simulator refused this page"),
    h("p", {}, isLocked ? advice : why),
  );
  replace(root, gone);
}

function remembered() {
  try {
    return localStorage.getItem(PERSON_KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(person) {
  try {
    if (person) localStorage.setItem(PERSON_KEY, person);
    else localStorage.removeItem(PERSON_KEY);
  } catch {
    // Without storage a reload starts as somebody else.
  }
}

function closeThread() {
  go({ person: world.person, channel: channelPane.channel.id });
  channelPane.composer.field.focus();
}

addEventListener("hashchange", arrive);
addEventListener("keydown", ({ key, defaultPrevented }) => {
  const isElsewhere = document.querySelector("dialog[open], :popover-open");
  if (
    key === "Escape" &&
    !defaultPrevented &&
    !isElsewhere &&
    root.contains(threadPane.node) &&
    !threadPane.node.hidden
  ) {
    closeThread();
  }
});
document.addEventListener("visibilitychange", () => channelPane.channel && channelPane.refresh());

arrive();
