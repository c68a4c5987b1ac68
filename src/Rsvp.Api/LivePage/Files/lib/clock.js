// The server's clock, as far as its answers tell it: offers end by it, whatever a visitor's clock says.

// An answer says its second, and Kestrel writes a new one once a second.
const DATE_MS = 2000;

// How many milliseconds the server's clock is ahead of the visitor's: not less, and not more.
let least = -Infinity;
let most = Infinity;

/** An answer with this Date was asked for, and has come, at these moments of the visitor's clock. */
export function hear(date, askedAt, cameAt) {
  const second = Date.parse(date ?? "");
  if (Number.isNaN(second)) return;
  const [low, high] = [second - cameAt, second + DATE_MS - askedAt];
  // What does not agree with what was known means that one of the clocks was set.
  const agrees = low <= most && high >= least;
  least = agrees ? Math.max(least, low) : low;
  most = agrees ? Math.min(most, high) : high;
}

/** Now, by the server's clock. A visitor's clock that may be right is taken to be. */
export const now = () => Date.now() + (least <= 0 && most >= 0 ? 0 : (least + most) / 2);
