// SPDX-License-Identifier: BSD-3-Clause
// Asks flowd once a second while the page is seen: /api/status, then what the open view wants.
// When flowd does not answer, it says so, tries again ever more slowly, and tells when it is back.

const interval = 1000;
const backoffMost = 30000;
const patience = 10000;

class Refused extends Error {
  constructor(code, sentence) {
    super(sentence);
    this.code = code;
  }
}

/// flowd is there, but cannot: it starts, drains, or has too much to do.
class Unable extends Error {}

let token = null;

/// The answer as JSON. Refused: flowd answered, and said no. Any other error: it did not answer.
async function ask(path, signal) {
  const limit = AbortSignal.timeout(patience);
  const headers = token ? {Authorization: `Bearer ${token}`} : {};
  const response = await fetch(path, {headers, cache: "no-store",
                                      signal: signal ? AbortSignal.any([signal, limit]) : limit});
  if (response.ok) return response.json();
  const body = await response.json().catch(() => ({}));
  const sentence = String(body.error ?? `flowd answers ${response.status} to ${path}`);
  if (response.status >= 500) throw new Unable(sentence);
  throw new Refused(response.status, sentence);
}

const feed = {
  status: null,       // the last answer to /api/status
  history: new History(),
  paused: false,
  awaySince: null,    // the browser's clock, ms
  failures: 0,
  reason: "",         // flowd's own sentence, if it sent one
  refused: 0,         // 401 or 403: it wants a token
  nextAttempt: 0,
  timer: 0,
  busy: false,
  again: false,
  listeners: [],      // called with the status after each answer
  stateListeners: [], // called when flowd goes, comes back, or is paused
  view: null,         // the open view: {refresh(status)}
};

function tellState() {
  for (const listener of feed.stateListeners) listener();
}

function schedule(milliseconds) {
  clearTimeout(feed.timer);
  feed.nextAttempt = Date.now() + milliseconds;
  if (document.hidden || feed.paused) return;
  feed.timer = setTimeout(poll, milliseconds);
}

/// Asks now, whatever the timer says; while an answer is awaited, once more after it.
function pollNow() {
  if (feed.busy) feed.again = true;
  else schedule(0);
}

async function poll() {
  if (feed.busy) return;
  feed.busy = true;
  const started = Date.now();
  let wait = interval;
  try {
    await pollOnce();
    if (feed.awaySince !== null) feed.awaySince = null;
    feed.failures = 0;
  } catch (error) {
    ++feed.failures;
    feed.awaySince ??= Date.now();
    feed.reason = error instanceof Refused || error instanceof Unable ? error.message : "";
    feed.refused = error instanceof Refused ? error.code : 0;
    wait = Math.min(backoffMost, interval * 2 ** Math.min(feed.failures - 1, 10));
  }
  feed.busy = false;
  tellState();
  const again = feed.again && feed.failures === 0;
  feed.again = false;
  schedule(again ? 0 : Math.max(100, wait - (Date.now() - started)));
}

async function pollOnce() {
  const status = await ask(`api/status?history=${feed.history.wanted(Date.now())}`);
  if (feed.status && feed.status.started !== status.started) feed.history = new History();
  feed.history.add(status);
  feed.status = status;
  for (const listener of feed.listeners) listener(status);
  await refreshView(status);
}

/// What a view is refused (an exporter that is gone) it shows itself; it is no outage.
async function refreshView(status) {
  const view = feed.view;
  if (!view) return;
  try {
    await view.refresh(status);
  } catch (error) {
    if (error.name === "AbortError" || view !== feed.view) return;
    if (!(error instanceof Refused) || error.code === 401 || error.code === 403) throw error;
    view.refused?.(error);
  }
}

function togglePause() {
  feed.paused = !feed.paused;
  if (feed.paused) clearTimeout(feed.timer);
  else pollNow();
  tellState();
}

function startFeed() {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(feed.timer);
    else if (!feed.paused) pollNow();
  });
  pollNow();
}
