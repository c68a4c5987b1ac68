// The visitor's own place: to ask for it, to follow it, to answer an offer, to give it back.

import { h } from "../lib/view.js";
import { download } from "../lib/api.js";
import { now } from "../lib/clock.js";
import { person } from "../lib/session.js";
import { decisionWords, momentOf, number, ordinal, parties, people, refusalWords, spanOf, whenOf } from "../lib/words.js";
import { stepper, toast, trouble } from "../lib/parts.js";

// A timer cannot be set for much more than three weeks.
const DAY_MS = 86_400_000;

export function placePanel(view) {
  const { activity, place, state, choosePerson } = view;
  if (!person()) return [h("h2", { id: "place-title" }, "Your place"), h("p", null, "Say who you are, and ask for a place."), h("button", { type: "button", class: "primary", onClick: choosePerson }, "Say who you are")];

  if (state.asking) return [h("h2", { id: "place-title" }, "Your place"), h("p", { class: "big asking", "data-state": "asking" }, h("span", { class: "pulse", "aria-hidden": "true" }), state.asking)];

  if (place === undefined) return [h("h2", { id: "place-title" }, "Your place"), state.missing ? trouble(state.missing) : h("p", { class: "hint" }, "Looking …")];

  // Whoever was asked whether they are sure was asked about the place as it was.
  if (state.sure !== place?.status) state.sure = null;
  const body = place === null || place.status === "cancelled" ? joining(view) : BODIES[place.status](view);
  return [h("h2", { id: "place-title" }, "Your place"), body, trouble(state.error), place && history(view), activity.status === "cancelled" && null];
}

const BODIES = { confirmed, waitlisted, offered };

function joining({ activity, place, state, actions, redraw }) {
  if (activity.status === "cancelled") return h("p", null, "There is nothing to ask for any more.");

  const gone = place?.status === "cancelled" && h("p", { class: "big", "data-state": "cancelled" }, "You are not going.");
  const opensIn = Date.parse(activity.registrationOpensAt ?? "") - now();
  const closesIn = Date.parse(activity.registrationClosesAt) - now();
  const next = opensIn > 0 ? opensIn : closesIn;
  clearTimeout(joining.timer);
  if (next > 0) joining.timer = setTimeout(redraw, Math.min(next, DAY_MS));
  if (opensIn > 0) return [gone, h("p", { "data-state": "early" }, `You can ask from ${whenOf({ startsAt: activity.registrationOpensAt })} on.`)];
  if (closesIn <= 0) return [gone, h("p", { "data-state": "late" }, `Asking ended ${whenOf({ startsAt: activity.registrationClosesAt })}.`)];

  const { form } = state;
  const willWait = activity.capacity !== null && (activity.available < form.guests + 1 || activity.waitlistLength > 0);
  return h("form", { class: "stack", onSubmit: event => { event.preventDefault(); actions.join(); } },
    gone,
    stepper({ id: "guests", label: "Guests you bring", hint: form.guests === 0 ? "just you" : `${number(form.guests + 1)} seats with you`, value: form.guests, min: 0, max: activity.maxPartySize - 1, onChange: value => { form.guests = value; redraw(); } }),
    h("details", { class: "more" },
      h("summary", null, "Anything the hosts should know?"),
      h("label", { for: "requirements" }, "For the hosts"),
      h("textarea", { id: "requirements", rows: "2", maxlength: "1000", value: form.requirements, placeholder: "Vegetarian, needs a ramp …", onInput: event => { form.requirements = event.target.value; } })),
    willWait && activity.waitlistEnabled && h("label", { class: "check" }, h("input", { type: "checkbox", checked: form.mayWait, onChange: event => { form.mayWait = event.target.checked; redraw(); } }), h("span", null, "If there is no room, put me in line")),
    h("button", { class: "primary large", disabled: state.busy }, willWait && form.mayWait && activity.waitlistEnabled ? "Get in line" : place?.status === "cancelled" ? "Ask again" : "Ask for a place"));
}

function confirmed(view) {
  const { activity, place } = view;
  return h("div", { class: "stack" },
    h("p", { class: "big", "data-state": "confirmed" }, h("span", { class: "tick", "aria-hidden": "true" }), place.checkedIn ? "You are checked in." : "You are in."),
    h("p", { class: "hint" }, place.partySize > 1 ? `A party of ${number(place.partySize)}: you and ${place.guestCount === 1 ? "one guest" : `${number(place.guestCount)} guests`}.` : "One seat, for you."),
    activity.status === "scheduled" && party(view),
    h("div", { class: "row" }, calendar(view), giveBack(view, "Give it back")));
}

