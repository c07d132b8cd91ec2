// Small questions over the page: Block Kit's confirm objects. The browser's own <dialog> keeps the focus in.

import { h } from "./dom.js";
import { textObject } from "./text.js";

/** Resolves to true when the person confirms, to false however else it is closed. */
export function confirmed(confirm, world) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const yes = h(
      `button.button.${confirm.style === "danger" ? "danger" : "primary"}`,
      { value: "yes", dataset: { testid: "confirm-yes" } },
      confirm.confirm?.text ?? "Yes",
    );
    const dialog = h(
      "dialog.dialog.small",
      { "aria-labelledby": "confirm-title", dataset: { testid: "confirm" } },
      h(
        "form",
        { method: "dialog" },
        h("header.dialog-head", {}, h("h2", { id: "confirm-title" }, confirm.title?.text ?? "Are you sure?")),
        h("div.dialog-body", {}, textObject(confirm.text, world)),
        h(
          "footer.dialog-foot",
          {},
          h(
            "button.button",
            { value: "no", dataset: { testid: "confirm-no" } },
            confirm.deny?.text ?? "Cancel",
          ),
          yes,
        ),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
    yes.focus();
  });
}
