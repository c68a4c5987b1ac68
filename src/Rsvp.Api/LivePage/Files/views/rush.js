// A rush, drawn while it happens: what one shows to whoever does not believe it.

import { h, announce } from "../lib/view.js";
import { get, stream } from "../lib/api.js";
import { isDevelopment, person } from "../lib/session.js";
import * as live from "../lib/live.js";
import * as store from "../lib/store.js";
import { number, refusalWords, seats } from "../lib/words.js";
import { seatMap, trouble } from "../lib/parts.js";

const FIELDS = [["people", "People", 1, 20_000], ["seats", "Seats", 0, 20_000], ["connections", "At the same time", 1, 500]];

export function rushView({ redraw }) {
  const state = { values: { people: 2000, seats: 100, connections: 200 }, running: null, points: [], last: null, activity: null, error: null };
  let unwatch = () => {};

  async function start() {
    const abort = new AbortController();
    Object.assign(state, { running: abort, points: [], last: null, activity: null, error: null });
    redraw();
    announce("The rush has begun.");
    try {
      await stream("/development/rushes", state.values, line => {
        if (!state.activity) begin(line.activityId);
        keep(line);
        state.last = line;
        redraw();
      }, abort.signal);
      if (state.activity) store.keepActivity(await get(`/api/activities/${state.activity}`));
      if (state.last?.done) announce(`The rush is over. ${number(state.last.confirmed)} got a seat, ${number(state.last.waitlisted)} stand in line.`);
    } catch (error) {
      if (error.name !== "AbortError") state.error = refusalWords(error);
    } finally {
      state.running = null;
      redraw();
    }
  }

  // A point for about every quarter of a second; a shorter stretch says nothing about a second.
  function keep(line) {
    const before = state.points.at(-1) ?? { elapsedMs: 0, answered: 0, p50Ms: null, p99Ms: null };
    const stretch = line.elapsedMs - before.elapsedMs;
    if (line.done || stretch < 200) return;
    state.points.push({ ...line, rate: ((line.answered - before.answered) * 1000) / stretch, p50Ms: line.p50Ms ?? before.p50Ms, p99Ms: line.p99Ms ?? before.p99Ms });
  }

  function begin(id) {
    state.activity = id;
    unwatch();
    unwatch = person() ? live.watch(id) : () => {};
    get(`/api/activities/${id}`).then(store.keepActivity, () => {});
  }

  return {
    title: () => "Rush",
    close: () => { state.running?.abort(); unwatch(); },
    draw: () => isDevelopment ? [
      h("h1", { tabindex: "-1" }, "A rush"),
      h("p", { class: "lead" }, "Everybody wants the same seats at the same moment. Each of them has a token, asks once, and waits until it is decided."),
      h("form", { class: "panel rush-form", onSubmit: event => { event.preventDefault(); start(); } },
        FIELDS.map(([name, label, min, max]) => h("div", { class: "field" },
          h("label", { for: `rush-${name}` }, label),
          h("input", { id: `rush-${name}`, type: "number", min, max, required: true, value: String(state.values[name]), disabled: Boolean(state.running), onInput: event => { state.values[name] = event.target.valueAsNumber; } }))),
        // Two buttons: one that became the other while it is pressed would send the form.
        state.running
          ? h("button", { key: "stop", type: "button", class: "large", onClick: () => state.running.abort() }, "Stop")
          : h("button", { key: "start", class: "primary large" }, "Start the rush")),
      trouble(state.error),
      state.last && result(state),
    ] : h("p", null, "This is for development systems."),
  };
}

