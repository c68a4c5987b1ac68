// Who waits: in order, and what a host does about it, which is shown before it is done.

import { h } from "../lib/view.js";
import { command } from "../lib/api.js";
import { momentOf, number, ordinal, parties, people, refusalWords, seats } from "../lib/words.js";
import { doing, empty, loading } from "../lib/parts.js";

const SHOWN_MAX = 300;

export function lineTab(view) {
  const { state, redraw } = view;
  const activity = view.activity();
  if (!state.waiting) return loading("the line");
  const held = state.offered ?? [];
  if (state.waiting.length === 0 && held.length === 0) return empty("Nobody waits", activity.capacity === null ? "There is no limit, so there is no line." : "When it is full, whoever comes next stands here.");

  const shown = state.waiting.slice(0, SHOWN_MAX);
  const all = shown.length > 0 && shown.every(one => state.chosen.has(one.rsvpId));
  const some = state.chosen.size > 0;
  return [
    held.length > 0 && h("section", { class: "block" }, h("h2", null, "Seats held for an answer"), h("ul", { class: "rows" }, held.map(one => h("li", { key: one.id, class: "row-plain" }, h("span", { class: "row-main" }, h("strong", null, one.name ?? "Somebody"), h("span", { class: "hint" }, `${people(one.partySize)}, until ${momentOf(one.offerExpiresAt)}`)))))),
    state.waiting.length > 0 && h("div", { class: "toolbar", role: "toolbar", "aria-label": "What to do with the line" },
      h("button", { type: "button", disabled: state.busy, onClick: () => preview(view, "promote", state.waiting.slice(0, 1).map(one => one.rsvpId), "Let in the next party?") }, "Let in the next"),
      h("span", { class: "toolbar-gap" }),
      h("span", { class: "hint", role: "status" }, some ? `${number(state.chosen.size)} chosen` : "Choose parties to act on them"),
      h("button", { type: "button", disabled: !some || state.busy, onClick: () => preview(view, "promote", chosen(state), `Let in ${parties(state.chosen.size)}?`) }, "Let in"),
      h("button", { type: "button", disabled: !some || state.busy, onClick: () => preview(view, "move", chosen(state), `Move ${parties(state.chosen.size)} to the front?`, { toPosition: 1 }) }, "To the front"),
      h("button", { type: "button", class: "danger", disabled: !some || state.busy, onClick: () => preview(view, "remove", chosen(state), `Remove ${parties(state.chosen.size)}?`) }, "Remove")),
    state.waiting.length > 0 && h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "The line" }, h("table", null,
      h("thead", null, h("tr", null,
        h("th", { class: "narrow" }, h("input", { type: "checkbox", "aria-label": "Choose all", checked: all, onChange: event => { state.chosen = new Set(event.target.checked ? shown.map(one => one.rsvpId) : []); redraw(); } })),
        h("th", { class: "narrow" }, "Place"), h("th", null, "Who"), h("th", { class: "figure-cell" }, "People"), h("th", { class: "aside" }, "Since"), h("th", { class: "figure-cell aside" }, "Overtaken"), h("th", null, h("span", { class: "unseen" }, "Move")))),
      h("tbody", null, shown.map((one, index) => row(view, one, index, shown))))),
    state.waiting.length > SHOWN_MAX && h("p", { class: "hint" }, `And ${number(activity.waitlistLength - SHOWN_MAX)} more places behind them.`),
  ];
}

