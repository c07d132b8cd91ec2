// What the elements of one message or one view need of it: their values, their way to the simulator, and
// whether their last click came to nothing.

import { post } from "./api.js";

export class Surface {
  #typed = new Map(); // inputs whose value the simulator has not heard of yet
  #failed = new Set();

  /**
   * @param place    () → what names it in a request: as, and channel + message_ts or view_id
   * @param failed   () → ids of actions that the simulator saw fail
   * @param told     called with each answer to a click
   */
  constructor({ world, values, place, failed, told = () => {} }) {
    Object.assign(this, { world, values, place, failed, told });
  }

  hasFailed({ action_id: id }) {
    return this.#failed.has(id) || (this.failed() ?? []).includes(id);
  }

  /** An input changed that tells nobody by itself; the next click carries it along. */
  note(block, element) {
    this.#typed.set(`${block.block_id}/${element.action_id}`, { block, element });
  }

  async act(block, element, extra) {
    const typed = [...this.#typed.values()];
    this.#typed.clear();
    for (const input of typed)
      await this.#send(input.block, input.element, this.values.get(input.block, input.element));
    const answer = await this.#send(block, element, extra);
    if (answer.ok) this.#failed.delete(element.action_id);
    else this.#failed.add(element.action_id);
    this.told(answer);
    return answer;
  }

  options(block, element, value) {
    return post("/page/options", {
      ...this.place(),
      block_id: block.block_id,
      action_id: element.action_id,
      value,
    });
  }

  #send(block, element, extra) {
    return post("/page/action", {
      ...this.place(),
      block_id: block.block_id,
      action_id: element.action_id,
      ...extra,
    });
  }
}
