// SPDX-License-Identifier: BSD-3-Clause
// flowd fails, goes away, comes back, wants a token, or answers with what an attacker sent it.

import assert from "node:assert/strict";

const refused = /net::ERR_|Failed to load resource/;

async function failingIsSaid(visit, fixture) {
  const page = await visit.open();
  assert.equal(await visit.text("#health"), "failing");
  assert.equal(await visit.text("#reason"), fixture.net.failing);
  assert.match(await page.title(), /^failing · /);
  await visit.until("problems", () => document.querySelectorAll(".problems .finding").length === 2);
  assert.match(await visit.text(".problems"), /Start a broker/);
}

async function outageIsSaidAndEnds(visit, fixture) {
  visit.allowed.push(refused);
  const page = await visit.open();
  await visit.until("numbers", () => document.querySelector(".station b"));
  await fixture.stop();
  await visit.until("the outage", () => !document.querySelector("#away").hidden);
  assert.match(await visit.text("#away-text"), /^flowd has not answered since \d\d:\d\d:\d\d\./);
  assert.equal(await visit.text("#health"), "no answer");
  const start = Date.now();
  await page.waitForTimeout(5000);
  const attempts = visit.requests.filter(({at}) => at > start).length;
  assert.ok(attempts >= 1 && attempts <= 3, `${attempts} attempts in 5 s`);
  assert.match(await visit.text("#away-time"), /ago; (trying now|next attempt in)/);
  assert.ok(await page.locator(".station b").first().isVisible(), "the last numbers stay");
  await visit.shot("away", false);
  await fixture.start();
  await page.locator("#retry").click();
  await visit.until("the end of the outage", () => document.querySelector("#away").hidden);
  const before = await page.locator(".station b").first().getAttribute("data-exact");
  await visit.until("new numbers", (old) => document.querySelector(".station b").dataset.exact !==
      old, before);
}

async function restartBeginsAnew(visit, fixture) {
  const page = await visit.open();
  await visit.until("lines", () => document.querySelector(".line[d^=M]"));
  fixture.net.started += 100000;
  fixture.net.clock = -3990;
  await visit.until("the new run", () => document.querySelector("#uptime").textContent
      .includes("up 1"));
  await page.waitForTimeout(1100);
  const {totals} = fixture.answers["/api/status"];
  const shown = await page.locator(".station b").first().getAttribute("data-exact");
  assert.ok(Math.abs(Number(shown) - totals.datagrams) <= totals.datagrams, shown);
}

/// Only when the page is seen does it ask, and only as often as it says.
async function hiddenAndPausedPagesAreQuiet(visit) {
  const page = await visit.open();
  const count = async (milliseconds) => {
    const start = Date.now();
    await page.waitForTimeout(milliseconds);
    return visit.requests.filter(({at, url}) => at > start + 300 && url.includes("api/status"))
        .length;
  };
  const seen = await count(2800);
  assert.ok(seen >= 1 && seen <= 3, `${seen} questions in 2.5 s`);
  const hide = (hidden) => page.evaluate((value) => {
    Object.defineProperty(document, "hidden", {value, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
  await hide(true);
  assert.equal(await count(1700), 0, "hidden");
  await hide(false);
  assert.ok(await count(1500) >= 1, "seen again");
  await page.keyboard.press("p");
  assert.ok(await page.locator("#paused").isVisible());
  assert.equal(await count(1700), 0, "paused");
  await page.keyboard.press("p");
  assert.ok(await count(1500) >= 1, "goes on");
}

async function tokenIsAskedFor(visit, fixture) {
  visit.allowed.push(/403/);
  fixture.token = "s3cret";
  const page = await visit.open();
  await visit.until("the form", () => !document.querySelector("#token-form").hidden);
  assert.match(await visit.text("#away-text"), /a token is needed/);
  await page.locator("#token").fill("s3cret");
  await page.locator("#token-form button").click();
  await visit.until("the numbers", () => document.querySelector("#away").hidden &&
      document.querySelector("#health").textContent === "collecting");
  assert.ok(!page.url().includes("s3cret"));
}

/// Whatever an exporter, a file or a broker says is text.
async function hostileTextStaysText(visit, fixture) {
  const attack = "<img src=x onerror=\"globalThis.hit=1\"><script>globalThis.hit=1</script>";
  const {net} = fixture;
  net.failing = attack;
  const make = net.exporter.bind(net);
  net.exporter = (index) => ({...make(index), diagnosis: attack, protocols: [attack],
                              state: index ? "error\" onclick=x" : "error"});
  net.findingsOf = () => [{severity: "error", code: attack, sentence: attack, action: attack}];
  const page = await visit.open();
  for (const place of ["", "exporters", "exporter/10.0.0.1", "exporter/%3Cimg%20src=x%3E",
                       "constructor", "__proto__/%"]) {
    visit.allowed.push(/404/);
    await page.evaluate((hash) => { location.hash = hash; }, `#/${place}`);
    await page.waitForTimeout(500);
    const found = await page.evaluate(() => ({
      hit: globalThis.hit ?? 0, images: document.querySelectorAll("main img").length,
      scripts: document.querySelectorAll("script").length}));
    assert.deepEqual(found, {hit: 0, images: 0, scripts: 1}, place);
  }
  assert.equal(await visit.text("#reason"), attack);
}

async function emptyAnswersAreNoErrors(visit, fixture) {
  fixture.net.box = () => ({totals: {...emptyTotals}, rates: {}});
  await visit.open();
  await visit.until("the empty state", () => document.querySelector("main").textContent
      .includes("No exporter has sent anything yet."));
  await visit.shot("empty");
}

const emptyTotals = {datagrams: 0, payload_bytes: 0, decoded: 0, parked: 0, flows: 0, offered: 0,
                     delivered: 0, in_flight: {ring: 0, transport: 0, spool: 0}, restored: 0,
                     drops: {datagrams: {}, flows: {}}, sequence: {},
                     imbalance: {datagrams: 0, flows: 0}};
const ill = {count: 6, losses: true};
export const outageChecks = [
  {name: "an outage is said, and ends", run: outageIsSaidAndEnds},
  {name: "failing is said with its reason and what to do",
   net: {...ill, failing: "Kafka: no broker answers."}, run: failingIsSaid},
  {name: "a restarted flowd begins anew", net: ill, run: restartBeginsAnew},
  {name: "hidden and paused pages ask nothing", run: hiddenAndPausedPagesAreQuiet},
  {name: "a token is asked for", run: tokenIsAskedFor},
  {name: "hostile text stays text", run: hostileTextStaysText},
  {name: "a flowd without exporters is no error", net: {count: 0}, run: emptyAnswersAreNoErrors},
];
