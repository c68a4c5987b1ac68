// One activity, for its hosts.

import { h } from "../lib/view.js";
import { command, get, getAll } from "../lib/api.js";
import * as live from "../lib/live.js";
import * as store from "../lib/store.js";
import { number, people, refusalWords, whenOf } from "../lib/words.js";
import { doing, loading, modal, seatMap, toast, trouble } from "../lib/parts.js";
import { bodyOf, settingsForm, valuesOf } from "./editor.js";
import { lineTab } from "./line.js";
import { askAtDoor, comingTab } from "./coming.js";
import { figuresTab } from "./figures.js";

const TABS = [["line", "In line"], ["coming", "Coming"], ["figures", "Figures"], ["settings", "Settings"]];

// Pushes come up to ten times a second; lists are read at most so often.
const READ_EVERY_MS = 400;

// After a failure: longer and longer, and never given up.
const PAUSE_FIRST_MS = 1000;
const PAUSE_MAX_MS = 30_000;

export function hostView({ at, redraw }) {
  const id = at.id;
  const state = { tab: at.tab, waiting: null, coming: null, figures: null, chosen: new Set(), search: "", isCut: false, found: null, error: null, readError: null, busy: false, dialog: null, values: null, filled: null, crossed: false };
  const unwatch = live.watch(id);
  let readVersion = null;
  let reading = false;
  let pass = Promise.resolve();
  let closed = false;
  let failures = 0;
  let again = null;

  // The lists as they are now; again while pushes say that they are something else by now.
  async function read() {
    if (reading || closed) return;
    clearTimeout(again);
    again = null;
    reading = true;
    try {
      while (!closed) {
        await readNext();
        await new Promise(resolve => setTimeout(resolve, READ_EVERY_MS));
        if (store.activity(id).version === readVersion) return;
      }
    } catch (error) {
      if (closed) return;
      const pause = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** failures++);
      again = setTimeout(read, Math.max(pause, error.retryAfterMs ?? 0));
      state.readError = refusalWords(error);
      redraw();
    } finally {
      reading = false;
    }
  }

  // One after another; what was read before a command says nothing about it.
  function readNext() {
    pass = pass.catch(() => {}).then(() => closed || readOnce());
    return pass;
  }

  async function readOnce() {
    // Its settings, too: another host may have changed them, and a push says counts only.
    const settings = await get(`/api/activities/${id}`);
    store.keepActivity(settings);
    const [waiting, coming] = await Promise.all([
      getAll(`/api/activities/${id}/waitlist`, 10),
      getAll(`/api/activities/${id}/rsvps?status=confirmed`, 10),
    ]);
    const offered = store.activity(id).offered > 0 ? await getAll(`/api/activities/${id}/rsvps?status=offered`, 2) : { items: [] };
    state.waiting = waiting.items;
    state.coming = coming.items;
    state.isCut = coming.isCut;
    if (state.isCut) askAtDoor(view);
    state.offered = offered.items;
    state.chosen = new Set([...state.chosen].filter(one => waiting.items.some(entry => entry.rsvpId === one)));
    // What was read, which may be older than what was pushed meanwhile: then it is read again.
    readVersion = settings.version;
    state.readError = null;
    if (state.tab === "figures") state.figures = await get(`/api/activities/${id}/analytics/rsvps`);
    failures = 0;
    redraw();
  }

  /** A host's command; what it says is shown, and the lists are read again. */
  const act = (words, method, path, body) => doing(state, redraw, async () => {
    const outcome = await command(method, path, body);
    state.dialog = null;
    if (words) toast(typeof words === "function" ? words(outcome) : words);
    // Not for as long as others change something, too.
    const isRead = reading ? readNext() : (read(), pass);
    await isRead.catch(() => {});
    return outcome;
  });

  /** Asks before something is done; what was refused before is not about it. */
  const ask = dialog => { Object.assign(state, { dialog, error: null }); redraw(); };

  const view = { id, state, redraw, act, ask, isClosed: () => closed, activity: () => store.activity(id) };

  read();
  return {
    title: () => store.activity(id)?.title ?? "Host",
    refresh: read,
    close: () => { closed = true; clearTimeout(again); unwatch(); },
    moved: next => {
      state.tab = next.tab;
      state.error = null;
      forgetForm(state);
      if (next.tab === "figures") get(`/api/activities/${id}/analytics/rsvps`).then(figures => { state.figures = figures; redraw(); }, () => {});
    },
    draw: () => {
      const activity = store.activity(id);
      if (!activity || (!state.waiting && state.readError)) return [h("h1", { tabindex: "-1", class: activity ? "" : "unseen" }, activity?.title ?? "Host"), state.readError ? trouble(state.readError) : loading("the activity"), activity && state.readError && h("p", null, h("a", { href: `#/activities/${id}` }, "As attendees see it"))];
      if (readVersion !== null && activity.version !== readVersion && !again) read();
      return [
        h("p", { class: "crumb" }, h("a", { href: "#/host" }, "What you host")),
        h("div", { class: "head-row" },
          h("div", null, h("h1", { tabindex: "-1" }, activity.title), h("p", { class: "lead" }, whenOf(activity))),
          h("a", { class: "button quiet", href: `#/activities/${id}` }, "As attendees see it")),
        activity.status === "cancelled" && h("p", { class: "banner banner-off" }, "You called this off. Everybody is told."),
        h("section", { class: "panel host-seats", "aria-label": "How it stands" }, tiles(activity), seatMap(activity)),
        h("nav", { class: "tabs", "aria-label": "Parts of this activity" }, TABS.map(([name, words]) => h("a", { href: `#/host/${id}/${name}`, "aria-current": state.tab === name ? "page" : undefined }, words, name === "line" && activity.waitlistLength > 0 && h("span", { class: "count" }, number(activity.waitlistLength)), name === "coming" && h("span", { class: "count" }, number(activity.confirmed))))),
        trouble(state.readError),
        // The form says it where it is filled in.
        !(state.tab === "settings" && activity.status === "scheduled") && trouble(state.error),
        h("div", { class: "tab", key: state.tab }, tabOf(view, activity)),
        state.dialog && dialogOf(view),
      ];
    },
  };
}

