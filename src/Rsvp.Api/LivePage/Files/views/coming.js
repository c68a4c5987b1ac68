// Who is coming: the door. Search, check in, remove; and the list as a file.

import { h } from "../lib/view.js";
import { download, get } from "../lib/api.js";
import { now } from "../lib/clock.js";
import { momentOf, number, parties, people, refusalWords, seats } from "../lib/words.js";
import { empty, idle, loading, toast } from "../lib/parts.js";
import { ASSUMED, heirs } from "./heirs.js";

const SHOWN_MAX = 200;

// While somebody types.
const ASK_AFTER_MS = 250;

// After a failure: longer and longer, and never given up.
const PAUSE_FIRST_MS = 1000;
const PAUSE_MAX_MS = 30_000;

const wantedOf = state => state.search.trim().toLowerCase();

export function comingTab(view) {
  const { id, state, redraw, act } = view;
  const activity = view.activity();
  if (!state.coming) return loading("the list");
  if (state.coming.length === 0) return empty("Nobody is coming yet", "Whoever is confirmed shows here at once.");

  const { wanted, found, isKnown } = searched(state);
  const started = Date.parse(activity.startsAt) <= now();
  const missing = state.coming.filter(one => !one.checkedIn);
  return [
    h("div", { class: "toolbar" },
      h("div", { class: "search" },
        h("label", { for: "search", class: "unseen" }, "Find somebody by name"),
        h("input", { id: "search", type: "search", placeholder: "Find somebody at the door", autocomplete: "off", maxlength: "200", value: state.search, onInput: event => { state.search = event.target.value; if (state.isCut) askAtDoor(view); redraw(); }, onKeydown: event => { if (event.key === "Enter") checkInFound(view); } })),
      h("span", { class: "hint", role: "status" }, wanted ? `${number(found.length)} found` : `${people(activity.checkedIn)} of ${number(activity.confirmed)} checked in`),
      h("span", { class: "toolbar-gap" }),
      started && missing.length > 0 && activity.status === "scheduled" && h("button", { type: "button", onClick: () => release(view, missing) }, "Release no-shows …"),
      h("button", { type: "button", class: "quiet", onClick: () => download(`/api/activities/${id}/rsvps?status=confirmed`, "rsvps.csv", "text/csv").catch(error => toast(refusalWords(error))) }, "Save as CSV")),
    found.length === 0 && h("p", { class: "hint" }, wanted && !isKnown ? "Looking …" : "Nobody of that name is confirmed."),
    h("ul", { class: "rows" }, found.slice(0, SHOWN_MAX).map(one => h("li", { key: one.id, class: `row-plain${one.checkedIn ? " row-here" : ""}` },
      h("span", { class: "row-main" },
        h("strong", null, one.name ?? "Somebody"),
        h("span", { class: "hint" }, one.partySize > 1 ? `party of ${number(one.partySize)}` : "alone", one.specialRequirements && h("q", null, one.specialRequirements))),
      one.checkedIn && h("span", { class: "chip chip-confirmed" }, `Here since ${momentOf(one.checkInTime)}`),
      one.checkedIn
        ? h("button", { type: "button", class: "quiet", disabled: state.busy, "aria-label": `Take back the check-in of ${one.name ?? "somebody"}`, onClick: () => act("Taken back.", "DELETE", `/api/rsvps/${one.id}/check-in`) }, "Undo")
        : h("button", { type: "button", class: "primary", disabled: state.busy, "aria-label": `Check in ${one.name ?? "somebody"}`, onClick: () => checkIn(view, one) }, "Check in"),
      h("button", { type: "button", class: "quiet danger", disabled: state.busy, "aria-label": `Remove ${one.name ?? "somebody"}`, onClick: () => remove(view, one) }, "Remove")))),
    found.length > SHOWN_MAX && h("p", { class: "hint" }, `And ${number(found.length - SHOWN_MAX)} more: search for a name.`),
  ];
}

function searched(state) {
  const wanted = wantedOf(state);
  const found = (state.found?.wanted === wanted && state.found.items) || state.coming.filter(one => (one.name ?? "").toLowerCase().includes(wanted));
  // Of a list that is too long for the page, what it has says nothing about who else is meant.
  return { wanted, found, isKnown: !state.isCut || state.found?.wanted === wanted };
}

/** Enter: whoever is found alone is here, once the one before is checked in. */
async function checkInFound(view) {
  const meant = wantedOf(view.state);
  await idle(view.state);
  const { wanted, found, isKnown } = searched(view.state);
  if (!view.isClosed() && wanted && wanted === meant && isKnown && found.length === 1 && !found[0].checkedIn) checkIn(view, found[0]);
}

/** Of a list that is too long for the page the API finds who is meant. */
export function askAtDoor(view, afterMs = ASK_AFTER_MS, failures = 0) {
  const { id, state, redraw, isClosed } = view;
  clearTimeout(askAtDoor.timer);
  const wanted = wantedOf(state);
  if (!wanted) return;
  const isOver = () => isClosed() || wantedOf(state) !== wanted;
  askAtDoor.timer = setTimeout(async () => {
    if (isOver()) return;
    try {
      const answer = await get(`/api/activities/${id}/rsvps?status=confirmed&limit=${SHOWN_MAX}&search=${encodeURIComponent(wanted)}`);
      if (isOver()) return;
      state.found = { wanted, items: answer.items };
      redraw();
    } catch (error) {
      if (isOver()) return;
      if (failures === 0) toast(refusalWords(error));
      const pause = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** failures);
      askAtDoor(view, Math.max(pause, error.retryAfterMs ?? 0), failures + 1);
    }
  }, afterMs);
}

async function checkIn({ act, state, redraw }, one) {
  const { search } = state;
  const isHere = await act(`${one.name ?? "Somebody"} is here.`, "POST", `/api/rsvps/${one.id}/check-in`);
  // The next one may be looked for already.
  if (isHere && state.search === search) {
    state.search = "";
    redraw();
  }
}

function remove(view, one) {
  const { state, act, ask } = view;
  const activity = view.activity();
  const next = heirs(activity, state.waiting, one.partySize);
  const name = one.name ?? "Somebody";
  ask({
    title: `Remove ${name}?`,
    lead: `${seats(one.partySize)} ${one.partySize === 1 ? "comes" : "come"} free. ${next.length === 0 ? "Nobody in line would get them now." : activity.promotionMode === "offer" ? "They would be offered to:" : "They would go to:"}`,
    note: activity.capacity === null ? null : ASSUMED,
    rows: next.map(entry => ({ key: entry.rsvpId, who: entry.name ?? "Somebody", what: people(entry.partySize) })),
    asksReason: true,
    danger: true,
    action: "Remove",
    confirm: () => {
      const reason = state.dialog.reason?.trim();
      act(`${name} is removed.`, "DELETE", `/api/rsvps/${one.id}${reason ? `?reason=${encodeURIComponent(reason)}` : ""}`);
    },
  });
}

function release(view, missing) {
  const { id, act, ask } = view;
  const freed = missing.reduce((sum, one) => sum + one.partySize, 0);
  ask({
    title: "Release no-shows?",
    lead: `${parties(missing.length)} (${people(freed)}) have not come. They lose their places, which go to the line.`,
    rows: missing.slice(0, 20).map(one => ({ key: one.id, who: one.name ?? "Somebody", what: people(one.partySize) })),
    danger: true,
    action: "Release them",
    confirm: () => act("Released.", "POST", `/api/activities/${id}/release-no-shows`),
  });
}
