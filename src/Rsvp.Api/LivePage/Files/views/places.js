// All of the visitor's places, and their calendar.

import { h } from "../lib/view.js";
import { getAll, get, write } from "../lib/api.js";
import * as live from "../lib/live.js";
import * as store from "../lib/store.js";
import { momentOf, number, refusalWords, whenOf } from "../lib/words.js";
import { doing, empty, loading, statusChip, toast, trouble } from "../lib/parts.js";

export function placesView({ redraw }) {
  const state = { upcoming: null, past: null, error: null, calendar: undefined, address: null, busy: false };
  const watched = new Map();

  async function load() {
    try {
      const [upcoming, past, calendar] = await Promise.all([
        getAll("/api/users/my-rsvps?when=upcoming", 2),
        get("/api/users/my-rsvps?when=past&limit=50"),
        get("/api/users/me/calendar"),
      ]);
      state.upcoming = upcoming.items;
      state.past = past.items;
      state.calendar = calendar;
      for (const one of upcoming.items) {
        store.keepPlace(one.activityId, one);
        if (!watched.has(one.activityId) && watched.size < 60) watched.set(one.activityId, live.watch(one.activityId));
      }
      state.error = null;
    } catch (error) {
      state.error = refusalWords(error);
    }
    redraw();
  }

  const share = () => doing(state, redraw, async () => {
    const made = await write("POST", "/api/users/me/calendar");
    state.address = new URL(made.path, location.href).href;
    state.calendar = made;
  });

  const revoke = () => doing(state, redraw, async () => {
    await write("DELETE", "/api/users/me/calendar");
    state.address = null;
    state.calendar = { ...state.calendar, createdAt: null };
  });

  load();
  return {
    title: () => "My places",
    refresh: load,
    close: () => watched.forEach(stop => stop()),
    draw: () => [
      h("h1", { tabindex: "-1" }, "My places"),
      trouble(state.error),
      !state.upcoming && !state.error && loading("your places"),
      state.upcoming && list("To come", state.upcoming, "Nothing yet. Find something to go to."),
      state.past?.length > 0 && list("Past", state.past),
      state.calendar !== undefined && calendar({ state, share, revoke }),
    ],
  };
}

function list(title, items, nothing) {
  return h("section", { class: "block" },
    h("h2", null, title),
    items.length === 0 ? empty("No places", nothing, h("a", { class: "button primary", href: "#/" }, "All activities")) : h("ul", { class: "rows" }, items.map(item => {
      const place = store.place(item.activityId) ?? item;
      return h("li", { key: item.id },
        h("a", { class: "row-link", href: `#/activities/${item.activityId}` },
          h("span", { class: "row-main" }, h("strong", null, item.activity.title), h("span", { class: "hint" }, whenOf(item.activity))),
          item.activity.status === "cancelled" ? h("span", { class: "chip chip-cancelled" }, "Called off") : statusChip(place),
          place.partySize > 1 && h("span", { class: "hint" }, `party of ${number(place.partySize)}`)));
    })));
}

function calendar({ state, share, revoke }) {
  const shared = state.calendar?.createdAt;
  return h("section", { class: "block panel", "aria-labelledby": "calendar-title" },
    h("h2", { id: "calendar-title" }, "In your calendar"),
    h("p", null, "Subscribe once: what you are in for, wait for or are offered shows in your own calendar and follows what happens here."),
    state.address && h("div", { class: "stack" },
      h("label", { for: "feed" }, "Your address. Whoever has it can read your places, so keep it to yourself; it is shown only now."),
      h("div", { class: "row" },
        h("input", { id: "feed", type: "text", readonly: true, value: state.address, onFocus: event => event.target.select() }),
        h("button", { type: "button", onClick: () => navigator.clipboard?.writeText(state.address).then(() => toast("Copied."), () => toast("Select it and copy it by hand.")) }, "Copy"),
        h("a", { class: "button", href: state.address.replace(/^https?:/, "webcal:") }, "Open"))),
    shared && !state.address && h("p", { class: "hint" }, `There is an address since ${momentOf(shared)}.`),
    trouble(state.error),
    h("div", { class: "row" },
      h("button", { type: "button", class: shared ? "" : "primary", disabled: state.busy, onClick: share }, shared ? "Make a new address" : "Make an address"),
      shared && h("button", { type: "button", class: "quiet danger", disabled: state.busy, onClick: revoke }, "Take it back")),
    shared && h("p", { class: "hint" }, "A new address ends the old one."));
}
