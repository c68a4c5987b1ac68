// One activity, and the visitor's own place in it.

import { h, announce } from "../lib/view.js";
import { command, get } from "../lib/api.js";
import { person } from "../lib/session.js";
import * as live from "../lib/live.js";
import * as store from "../lib/store.js";
import { longDayOf, number, refusalWords, seats, statusWords, timeOf, whenOf } from "../lib/words.js";
import { doing, fillWords, loading, seatMap, trouble } from "../lib/parts.js";
import { placePanel } from "./place.js";

// After a failure: longer and longer, and never given up.
const AGAIN_MS = 1000;
const AGAIN_MAX_MS = 30_000;

export function activityView({ at, redraw, choosePerson }) {
  const id = at.id;
  const state = { missing: null, isGone: false, isHost: false, form: { guests: 0, requirements: "", mayWait: true }, asking: null, busy: false, error: null, history: null, ahead: null };
  const unwatch = person() ? live.watch(id) : () => {};
  let known = "";
  let readVersion = null;
  let rereading = null;
  let again = null;
  let failures = 0;
  let closed = false;

  async function load() {
    clearTimeout(again);
    try {
      await read();
      if (person()) await loadPlace();
      state.missing = null;
      failures = 0;
    } catch (error) {
      state.missing = refusalWords(error);
      state.isGone = error.status === 404;
      // A part of the system may be away; what is not there will not come.
      if (!closed && !state.isGone && error.code !== "left") again = setTimeout(load, Math.min(AGAIN_MAX_MS, AGAIN_MS * 2 ** failures++));
    }
    redraw();
  }

  async function read() {
    const activity = await get(`/api/activities/${id}`);
    readVersion = activity.version;
    store.keepActivity(activity);
  }

  // A push says counts; what else a host changed is read: soon, and not by everybody at once.
  function follow(activity) {
    if (readVersion === null || rereading || activity.version === readVersion) return;
    rereading = setTimeout(() => { rereading = null; read().catch(() => {}); }, 300 + Math.random() * 2700);
  }

  async function loadPlace() {
    try {
      store.keepPlace(id, await get(`/api/activities/${id}/rsvp`));
    } catch (error) {
      if (error.code !== "rsvp_not_found") throw error;
      store.keepPlace(id, null);
    }
    state.isHost = await get(`/api/activities/${id}/waitlist?limit=1`).then(answer => "items" in answer, () => false);
  }

  // What is around the place: who is ahead, and how it came to be. Read again when the place, or the line around it, changed.
  async function loadAround() {
    const place = store.place(id);
    if (!place?.id) return;
    const mark = `${place.status}/${place.version}/${place.waitlistPosition}`;
    if (mark === known) return;
    known = mark;
    const [ahead, history] = await Promise.all([
      place.status === "waitlisted" ? get(`/api/rsvps/${place.id}/position`).catch(() => undefined) : null,
      get(`/api/rsvps/${place.id}/history?limit=500`).catch(() => undefined),
    ]);
    // A newer place is asked about already, and its answer may have come first.
    if (mark !== known) return;
    state.ahead = ahead ?? null;
    state.history = history?.items ?? state.history;
    if (ahead !== undefined && history !== undefined) return redraw();
    // Asked for again when the page is drawn next; drawn now it would be asked for without end.
    known = "";
  }

  /** Asks for something about the visitor's place; how it goes is said while it goes. */
  function ask(words, method, path, body, ifVersion) {
    const panel = document.querySelector(".panel-place");
    const hadFocus = panel?.contains(document.activeElement);
    return doing(state, redraw, async () => {
      state.asking = words;
      announce(words);
      try {
        const outcome = await command(method, path, body, { ifVersion, onSlow: () => { state.asking = "Still asking: it is safe to wait …"; redraw(); } });
        if (outcome.rsvp) {
          const before = store.place(id);
          store.keepPlace(id, outcome.rsvp);
          if (before?.status === outcome.rsvp.status || !before) announce(statusWords(outcome.rsvp));
        }
      } catch (error) {
        if (error.code === "already_registered" && error.problem.rsvp) store.keepPlace(id, error.problem.rsvp);
        if (error.code === "version_mismatch") await loadPlace().catch(() => {});
        throw error;
      } finally {
        state.asking = null;
      }
    }).then(done => {
      // The button that was pressed is gone; whoever uses the keyboard goes on from here.
      if (hadFocus && panel.isConnected && (document.activeElement === document.body || !document.activeElement)) panel.focus();
      return done;
    });
  }

  const actions = {
    join: () => ask("Asking …", "POST", `/api/activities/${id}/rsvp`, {
      guestCount: state.form.guests,
      specialRequirements: state.form.requirements.trim() || null,
      ifFull: state.form.mayWait ? "waitlist" : "reject",
    }),
    change: guests => ask("Changing your party …", "PUT", `/api/activities/${id}/rsvp`, { guestCount: guests }),
    // Only the place that was seen: a seat that has come meanwhile is not given back with the place in line.
    cancel: place => ask("Giving your place back …", "DELETE", `/api/activities/${id}/rsvp`, undefined, Math.max(place.version ?? 0, place.pushedVersion ?? 0)),
    accept: () => ask("Accepting …", "POST", `/api/rsvps/${store.place(id).id}/accept`),
    decline: () => ask("Declining …", "POST", `/api/rsvps/${store.place(id).id}/decline`),
  };

  load();
  return {
    title: () => store.activity(id)?.title ?? "Activity",
    refresh: () => { known = ""; load(); },
    close: () => { unwatch(); clearTimeout(rereading); clearTimeout(again); closed = true; },
    draw: () => {
      const activity = store.activity(id);
      if (!activity) return state.missing ? h("section", { class: "stranger" }, h("h1", { tabindex: "-1" }, state.isGone ? "Not found" : "Activity"), trouble(state.missing)) : loading("the activity");
      const place = store.place(id);
      loadAround();
      follow(activity);
      return h("article", { class: "activity" },
        h("p", { class: "crumb" }, h("a", { href: "#/" }, "Activities")),
        h("h1", { tabindex: "-1" }, activity.title),
        h("p", { class: "lead" }, h("time", { datetime: activity.startsAt }, `${longDayOf(activity.startsAt)}, ${timeOf(activity.startsAt)}`), state.isHost && h("a", { class: "host-link", href: `#/host/${id}` }, "You host this")),
        activity.status === "cancelled" && h("p", { class: "banner banner-off" }, "This activity was called off."),
        h("div", { class: "two" },
          h("section", { class: "panel panel-seats", "aria-labelledby": "seats-title" },
            h("h2", { id: "seats-title" }, "Seats"),
            h("p", { class: "figure" }, fillWords(activity)),
            seatMap(activity, place),
            legend(activity, place),
            rules(activity)),
          h("section", { class: `panel panel-place panel-${state.asking ? "asking" : place?.status ?? "none"}`, "aria-labelledby": "place-title", tabindex: "-1" },
            placePanel({ activity, place, state, actions, redraw, choosePerson }))));
    },
  };
}

