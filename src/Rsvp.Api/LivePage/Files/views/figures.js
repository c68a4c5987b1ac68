// What became of it, as three charts; each says the same as a table.

import { h } from "../lib/view.js";
import { download } from "../lib/api.js";
import { momentOf, number, refusalWords, secondsWords } from "../lib/words.js";
import { loading, toast } from "../lib/parts.js";

export function figuresTab({ id, state }) {
  const figures = state.figures;
  if (!figures) return loading("the figures");
  return [
    h("div", { class: "charts" }, funnel(figures.funnel), timeline(figures.timeline), promotion(figures.waitlist)),
    h("div", { class: "row" },
      h("button", { type: "button", class: "quiet", onClick: () => download(`/api/activities/${id}/rsvps`, "rsvps.csv", "text/csv").catch(error => toast(refusalWords(error))) }, "All RSVPs as CSV"),
      h("span", { class: "hint" }, `As of ${momentOf(figures.asOf)}; people, a party by its size.`)),
  ];
}

function chart(title, lead, picture, head, rows) {
  return h("figure", { class: "panel chart" },
    h("figcaption", null, h("h2", null, title), h("p", { class: "hint" }, lead)),
    picture,
    h("details", null, h("summary", null, "As a table"),
      h("table", { class: "small" }, h("thead", null, h("tr", null, head.map(text => h("th", null, text)))), h("tbody", null, rows.map((cells, index) => h("tr", { key: index }, cells.map(text => h("td", null, text))))))));
}

function funnel(figures) {
  const refused = Object.values(figures.refused).reduce((sum, value) => sum + value, 0);
  const steps = [["viewed", "looked", figures.viewed], ["asked", "asked", figures.asked], ["taken", "got in at once", figures.confirmedAtOnce], ["waiting", "joined the line", figures.waitlisted], ["taken", "got in from the line", figures.promoted], ["off", "cancelled", figures.cancelled], ["off", "were refused", refused], ["here", "checked in", figures.checkedIn]];
  const most = Math.max(1, ...steps.map(([, , value]) => value));
  const rate = figures.rates.promoted;
  return chart("From looking to coming", rate === null ? "Nobody had to wait so far." : `${Math.round(rate * 100)} of 100 who waited got in.`,
    h("div", { class: "funnel", "aria-hidden": "true" }, steps.map(([kind, words, value]) => h("div", { class: "funnel-row" }, h("span", null, words), h("div", { class: "funnel-track" }, h("span", { class: `funnel-bar funnel-${kind}`, vars: { "--share": `${(value / most) * 100}%` } })), h("b", null, number(value))))),
    ["Step", "People"], steps.map(([, words, value]) => [words, number(value)]));
}

const WIDTH = 480;
const HEIGHT = 150;
const HOURS_MAX = 36;

function timeline(hours) {
  const shown = hours.slice(-HOURS_MAX);
  const parts = [["taken", hour => hour.confirmedAtOnce], ["waiting", hour => hour.waitlisted], ["off", hour => hour.refused]];
  const most = Math.max(1, ...shown.map(hour => hour.asked));
  const step = WIDTH / Math.max(shown.length, 8);
  const bars = shown.map((hour, index) => {
    let y = HEIGHT;
    return h("g", null, parts.map(([kind, valueOf]) => {
      const height = (valueOf(hour) / most) * (HEIGHT - 8);
      y -= height;
      return height > 0 && h("rect", { class: `fill-${kind}`, x: index * step + 1, y, width: Math.max(1, step - 3), height, rx: 2 });
    }), hour.promoted > 0 && h("circle", { class: "fill-here", cx: index * step + step / 2, cy: Math.max(5, HEIGHT - (hour.promoted / most) * (HEIGHT - 8)), r: 4 }));
  });
  return chart("Hour by hour", "What was asked, by what came of it. A dot is who got in from the line.",
    shown.length === 0 ? h("p", { class: "hint" }, "Nothing was asked yet.") : h("svg", { class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT + 4}`, "aria-hidden": "true", preserveAspectRatio: "none" }, h("line", { class: "axis", x1: 0, x2: WIDTH, y1: HEIGHT + 1, y2: HEIGHT + 1 }), bars),
    ["Hour", "Asked", "In at once", "To the line", "Refused", "In from the line", "Cancelled"],
    shown.map(hour => [momentOf(hour.hour), hour.asked, hour.confirmedAtOnce, hour.waitlisted, hour.refused, hour.promoted, hour.cancelled].map(String)));
}

function promotion(figures) {
  const rows = [["From a free seat to who is next", figures.promotionSeconds], ["From the offer to the answer", figures.acceptanceSeconds]];
  const most = Math.max(0.001, ...rows.map(([, value]) => value.max ?? 0));
  // A logarithm, or the longest would hide all others.
  const share = value => `${value === null ? 0 : Math.max(2, (Math.log1p(value * 1000) / Math.log1p(most * 1000)) * 100)}%`;
  return chart("Time to promotion", figures.fillRate === null ? "No seat came free for the line so far." : `${Math.round(figures.fillRate * 100)} of 100 free seats went to the line.`,
    h("div", { class: "spans", "aria-hidden": "true" }, rows.map(([words, value]) => h("div", { class: "span-row" }, h("span", null, words), [["half", value.p50], ["95 of 100", value.p95], ["the slowest", value.max]].map(([label, seconds]) => h("div", { class: "span-line" }, h("small", null, label), h("div", { class: "funnel-track" }, h("span", { class: "funnel-bar funnel-taken", vars: { "--share": share(seconds) } })), h("b", null, secondsWords(seconds))))))),
    ["", "Half within", "95 of 100 within", "Slowest"], rows.map(([words, value]) => [words, secondsWords(value.p50), secondsWords(value.p95), secondsWords(value.max)]));
}
