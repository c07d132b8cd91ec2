// The control panel: what can be made to go wrong, in Slack and in the simulated cluster beside it.
// trouble.json describes each fault: what it is called here, and the fields that it is asked for with.

import { post } from "./api.js";
import { h, icon, replace } from "./dom.js";
import { nameOf } from "./state.js";

const REFRESH_MS = 2_000;
const WORLDS = { cluster: "In the cluster", slack: "In Slack" };

export class TroublePanel {
  #timer;
  #asked = new Map(); // what was typed for a fault outlives the look at another

  constructor(world) {
    this.world = world;
    this.kinds = h("select.field", {
      id: "trouble-kind",
      dataset: { testid: "trouble-kind" },
      onchange: () => this.#turn(),
    });
    this.says = h("p.input-hint", { id: "trouble-says" });
    this.fields = h("div.trouble-fields", { dataset: { testid: "trouble-fields" } });
    this.told = h("p.trouble-told", { role: "status", dataset: { testid: "trouble-told" } });
    this.planted = h("div.trouble-planted", { dataset: { testid: "trouble-planted" } });
    this.node = h(
      "dialog.dialog.modal",
      {
        "aria-labelledby": "trouble-title",
        dataset: { testid: "trouble" },
        onclose: () => clearInterval(this.#timer),
      },
      h(
        "form",
        { novalidate: true, onsubmit: (event) => this.#plant(event) },
        h(
          "header.dialog-head",
          {},
          h("h2", { id: "trouble-title" }, "Plant trouble"),
          h(
            "button.button.icon-only",
            {
              type: "button",
              "aria-label": "Close",
              onclick: () => this.node.close(),
              dataset: { testid: "trouble-x" },
            },
            icon("close"),
          ),
        ),
        h(
          "div.dialog-body",
          {},
          h(
            "div.input",
            {},
            h("label.input-label", { for: "trouble-kind" }, "What goes wrong"),
            this.kinds,
            this.says,
          ),
          this.fields,
          this.told,
          this.planted,
        ),
        h(
          "footer.dialog-foot",
          {},
          h("button.button", { type: "button", onclick: () => this.node.close() }, "Close"),
          h("button.button.danger", { type: "submit", dataset: { testid: "trouble-plant" } }, "Plant it"),
        ),
      ),
    );
    document.body.append(this.node);
  }

  async open() {
    this.told.textContent = "";
    this.node.showModal();
    this.catalogue ??= await read("/static/trouble.json");
    await this.#refresh();
    this.#offer();
    this.kinds.focus();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#refresh(), REFRESH_MS);
  }

  /** Where there is no simulated cluster, only Slack can be troubled. */
  #offer() {
    const worlds = Object.keys(WORLDS).filter((where) => where !== "cluster" || this.hasCluster);
    const drawn = worlds.join();
    if (this.offered === drawn) return;
    this.offered = drawn;
    this.entries = worlds.flatMap((where) => this.catalogue[where].map((entry) => ({ where, ...entry })));
    replace(
      this.kinds,
      worlds.map((where) =>
        h(
          "optgroup",
          { label: WORLDS[where] },
          this.entries.map(
            (entry, at) => entry.where === where && h("option", { value: String(at) }, entry.label),
          ),
        ),
      ),
    );
    this.#turn();
  }

  #turn() {
    this.entry = this.entries[Number(this.kinds.value)];
    if (!this.#asked.has(this.entry))
      this.#asked.set(
        this.entry,
        this.entry.fields.map((field) => control(field, this.world)),
      );
    this.controls = this.#asked.get(this.entry);
    this.says.textContent = this.entry.says ?? "";
    this.told.textContent = "";
    replace(
      this.fields,
      this.controls.map(({ row }) => row),
    );
  }

  async #plant(event) {
    event.preventDefault();
    if (!this.entry) return;
    const { where, fault, label } = this.entry;
    const given = this.controls.map(({ name, read: value }) => [name, value()]);
    const trouble = { fault, ...Object.fromEntries(given.filter(([, value]) => value !== "")) };
    const answer = await post("/page/trouble", { where, trouble });
    this.#tell(answer, `Planted: ${label}.`);
  }

  async #clear(where) {
    this.#tell(await post("/page/trouble/clear", { where }), `${WORLDS[where]} all is well again.`);
  }

  #tell(answer, said) {
    this.told.classList.toggle("is-wrong", !answer.ok);
    this.told.textContent = answer.ok ? said : `Nothing was planted: ${answer.error}.`;
    return this.#refresh();
  }

  async #refresh() {
    const now = await read("/page/trouble").catch(() => ({}));
    this.hasCluster = now.has_cluster ?? this.hasCluster;
    const drawn = JSON.stringify([now.slack, now.cluster]);
    if (this.drawn === drawn) return;
    this.drawn = drawn;
    replace(
      this.planted,
      Object.keys(WORLDS).map((where) => now[where]?.length > 0 && this.#list(where, now[where])),
    );
  }

  #list(where, faults) {
    return h(
      "section",
      {},
      h(
        "div.trouble-head",
        {},
        h("h3", {}, `${WORLDS[where]} now`),
        h(
          "button.link-button",
          {
            type: "button",
            onclick: () => this.#clear(where),
            dataset: { testid: `trouble-clear-${where}` },
          },
          "End all of it",
        ),
      ),
      h(
        "ul",
        {},
        faults.map((fault) => h("li", {}, h("code", {}, worded(fault)))),
      ),
    );
  }
}

async function read(path) {
  const answer = await fetch(path, { cache: "no-store" });
  return answer.json();
}

/** @returns {name, row, read()}; what is read is "" where nothing was given */
function control(field, world) {
  const id = `trouble-${field.name}`;
  const options = optionsOf(field, world);
  const node = options
    ? h(
        "select.field",
        { id },
        options.map(({ label }, at) => h("option", { value: String(at) }, label)),
      )
    : h("input.field", {
        id,
        type: field.kind ?? "text",
        step: "any",
        placeholder: field.hint,
        autocomplete: "off",
        spellcheck: "false",
      });
  if (!options) node.value = field.value ?? "";
  else node.value = String(Math.max(0, options.findIndex(({ value }) => value === field.value)));
  const label = field.label ?? field.name;
  return {
    name: field.name,
    row: h("div.input", {}, h("label.input-label", { for: id }, label), node),
    read: () => {
      if (options) return options[Number(node.value)].value;
      return field.kind === "number" && node.value !== "" ? Number(node.value) : node.value.trim();
    },
  };
}

function optionsOf({ kind, options }, world) {
  if (kind === "person")
    return [...world.people.values()]
      .filter((each) => each.kind !== "bot")
      .map((each) => ({ label: nameOf(each), value: each.id }));
  if (kind === "channel")
    return [...world.channels.values()]
      .filter(({ is_im: isIm }) => !isIm)
      .map(({ id, name }) => ({ label: `#${name}`, value: id }));
  return options?.map((each) => (typeof each === "string" ? { label: each || "any", value: each } : each));
}

function worded({ fault, ...settings }) {
  const told = Object.entries(settings).map(([name, value]) =>
    `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`,
  );
  return [fault, ...told].join(" ");
}