function row(view, one, index, shown) {
  const { state, redraw } = view;
  const name = one.name ?? "Somebody";
  return h("tr", { key: one.rsvpId },
    h("td", { class: "narrow" }, h("input", { type: "checkbox", "aria-label": `Choose ${name}`, checked: state.chosen.has(one.rsvpId), onChange: event => { event.target.checked ? state.chosen.add(one.rsvpId) : state.chosen.delete(one.rsvpId); redraw(); } })),
    h("td", { class: "narrow place" }, ordinal(one.position)),
    h("td", null, h("strong", null, name), one.groupId && h("span", { class: "hint" }, " in a group")),
    h("td", { class: "figure-cell" }, number(one.partySize)),
    h("td", { class: "hint aside" }, one.joinedAt ? momentOf(one.joinedAt) : ""),
    h("td", { class: "figure-cell aside" }, one.skipped > 0 ? `${number(one.skipped)} ×` : ""),
    h("td", { class: "moves" },
      h("button", { type: "button", class: "round quiet", "aria-label": `Move ${name} up`, disabled: state.busy || index === 0, onClick: () => preview(view, "move", [one.rsvpId], `Move ${name} up?`, { toPosition: one.position - 1 }) }, "↑"),
      h("button", { type: "button", class: "round quiet", "aria-label": `Move ${name} down`, disabled: state.busy || index === shown.length - 1, onClick: () => preview(view, "move", [one.rsvpId], `Move ${name} down?`, { toPosition: one.position + 1 }) }, "↓")));
}

const chosen = state => state.waiting.map(one => one.rsvpId).filter(id => state.chosen.has(id));

/** Asks the activity's own queue what would happen, and shows it before it does. */
async function preview(view, action, rsvpIds, title, more = {}) {
  const { id, state, redraw, act } = view;
  const body = { action, rsvpIds: rsvpIds.slice(0, 500), ...more };
  await doing(state, redraw, async () => {
    const trial = await command("POST", `/api/activities/${id}/waitlist/bulk`, { ...body, dryRun: true });
    const names = new Map(state.waiting.map(one => [one.rsvpId, one]));
    const rows = trial.results.map(result => consequence(result, names.get(result.rsvp?.id ?? result.rsvpId)));
    const full = action === "promote" && rows.every(one => one.refused) && rsvpIds.length > 0;
    state.dialog = {
      title,
      lead: { promote: "This would happen now:", move: "Others keep their order. This would happen now:", remove: "They lose their place in line and are told. This would happen now:" }[action],
      rows,
      asksReason: action !== "promote",
      danger: action === "remove" || full,
      action: full ? "Let them in beyond the capacity" : { promote: "Let in", move: "Move", remove: "Remove" }[action],
      confirm: () => full
        ? act(`Let in beyond the capacity: ${seats(rsvpIds.reduce((sum, one) => sum + (names.get(one)?.partySize ?? 0), 0))}, on record.`, "POST", `/api/activities/${id}/waitlist/promote`, { rsvpIds: body.rsvpIds, overrideCapacity: true })
        : act(outcome => summary(action, outcome), "POST", `/api/activities/${id}/waitlist/bulk`, { ...body, ...(action === "promote" ? {} : { reason: state.dialog.reason?.trim() || null }) }),
    };
    if (full) state.dialog.lead = "There is no room for them. You may let them in all the same: it is kept on record, and ends with their place.";
  });
}

function consequence(result, entry) {
  const who = entry?.name ?? "Somebody";
  const key = result.rsvpId ?? result.rsvp?.id ?? result.userId;
  if (result.problem) return { key, who, refused: true, what: refusalWords(result.problem) };
  const { status, waitlistPosition } = result.rsvp;
  const what = {
    confirmed: `is in, with ${people(entry?.partySize ?? result.rsvp.partySize)}`,
    offered: "is offered a seat",
    waitlisted: waitlistPosition === entry?.position ? `stays ${ordinal(waitlistPosition)}` : `from ${ordinal(entry?.position ?? 0)} to ${ordinal(waitlistPosition)}`,
    cancelled: `leaves the line (was ${ordinal(entry?.position ?? 0)})`,
  }[status];
  return { key, who, what };
}

function summary(action, outcome) {
  const done = outcome.results.filter(result => !result.problem).length;
  const left = outcome.results.length - done;
  const words = { promote: "let in", move: "moved", remove: "removed" }[action];
  return `${parties(done)} ${words}.${left > 0 ? ` ${number(left)} not.` : ""}`;
}
