// The table block. Its first row is the heading.

import { h } from "./dom.js";
import { richText } from "./richtext.js";

const NAME_CHARACTERS = 23; // a first column of longer names is wrapped where the page is narrow
const WIDE_COLUMNS = 4;

export function table(block, world) {
  const settings = block.column_settings ?? [];
  const [head = [], ...rows] = block.rows ?? [];
  const isNamed = rows.some(([first]) => String(first?.text ?? "").length >= NAME_CHARACTERS);
  const row = (cells, tag) =>
    h(
      "tr",
      {},
      cells.map((cell, at) =>
        h(
          tag,
          {
            scope: tag === "th" ? "col" : undefined,
            dataset: { align: settings[at]?.align, wrap: settings[at]?.is_wrapped ? "yes" : undefined },
          },
          content(cell, world),
        ),
      ),
    );
  return h(
    "div.table-scroll",
    {
      tabindex: "0",
      role: "region",
      "aria-label": block.caption ?? "Table",
      dataset: { named: isNamed ? "yes" : undefined, wide: head.length >= WIDE_COLUMNS ? "yes" : undefined },
    },
    h(
      "table.table",
      { dataset: { testid: "table" } },
      block.caption && h("caption", {}, block.caption),
      h("thead", {}, row(head, "th")),
      h(
        "tbody",
        {},
        rows.map((cells) => row(cells, "td")),
      ),
    ),
  );
}

function content(cell, world) {
  if (cell?.type === "rich_text") return richText(cell, world);
  return String(cell?.text ?? cell?.value ?? "");
}
