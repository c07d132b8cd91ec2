// Where a person types. Text that starts with "/" is a command, everything else a message.

import { h, icon, replace } from "./dom.js";
import { completed } from "./suggest.js";

const LONGEST = 40_000;

export class Composer {
  #past = [];
  #recalled = 0;

  /**
   * @param names     data-testid of the field and of its button
   * @param send      (text, {typography}) → {ok, error?, text?}
   * @param suggest   text → rows (suggest.js)
   * @param isApart   Slack's own notices do not show beside it, so it has to say them itself
   */
  constructor({ names, send, suggest, isApart = false }) {
    this.send = send;
    this.suggest = suggest;
    this.isApart = isApart;
    this.field = h("textarea.composer-field", {
      rows: 1,
      maxlength: LONGEST,
      spellcheck: "false",
      autocapitalize: "off",
      autocomplete: "off",
      "aria-describedby": `${names.field}-hints`,
      dataset: { testid: names.field },
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
    });
    this.button = h(
      "button.send",
      { type: "submit", "aria-label": "Send", disabled: true, dataset: { testid: names.button } },
      icon("send"),
    );
    this.hints = h("div.hints", {
      id: `${names.field}-hints`,
      hidden: true,
      dataset: { testid: `${names.field}-hints` },
    });
    this.error = h("div.composer-error", {
      role: "alert",
      hidden: true,
      dataset: { testid: `${names.field}-error` },
    });
    this.phone = h(
      "button.typing",
      {
        type: "button",
        "aria-pressed": "false",
        "aria-label": "Type as a phone does",
        title: "Type as a phone does: curly quotes, long dashes, no-break spaces",
        dataset: { testid: `${names.field}-typography` },
        onclick: () => this.phone.setAttribute("aria-pressed", String(!this.#isTypographic)),
      },
      "“—”",
    );
    const keys = h(
      "span.composer-keys",
      { "aria-hidden": "true" },
      h("b", {}, "Shift + Enter"),
      " for a new line",
    );
    this.node = h(
      "form.composer",
      { onsubmit: (event) => this.#submit(event) },
      this.error,
      this.hints,
      h("div.composer-box", {}, this.field, h("div.composer-bar", {}, keys, this.phone, this.button)),
    );
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

  get #isTypographic() {
    return this.phone.getAttribute("aria-pressed") === "true";
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
    const rows = this.suggest(text);
    this.hints.hidden = !rows.length;
    this.field.removeAttribute("aria-activedescendant");
    replace(
      this.hints,
      rows.map((each, at) => this.#row(text, each, at)),
    );
  }

  #row(text, { label, usage, hint, insert, run }, at) {
    const pick = () => {
      run?.();
      this.#put(run ? "" : completed(text, insert));
      this.field.focus();
    };
    return h(
      "button.hint",
      { id: `${this.hints.id}-${at}`, type: "button", tabindex: "-1", disabled: !insert && !run, onclick: pick },
      h("b", {}, label),
      usage && h("span.hint-usage", {}, " ", usage),
      hint && h("span.hint-what", {}, hint),
    );
  }

  #key(event) {
    if (event.isComposing) return;
    const { key } = event;
    if (key === "Enter" && !event.shiftKey && this.#chosen) {
      event.preventDefault();
      this.#complete();
    } else if (key === "Enter" && !event.shiftKey) this.#submit(event);
    else if (key === "Tab" && !event.shiftKey && this.#complete()) event.preventDefault();
    else if (key === "ArrowUp" && this.#choose(-1)) event.preventDefault();
    else if (key === "ArrowDown" && this.#choose(1)) event.preventDefault();
    else if (key === "ArrowUp" && this.#mayRecall()) this.#recall(event, -1);
    else if (key === "ArrowDown" && this.#recalled < this.#past.length) this.#recall(event, 1);
    else if (key === "Escape" && !this.hints.hidden) {
      this.hints.hidden = true;
      event.preventDefault();
    }
  }

  get #chosen() {
    return this.hints.hidden ? null : this.hints.querySelector(".is-chosen");
  }

  /** Goes through what is suggested; while old lines are recalled, the arrows belong to them. */
  #choose(step) {
    const rows = this.hints.hidden ? [] : [...this.hints.querySelectorAll("button:enabled")];
    if (!rows.length || this.field.value === this.#past[this.#recalled]) return false;
    const at = rows.indexOf(this.#chosen);
    const next = rows[(at < 0 && step < 0 ? rows.length : at) + step];
    rows[at]?.classList.remove("is-chosen");
    next?.classList.add("is-chosen");
    next?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", next?.id ?? "");
    return true;
  }

  #complete() {
    const first = this.#chosen ?? (this.hints.hidden ? null : this.hints.querySelector("button:enabled"));
    first?.click();
    return Boolean(first);
  }

  #mayRecall() {
    return (
      this.#past.length > 0 && (this.field.value === "" || this.field.value === this.#past[this.#recalled])
    );
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
    const answer = await this.send(text, { typography: this.#isTypographic });
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
