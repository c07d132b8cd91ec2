// Where a person types. Text that starts with "/" is a command, everything else a message.

import { h, icon, replace } from "./dom.js";

const LONGEST = 12_000;

export class Composer {
  #past = [];
  #recalled = 0;

  /**
   * @param names     data-testid of the field and of its button
   * @param send      text → {ok, error?, message?}
   * @param commands  () → [{command, description, usage_hint}]
   * @param isApart   Slack's own notices do not show beside it, so it has to say them itself
   */
  constructor({ names, send, commands, isApart = false }) {
    this.send = send;
    this.isApart = isApart;
    this.commands = commands;
    this.field = h("textarea.composer-field", {
      rows: 1, maxlength: LONGEST, spellcheck: "false", autocapitalize: "off", autocomplete: "off",
      "aria-describedby": `${names.field}-hints`, dataset: { testid: names.field },
      oninput: () => this.#typed(), onkeydown: (event) => this.#key(event),
    });
    this.button = h("button.send", { type: "submit", "aria-label": "Send", disabled: true, dataset: { testid: names.button } }, icon("send"));
    this.hints = h("div.hints", { id: `${names.field}-hints`, hidden: true, dataset: { testid: `${names.field}-hints` } });
    this.error = h("div.composer-error", { role: "alert", hidden: true, dataset: { testid: `${names.field}-error` } });
    const keys = h("span.composer-keys", { "aria-hidden": "true" }, h("b", {}, "Shift + Enter"), " for a new line");
    this.node = h("form.composer", { onsubmit: (event) => this.#submit(event) },
      this.error, this.hints, h("div.composer-box", {}, this.field, h("div.composer-bar", {}, keys, this.button)));
  }

  /** Moves to another channel or thread: its placeholder, and what had been typed there. */
  turnTo(place, label, draft = "") {
    if (this.place === place) return;
    this.place = place;
    this.field.placeholder = label;
    this.field.setAttribute("aria-label", label);
    this.#put(draft);
    this.#say("");
  }

  get draft() {
    return this.field.value;
  }

  #put(text) {
    this.field.value = text;
    this.field.setSelectionRange(text.length, text.length);
    this.#typed();
  }

  #typed() {
    const text = this.field.value;
    this.button.disabled = !text.trim();
    this.#grow();
    this.#hint(text);
    if (text) this.#say("");
  }

  #grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 220)}px`;
  }

  #hint(text) {
    const [word, ...more] = text.split(/\s/);
    const fitting = text.startsWith("/")
      ? this.commands().filter(({ command }) => (more.length ? command === word : command.startsWith(word))) : [];
    this.hints.hidden = !fitting.length;
    replace(this.hints, fitting.map((each) => h("button.hint", {
      type: "button", tabindex: "-1", onclick: () => {
        if (!more.length) this.#put(`${each.command} `);
        this.field.focus();
      },
    }, h("b", {}, each.command), " ", h("span.hint-usage", {}, each.usage_hint), h("span.hint-what", {}, each.description))));
  }

  #key(event) {
    if (event.isComposing) return;
    const { key } = event;
    if (key === "Enter" && !event.shiftKey) this.#submit(event);
    else if (key === "Tab" && !event.shiftKey && this.#complete()) event.preventDefault();
    else if (key === "ArrowUp" && this.#mayRecall()) this.#recall(event, -1);
    else if (key === "ArrowDown" && this.#recalled < this.#past.length) this.#recall(event, 1);
    else if (key === "Escape" && !this.hints.hidden) {
      this.hints.hidden = true;
      event.stopPropagation();
    }
  }

  #complete() {
    const only = this.hints.hidden || this.field.value.includes(" ") ? null : this.hints.firstElementChild;
    only?.click();
    return Boolean(only);
  }

  #mayRecall() {
    return this.#past.length > 0 && (this.field.value === "" || this.field.value === this.#past[this.#recalled]);
  }

  #recall(event, step) {
    event.preventDefault();
    this.#recalled = Math.max(0, Math.min(this.#past.length, this.#recalled + step));
    this.#put(this.#past[this.#recalled] ?? "");
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return;
    const place = this.place;
    this.#past = [...this.#past.filter((each) => each !== text), text].slice(-50);
    this.#recalled = this.#past.length;
    this.#put("");
    const answer = await this.send(text);
    if (answer.ok || place !== this.place) return;
    if (!this.field.value && !answer.text) this.#put(text);
    // What comes with a text has been said in the channel already, in Slack's own voice.
    if (!answer.text || this.isApart) this.#say(answer.text ?? refusal(text, answer));
  }

  #say(text) {
    this.error.hidden = !text;
    replace(this.error, text && [icon("warning"), h("span", {}, text)]);
  }
}

/** As Slack words it. */
function refusal(text, { error }) {
  const [word] = text.split(/\s/);
  if (error === "offline") return "You seem to be offline: nothing was sent.";
  if (!text.startsWith("/")) return `Your message was not sent (${error}).`;
  return `${word} failed with the error "${error}"`;
}
