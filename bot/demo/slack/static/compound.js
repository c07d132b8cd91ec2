// Blocks that are made of others: cards, containers, plans and their tasks, tables of many pages.

import { picture, renderBlock } from "./blocks.js";
import { h, icon } from "./dom.js";
import { element } from "./elements.js";
import { richText } from "./richtext.js";
import { table } from "./table.js";
import { textObject } from "./text.js";

const STATUSES = { pending: "dots", in_progress: "down", complete: "check", error: "warning" };

export const compound = {
  card: (block, ctx) => card(block, block, ctx),
  carousel: (block, ctx) =>
    h(
      "div.carousel",
      { tabindex: "0", role: "region", "aria-label": "Cards" },
      (block.elements ?? []).map((each) => card(block, each, ctx)),
    ),
  container,
  task_card: (block, ctx) => task(block, ctx),
  plan: (block, ctx) =>
    h(
      "div.plan",
      {},
      h("b", {}, worded(block.title, ctx)),
      (block.tasks ?? []).map((each) => task(each, ctx)),
    ),
  data_table: pages,
};

/** @param block  what its buttons stand in, as the app knows it: the card, or the carousel around it */
function card(block, { title, subtitle, body, hero_image: hero, icon: small, actions }, ctx) {
  return h(
    "div.card",
    {},
    hero && picture(hero),
    h(
      "div.card-head",
      {},
      small && picture(small, "tiny"),
      title && h("b", {}, textObject(title, ctx.world)),
      subtitle && h("span.card-sub", {}, textObject(subtitle, ctx.world)),
    ),
    body && h("div", {}, textObject(body, ctx.world)),
    actions?.length > 0 &&
      h(
        "div.actions",
        {},
        actions.map((item) => element(block, item, ctx)),
      ),
  );
}

/** Its elements are used under the container's own id. */
function container(block, ctx) {
  const inner = (block.child_blocks ?? []).map((child) =>
    renderBlock({ ...child, block_id: block.block_id }, ctx),
  );
  const head = [
    block.title && h("b", {}, textObject(block.title, ctx.world)),
    block.subtitle && h("span.card-sub", {}, textObject(block.subtitle, ctx.world)),
  ];
  return block.collapsible
    ? h("details.card", { open: true }, h("summary", {}, head), inner)
    : h("div.card", {}, h("div.card-head", {}, head), inner);
}

function task({ title, status, details, output }, ctx) {
  return h(
    "div.task",
    { dataset: { status } },
    h("span.task-mark", { role: "img", "aria-label": status ?? "pending" }, icon(STATUSES[status] ?? "dots")),
    h(
      "div.section-body",
      {},
      worded(title, ctx),
      [details, output].map((rich) => rich && richText(rich, ctx.world)),
    ),
  );
}

function pages(block, ctx) {
  const [head, ...rows] = block.rows ?? [];
  const size = block.page_size ?? 5;
  let shown = size;
  const place = h("div", {});
  const draw = () => {
    const left = rows.length - shown;
    place.replaceChildren(
      table({ ...block, rows: [head, ...rows.slice(0, shown)] }, ctx.world),
      ...(left > 0 ? [more(left)] : []),
    );
  };
  const more = (left) =>
    h(
      "button.link-button",
      {
        type: "button",
        onclick: () => {
          shown += size;
          draw();
          place.querySelector(".table-scroll").focus();
        },
      },
      `Show ${Math.min(size, left)} more of ${rows.length} rows`,
    );
  draw();
  return place;
}

const worded = (text, ctx) => (typeof text === "string" ? text : textObject(text, ctx.world));
