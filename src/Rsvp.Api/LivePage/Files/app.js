// Puts the page together: the frame, and the view that the address names.

import { draw, h, announce } from "./lib/view.js";
import { route } from "./lib/router.js";
import { become, isDevelopment, person } from "./lib/session.js";
import { whenUnauthorized, get } from "./lib/api.js";
import * as live from "./lib/live.js";
import * as store from "./lib/store.js";
import { refusalWords } from "./lib/words.js";
import { toast } from "./lib/parts.js";
import { activitiesView } from "./views/activities.js";
import { activityView } from "./views/activity.js";
import { placesView } from "./views/places.js";
import { hostingView } from "./views/hosting.js";
import { createView } from "./views/editor.js";
import { hostView } from "./views/host.js";
import { rushView } from "./views/rush.js";
import { peopleDialog } from "./views/people.js";

const VIEWS = { activities: activitiesView, activity: activityView, places: placesView, hosting: hostingView, create: createView, host: hostView, rush: rushView };
const NEEDS_PERSON = new Set(["places", "hosting", "create", "host"]);

const root = document.getElementById("app");
let current = null;
let choosing = false;

function show() {
  const at = route();
  const name = `${at.view}/${at.id ?? ""}/${person()?.userId ?? ""}`;
  if (current?.name !== name) {
    current?.view.close?.();
    const context = { at, redraw: store.changed, choosePerson: openPeople };
    current = { name, context, view: !person() && NEEDS_PERSON.has(at.view) ? strangerView(context) : (VIEWS[at.view] ?? lostView)(context) };
    render();
    arriveAtHeading();
  } else {
    current.context.at = at;
    current.view.moved?.(at);
    render();
  }
}

function render() {
  const title = current.view.title?.() ?? "Rsvp";
  document.title = title === "Rsvp" ? title : `${title} · Rsvp`;
  draw(root, [header(), connectionNote(), h("main", { id: "main", class: "page", tabindex: "-1", key: "main" }, h("div", { key: current.name, class: "view" }, current.view.draw())), footer(), choosing && peopleDialog({ onChosen: chosen, onClose: () => { choosing = false; store.changed(); } })]);
}

function header() {
  const at = route().view;
  const link = (hash, text, ...views) => h("a", { href: hash, "aria-current": views.includes(at) ? "page" : undefined }, text);
  const someone = person();
  return h("header", { class: "top", key: "top" },
    h("div", { class: "top-row" },
      h("a", { class: "brand", href: "#/" }, h("img", { src: "/page/icon.svg", alt: "", width: "28", height: "28" }), h("span", null, "Rsvp")),
      h("nav", { "aria-label": "Main" },
        link("#/", "Activities", "activities", "activity"),
        link("#/places", "My places", "places"),
        link("#/host", "Host", "hosting", "create", "host"),
        isDevelopment && link("#/rush", "Rush", "rush")),
      h("button", { type: "button", class: "person", onClick: openPeople, "aria-haspopup": "dialog" },
        someone
          ? [h("span", { class: "face", "aria-hidden": "true" }, initials(someone.name)), h("span", { class: "person-name" }, h("span", { class: "unseen" }, "You are "), someone.name)]
          : h("span", null, isDevelopment ? "Choose who you are" : "Sign in"))));
}

function connectionNote() {
  const state = live.connection();
  const lost = state === "lost";
  return h("div", { class: `connection${lost ? " connection-lost" : ""}`, role: "status", key: "connection" },
    lost && h("p", null, h("span", { class: "pulse", "aria-hidden": "true" }), "Connection lost. What you see may be old; trying again …"));
}

function footer() {
  return h("footer", { class: "foot", key: "foot" },
    h("p", null, h("span", { class: `dot dot-${live.connection()}`, "aria-hidden": "true" }), { off: "Not connected: choose who you are to see changes as they happen", connecting: "Connecting …", live: "Live: changes show by themselves", lost: "Not connected" }[live.connection()]),
    h("p", null, h("a", { href: "/docs" }, "API reference")));
}

function strangerView(context) {
  return {
    title: () => "Who are you?",
    draw: () => h("section", { class: "stranger" },
      h("h1", { tabindex: "-1" }, "Who are you?"),
      h("p", null, isDevelopment ? "This is a development system: pick somebody, or be somebody new." : "This part of the page is about you. Sign in with the token that your application gave you."),
      h("button", { type: "button", class: "primary", onClick: context.choosePerson }, isDevelopment ? "Choose who you are" : "Sign in")),
  };
}

function lostView() {
  return { title: () => "Nothing here", draw: () => h("section", { class: "stranger" }, h("h1", { tabindex: "-1" }, "There is nothing here"), h("p", null, h("a", { href: "#/" }, "All activities"))) };
}

function openPeople() {
  choosing = true;
  store.changed();
}

function chosen(someone) {
  choosing = false;
  become(someone);
  store.forgetPlaces();
  live.restart();
  announce(someone ? `You are ${someone.name}.` : "You are nobody now.");
  show();
}

function arriveAtHeading() {
  if (!show.before) { show.before = true; return; }
  scrollTo(0, 0);
  root.querySelector("h1")?.focus({ preventScroll: true });
}

const initials = name => name.split(/\s+/).filter(part => part).slice(0, 2).map(part => [...part][0].toUpperCase()).join("");

whenUnauthorized(() => {
  if (!person()) return;
  chosen(null);
  toast(refusalWords({ code: "unauthorized" }));
});

// A push says that there is more: read the RSVP itself.
live.whenStale(async update => {
  const document = await get(`/api/rsvps/${update.rsvpId}`).catch(() => null);
  if (document) store.keepPlace(update.activityId, document);
});

live.whenBack(() => {
  announce("Connected again. This is how it is now.");
  current?.view.refresh?.();
});

// What is behind # is a view, so the way past the navigation is gone by hand.
document.querySelector(".skip").addEventListener("click", event => {
  event.preventDefault();
  document.getElementById("main").focus();
});

store.whenChanged(render);
addEventListener("hashchange", show);
live.restart();
show();
