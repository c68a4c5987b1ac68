// Changes as they happen: the hub of docs/api.md, "Watch".

import { get } from "./api.js";
import { person } from "./session.js";
import * as store from "./store.js";

// After a lost connection: at once, then slower, and never given up.
const DELAYS_MS = [0, 500, 1000, 2000, 3000, 5000];

const watched = new Map();
const caughtUp = new Set();
let hub = null;
let state = "off";
let generation = 0;
let losses = 0;
let asking = false;

/** off (nobody is chosen), connecting, live, lost. */
export const connection = () => state;

/** Calls back after a lost connection is there again: what is on the page may be old. */
export function whenBack(listener) {
  caughtUp.add(listener);
  return () => caughtUp.delete(listener);
}

/** Watches an activity until the returned function is called. */
export function watch(activityId) {
  const count = watched.get(activityId) ?? 0;
  watched.set(activityId, count + 1);
  if (count === 0) call("WatchActivity", activityId);
  return () => {
    const left = watched.get(activityId) - 1;
    if (left > 0) {
      watched.set(activityId, left);
    } else {
      watched.delete(activityId);
      call("UnwatchActivity", activityId);
    }
  };
}

/** Connects as the present person, or leaves when there is none. */
export async function restart() {
  const mine = ++generation;
  const old = hub;
  hub = null;
  await old?.stop();
  if (mine !== generation) return;
  if (!person()) return become("off");

  become(losses > 0 ? "lost" : "connecting");
  hub = new window.signalR.HubConnectionBuilder()
    .withUrl("/hubs/rsvp", { accessTokenFactory: () => person()?.token ?? "" })
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: ({ previousRetryCount }) => {
      if (previousRetryCount > 0) askWhy();
      return delay(previousRetryCount);
    } })
    .configureLogging(window.signalR.LogLevel.None)
    .build();
  const me = hub;
  me.on("capacityUpdate", store.keepCounts);
  me.on("waitlistUpdate", store.keepLength);
  // What still comes on a connection that is left is about somebody else.
  me.on("rsvpStatusUpdate", update => { if (hub === me && store.keepStatus(update)) onStale(update); });
  me.onreconnecting(() => { if (hub === me) lose(); });
  me.onreconnected(() => { if (hub === me) arrive(); });
  me.onclose(() => { if (hub === me) { lose(); connect(me); } });
  await connect(me);
}

let onStale = () => {};

/** Calls back with a status update whose RSVP has more news than it says. */
export function whenStale(listener) {
  onStale = listener;
}

// A browser knows at once that it is offline; the hub would notice only when nothing came for half a minute.
window.addEventListener("offline", () => { if (hub) { losses++; restart(); } });
window.addEventListener("online", () => { if (hub && state !== "live") restart(); });

async function connect(me) {
  for (let tries = 0; hub === me; tries++) {
    try {
      await me.start();
      if (hub === me) arrive();
      return;
    } catch {
      if (hub !== me) return;
      lose();
      askWhy();
      await new Promise(resolve => setTimeout(resolve, delay(tries + 1)));
    }
  }
}

// The hub does not say why it does not connect. If it is the token, any answer of the API does, and whoever hears of it signs in again.
async function askWhy() {
  if (asking) return;
  asking = true;
  await get("/api/users/me").catch(() => {});
  asking = false;
}

function arrive() {
  become("live");
  for (const activityId of watched.keys()) call("WatchActivity", activityId);
  if (losses > 0) for (const listener of caughtUp) listener();
  losses = 0;
}

function lose() {
  losses++;
  become("lost");
}

function become(next) {
  if (state === next) return;
  state = next;
  document.documentElement.dataset.connection = next;
  store.changed();
}

function delay(tries) {
  return DELAYS_MS[Math.min(tries, DELAYS_MS.length - 1)] * (0.8 + Math.random() * 0.4);
}

async function call(method, activityId) {
  if (!hub || hub.state !== window.signalR.HubConnectionState.Connected) return;
  try {
    // The snapshot comes as a push, too.
    await hub.invoke(method, activityId);
  } catch {
    // The connection is gone, and watches anew when it is back; or the activity is, and there is nothing to watch.
  }
}