function waitlisted(view) {
  const { place, state } = view;
  const ahead = state.ahead;
  return h("div", { class: "stack" },
    h("p", { class: "big", "data-state": "waitlisted" }, h("strong", { class: "position" }, place.waitlistPosition ? ordinal(place.waitlistPosition) : "…"), " in line"),
    h("p", { class: "hint" }, ahead?.partiesAhead === 0 ? "You are next: the first seats that fit are yours." : ahead?.partiesAhead ? `${parties(ahead.partiesAhead)} ahead of you, ${people(ahead.spotsAhead)}.` : "",
      place.partySize > 1 ? ` Your party needs ${number(place.partySize)} seats.` : ""),
    party(view),
    h("div", { class: "row" }, calendar(view), giveBack(view, "Leave the line")));
}

function offered(view) {
  const { place, actions, redraw, state } = view;
  const left = place.offerExpiresAt ? Date.parse(place.offerExpiresAt) - now() : null;
  clearTimeout(offered.timer);
  if (left !== null && left > 0) offered.timer = setTimeout(redraw, Math.min(1000, left));
  return h("div", { class: "stack" },
    h("p", { class: "big", "data-state": "offered" }, place.partySize > 1 ? `${number(place.partySize)} seats are held for you.` : "A seat is held for you."),
    left !== null && h("p", { class: "countdown", role: "timer", "aria-live": "off" }, left > 0 ? ["Answer within ", h("strong", null, spanOf(left))] : "The time is over; it may still be yours if nobody noticed yet."),
    h("div", { class: "row" },
      h("button", { type: "button", class: "primary large", disabled: state.busy, onClick: actions.accept }, "Accept"),
      h("button", { type: "button", class: "large", disabled: state.busy, onClick: actions.decline }, "Decline")));
}

function party({ activity, place, state, actions, redraw }) {
  if (place.guestCount === undefined) return null;
  const wanted = state.guests ?? place.guestCount;
  const change = wanted !== place.guestCount;
  return h("details", { class: "more", key: "party" },
    h("summary", null, "Change your party"),
    stepper({ id: "guests", label: "Guests you bring", value: wanted, min: 0, max: activity.maxPartySize - 1, onChange: value => { state.guests = value; redraw(); } }),
    change && place.status === "waitlisted" && wanted > place.guestCount && h("p", { class: "hint" }, "A waiting party that grows goes to the back of the line."),
    change && place.status === "confirmed" && wanted < place.guestCount && h("p", { class: "hint" }, "The seats that you give back go to the line at once."),
    h("button", { type: "button", disabled: !change || state.busy, onClick: async () => { if (await actions.change(wanted)) state.guests = undefined; redraw(); } }, "Save"));
}

function giveBack({ place, state, actions, redraw }, words) {
  if (!state.sure) return h("button", { type: "button", class: "danger", disabled: state.busy, onClick: () => { state.sure = place.status; redraw(); } }, words);
  return h("span", { class: "sure", role: "group", "aria-label": words },
    h("span", null, "Sure?"),
    h("button", { type: "button", class: "danger", onMount: node => queueMicrotask(() => node.focus()), onClick: () => { state.sure = null; actions.cancel(place); } }, words),
    h("button", { type: "button", class: "quiet", onClick: () => { state.sure = null; redraw(); } }, "Keep it"));
}

function calendar({ place }) {
  if (!place.id) return null;
  return h("button", { type: "button", onClick: () => download(`/api/rsvps/${place.id}/calendar`, "rsvp.ics", "text/calendar").catch(error => toast(refusalWords(error))) }, "Calendar file");
}

function history({ place, state }) {
  const rows = state.history;
  if (!rows?.length) return null;
  const summary = place.status === "waitlisted" && place.waitlistPosition ? `Why am I ${ordinal(place.waitlistPosition)}?` : "What happened so far";
  return h("details", { class: "history", key: "history" },
    h("summary", null, summary),
    h("ol", null, rows.map(row => {
      const { what, why } = decisionWords(row);
      return h("li", { key: row.seq }, h("time", { datetime: row.at }, momentOf(row.at)), h("strong", null, what), why.trim() && h("span", null, why.trim()), row.reason && h("q", null, row.reason));
    })));
}
