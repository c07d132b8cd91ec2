// Elements that hold what is typed, ticked or dated.

import { h } from "./dom.js";
import { plain, textObject } from "./text.js";

export const fields = {
  plain_text_input: (tool) => text(tool, tool.item.multiline ? "textarea" : "input", { type: "text" }),
  rich_text_input: (tool) => text(tool, "textarea", {}),
  number_input: (tool) =>
    text(tool, "input", {
      type: "number",
      step: tool.item.is_decimal_allowed ? "any" : "1",
      min: tool.item.min_value,
      max: tool.item.max_value,
    }),
  email_text_input: (tool) => text(tool, "input", { type: "email" }),
  url_text_input: (tool) => text(tool, "input", { type: "url" }),
};

export const choices = {
  checkboxes: (tool) => boxes(tool, "checkbox"),
  radio_buttons: (tool) => boxes(tool, "radio"),
};

export const dates = {
  datepicker: (tool) => picked(tool, "date", "selected_date"),
  timepicker: (tool) => picked(tool, "time", "selected_time"),
  datetimepicker: (tool) =>
    picked(tool, "datetime-local", "selected_date_time", { read: seconds, show: local }),
};

function text({ block, item, values, surface, isInput }, tag, props) {
  const moments = item.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const isDispatched = !isInput || block.dispatch_action;
  const { wrap, unwrap } = item.type === "rich_text_input" ? RICH : PLAIN;
  const dispatch = (moment) => {
    if (isDispatched && moments.includes(moment)) surface.act(block, item, values.get(block, item));
  };
  const node = h(`${tag}.field`, {
    ...props,
    placeholder: plain(item.placeholder),
    maxlength: item.max_length,
    minlength: item.min_length,
    autofocus: item.focus_on_load,
    autocomplete: "off",
    rows: tag === "textarea" ? 4 : undefined,
    dataset: { testid: "input", actionId: item.action_id, blockId: block.block_id },
    oninput: () => {
      values.set(block, item, wrap(node.value === "" ? null : node.value));
      surface.note(block, item);
      dispatch("on_character_entered");
    },
    onkeydown: (event) => {
      if (event.key !== "Enter" || (tag === "textarea" && event.shiftKey) || event.isComposing) return;
      if (isDispatched && moments.includes("on_enter_pressed")) event.preventDefault();
      dispatch("on_enter_pressed");
    },
  });
  node.value = unwrap(values.get(block, item)) ?? "";
  return node;
}

const PLAIN = { wrap: (value) => ({ value }), unwrap: ({ value }) => value };
const RICH = {
  wrap: (text) => ({
    rich_text_value: text && {
      type: "rich_text",
      elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }],
    },
  }),
  unwrap: ({ rich_text_value: value }) =>
    (value?.elements ?? [])
      .flatMap(({ elements }) => elements ?? [])
      .map(({ text }) => text ?? "")
      .join(""),
};

function boxes({ block, item, values, changed }, type) {
  const isMany = type === "checkbox";
  const key = isMany ? "selected_options" : "selected_option";
  const current = () => [values.get(block, item)[key] ?? []].flat();
  const name = `${block.block_id}-${item.action_id}-${Math.random().toString(36).slice(2)}`;
  const inputs = (item.options ?? []).map((option) => {
    const input = h("input", {
      type,
      name,
      checked: current().some(({ value }) => value === option.value),
      dataset: { testid: "input", actionId: item.action_id, blockId: block.block_id, value: option.value },
      onchange: () => {
        const others = current().filter(({ value }) => value !== option.value);
        const many = input.checked ? [...others, option] : others;
        changed({ [key]: isMany ? many : option });
      },
    });
    return { option, input };
  });
  return h(
    "span.boxes",
    { role: isMany ? "group" : "radiogroup" },
    inputs.map(({ option, input }) =>
      h(
        "label.box",
        {},
        input,
        h(
          "span.box-text",
          {},
          textObject(option.text),
          option.description && h("span.box-hint", {}, textObject(option.description)),
        ),
      ),
    ),
  );
}

function picked(
  { block, item, values, changed },
  type,
  key,
  { read = (value) => value, show = (value) => value } = {},
) {
  const node = h("input.field.dated", {
    type,
    "aria-label": plain(item.placeholder) || type,
    dataset: { testid: "input", actionId: item.action_id, blockId: block.block_id },
    onchange: () => changed({ [key]: node.value ? read(node.value) : null }),
  });
  const value = values.get(block, item)[key];
  node.value = value ? show(value) : "";
  return node;
}

const seconds = (value) => Math.floor(new Date(value).getTime() / 1000);

function local(value) {
  const date = new Date(value * 1000);
  return new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
