// What people have chosen or typed in a message or view, in the form of Slack's `state.values`. It is kept
// outside the elements, by block_id and action_id, so that an edit or a views.update does not lose it.

const INITIAL = {
  initial_value: "value",
  initial_option: "selected_option",
  initial_options: "selected_options",
  initial_user: "selected_user",
  initial_users: "selected_users",
  initial_conversation: "selected_conversation",
  initial_conversations: "selected_conversations",
  initial_channel: "selected_channel",
  initial_channels: "selected_channels",
  initial_date: "selected_date",
  initial_time: "selected_time",
  initial_date_time: "selected_date_time",
};

const STATELESS = new Set([
  "button",
  "overflow",
  "image",
  "workflow_button",
  "feedback_buttons",
  "icon_button",
]);

export class Values {
  #chosen = new Map();
  #known = {};

  /** What the simulator remembers of this person's choices: {block_id: {action_id: {type, …}}}. */
  remember(known) {
    this.#known = known ?? {};
  }

  get(block, element) {
    const { type, ...known } = this.#known[block.block_id]?.[element.action_id] ?? {};
    return this.#chosen.get(key(block, element)) ?? (type ? known : initial(element));
  }

  set(block, element, value) {
    this.#chosen.set(key(block, element), value);
  }

  /** Of all the elements that are shown now: {block_id: {action_id: {type, …}}}. */
  collect(blocks) {
    const values = {};
    for (const { block, element } of stateful(blocks)) {
      values[block.block_id] ??= {};
      values[block.block_id][element.action_id] = { type: element.type, ...this.get(block, element) };
    }
    return values;
  }
}

/** Every element with a state, with its block. */
export function stateful(blocks) {
  return (blocks ?? []).flatMap((block) => {
    if (block.type === "container") {
      return stateful(block.child_blocks.map((child) => ({ ...child, block_id: block.block_id })));
    }
    const elements = { input: [block.element], actions: block.elements, section: [block.accessory] }[
      block.type
    ];
    return (elements ?? [])
      .filter((element) => element?.action_id && !STATELESS.has(element.type))
      .map((element) => ({ block, element }));
  });
}

export function isEmpty(value) {
  const first = Object.values(value)[0];
  return (
    first === undefined || first === null || first === "" || (Array.isArray(first) && first.length === 0)
  );
}

function initial(element) {
  for (const [from, to] of Object.entries(INITIAL)) {
    if (element[from] !== undefined) return { [to]: element[from] };
  }
  const empty = EMPTY[element.type];
  return empty ? { ...empty } : {};
}

const EMPTY = {
  plain_text_input: { value: null },
  number_input: { value: null },
  email_text_input: { value: null },
  url_text_input: { value: null },
  static_select: { selected_option: null },
  external_select: { selected_option: null },
  radio_buttons: { selected_option: null },
  checkboxes: { selected_options: [] },
  multi_static_select: { selected_options: [] },
  multi_external_select: { selected_options: [] },
  users_select: { selected_user: null },
  multi_users_select: { selected_users: [] },
  conversations_select: { selected_conversation: null },
  multi_conversations_select: { selected_conversations: [] },
  channels_select: { selected_channel: null },
  multi_channels_select: { selected_channels: [] },
  datepicker: { selected_date: null },
  timepicker: { selected_time: null },
  datetimepicker: { selected_date_time: null },
};

const key = (block, element) => `${block.block_id}\n${element.action_id}`;
