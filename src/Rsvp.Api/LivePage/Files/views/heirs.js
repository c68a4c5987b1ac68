// Who would get seats that come free: the pass of the activity's queue (Pass.cs), walked over the line as the page knows it.
// No route of the API says it beforehand, so it is an estimate, and is called one.

import { now } from "../lib/clock.js";

/** What the estimate takes for granted; shown with it. */
export const ASSUMED = "An estimate, from the line as you see it and the rules of this activity. Whoever joins, cancels or answers an offer before it is done changes it.";

/** The places in line that would get seats if those of one more party were free. */
export function heirs(activity, waiting, partySize) {
  if (activity.capacity === null || !isPromoting(activity)) return [];
  let free = Math.max(0, activity.capacity - (activity.confirmed + activity.offered - partySize));
  const letIn = [];
  const leftBehind = [];
  for (const place of places(waiting)) {
    // It can never fit, and nobody waits for it.
    if (place.spots > activity.capacity) continue;
    if (place.spots > free) {
      leftBehind.push({ overtaken: place.skipped, before: letIn.length });
      continue;
    }

    const waitsFor = behind => activity.skipLimit !== null && behind.overtaken + letIn.length - behind.before >= activity.skipLimit;
    if (leftBehind.some(waitsFor)) break;
    letIn.push(place);
    free -= place.spots;
  }

  return letIn.flatMap(place => place.entries);
}

const isPromoting = activity => activity.status === "scheduled" && now() < Date.parse(activity.startsAt) - activity.promotionCutoffMinutes * 60_000;

// A party, or a group that waits as one: its members share the position.
function places(waiting) {
  const list = [];
  for (const entry of waiting ?? []) {
    const last = list.at(-1);
    if (last?.position === entry.position) {
      last.entries.push(entry);
      last.spots += entry.partySize;
    } else {
      list.push({ position: entry.position, entries: [entry], spots: entry.partySize, skipped: entry.skipped });
    }
  }

  return list;
}
