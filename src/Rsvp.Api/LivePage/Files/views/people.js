// Who one is: in development anybody, elsewhere whoever the token says.

import { h } from "../lib/view.js";
import { isDevelopment, person, personOf, remembered } from "../lib/session.js";
import { get, write } from "../lib/api.js";
import { changed } from "../lib/store.js";
import { doing, modal, trouble } from "../lib/parts.js";

const state = { known: null, name: "", token: "", busy: false, error: null };

export function peopleDialog({ onChosen, onClose }) {
  const someone = person();
  return modal({
    title: isDevelopment ? "Who are you?" : someone ? `You are ${someone.name}` : "Sign in",
    onClose,
    children: [isDevelopment ? pick(onChosen) : paste(onChosen), someone && h("button", { type: "button", class: "quiet wide", onClick: () => onChosen(null) }, "Be nobody")],
  });
}

function pick(onChosen) {
  if (!state.known && !state.busy) load();
  const all = [...remembered(), ...(state.known ?? [])];
  const people = all.filter((one, index) => all.findIndex(other => other.userId === one.userId) === index).slice(0, 12);
  return h("div", { class: "stack" },
    h("p", { class: "hint" }, "A development system gives a token to anybody. Each tab can be somebody else."),
    h("ul", { class: "people" }, people.map(one => h("li", { key: one.userId },
      h("button", { type: "button", class: "person-card", "aria-pressed": String(one.userId === person()?.userId), onClick: () => be(one, onChosen) }, one.name)))),
    h("form", { class: "stack", onSubmit: event => { event.preventDefault(); if (state.name.trim()) be({ name: state.name.trim() }, onChosen); } },
      h("label", { for: "new-person" }, "Somebody new"),
      h("div", { class: "row" },
        h("input", { id: "new-person", type: "text", maxlength: "80", autocomplete: "off", placeholder: "A name", value: state.name, onInput: event => { state.name = event.target.value; } }),
        h("button", { class: "primary" }, "Be them"))),
    trouble(state.error));
}

function paste(onChosen) {
  return h("form", {
    class: "stack",
    onSubmit: event => {
      event.preventDefault();
      const someone = personOf(state.token.trim());
      if (!someone) { state.error = "That is no token: it has three parts with dots in between."; return changed(); }
      state.token = "";
      state.error = null;
      onChosen(someone);
    },
  },
  h("label", { for: "token" }, "Your token"),
  h("textarea", { id: "token", rows: "5", spellcheck: "false", autocomplete: "off", "aria-describedby": "token-hint", value: state.token, onInput: event => { state.token = event.target.value; } }),
  h("p", { class: "hint", id: "token-hint" }, "The application that you come from issues it. It stays in this tab and is forgotten when you close it."),
  trouble(state.error),
  h("button", { class: "primary" }, "Sign in"));
}

async function load() {
  state.known = [];
  // Asked by whoever was here before, it is asked again.
  state.known = await get("/development/people").catch(error => (error.code === "left" ? null : []));
  changed();
}

const be = (someone, onChosen) => doing(state, changed, async () => {
  const issued = await write("POST", "/development/tokens", { name: someone.name, ...(someone.userId ? { userId: someone.userId } : {}) });
  state.name = "";
  state.known = null;
  onChosen(issued);
});