function tabOf(view, activity) {
  const { state, redraw, act, ask, id } = view;
  switch (state.tab) {
    case "coming": return comingTab(view);
    case "figures": return figuresTab(view);
    case "settings": {
      follow(state, valuesOf(activity));
      const save = () => {
        const changes = bodyOf(state.values, state.filled);
        if (Object.keys(changes).length === 0) return toast("Nothing is different.");
        act("Saved. Everybody sees it.", "PATCH", `/api/activities/${id}`, changes).then(done => { if (done) { forgetForm(state); redraw(); } });
      };
      return [
        activity.status === "scheduled" && state.crossed && h("p", { class: "hint", role: "status" }, "Another host changed what you are changing. If you save, yours counts."),
        activity.status === "scheduled" && settingsForm({ state, redraw, onSave: save, save: "Save" }),
        activity.status === "scheduled" && h("section", { class: "panel off" },
          h("h2", null, "Call it off"),
          h("p", null, `All places end, and everybody (${people(activity.confirmed + activity.offered + activity.waitlisted)} now) is told once. This cannot be taken back.`),
          h("button", { type: "button", class: "danger", onClick: () => ask({ kind: "off", reason: "" }) }, "Call it off …")),
      ];
    }
    default: return lineTab(view);
  }
}

// The settings form keeps to the newest settings, but for what is being changed in it: only that is saved.
function follow(state, newest) {
  if (!state.values) {
    state.values = { ...newest };
  } else {
    for (const name of Object.keys(newest).filter(one => newest[one] !== state.filled[one])) {
      if (state.values[name] === state.filled[name]) state.values[name] = newest[name];
      else if (state.values[name] !== newest[name] && !state.busy) state.crossed = true;
    }
  }

  state.filled = newest;
}

function forgetForm(state) {
  Object.assign(state, { values: null, filled: null, crossed: false });
}

function dialogOf(view) {
  const { state, redraw, act, id } = view;
  const { dialog } = state;
  const close = () => { state.dialog = null; redraw(); };
  if (dialog.kind === "off") {
    return modal({ title: "Call it off?", onClose: close, children: h("form", { class: "stack", onSubmit: event => { event.preventDefault(); act("It is called off.", "POST", `/api/activities/${id}/cancel`, { reason: dialog.reason.trim() || null }); } },
      h("label", { for: "reason" }, "Why? People are told."),
      h("input", { id: "reason", type: "text", maxlength: "500", value: dialog.reason, onInput: event => { dialog.reason = event.target.value; } }),
      trouble(state.error),
      h("div", { class: "row end" }, h("button", { type: "button", class: "quiet", onClick: close }, "Keep it"), h("button", { class: "danger solid", disabled: state.busy }, "Call it off"))) });
  }

  return modal({ title: dialog.title, onClose: close, wide: true, children: h("form", { class: "stack", onSubmit: event => { event.preventDefault(); dialog.confirm(); } },
    dialog.lead && h("p", null, dialog.lead),
    dialog.rows?.length > 0 && h("ul", { class: "consequences" }, dialog.rows.map(row => h("li", { key: row.key, class: row.refused ? "refused" : "" }, h("strong", null, row.who), h("span", null, row.what)))),
    dialog.note && h("p", { class: "hint" }, dialog.note),
    dialog.asksReason && [h("label", { for: "reason" }, "Why? It is kept in their history."), h("input", { id: "reason", type: "text", maxlength: "500", value: dialog.reason ?? "", onInput: event => { dialog.reason = event.target.value; } })],
    trouble(state.error),
    h("div", { class: "row end" }, h("button", { type: "button", class: "quiet", onClick: close }, "Do nothing"), h("button", { class: dialog.danger ? "danger solid" : "primary", disabled: state.busy || dialog.nothing }, dialog.action))) });
}

function tiles(activity) {
  const tile = (figure, words, kind) => h("div", { class: `tile tile-${kind}` }, h("dt", null, words), h("dd", null, figure));
  return h("dl", { class: "tiles" },
    tile(activity.capacity === null ? number(activity.confirmed) : `${number(activity.confirmed)} / ${number(activity.capacity)}`, "confirmed", "taken"),
    activity.offered > 0 && tile(number(activity.offered), "held", "held"),
    activity.capacity !== null && tile(number(activity.available), activity.available === 1 ? "seat free" : "seats free", "free"),
    tile(number(activity.waitlisted), activity.waitlisted === 1 ? "person in line" : "people in line", "waiting"),
    tile(number(activity.checkedIn), "checked in", "here"));
}