function result(state) {
  const { last, points } = state;
  const counts = store.activity(state.activity);
  const taken = counts?.confirmed ?? last.confirmed;
  const tile = (figure, words, kind) => h("div", { class: `tile tile-${kind}` }, h("dt", null, words), h("dd", null, figure));
  const ms = value => (value === null ? "–" : `${number(Math.round(value))} ms`);
  return h("div", { class: "rush" },
    h("progress", { class: "rush-progress", max: last.people, value: String(last.answered), "aria-label": "Answered" }),
    h("dl", { class: "tiles" },
      tile(number(Math.round(last.perSecond)), last.done ? "answers a second, on the whole" : "answers a second", "here"),
      tile(ms(last.p50Ms), "half within", "plain"),
      tile(ms(last.p99Ms), "99 of 100 within", "plain"),
      tile(number(last.confirmed), "got a seat", "confirmed"),
      tile(number(last.waitlisted), "in line", "waiting"),
      last.failed > 0 && tile(number(last.failed), "refused or no answer", "off")),
    last.done && verdict(state, taken),
    h("div", { class: "charts" },
      h("figure", { class: "panel chart" }, h("figcaption", null, h("h2", null, "Answers a second")), area(points, point => point.rate, "taken", value => number(Math.round(value)))),
      h("figure", { class: "panel chart" }, h("figcaption", null, h("h2", null, "How long an answer took"), h("p", { class: "hint" }, "99 of 100, and half of them below it.")), area(points, point => point.p99Ms ?? 0, "waiting", ms, point => point.p50Ms ?? 0)),
      h("section", { class: "panel chart" }, h("h2", null, `${number(taken)} of ${seats(last.seats)} taken`), counts && seatMap(counts))));
}

function verdict(state, taken) {
  const { last } = state;
  const wrong = taken > last.seats || last.confirmed > last.seats;
  return h("div", { class: `verdict${wrong ? " verdict-wrong" : ""}` },
    h("p", { class: "big" }, wrong ? "Overbooked." : `${number(last.people)} asked in ${number(Math.round(last.elapsedMs / 100) / 10)} s. ${number(last.confirmed)} of ${seats(last.seats)} given, none twice.`),
    h("p", { class: "hint" }, "The rush, this browser, the services, RabbitMQ and PostgreSQL share one machine. Do not believe a page: ", h("code", null, "./rsvp audit"), " recounts everything from the database."),
    h("p", null, h("a", { href: `#/activities/${state.activity}` }, "Look at the activity"), person() && [" · ", h("a", { href: `#/host/${state.activity}` }, "host it")]));
}

const WIDTH = 480;
const HEIGHT = 140;

function area(points, valueOf, kind, words, lowerOf) {
  if (points.length < 2) return h("div", { class: "plot-wait" });
  const end = points.at(-1).elapsedMs;
  const most = Math.max(1, ...points.map(valueOf)) * 1.08;
  const x = point => (point.elapsedMs / end) * WIDTH;
  const y = value => HEIGHT - (value / most) * HEIGHT;
  const line = of => points.map((point, index) => `${index ? "L" : "M"}${x(point).toFixed(1)},${y(of(point)).toFixed(1)}`).join("");
  return h("div", { class: "plot-box" },
    h("span", { class: "plot-most" }, words(Math.max(...points.map(valueOf)))),
    h("svg", { class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT + 2}`, preserveAspectRatio: "none", role: "img", "aria-label": `At most ${words(Math.max(...points.map(valueOf)))}, at last ${words(valueOf(points.at(-1)))}` },
      h("path", { class: `area-${kind}`, d: `${line(valueOf)}L${WIDTH},${HEIGHT}L${x(points[0]).toFixed(1)},${HEIGHT}Z` }),
      h("path", { class: `line-${kind}`, d: line(valueOf), "vector-effect": "non-scaling-stroke" }),
      lowerOf && h("path", { class: "line-lower", d: line(lowerOf), "vector-effect": "non-scaling-stroke" }),
      h("line", { class: "axis", x1: 0, x2: WIDTH, y1: HEIGHT + 1, y2: HEIGHT + 1, "vector-effect": "non-scaling-stroke" })),
    h("span", { class: "plot-end" }, `${number(Math.round(end / 100) / 10)} s`));
}
