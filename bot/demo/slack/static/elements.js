// Interactive elements, each drawn from its declaration. What they know of their surroundings is `ctx`:
//   world    names of people and channels
//   values   what has been chosen here (values.js)
//   surface  its way to the simulator (surface.js)
//   isInput  it stands in an input block

import { h, icon, isSafe } from "./dom.js";
import { confirmed } from "./dialog.js";
import { pictured } from "./emoji.js";
import { choices, dates, fields } from "./inputs.js";
import { openMenu } from "./menu.js";
import { pickers } from "./pickers.js";
import { plain } from "./text.js";

const KINDS = {
  button,
  workflow_button: button,
  icon_button: button,
  feedback_buttons: feedback,
  overflow,
  ...pickers,
  ...choices,
  ...dates,
  ...fields,
};

export function element(block, item, ctx) {
  const make = KINDS[item.type];
  if (!make) return h("span.unsupported", {}, `${item.type} is not shown here`);
  const tool = {
    ...ctx,
    block,
    item,
    run,
    changed: (value) => {
      node.dispatchEvent(new Event("input", { bubbles: true }));
      return changed(block, item, ctx, value);
    },
  };
  const node = make(tool);
  return h(
    "span.element",
    { dataset: { type: item.type } },
    node,
    ctx.surface.hasFailed(item) &&
      h(
        "span.failed",
        {
          role: "img",
          title: "No answer came from the app. Try again.",
          "aria-label": "This action failed",
          dataset: { testid: "failed", actionId: item.action_id },
        },
        icon("warning"),
      ),
  );

  async function run(extra, target) {
    if (!(await confirmed(item.confirm, ctx.world))) return;
    target?.setAttribute("aria-busy", "true");
    await ctx.surface.act(block, item, extra);
    target?.removeAttribute("aria-busy");
  }
}

async function changed(block, item, ctx, value) {
  if (item.confirm && !(await confirmed(item.confirm, ctx.world))) return false;
  ctx.values.set(block, item, value);
  if (ctx.isInput && !block.dispatch_action) ctx.surface.note(block, item);
  else await ctx.surface.act(block, item, value);
  return true;
}

function button({ item, run }) {
  const style = item.style === "primary" || item.style === "danger" ? `.${item.style}` : "";
  const label = item.text ? plain(item.text) : (item.icon ?? "");
  const node = h(
    `button.button${style}`,
    {
      type: "button",
      "aria-label": item.accessibility_label,
      dataset: { testid: "button", actionId: item.action_id, value: item.value },
      onclick: async () => {
        if (node.getAttribute("aria-busy")) return;
        if (item.url && isSafe(item.url)) window.open(item.url, "_blank", "noopener,noreferrer");
        await run(item.value === undefined ? {} : { value: item.value }, node);
      },
    },
    h("span.button-label", {}, pictured(label)),
    item.url && icon("link"),
  );
  return node;
}

function feedback({ item, run }) {
  return h(
    "span.feedback",
    {},
    [item.positive_button, item.negative_button].filter(Boolean).map((side) =>
      h(
        "button.button",
        {
          type: "button",
          "aria-label": side.accessibility_label,
          dataset: { testid: "button", actionId: item.action_id, value: side.value },
          onclick: () => run({ value: side.value }),
        },
        plain(side.text),
      ),
    ),
  );
}

function overflow({ item, run }) {
  const pick = (option) => {
    if (option.url && isSafe(option.url)) window.open(option.url, "_blank", "noopener,noreferrer");
    run({ selected_option: option });
  };
  const node = h(
    "button.button.icon-only",
    {
      type: "button",
      "aria-label": "More actions",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      dataset: { testid: "overflow", actionId: item.action_id },
      onclick: () =>
        openMenu(node, {
          label: "More actions",
          load: async () => [
            {
              options: (item.options ?? []).map((option) => ({
                label: plain(option.text),
                hint: option.description && plain(option.description),
                pick: () => pick(option),
              })),
            },
          ],
        }),
    },
    icon("dots"),
  );
  return node;
}
