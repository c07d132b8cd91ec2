// App Home: the view that the app publishes for this person.

import { patchBlocks } from "./blocks.js";
import { h, icon, replace } from "./dom.js";
import { viewContext } from "./modal.js";
import { Values } from "./values.js";

export class Home {
  constructor(world) {
    this.world = world;
    this.body = h("div.home-blocks.blocks", {});
    this.none = h(
      "div.nothing",
      {},
      icon("home"),
      h("p", {}, "This app has not put anything on its Home tab yet."),
    );
    this.node = h(
      "div.home",
      { tabindex: "0", role: "region", "aria-label": "App Home", dataset: { testid: "home" } },
      this.none,
      this.body,
    );
  }

  show() {
    const view = this.world.home;
    if (this.shownFor !== this.world.person) {
      this.shownFor = this.world.person;
      this.ctx = viewContext(() => this.world.home ?? {}, this.world, new Values());
      this.body.drawnBlocks = undefined;
      replace(this.body);
    }
    this.ctx.values.remember(view?.state?.values);
    this.none.hidden = Boolean(view);
    patchBlocks(this.body, view?.blocks ?? [], this.ctx);
  }
}
