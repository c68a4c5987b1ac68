// What the visitor hosts.

import { h } from "../lib/view.js";
import { getAll } from "../lib/api.js";
import * as live from "../lib/live.js";
import * as store from "../lib/store.js";
import { refusalWords, whenOf } from "../lib/words.js";
import { empty, fillWords, loading, seatBar, trouble } from "../lib/parts.js";

export function hostingView({ redraw }) {
  const state = { ids: null, error: null };
  let unwatch = [];
  let closed = false;

  async function load() {
    try {
      const { items } = await getAll("/api/users/my-activities", 2);
      if (closed) return;
      items.forEach(store.keepActivity);
      state.ids = items.map(item => item.id);
      state.error = null;
      unwatch.forEach(stop => stop());
      unwatch = state.ids.slice(0, 60).map(live.watch);
    } catch (error) {
      state.error = refusalWords(error);
    }
    redraw();
  }

  const open = h("a", { class: "button primary", href: "#/host/new" }, "Open an activity");
  load();
  return {
    title: () => "Host",
    refresh: load,
    close: () => { closed = true; unwatch.forEach(stop => stop()); },
    draw: () => [
      h("div", { class: "head-row" }, h("h1", { tabindex: "-1" }, "What you host"), state.ids?.length > 0 && open),
      trouble(state.error),
      !state.ids && !state.error && loading("your activities"),
      state.ids?.length === 0 && empty("You host nothing yet", "Open an activity, and you are its host.", open),
      state.ids?.length > 0 && h("ul", { class: "rows" }, state.ids.map(id => store.activity(id)).map(activity => h("li", { key: activity.id },
        h("a", { class: "row-link", href: `#/host/${activity.id}` },
          h("span", { class: "row-main" }, h("strong", null, activity.title), h("span", { class: "hint" }, whenOf(activity))),
          activity.status === "cancelled" ? h("span", { class: "chip chip-cancelled" }, "Called off") : h("span", { class: "row-fill" }, seatBar(activity), h("span", { class: "card-words" }, fillWords(activity))))))),
    ],
  };
}
