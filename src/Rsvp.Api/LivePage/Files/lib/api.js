// The HTTP API, as docs/api.md describes it.

import { asker, person } from "./session.js";
import { hear } from "./clock.js";

const WAIT_SECONDS = 20;

// Asking again after a lost connection: the same key is the same request, so it takes effect once.
const RETRY_DELAYS_MS = [500, 1000, 2000, 4000, 8000, 8000, 8000];

// What passes: too much at once, or a part of the system that is away, as the API or a proxy in front of it says.
const PASSING = new Set([429, 502, 503, 504]);

/** What the API refused, or why it could not be reached (code "unreachable"), or that its person is somebody else by now ("left"). */
export class Refusal extends Error {
  constructor(problem, status) {
    super(problem.detail ?? problem.title ?? "Something went wrong.");
    this.code = problem.code ?? "unreachable";
    this.status = status;
    this.problem = problem;
  }
}

let onUnauthorized = () => {};

export function whenUnauthorized(handler) {
  onUnauthorized = handler;
}

export const get = (path, headers) => send("GET", path, { headers });

/** A plain write: it is done when it is answered. */
export const write = (method, path, body) => send(method, path, { body });

/** A list, all of it, at most so many pages; isCut says that there is more. */
export async function getAll(path, pagesMax = 20) {
  const as = asker();
  const items = [];
  let cursor = null;
  for (let page = 0; page < pagesMax; page++) {
    const query = `${path.includes("?") ? "&" : "?"}limit=500${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
    const answer = await send("GET", path + query, { as });
    items.push(...(answer.items ?? []));
    cursor = answer.nextCursor;
    if (!cursor) return { ...answer, items, isCut: false };
  }
  return { items, isCut: true };
}

/**
 * A command, until its outcome is known. It survives lost connections and 503s, and ends when its person is somebody else.
 * onSlow is called when it takes longer than one answer: it is stored, or it is asked again.
 * With ifVersion it is refused when the RSVP is at another version by then.
 */
export async function command(method, path, body, { ifVersion, onSlow = () => {} } = {}) {
  const as = asker();
  const headers = { "Idempotency-Key": newKey(), Prefer: `wait=${WAIT_SECONDS}` };
  if (ifVersion) headers["If-Match"] = `"${ifVersion}"`;
  let answer = await persist(() => send(method, path, { body, headers, as }), onSlow);
  while (answer?.status === "pending") {
    onSlow();
    const id = answer.requestId;
    answer = await persist(() => send("GET", `/api/requests/${id}`, { headers: { Prefer: `wait=${WAIT_SECONDS}` }, as }), onSlow);
  }

  if (answer?.status === "rejected") throw new Refusal(answer.problem, 409);
  return answer;
}

async function persist(attempt, onSlow) {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const passes = error.code === "unreachable" || PASSING.has(error.status);
      if (!passes || tries >= RETRY_DELAYS_MS.length) throw error;
      onSlow();
      const asked = error.retryAfterMs ?? 0;
      await new Promise(resolve => setTimeout(resolve, Math.max(asked, RETRY_DELAYS_MS[tries] * (0.75 + Math.random() / 2))));
    }
  }
}

async function send(method, path, { body, headers = {}, as = asker() } = {}) {
  const request = { method, headers: { ...headers }, signal: as.left };
  if (as.token) request.headers.Authorization = `Bearer ${as.token}`;
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }

  const askedAt = Date.now();
  const response = await fetch(path, request).catch(() => null);
  if (response) hear(response.headers.get("Date"), askedAt, Date.now());
  const document = response && response.status !== 204 ? await response.json().catch(() => undefined) : null;
  if (as.left.aborted) throw new Refusal({ title: "Whoever asked for it is somebody else by now.", code: "left" }, 0);
  if (!response) throw new Refusal({ title: "The server cannot be reached." }, 0);
  if (response.ok && document !== undefined) return document;

  // An answer that broke off is none.
  if (response.ok) throw new Refusal({ title: "The answer cannot be read." }, 0);
  if (response.status === 401 && as.token && as.token === person()?.token) onUnauthorized();
  const refusal = new Refusal(document ?? { title: "The answer makes no sense.", code: "bad_answer" }, response.status);
  const seconds = Number(response.headers.get("Retry-After"));
  if (seconds > 0) refusal.retryAfterMs = Math.min(seconds, 30) * 1000;
  throw refusal;
}

/** A file, with the visitor's token; the browser then saves it. */
export async function download(path, name, accept) {
  const response = await fetch(path, { headers: { Authorization: `Bearer ${person().token}`, Accept: accept } });
  if (!response.ok) throw new Refusal(await response.json().catch(() => ({})), response.status);
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Lines of JSON while they come. */
export async function stream(path, body, onLine, signal) {
  const headers = { "Content-Type": "application/json" };
  if (person()) headers.Authorization = `Bearer ${person().token}`;
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  if (!response.ok) throw new Refusal(await response.json().catch(() => ({})), response.status);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) onLine(JSON.parse(line));
  }
}

/** randomUUID is for secure origins only; this page may be on a plain one. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
}
