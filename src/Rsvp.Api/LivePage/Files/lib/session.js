// Who the page is. A tab is one person, so that two tabs can be two.

const CURRENT = "rsvp.person";
const KNOWN = "rsvp.people";

export const isDevelopment = document.documentElement.dataset.development === "true";

let current = read(sessionStorage, CURRENT);
let stay = new AbortController();

export const person = () => current;

/** Who asks, for as long as they are here: a request keeps to the token that it began with, and ends with its person. */
export const asker = () => ({ token: current?.token, left: stay.signal });

export function become(someone) {
  if (someone?.userId !== current?.userId) {
    stay.abort();
    stay = new AbortController();
  }

  current = someone;
  if (someone) {
    sessionStorage.setItem(CURRENT, JSON.stringify(someone));
    if (isDevelopment) remember({ userId: someone.userId, name: someone.name });
  } else {
    sessionStorage.removeItem(CURRENT);
  }
}

/** People whom somebody was in this browser, the newest first. */
export const remembered = () => read(localStorage, KNOWN) ?? [];

/** What a token says about its owner, unchecked: only the API can check it. Null when it is no such token. */
export function personOf(token) {
  try {
    const part = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(part), letter => letter.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims.sub === "string" ? { userId: claims.sub.toLowerCase(), name: claims.name || "You", token } : null;
  } catch {
    return null;
  }
}

function remember(someone) {
  const others = remembered().filter(other => other.userId !== someone.userId);
  localStorage.setItem(KNOWN, JSON.stringify([someone, ...others].slice(0, 8)));
}

function read(storage, name) {
  try {
    return JSON.parse(storage.getItem(name));
  } catch {
    return null;
  }
}
