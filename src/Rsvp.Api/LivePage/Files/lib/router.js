// Addresses of the page: what is behind #.

export function route() {
  const parts = location.hash.replace(/^#\/?/, "").split("/").filter(part => part).map(decodeURIComponent);
  const [first, second, third] = parts;
  switch (first) {
    case undefined: return { view: "activities" };
    case "activities": return second ? { view: "activity", id: second } : { view: "activities" };
    case "places": return { view: "places" };
    case "host":
      if (second === undefined) return { view: "hosting" };
      return second === "new" ? { view: "create" } : { view: "host", id: second, tab: third ?? "line" };
    case "rush": return { view: "rush" };
    default: return { view: "lost" };
  }
}

export const go = hash => { location.hash = hash; };