function legend(activity, place) {
  if (activity.capacity === null || activity.capacity === 0 || activity.capacity > 240) return null;
  const mine = place && (place.status === "confirmed" || place.status === "offered");
  const entry = (kind, text) => h("li", null, h("i", { class: `seat seat-${kind}`, "aria-hidden": "true" }), text);
  return h("ul", { class: "legend" }, entry("taken", "taken"), activity.offered > 0 && entry("held", "held for an answer"), entry("free", "free"), mine && entry("taken seat-mine", "yours"));
}

function rules(activity) {
  const offers = activity.promotionMode === "offer";
  return h("details", { class: "rules" },
    h("summary", null, "How places are given"),
    h("ul", null,
      h("li", null, `At most ${number(activity.maxPartySize)} people in a party.`),
      h("li", null, activity.waitlistEnabled ? `Who finds no seat waits in line${activity.waitlistLimit === null ? "" : ` (at most ${number(activity.waitlistLimit)} places)`}. Nobody who comes later overtakes, unless a smaller party fits where a larger one does not.` : "There is no line here: full is full."),
      activity.waitlistEnabled && h("li", null, offers ? `A free seat is held for whoever is next, for ${number(activity.offerMinutes)} minutes.` : "A free seat goes to whoever is next, at once."),
      h("li", null, `Ask ${activity.registrationOpensAt ? `from ${whenOf({ startsAt: activity.registrationOpensAt })} ` : ""}until ${whenOf({ startsAt: activity.registrationClosesAt })}.`),
      activity.capacity !== null && h("li", null, `${seats(activity.capacity)} in all, counted by people.`)));
}
