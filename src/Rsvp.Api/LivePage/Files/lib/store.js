// What the page knows. Answers and pushes come in any order; a newer version is never replaced by an older one.

import { announce } from "./view.js";
import { statusWords } from "./words.js";

const activities = new Map();
const places = new Map();
const listeners = new Set();
let scheduled = false;

export const activity = id => activities.get(id);

/** The visitor's own RSVP to an activity; undefined when not asked for yet, null when there is none. */
export const place = activityId => places.get(activityId);

export function whenChanged(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Everything is drawn again, once, when what runs now is done. */
export function changed() {
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    for (const listener of listeners) listener();
  });
}

export function forgetPlaces() {
  places.clear();
  changed();
}

export function keepActivity(document) {
  const known = activities.get(document.id);
  if (known && known.version > document.version) return;
  activities.set(document.id, { ...known, ...document });
  changed();
}

/** A capacityUpdate. */
export function keepCounts(counts) {
  const known = activities.get(counts.activityId);
  if (!known || known.version > counts.version) return;
  const { activityId, ...figures } = counts;
  activities.set(activityId, { ...known, ...figures });
  changed();
}

/** A waitlistUpdate. */
export function keepLength({ activityId, length, version }) {
  const known = activities.get(activityId);
  if (!known || (known.lengthVersion ?? 0) > version) return;
  activities.set(activityId, { ...known, waitlistLength: length, lengthVersion: version });
  changed();
}

/** An RSVP document; null: there is none. */
export function keepPlace(activityId, document) {
  const known = places.get(activityId);
  if (!document) {
    if (known === undefined) places.set(activityId, null);
  } else if (!known || (known.version ?? 0) <= document.version) {
    // Of the same version, what was pushed is newer than what was read: a place in line moves without a version of its own.
    const pushedVersion = known?.pushedVersion ?? 0;
    const next = { ...known, ...document };
    if (document.version < pushedVersion || (document.version === pushedVersion && isLive())) Object.assign(next, { status: known.status, waitlistPosition: known.waitlistPosition, offerExpiresAt: known.offerExpiresAt });
    tell(activityId, known, next);
    places.set(activityId, next);
  }
  changed();
}

/** An rsvpStatusUpdate. Returns whether the RSVP has to be read again for what the push does not say. */
export function keepStatus(update) {
  const known = places.get(update.activityId);
  if (known && ((known.seen ?? 0) > update.version || (known.version ?? 0) > update.rsvpVersion)) return false;
  if (known && known.id !== update.rsvpId) return false;
  const next = {
    ...known,
    id: update.rsvpId,
    activityId: update.activityId,
    status: update.status,
    waitlistPosition: update.waitlistPosition,
    offerExpiresAt: update.offerExpiresAt,
    pushedVersion: update.rsvpVersion,
    seen: update.version,
  };
  tell(update.activityId, known, next);
  places.set(update.activityId, next);
  changed();
  return (known?.version ?? 0) < update.rsvpVersion;
}

const isLive = () => globalThis.document.documentElement.dataset.connection === "live";

// Said aloud: what changed for the visitor. What the visitor just did is said by what they pressed, in the same words.
function tell(activityId, before, after) {
  if (!before || (before.status === after.status && before.waitlistPosition === after.waitlistPosition)) return;
  const title = activities.get(activityId)?.title;
  announce(`${title ? `${title}: ` : ""}${statusWords(after)}`);
}
