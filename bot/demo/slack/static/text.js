// Block Kit text objects.

import { fragment } from "./dom.js";
import { pictured, withEmoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";

/** mrkdwn is formatted; plain_text is shown as it is, but for short codes where it asks for them. */
export function textObject(text, world) {
  if (!text) return fragment();
  if (text.type === "mrkdwn") return mrkdwn(text.text ?? "", world, { verbatim: text.verbatim === true });
  return fragment(pictured(plain(text)));
}

export function plain(text) {
  return text?.emoji ? withEmoji(text.text ?? "") : (text?.text ?? "");
}
