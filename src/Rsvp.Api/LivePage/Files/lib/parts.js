// Parts that several views show.

import { h, announce } from "./view.js";
import { number, ordinal, seats, refusalWords } from "./words.js";

const DOTS_MAX = 240;

/** How full an activity is, in words. */
export function fillWords({ capacity, confirmed, offered, available, waitlisted, waitlistLength }) {
  const waiting = waitlistLength ?? waitlisted;
  if (capacity === null) return `${number(confirmed)} going, open to all`;
  if (capacity === 0) return "Everyone waits here";
  if (available > 0 && waiting === 0) return `${number(available)} of ${seats(capacity)} free`;
  const held = offered > 0 ? `, ${number(offered)} held` : "";
  return `${available > 0 ? `${number(available)} free` : "Full"}${held}${waiting > 0 ? ` · ${number(waiting)} in line` : ""}`;
}

/** Seats as one thin bar. */
export function seatBar(activity) {
  const { capacity, confirmed, offered } = activity;
  if (capacity === null) return h("div", { class: "bar bar-open", "aria-hidden": "true" });
  const share = value => `${capacity === 0 ? 0 : Math.min(100, (value / Math.max(capacity, confirmed + offered)) * 100)}%`;
  return h("div", { class: "bar", "aria-hidden": "true" },
    h("span", { class: "bar-taken", vars: { "--share": share(confirmed) } }),
    h("span", { class: "bar-held", vars: { "--share": share(offered) } }));
}

/** Seats one by one when they can be counted by eye; the visitor's own are marked. */
export function seatMap(activity, own) {
  const { capacity, confirmed, offered, available } = activity;
  const label = capacity === null
    ? `${number(confirmed)} people are going; there is no limit.`
    : `${number(confirmed)} of ${seats(capacity)} taken, ${number(offered)} held for an answer, ${number(available)} free.`;
  if (capacity === null || capacity === 0 || Math.max(capacity, confirmed + offered) > DOTS_MAX) {
    return h("div", { class: "seats seats-bar", role: "img", "aria-label": label }, seatBar(activity));
  }

  const mine = own && (own.status === "confirmed" || own.status === "offered") ? own.partySize ?? 1 : 0;
  const dots = [];
  for (let seat = 0; seat < Math.max(capacity, confirmed + offered); seat++) {
    const isMine = mine > 0 && (own.status === "confirmed" ? seat < Math.min(mine, confirmed) : seat >= confirmed && seat < confirmed + mine);
    const kind = seat < confirmed ? "taken" : seat < confirmed + offered ? "held" : "free";
    dots.push(h("i", { class: `seat seat-${kind}${isMine ? " seat-mine" : ""}${seat >= capacity ? " seat-beyond" : ""}` }));
  }

  // Rows of about the same length, so that no seat stands alone.
  const [size, widest] = dots.length > 80 ? ["many", 20] : dots.length <= 24 ? ["few", 8] : ["", 14];
  const rows = Math.ceil(dots.length / widest);
  return h("div", { class: `seats seats-${size || "some"}`, role: "img", "aria-label": label, vars: { "--columns": String(Math.ceil(dots.length / rows)) } }, dots);
}

/** What somebody's place is, in a word or two. */
export function statusChip(place) {
  if (!place) return null;
  const words = { confirmed: place.checkedIn ? "Checked in" : "You are in", waitlisted: place.waitlistPosition ? `${ordinal(place.waitlistPosition)} in line` : "In line", offered: "Answer the offer", cancelled: "Not going" };
  return h("span", { class: `chip chip-${place.status}` }, words[place.status]);
}

/** A number that is changed by two buttons or by typing. */
export function stepper({ id, label, value, min, max, onChange, hint }) {
  const clamp = next => Math.min(max, Math.max(min, Number.isFinite(next) ? Math.trunc(next) : min));
  const set = next => onChange(clamp(next));
  return h("div", { class: "stepper" },
    h("label", { for: id }, label, hint && h("small", { class: "hint" }, hint)),
    h("div", { class: "stepper-row" },
      h("button", { type: "button", class: "round", disabled: value <= min, "aria-label": `Fewer: ${label}`, onClick: () => set(value - 1) }, "−"),
      h("input", { id, type: "number", inputmode: "numeric", min, max, value: String(value), onChange: event => { set(event.target.valueAsNumber); event.target.value = String(clamp(event.target.valueAsNumber)); } }),
      h("button", { type: "button", class: "round", disabled: value >= max, "aria-label": `More: ${label}`, onClick: () => set(value + 1) }, "+")));
}

/** A note with what went wrong; said aloud where it is made. */
export function trouble(text) {
  return text && h("p", { class: "trouble", role: "alert" }, text);
}

/** Runs something that a button started: busy until it is done, and what is refused is said. */
export async function doing(state, redraw, action) {
  if (state.busy) return false;
  let end;
  state.ended = new Promise(resolve => { end = resolve; });
  state.busy = true;
  state.error = null;
  redraw();
  try {
    await action();
    return true;
  } catch (error) {
    state.error = refusalWords(error);
    if (!error.code) console.error(error);
    return false;
  } finally {
    state.busy = false;
    end();
    redraw();
  }
}

/** What was being done has ended. */
export async function idle(state) {
  while (state.busy) await state.ended;
}

/** A short message at the foot of the page, which is said aloud, too. */
export function toast(text) {
  announce(text);
  const box = document.createElement("div");
  box.className = "toast";
  box.textContent = text;
  box.setAttribute("aria-hidden", "true");
  document.body.append(box);
  setTimeout(() => box.classList.add("toast-out"), 3500);
  setTimeout(() => box.remove(), 4200);
}

/** A modal dialog; the browser keeps the focus inside and gives it back. */
export function modal({ title, onClose, children, wide }) {
  return h("dialog", {
    class: wide ? "dialog dialog-wide" : "dialog",
    "aria-labelledby": "dialog-title",
    onMount: node => queueMicrotask(() => { if (node.isConnected && !node.open) node.showModal(); }),
    onClose,
    onClick: event => { if (event.target === event.currentTarget) event.currentTarget.close(); },
  },
  h("div", { class: "dialog-body" },
    h("div", { class: "dialog-head" },
      h("h2", { id: "dialog-title" }, title),
      h("button", { type: "button", class: "round quiet", "aria-label": "Close", onClick: event => event.target.closest("dialog").close() }, "×")),
    children));
}

/** While something is read for the first time. */
export const loading = what => h("p", { class: "loading", role: "status" }, h("span", { class: "pulse", "aria-hidden": "true" }), `Reading ${what} …`);

export function empty(title, text, action) {
  return h("div", { class: "empty" }, h("div", { class: "empty-seats", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("h2", null, title), h("p", null, text), action);
}
