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

/// The first attempt comes after a second, and each waits twice as long as the one before.
async function triesEverMoreSlowly(visit) {
  const start = Date.now();
  const attempts = () => visit.requests.filter(({at}) => at > start).length;
  do {
    await visit.page.waitForTimeout(5000);
    const most = Math.floor(Math.log2((Date.now() - start) / 1000 + 1)) + 1;
    assert.ok(attempts() <= most, `${attempts()} attempts, at most ${most} wanted`);
  } while (attempts() === 0 && Date.now() - start < 60_000);
  assert.ok(attempts() >= 1, "no attempt in a minute");
}

/// flowd is still away: otherwise the page might find it by itself, and the button be gone.
async function buttonTriesNow(visit) {
  await visit.until("a long time to the next attempt", () =>
    Number(document.querySelector("#away-time").textContent.match(/in\s(\d+)\ss/)?.[1]) >= 5);
  await visit.page.evaluate(() => document.querySelector("#retry").addEventListener("click", () => {
    globalThis.clicked = performance.now();
  }, true));
  await visit.page.locator("#retry").click();
  await visit.until("an attempt", () => performance.getEntriesByType("resource").some((each) =>
    each.startTime >= globalThis.clicked && each.startTime < globalThis.clicked + 3000));
}

async function outageIsSaidAndEnds(visit, fixture) {
  visit.allowed.push(refused);
  const page = await visit.open();
  await visit.until("numbers", () => document.querySelector(".station b"));
  await fixture.stop();
  await visit.until("the outage", () => !document.querySelector("#away").hidden);
  assert.match(await visit.text("#away-text"), /^flowd has not answered since \d\d:\d\d:\d\d\./);
  assert.equal(await visit.text("#health"), "no answer");
  await triesEverMoreSlowly(visit);
  assert.match(await visit.text("#away-time"), /ago; (trying now|next attempt in)/);
  assert.ok(await page.locator(".station b").first().isVisible(), "the last numbers stay");
  await visit.shot("away", false);
  await buttonTriesNow(visit);
  await fixture.start();
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
  // By the page's clock: what the browser tells us may come late.
  const now = () => page.evaluate(() => performance.now());
  const asked = (start) => page.evaluate((from) => performance.getEntriesByType("resource")
      .filter(({name, startTime}) => startTime > from && name.includes("api/status")).length,
                                         start);
  const goesOn = async () => {
    const start = await now();
    await visit.until("two questions", (from) => performance.getEntriesByType("resource")
        .filter(({name, startTime}) => startTime > from && name.includes("api/status"))
        .length >= 2, start);
    const most = ((await now()) - start) / 1000 + 2;  // one of them at once
    const count = await asked(start);
    assert.ok(count <= most, `${count} questions, at most ${most.toFixed(1)} wanted`);
  };
  const isQuiet = async (why) => {
    const start = await now();
    await page.waitForTimeout(2200);
    assert.equal(await asked(start), 0, why);
  };
  const hide = (hidden) => page.evaluate((value) => {
    Object.defineProperty(document, "hidden", {value, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
  await goesOn();
  await hide(true);
  await isQuiet("hidden");
  await hide(false);
  await goesOn();
  await page.keyboard.press("p");
  assert.ok(await page.locator("#paused").isVisible());
  await isQuiet("paused");
  await page.keyboard.press("p");
  await goesOn();
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
