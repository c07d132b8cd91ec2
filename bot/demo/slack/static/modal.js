// Modal views: the top of the stack is shown, with what was typed in it kept through every update.

import { post } from "./api.js";
import { patchBlocks } from "./blocks.js";
import { h, icon, replace } from "./dom.js";
import { Surface } from "./surface.js";
import { plain } from "./text.js";
import { isEmpty, stateful, Values } from "./values.js";

const TROUBLE = "We had some trouble connecting. Try again?";

export class ModalStack {
  #contexts = new Map();
  #views = [];

  constructor(world) {
    this.world = world;
    this.title = h("h2", { id: "modal-title", dataset: { testid: "modal-title" } });
    this.backward = h(
      "button.button.icon-only",
      { type: "button", "aria-label": "Back", onclick: () => this.#close(false) },
      icon("back"),
    );
    this.banner = h("div.banner", { role: "alert", hidden: true, dataset: { testid: "modal-error" } });
    this.body = h("div.dialog-body.blocks", {
      dataset: { testid: "modal-body" },
      oninput: ({ target }) => this.#complain(target.closest(".input"), ""),
    });
    this.closing = h("button.button", {
      type: "button",
      dataset: { testid: "modal-close" },
      onclick: () => this.#close(false),
    });
    this.submit = h("button.button.primary", { type: "submit", dataset: { testid: "modal-submit" } });
    this.node = h(
      "dialog.dialog.modal",
      {
        "aria-labelledby": "modal-title",
        dataset: { testid: "modal" },
        oncancel: (event) => {
          event.preventDefault();
          if (event.target === this.node) this.#close(true);
        },
      },
      h(
        "form",
        { novalidate: true, onsubmit: (event) => this.#submit(event) },
        h(
          "header.dialog-head",
          {},
          this.backward,
          this.title,
          h(
            "button.button.icon-only",
            {
              type: "button",
              "aria-label": "Close",
              dataset: { testid: "modal-x" },
              onclick: () => this.#close(true),
            },
            icon("close"),
          ),
        ),
        this.banner,
        this.body,
        h("footer.dialog-foot", {}, this.closing, this.submit),
      ),
    );
    document.body.append(this.node);
  }

  show(views) {
    const before = this.view?.id;
    this.#views = views;
    this.view = views.at(-1);
    for (const id of this.#contexts.keys())
      if (!views.some((view) => view.id === id)) this.#contexts.delete(id);
    if (!this.view) {
      if (this.node.open) this.node.close();
      return;
    }
    this.#draw(before !== this.view.id);
    if (!this.node.open) this.node.showModal();
    if (before !== this.view.id) this.#focusFirst();
  }

  #draw(isOther) {
    const { view } = this;
    this.node.dataset.viewId = view.id;
    this.node.dataset.callbackId = view.callback_id ?? "";
    this.title.textContent = plain(view.title);
    this.backward.hidden = this.#views.length < 2;
    this.closing.textContent = plain(view.close) || "Cancel";
    this.submit.textContent = plain(view.submit) || "Submit";
    this.submit.hidden = !view.submit;
    if (isOther) {
      this.body.drawnBlocks = undefined;
      replace(this.body);
    }
    patchBlocks(this.body, view.blocks ?? [], this.#contextOf(view));
    this.#errors(view.errors ?? {});
    this.#trouble(view.banner);
  }

  #focusFirst() {
    const first =
      this.body.querySelector("[autofocus]") ?? this.body.querySelector("input, textarea, .select");
    (first ?? (this.view.submit ? this.submit : this.closing)).focus();
  }

  /** One per view, for as long as it is open: elements that an update leaves alone go on using it. */
  #contextOf(view) {
    if (!this.#contexts.has(view.id)) {
      const values = new Values();
      const current = () => this.#views.find(({ id }) => id === view.id) ?? view;
      this.#contexts.set(
        view.id,
        viewContext(current, this.world, values, (answer) => this.#trouble(answer.ok ? "" : TROUBLE)),
      );
    }
    const ctx = this.#contexts.get(view.id);
    ctx.values.remember(view.state?.values);
    return ctx;
  }

  async #submit(event) {
    event.preventDefault();
    const { view } = this;
    const { values } = this.#contextOf(view);
    const missing = checked(view, values, this.body);
    this.#errors(missing);
    this.#trouble("");
    if (Object.keys(missing).length || this.node.hasAttribute("aria-busy")) return;
    this.#busy(true);
    const answer = await post("/page/view/submit", {
      as: this.world.person,
      view_id: view.id,
      values: values.collect(view.blocks),
    });
    this.#busy(false);
    if (answer.errors) this.#errors(answer.errors);
    else if (!answer.ok) this.#trouble(TROUBLE);
  }

  #busy(isBusy) {
    this.submit.disabled = isBusy;
    if (isBusy) this.node.setAttribute("aria-busy", "true");
    else this.node.removeAttribute("aria-busy");
  }

  #errors(errors) {
    let first;
    for (const block of this.body.querySelectorAll(".input")) {
      const message = errors[block.dataset.blockId];
      this.#complain(block, message);
      if (message) first ??= block;
    }
    first?.querySelector("input, textarea, .select")?.focus();
  }

  #complain(block, message) {
    const place = block?.querySelector(".input-error");
    if (!place) return;
    place.textContent = message ?? "";
    place.hidden = !message;
    block.classList.toggle("is-wrong", Boolean(message));
  }

  #trouble(text) {
    this.banner.hidden = !text;
    this.banner.textContent = text ?? "";
  }

  #close(isAll) {
    post("/page/view/close", { as: this.world.person, view_id: this.view.id, all: isAll });
  }
}

/** What an element in a view, modal or home, needs of its surroundings. */
export function viewContext(current, world, values, told) {
  const surface = new Surface({
    world,
    values,
    told,
    place: () => ({ as: world.person, view_id: current().id }),
    failed: () => current().failed_actions,
  });
  return { world, values, surface };
}

/** What Slack's own client refuses before anything is sent: {block_id: sentence}. */
function checked(view, values, body) {
  const wrong = {};
  for (const { block, element } of stateful(view.blocks).filter(({ block: { type } }) => type === "input")) {
    const value = values.get(block, element);
    const field = body.querySelector(`[data-block-id="${CSS.escape(block.block_id)}"] .field`);
    if (isEmpty(value) && !field?.validity.badInput) {
      if (!block.optional) wrong[block.block_id] = "Please complete this required field.";
    } else if (field && !field.checkValidity()) {
      wrong[block.block_id] = field.validationMessage;
    } else if (element.min_length > (value.value ?? "").length) {
      wrong[block.block_id] = `Please enter at least ${element.min_length} characters.`;
    }
  }
  return wrong;
}
