// Words for people: dates, places in line, and why something was decided.

const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
const dayOnly = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const count = new Intl.NumberFormat();

export const number = value => count.format(value);
export const dayOf = text => day.format(new Date(text));
export const longDayOf = text => dayOnly.format(new Date(text));
export const timeOf = text => time.format(new Date(text));
export const momentOf = text => exact.format(new Date(text));

export const whenOf = ({ startsAt, endsAt }) => {
  const end = endsAt && dayOf(endsAt) === dayOf(startsAt) ? `–${timeOf(endsAt)}` : "";
  return `${dayOf(startsAt)}, ${timeOf(startsAt)}${end}`;
};

export function ordinal(value) {
  const tens = value % 100;
  const suffix = tens >= 11 && tens <= 13 ? "th" : ["th", "st", "nd", "rd"][value % 10] ?? "th";
  return `${number(value)}${suffix}`;
}

export const people = value => `${number(value)} ${value === 1 ? "person" : "people"}`;
export const parties = value => `${number(value)} ${value === 1 ? "party" : "parties"}`;
export const seats = value => `${number(value)} ${value === 1 ? "seat" : "seats"}`;

export function partyOf(place) {
  return place.partySize > 1 ? `a party of ${number(place.partySize)}` : "one seat";
}

/** What became of somebody's place, in one line. */
export function statusWords(place) {
  switch (place.status) {
    case "confirmed": return place.checkedIn ? "You are checked in." : "You are in.";
    case "waitlisted": return place.waitlistPosition ? `You are ${ordinal(place.waitlistPosition)} in line.` : "You are in line.";
    case "offered": return "A seat is yours, if you say so.";
    default: return "You are not going.";
  }
}

/** A span of time, as a countdown shows it. */
export function spanOf(ms) {
  const total = Math.max(0, Math.floor(ms / 1000));
  const [days, hours, minutes, seconds] = [Math.floor(total / 86400), Math.floor(total / 3600) % 24, Math.floor(total / 60) % 60, total % 60];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  return `${minutes}:${String(seconds).padStart(2, "0")}`;
}

export function secondsWords(value) {
  if (value === null || value === undefined) return "–";
  if (value < 1) return `${number(Math.round(value * 1000))} ms`;
  if (value < 120) return `${number(Math.round(value * 10) / 10)} s`;
  if (value < 7200) return `${number(Math.round(value / 60))} min`;
  return `${number(Math.round(value / 3600))} h`;
}

const refusals = {
  activity_not_found: "There is no such activity (any more).",
  already_registered: "You have a place already.",
  registration_not_open: "Registration has not opened yet.",
  registration_closed: "Registration is closed.",
  activity_cancelled: "The activity was called off.",
  activity_full: "It is full, and you did not want to wait.",
  waitlist_full: "It is full, and so is the line.",
  not_enough_capacity: "There is no room for more guests right now. You keep what you have.",
  party_too_large: "That is more people than one party may be here.",
  no_open_offer: "There is no open offer any more.",
  offer_expired: "The offer has expired; the seat went to the next in line.",
  not_host: "Only a host of this activity may do that.",
  no_room: "There is no room for that party.",
  rsvp_not_waiting: "That party does not wait any more.",
  not_started: "The activity has not started yet.",
  capacity_below_taken: "More seats than that are taken. Nobody is sent away silently: remove parties first.",
  already_checked_in: "That party was checked in before.",
  not_confirmed: "That party has no confirmed place.",
  version_mismatch: "Somebody else changed it meanwhile. Look again, then decide again.",
  rate_limited: "That was too much at once. Wait a moment.",
  overloaded: "Too much is going on. Nothing was sent; try again in a moment.",
  unavailable: "A part of the system is away. Try again in a moment.",
  unauthorized: "Your token is not good (any more). Say again who you are.",
  user_deleted: "This user was deleted.",
  unreachable: "The server cannot be reached.",
};

/** Why something was refused. */
export function refusalWords(error) {
  const fields = Object.entries(error.problem?.errors ?? {}).map(([field, messages]) => `${field}: ${messages.join(" ")}`);
  if (fields.length > 0) return fields.join(" ");
  return refusals[error.code] ?? error.message;
}

/** One decision of a history, as its person reads it: what, and by which rule. */
export function decisionWords(row) {
  if (row.passedOver) {
    return { what: "A smaller party from behind was let in", why: "Yours did not fit into the seats that were free. This can happen only so often before the line waits for you." };
  }

  // What was decided about somebody else, who is not named.
  if (!row.rsvpId && row.action === "moved_to_back") return { what: "Your group went to the back of the line", why: "One of you grew, and a waiting group that grows starts anew." };
  if (!row.rsvpId && row.action === "offered") return { what: "A seat was held for somebody ahead of you", why: "They were next in line." };
  if (!row.rsvpId && row.action === "promoted") return { what: "Somebody ahead of you was let in", why: "They were next in line." };

  const free = row.freeBefore === null ? "" : ` ${row.freeBefore === 0 ? "No seat was" : row.freeBefore === 1 ? "1 seat was" : `${number(row.freeBefore)} seats were`} free.`;
  const host = row.actor === "host" ? "A host " : "";
  switch (row.action) {
    case "confirmed": return { what: host ? "A host let you in" : "You got your place at once", why: row.rule === "walk_in" ? "You walked in." : `There was room, and nobody waited.${free}` };
    case "waitlisted": return { what: "You joined the line", why: (row.rule === "line_ahead" ? "Others waited already, and nobody overtakes." : "There was no room for your party.") + free };
    case "promoted": return { what: "You moved up: you are in", why: row.rule === "host" || row.rule === "host_override" ? "A host let you in." : `You were next in line and your party fitted.${free}${row.overtook ? ` ${parties(row.overtook)} ahead did not fit.` : ""}` };
    case "offered": return { what: "A seat was held for you", why: `You were next in line.${free}` };
    case "reminded": return { what: "You were reminded of the offer", why: "It was about to end." };
    case "accepted": return { what: "You accepted", why: "The seat that was held is yours." };
    case "declined": return { what: "You declined", why: "The seat went to the next in line." };
    case "offer_expired": return { what: "The offer expired", why: "Nobody answered in time, and the seat went on." };
    case "updated": return { what: host ? "A host changed your party" : "You changed your party", why: row.rule === "shrink" ? "A smaller party keeps its place." : row.rule === "growth" ? `There was room for more.${free}` : "Only what you wrote changed." };
    case "moved_to_back": return { what: "You went to the back of the line", why: "A waiting party that grows starts anew." };
    case "cancelled": return { what: "You gave your place back", why: row.rule === "user_deleted" ? "The user was deleted." : "Your seats went to whoever was next." };
    case "removed": return { what: "A host removed you", why: row.reason ? "" : "No reason was given." };
    case "called_off": return { what: "The activity was called off", why: "" };
    case "released": return { what: "Your place was released", why: "You had not come when the hosts gave away the seats of those who were missing." };
    case "moved": return { what: "A host moved you in line", why: "" };
    case "respaced": return { what: "You made room in line", why: "Your position did not change by it." };
    case "checked_in": return { what: "You were checked in", why: "" };
    case "check_in_undone": return { what: "Your check-in was taken back", why: "" };
    case "refused": return { what: "A request was refused", why: refusals[row.code] ?? row.code ?? "" };
    default: return { what: row.action.replaceAll("_", " "), why: row.rule.replaceAll("_", " ") };
  }
}
