// App Home: the view that the app publishes for this person.

import { patchBlocks } from "./blocks.js";
import { h, icon, replace } from "./dom.js";
import { viewSurface } from "./modal.js";
import { Values } from "./values.js";

export class Home {
  #values = new Values();

  constructor(world) {
    this.world = world;
    this.body = h("div.home-blocks.blocks", {});
    this.none = h("div.nothing", {}, icon("home"), h("p", {}, "This app has not put anything on its Home tab yet."));
    this.node = h("div.home", { tabindex: "0", role: "region", "aria-label": "App Home", dataset: { testid: "home" } }, this.none, this.body);
  }

  show() {
    const view = this.world.home;
    if (this.shownFor !== this.world.person) {
      this.shownFor = this.world.person;
      this.#values = new Values();
      this.body.drawnBlocks = undefined;
      replace(this.body);
    }
    this.none.hidden = Boolean(view);
    patchBlocks(this.body, view?.blocks ?? [], viewSurface(() => this.world.home ?? {}, this.world, this.#values));
  }
}
