// SPDX-License-Identifier: BSD-3-Clause
// The frame: the header that is always there, which view is open, and what is said when flowd does
// not answer.

const routes = {"": Overview, exporters: Exporters, exporter: Exporter, drops: Drops,
                templates: Templates, configuration: Configuration};

function imbalanceText(status) {
  const {datagrams = 0, flows = 0} = status.imbalance ?? {};
  const parts = [datagrams ? counted(Math.abs(datagrams), "datagram") : "",
                 flows ? counted(Math.abs(flows), "flow") : ""].filter(Boolean);
  return parts.length ? `The ledger lacks ${parts.join(" and ")}: please report this.` : "";
}

function showHeader(status) {
  const {state, reason} = status.health;
  setBadge(byId("health"), state);
  setText(byId("reason"), state === "failing" ? reason : "");
  const imbalance = imbalanceText(status);
  const balanced = byId("balance");
  setAttribute(balanced, "class", `badge ${imbalance ? "error" : "good"}`);
  setText(balanced, imbalance ? "ledger: " + imbalance.split(":")[0].replace("The ledger ", "")
      : "ledger balanced");
  setText(byId("uptime"), `up ${duration(status.uptime_seconds)}`);
  setAttribute(byId("uptime"), "title", `since ${absolute(status.started)}`);
  setText(byId("version"), `${status.version} · ${status.ingress}`);
  const count = status.exporters?.count ?? 0;
  setNumber(byId("exporter-count"), count, short, "exporters");
  showTitle();
}

function showTitle() {
  const failing = feed.status?.health.state === "failing" ? "failing · " : "";
  const title = `${failing}${feed.view?.title ?? ""} · flowd ${location.hostname}`;
  if (document.title !== title) document.title = title;
}

/// Heads of long tables stick below the header, whose height depends on what it says.
function followHeader() {
  const header = document.querySelector("header");
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--header", `${header.offsetHeight}px`);
  }).observe(header);
}

/// Said once to those who listen; the seconds that pass are for those who see.
function showConnection() {
  const away = byId("away");
  setClass(document.body, "stale", feed.awaySince !== null);
  show(byId("paused"), feed.paused);
  setAttribute(byId("pause"), "aria-pressed", String(feed.paused));
  show(away, feed.awaySince !== null);
  const needsToken = feed.awaySince !== null && (feed.refused === 401 || feed.refused === 403);
  show(byId("token-form"), needsToken);
  show(byId("retry"), !needsToken);
  if (feed.awaySince === null) {
    setText(byId("away-text"), "");
    setText(byId("away-time"), "");
    return;
  }
  setBadge(byId("health"), feed.refused ? "not allowed" : "no answer");
  setText(byId("reason"), "");
  setText(byId("away-text"), feed.refused ? feed.reason
      : `flowd has not answered since ${clock(feed.awaySince / 1000)}. ` +
        (feed.reason || (feed.status ? "What you see is from then." : "")));
  showWaiting();
}

function showWaiting() {
  if (feed.awaySince === null) return;
  const left = Math.max(0, Math.ceil((feed.nextAttempt - Date.now()) / 1000));
  const gone = Math.round((Date.now() - feed.awaySince) / 1000);
  setText(byId("away-time"), `${duration(gone)} ago; ` +
          (left === 0 ? "trying now" : `next attempt in ${duration(left)}`));
}

function parseHash() {
  const [name = "", ...parameters] = location.hash.replace(/^#\/?/, "").split("/");
  try {
    return [name, parameters.map(decodeURIComponent)];
  } catch {
    return ["", []];
  }
}

function openView() {
  const [name, parameters] = parseHash();
  const View = Object.hasOwn(routes, name) ? routes[name] : Overview;
  feed.view?.close();
  const view = new View(parameters);
  const root = byId("view");
  root.replaceChildren();
  if (View !== Exporter) root.append(element("h1", {class: "unseen"}, view.title));
  view.open(root);
  feed.view = view;
  showTitle();
  for (const link of document.querySelectorAll("#places a")) {
    const own = link.getAttribute("href").replace(/^#\/?/, "");
    const here = own === name || (own === "exporters" && name === "exporter") ||
        (own === "" && View === Overview);
    setAttribute(link, "aria-current", here ? "page" : null);
    if (here) link.scrollIntoView({block: "nearest", inline: "nearest"});
  }
  scrollTo(0, 0);
  if (feed.status) refreshView(feed.status).catch(feed.awaySince === null ? pollNow : () => {});
}

/// After a change of place the reader stands at the start of the new one.
function arrive() {
  openView();
  if (searchNext) {
    searchNext = false;
    focusSearch();
  } else {
    byId("view").focus({preventScroll: true});
  }
}

function start() {
  startTheme();
  startKeys();
  followHeader();
  byId("pause").addEventListener("click", togglePause);
  byId("retry").addEventListener("click", pollNow);
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("view").focus();
  });
  byId("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    token = byId("token").value;
    pollNow();
  });
  addEventListener("hashchange", arrive);
  feed.listeners.push(showHeader);
  feed.stateListeners.push(showConnection);
  setInterval(showWaiting, 1000);
  openView();
  startFeed();
}

start();
