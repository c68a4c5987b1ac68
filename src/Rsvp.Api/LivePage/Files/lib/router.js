// Addresses of the page: what is behind #.

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LOST = { view: "lost" };

export function route() {
  let parts;
  try {
    parts = location.hash.replace(/^#\/?/, "").split("/").filter(part => part).map(decodeURIComponent);
  } catch {
    return LOST;
  }

  const [first, second, third] = parts;
  switch (first) {
    case undefined: return { view: "activities" };
    case "activities": return second === undefined ? { view: "activities" } : about("activity", second);
    case "places": return { view: "places" };
    case "host":
      if (second === undefined) return { view: "hosting" };
      return second === "new" ? { view: "create" } : about("host", second, third ?? "line");
    case "rush": return { view: "rush" };
    default: return LOST;
  }
}

// In small letters, as the API writes ids: what is known is found by them.
function about(view, text, tab) {
  const id = text.toLowerCase();
  return ID.test(id) ? { view, id, tab } : LOST;
}

export const go = hash => { location.hash = hash; };
