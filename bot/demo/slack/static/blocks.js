// Layout blocks, each drawn as Slack draws it. A kind that is not known is named, never silently left out.

import { compound } from "./compound.js";
import { arrange, h, isSafe, link } from "./dom.js";
import { element } from "./elements.js";
import { markdown } from "./markdown.js";
import { richText } from "./richtext.js";
import { table } from "./table.js";
import { plain, textObject } from "./text.js";

const KINDS = {
  ...compound,
  section,
  header: (block) => h("h3.block-header", {}, textObject(block.text)),
  divider: () => h("hr.divider"),
  context,
  actions: (block, ctx) =>
    h(
      "div.actions",
      {},
      (block.elements ?? []).map((item) => element(block, item, ctx)),
    ),
  context_actions: (block, ctx) =>
    h(
      "div.actions.quiet",
      {},
      (block.elements ?? []).map((item) => element(block, item, ctx)),
    ),
  image: (block) => picture(block),
  input,
  rich_text: (block, ctx) => richText(block, ctx.world),
  table: (block, ctx) => table(block, ctx.world),
  markdown: (block) => markdown(block.text ?? ""),
  alert: (block, ctx) =>
    h(`div.alert.${block.level ?? "default"}`, { role: "note" }, textObject(block.text, ctx.world)),
  video: (block) => h("div.section", {}, link(block.title_url ?? block.video_url, plain(block.title))),
};

export function renderBlock(block, ctx) {
  const make = KINDS[block.type];
  const content = make
    ? make(block, ctx)
    : h("p.unsupported", {}, `A block of type ${block.type} is not shown here`);
  return h("div.block", { dataset: { testid: "block", type: block.type, blockId: block.block_id } }, content);
}

/**
 * Brings a container to show these blocks. Nodes of blocks that stayed the same are left untouched, so an
 * edit of a live card cannot take a button away from under somebody's finger.
 */
export function patchBlocks(container, blocks, ctx) {
  const drawn = container.drawnBlocks ?? [];
  const focused = container.contains(document.activeElement) ? document.activeElement : undefined;
  container.drawnBlocks = blocks.map((block) => {
    const key = JSON.stringify([block, failures(block, ctx)]);
    const at = drawn.findIndex((each) => each.key === key);
    return at < 0 ? { key, node: renderBlock(block, ctx) } : drawn.splice(at, 1)[0];
  });
  arrange(
    container,
    container.drawnBlocks.map(({ node }) => node),
  );
  const id = focused?.isConnected ? undefined : focused?.dataset.actionId;
  if (id) container.querySelector(`[data-action-id="${CSS.escape(id)}"]`)?.focus();
}

function failures(block, ctx) {
  return interactive(block)
    .filter((item) => ctx.surface.hasFailed(item))
    .map(({ action_id: id }) => id);
}

function interactive(item) {
  if (!item) return [];
  const inner = [item.accessory, item.element, item.elements, item.actions, item.child_blocks];
  return [...(item.action_id ? [item] : []), ...inner.flat().flatMap(interactive)];
}

function section(block, ctx) {
  const body = h(
    "div.section-body",
    {},
    block.text && h("div.section-text", {}, textObject(block.text, ctx.world)),
    block.fields &&
      h(
        "div.fields",
        {},
        block.fields.map((field) => h("div.field-text", {}, textObject(field, ctx.world))),
      ),
  );
  if (!block.accessory) return h("div.section", {}, body);
  const accessory =
    block.accessory.type === "image"
      ? picture(block.accessory, "thumb")
      : element(block, block.accessory, ctx);
  return h("div.section.with-accessory", {}, body, h("div.accessory", {}, accessory));
}

function context(block, ctx) {
  return h(
    "div.context",
    {},
    (block.elements ?? []).map((item) =>
      item.type === "image" ? picture(item, "tiny") : h("span.context-text", {}, textObject(item, ctx.world)),
    ),
  );
}

export function picture(item, size = "") {
  const source = item.image_url ?? item.slack_file?.url ?? "";
  const alt = item.alt_text ?? "";
  // The page's policy fetches nothing from outside: a foreign picture is its words and its address.
  const instead = () =>
    h("span.picture-alt", {}, alt || "Picture", isSafe(source) && !size && link(source, " open"));
  const image = h(`img.picture${size && `.${size}`}`, {
    src: source,
    alt,
    loading: "lazy",
    onerror: () => image.replaceWith(instead()),
  });
  if (size) return image;
  return h(
    "figure.figure",
    {},
    item.title && h("figcaption", {}, plain(item.title)),
    source ? image : instead(),
  );
}

function input(block, ctx) {
  const node = element(block, block.element ?? {}, { ...ctx, isInput: true });
  const id = `input-${block.block_id}`;
  const control = node.querySelector("input:not([type=radio]):not([type=checkbox]), textarea, button.select");
  if (control) control.id = id;
  const hint = block.hint && h("p.input-hint", { id: `${id}-hint` }, plain(block.hint));
  const error = h("p.input-error", {
    id: `${id}-error`,
    role: "alert",
    hidden: true,
    dataset: { testid: "input-error" },
  });
  control?.setAttribute("aria-describedby", [hint && hint.id, error.id].filter(Boolean).join(" "));
  control?.removeAttribute("aria-label");
  return h(
    "div.input",
    { dataset: { testid: "input-block", blockId: block.block_id } },
    h(
      control ? "label.input-label" : "div.input-label",
      { for: control && id },
      plain(block.label),
      block.optional && h("span.optional", {}, " (optional)"),
    ),
    node,
    error,
    hint,
  );
}
