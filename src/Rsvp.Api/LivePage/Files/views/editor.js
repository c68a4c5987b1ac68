// Opening an activity, and changing its settings.

import { h } from "../lib/view.js";
import { command } from "../lib/api.js";
import { go } from "../lib/router.js";
import * as store from "../lib/store.js";
import { doing, toast, trouble } from "../lib/parts.js";

export function createView({ redraw }) {
  const start = new Date(Date.now() + 7 * 86400_000);
  start.setHours(18, 0, 0, 0);
  const state = { busy: false, error: null, values: { title: "", startsAt: local(start), endsAt: "", registrationOpensAt: "", registrationClosesAt: "", limited: true, capacity: "20", maxPartySize: "10", waitlistEnabled: true, waitlistLimit: "", skipLimit: "5", promotionMode: "auto", offerMinutes: "60", promotionCutoffMinutes: "0", participantsVisible: false } };

  const create = () => doing(state, redraw, async () => {
    const outcome = await command("POST", "/api/activities", bodyOf(state.values));
    store.keepActivity(outcome.activity);
    toast(`${outcome.activity.title} is open.`);
    go(`#/host/${outcome.activityId}`);
  });

  return {
    title: () => "Open an activity",
    draw: () => [
      h("p", { class: "crumb" }, h("a", { href: "#/host" }, "What you host")),
      h("h1", { tabindex: "-1" }, "Open an activity"),
      settingsForm({ state, redraw, onSave: create, save: "Open it" }),
    ],
  };
}

/** The values of a form, from an activity. */
export function valuesOf(activity) {
  return {
    title: activity.title,
    startsAt: local(new Date(activity.startsAt)),
    endsAt: activity.endsAt ? local(new Date(activity.endsAt)) : "",
    registrationOpensAt: activity.registrationOpensAt ? local(new Date(activity.registrationOpensAt)) : "",
    // Unless a host says so asking ends with the start, and moves with it.
    registrationClosesAt: activity.registrationClosesAt === activity.startsAt ? "" : local(new Date(activity.registrationClosesAt)),
    limited: activity.capacity !== null,
    capacity: String(activity.capacity ?? 20),
    maxPartySize: String(activity.maxPartySize),
    waitlistEnabled: activity.waitlistEnabled,
    waitlistLimit: activity.waitlistLimit === null ? "" : String(activity.waitlistLimit),
    skipLimit: activity.skipLimit === null ? "" : String(activity.skipLimit),
    promotionMode: activity.promotionMode,
    offerMinutes: String(activity.offerMinutes),
    promotionCutoffMinutes: String(activity.promotionCutoffMinutes),
    participantsVisible: activity.participantsVisible,
  };
}

/** What the API takes; with the values of before only what is different from them. */
export function bodyOf(values, before) {
  const optional = text => (text.trim() === "" ? null : Number(text));
  const body = {
    title: values.title.trim(),
    startsAt: instant(values.startsAt),
    endsAt: values.endsAt ? instant(values.endsAt) : null,
    registrationOpensAt: values.registrationOpensAt ? instant(values.registrationOpensAt) : null,
    registrationClosesAt: values.registrationClosesAt ? instant(values.registrationClosesAt) : null,
    capacity: values.limited ? Number(values.capacity) : null,
    maxPartySize: Number(values.maxPartySize),
    waitlistEnabled: values.waitlistEnabled,
    waitlistLimit: optional(values.waitlistLimit),
    skipLimit: optional(values.skipLimit),
    promotionMode: values.promotionMode,
    offerMinutes: Number(values.offerMinutes),
    promotionCutoffMinutes: Number(values.promotionCutoffMinutes),
    participantsVisible: values.participantsVisible,
  };
  if (!before) return body;

  const old = bodyOf(before);
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => value !== old[name]));
}

export function settingsForm({ state, redraw, onSave, save }) {
  const { values } = state;
  const set = (name, value) => { values[name] = value; redraw(); };
  const field = (name, label, props, hint) => h("div", { class: "field" },
    h("label", { for: `f-${name}` }, label),
    h("input", { id: `f-${name}`, value: values[name], "aria-describedby": hint ? `h-${name}` : undefined, onInput: event => { values[name] = event.target.value; }, onChange: redraw, ...props }),
    hint && h("p", { class: "hint", id: `h-${name}` }, hint));
  const check = (name, label) => h("label", { class: "check" }, h("input", { type: "checkbox", checked: values[name], onChange: event => set(name, event.target.checked) }), h("span", null, label));

  return h("form", { class: "panel form", onSubmit: event => { event.preventDefault(); onSave(); } },
    field("title", "Title", { type: "text", required: true, maxlength: "200", placeholder: "Summer picnic" }),
    h("div", { class: "fields" },
      field("startsAt", "Starts", { type: "datetime-local", required: true }),
      field("endsAt", "Ends (optional)", { type: "datetime-local" }),
      field("registrationOpensAt", "Asking begins (optional)", { type: "datetime-local" }, "Empty: at once."),
      field("registrationClosesAt", "Asking ends (optional)", { type: "datetime-local" }, "Empty: when it starts.")),
    h("fieldset", null, h("legend", null, "Seats"),
      check("limited", "There is a limit"),
      h("div", { class: "fields" },
        values.limited && field("capacity", "Seats", { type: "number", min: "0", max: "1000000", required: true }, "Counted by people, guests included."),
        field("maxPartySize", "Largest party", { type: "number", min: "1", max: "100", required: true }))),
    values.limited && h("fieldset", null, h("legend", null, "The line"),
      check("waitlistEnabled", "Who finds no seat may wait"),
      values.waitlistEnabled && h("div", { class: "radios", role: "radiogroup", "aria-label": "When a seat comes free" },
        radio("auto", "Whoever is next gets it at once"), radio("offer", "It is held for whoever is next, until they answer")),
      values.waitlistEnabled && h("div", { class: "fields" },
        values.promotionMode === "offer" && field("offerMinutes", "Minutes to answer", { type: "number", min: "1", max: "10080", step: "any", required: true }),
        field("promotionCutoffMinutes", "Stop before the start (minutes)", { type: "number", min: "0", required: true }, "Nobody is let in automatically in the last minutes."),
        field("waitlistLimit", "Longest line (optional)", { type: "number", min: "0" }),
        field("skipLimit", "Overtakes of a large party", { type: "number", min: "0", max: "1000" }, "How often smaller parties may pass one that does not fit. Empty: always."))),
    check("participantsVisible", "Everybody may see the names of who is coming"),
    trouble(state.error),
    h("button", { class: "primary large", disabled: state.busy }, save));

  function radio(value, label) {
    return h("label", { class: "check" }, h("input", { type: "radio", name: "promotionMode", value, checked: values.promotionMode === value, onChange: () => set("promotionMode", value) }), h("span", null, label));
  }
}

const local = date => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
const instant = text => new Date(text).toISOString();
