// Files under a message: a name to download, and a look inside where that is cheap.

import { h, icon } from "./dom.js";

const PREVIEW_LINES = 12;
const PREVIEW_LIMIT = 200_000;

export function fileCard(file) {
  const isImage = /^image\/(png|jpeg|gif|webp)$/.test(file.mimetype ?? "");
  const isText = /^text\/|json$|yaml$/.test(file.mimetype ?? "") && (file.size ?? 0) <= PREVIEW_LIMIT;
  return h(
    "div.file",
    { dataset: { testid: "file", fileId: file.id } },
    h(
      "div.file-head",
      {},
      h("span.file-icon", {}, icon("file")),
      h(
        "span.file-names",
        {},
        h("span.file-name", {}, file.title || file.name),
        h(
          "span.file-meta",
          {},
          [file.title && file.title !== file.name && file.name, size(file.size)].filter(Boolean).join(" · "),
        ),
      ),
      h(
        "a.button.icon-only",
        {
          href: file.url,
          download: file.name,
          "aria-label": `Download ${file.name}`,
          title: "Download",
          dataset: { testid: "download" },
        },
        icon("download"),
      ),
    ),
    isImage &&
      h("img.file-image", { src: file.url, alt: file.alt_txt || file.title || file.name, loading: "lazy" }),
    isText && preview(file),
  );
}

function preview(file) {
  const body = h("pre.code.file-text", { dataset: { testid: "file-text" }, tabindex: "0" }, "…");
  const more = h("button.link-button", { type: "button", hidden: true }, "Show all");
  fetch(file.url)
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(String(answer.status)))))
    .then((whole) => {
      const lines = whole.replace(/\n$/, "").split("\n");
      body.textContent = lines.slice(0, PREVIEW_LINES).join("\n");
      more.hidden = lines.length <= PREVIEW_LINES;
      more.textContent = `Show all ${lines.length} lines`;
      more.addEventListener("click", () => {
        body.textContent = whole;
        more.hidden = true;
      });
    })
    .catch(() => body.replaceChildren("This file cannot be read now."));
  return h("div.file-preview", {}, body, more);
}

function size(bytes) {
  if (bytes === undefined) return "";
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
