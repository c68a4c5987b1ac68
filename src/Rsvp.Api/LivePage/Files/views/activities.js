// What there is to go to, with live seats.

import { h } from "../lib/view.js";
import { getAll } from "../lib/api.js";
import { person } from "../lib/session.js";
import * as live from "../lib/live.js";
import * as store from "../lib/store.js";
import { refusalWords, whenOf } from "../lib/words.js";
import { empty, fillWords, loading, seatBar, statusChip, trouble } from "../lib/parts.js";

// A connection may watch 200; what is further down the list is as it was read.
const WATCHED_MAX = 60;
const POLL_MS = 10_000;

export function activitiesView({ redraw, choosePerson }) {
  const state = { ids: null, error: null };
  let unwatch = [];
  let closed = false;

  // What is known changes by push; what is new, or called off, does not come so: whoever looks asks now and then.
  const look = () => { if (!document.hidden) load(); };
  const timer = setInterval(look, POLL_MS);
  document.addEventListener("visibilitychange", look);

  async function load({ mineToo = false } = {}) {
    try {
      const { items } = await getAll("/api/activities", 2);
      if (closed) return;
      items.forEach(store.keepActivity);
      state.ids = items.map(item => item.id);
      state.error = null;
      watchAll();
      if (person() && mineToo) {
        const mine = await getAll("/api/users/my-rsvps?when=upcoming", 2);
        mine.items.forEach(one => store.keepPlace(one.activityId, one));
      }
    } catch (error) {
      state.error = refusalWords(error);
    }
    redraw();
  }

  function watchAll() {
    const before = unwatch;
    unwatch = person() ? state.ids.slice(0, WATCHED_MAX).map(live.watch) : [];
    before.forEach(stop => stop());
  }

  load({ mineToo: true });
  return {
    title: () => "Activities",
    refresh: () => load({ mineToo: true }),
    close: () => { closed = true; clearInterval(timer); document.removeEventListener("visibilitychange", look); unwatch.forEach(stop => stop()); },
    draw: () => [
      h("div", { class: "hero" },
        h("h1", { tabindex: "-1" }, "What would you like to go to?"),
        h("p", { class: "lead" }, "Ask for a place. If it is full you wait in line, you see where, and a free seat goes to whoever is next."),
        !person() && h("button", { type: "button", class: "primary", onClick: choosePerson }, "Say who you are")),
      trouble(state.error),
      !state.ids && !state.error && loading("the activities"),
      state.ids?.length === 0 && empty("Nothing is planned", "When somebody opens an activity it shows here.", h("a", { class: "button primary", href: "#/host/new" }, "Open one")),
      state.ids?.length > 0 && h("ul", { class: "cards" }, state.ids.map(id => store.activity(id)).filter(one => one.status === "scheduled").map(card)),
    ],
  };
}

function card(activity) {
  const place = store.place(activity.id);
  return h("li", { key: activity.id },
    h("a", { class: "card", href: `#/activities/${activity.id}` },
      h("span", { class: "card-when" }, whenOf(activity)),
      h("span", { class: "card-title" }, activity.title),
      h("span", { class: "card-fill" }, seatBar(activity),
        h("span", { class: "card-foot" }, h("span", { class: "card-words" }, fillWords(activity)), place && place.status !== "cancelled" && statusChip(place)))));
}
