// SPDX-License-Identifier: BSD-3-Clause
// The numbers on the page are those of the API.

import assert from "node:assert/strict";

import {sum} from "./net.js";

/// name -> count of a ledger's exits as the page shows them.
function exits(page, index) {
  return page.evaluate((which) => Object.fromEntries(
      [...document.querySelectorAll(".exit")[which].querySelectorAll("li")].map((row) =>
        [row.dataset.name, Number(row.querySelector("b").dataset.exact)])), index);
}

function stations(page) {
  return page.evaluate(() => [...document.querySelectorAll(".station")].map((station) =>
    [...station.querySelectorAll("b")].map((node) => Number(node.dataset.exact))));
}

async function ledgerShowsTheApi(visit, fixture) {
  fixture.ticks = false;
  const page = await visit.open();
  await visit.until("the ledger", () => document.querySelectorAll(".exit li").length >= 7);
  const {totals} = fixture.answers["/api/status"];
  assert.deepEqual(await stations(page), [
    [totals.datagrams, totals.payload_bytes], [totals.decoded, totals.flows], [totals.delivered]]);
  const upstream = await page.locator(".upstream .n").getAttribute("data-exact");
  assert.equal(Number(upstream), totals.sequence.lost);
  assert.deepEqual(await exits(page, 0),
                   {...totals.drops.datagrams, "waiting for a template": totals.parked});
  assert.deepEqual(await exits(page, 1), {
    ...totals.drops.flows, "in rings": totals.in_flight.ring,
    "in transports": totals.in_flight.transport});
  const shown = await exits(page, 0);
  assert.equal(totals.datagrams, totals.decoded + sum(shown), "what is shown adds up");
  const sums = await page.locator(".sums li").allInnerTexts();
  assert.equal(sums.length, 2);
  for (const text of sums) assert.match(text, /adds up$/);
  assert.equal(await visit.text("#balance"), "ledger balanced");
}

async function imbalanceIsRed(visit) {
  const page = await visit.open();
  await visit.until("the imbalance", () => document.querySelector(".sums li.bad"));
  assert.match(await visit.text(".sums li.bad"), /24 unaccounted for$/);
  assert.equal(await visit.text("#balance"), "ledger: lacks 24 flows");
  assert.match(await page.locator("#balance").getAttribute("class"), /\berror\b/);
}

async function chartsShowTheHistory(visit, fixture) {
  fixture.ticks = false;
  const page = await visit.open();
  await visit.until("lines", () => document.querySelectorAll(".line[d^=M]").length >= 6);
  const {rates, totals, history} = fixture.answers["/api/status"];
  const shown = await page.evaluate(() => Object.fromEntries(
      [...document.querySelectorAll(".chart")].map((chart) => [
        chart.querySelector("h3").textContent,
        [...chart.querySelectorAll(".readout .n")].map((node) => Number(node.dataset.exact))])));
  assert.deepEqual(shown.Flows, [rates.flows, rates.delivered]);
  assert.deepEqual(shown.Datagrams, [rates.datagrams]);
  assert.deepEqual(shown.Payload, [rates.payload_bytes * 8]);
  assert.equal(shown.Drops[0], rates.datagrams_dropped + rates.flows_dropped);
  assert.deepEqual(shown["Lost upstream"], [rates.sequence_lost]);
  assert.deepEqual(shown["In flight"], [sum(totals.in_flight)]);
  assert.ok(history.time.length > 0);
  const points = await page.locator(".line").first().getAttribute("d");
  assert.equal(points.match(/[ML]/g).length, 600, "ten minutes, a point a second");
}

/// The moment that the arrow keys or a finger choose is shown in every chart.
async function chartsAreRead(visit, fixture) {
  fixture.ticks = false;
  const page = await visit.open({touch: true});
  await visit.until("lines", () => document.querySelectorAll(".line[d^=M]").length >= 6);
  const plot = page.locator(".plot").first();
  await plot.focus();
  for (let step = 0; step < 3; ++step) await page.keyboard.press("ArrowLeft");
  const moments = await page.locator(".moment").allInnerTexts();
  assert.equal(new Set(moments).size, 1);
  assert.match(moments[0], /^\d\d:\d\d:\d\d$/);
  assert.match(await plot.getAttribute("aria-valuetext"), /: decoded .+, delivered /);
  assert.equal(await plot.getAttribute("aria-valuenow"), "596");
  await page.keyboard.press("Home");
  assert.equal(await plot.getAttribute("aria-valuenow"), "0");
  await page.keyboard.press("Escape");
  assert.equal(await visit.text(".moment"), "");
  const box = await plot.boundingBox();
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
  const middle = Number(await plot.getAttribute("aria-valuenow"));
  assert.ok(middle > 200 && middle < 400, `a tap in the middle chose point ${middle}`);
}

async function namedDropsGetLines(visit, fixture) {
  const page = await visit.open();
  await visit.until("a line by name", () => [...document.querySelectorAll(".chart .label")]
      .some((node) => node.textContent === "ring full"));
  const rate = await page.evaluate(() => {
    const labels = [...document.querySelectorAll(".readout .label")];
    const label = labels.find((node) => node.textContent === "ring full");
    return Number(label.parentElement.querySelector(".n").dataset.exact);
  });
  assert.equal(Math.round(rate), fixture.net.box().rates.flows_dropped);
}

async function machineShowsTheApi(visit, fixture) {
  fixture.ticks = false;
  const page = await visit.open();
  await visit.until("workers", () => document.querySelectorAll("[aria-label='RX workers'] tbody tr")
      .length === 2);
  const {rx, transports, ports, mempools} = fixture.answers["/api/status"];
  const numbers = (label) => page.evaluate((name) =>
    [...document.querySelectorAll(`.scroll[aria-label='${name}'] tbody tr`)].map((row) =>
      [...row.querySelectorAll("[data-exact]")].map((node) => Number(node.dataset.exact))), label);
  assert.deepEqual((await numbers("RX workers"))[0].slice(0, 4), [
    rx[0].busy, rx[0].datagrams_per_second, rx[0].flows_per_second, rx[0].missed]);
  const transport = (await numbers("Transports"))[0];
  assert.ok(transport.includes(transports[0].in_ring));
  assert.ok(transport.includes(transports[0].delivered_per_second));
  assert.ok((await numbers("Ports"))[0].includes(ports[0].counters.imissed));
  assert.ok((await numbers("Memory pools"))[0].includes(mempools[0].in_use));
  assert.match(await visit.text("[aria-label='Transports'].scroll"), /58 \/ 64/);
  const width = await page.evaluate(() => document.querySelector(".bar > span").style.width);
  assert.equal(parseFloat(width), rx[0].busy * 100);
}

async function dropsAreExplained(visit, fixture) {
  fixture.ticks = false;
  const page = await visit.open({path: "drops"});
  await visit.until("drops", () => document.querySelectorAll("tbody tr").length === 7);
  const answer = fixture.answers["/api/drops"];
  const shown = await page.evaluate(() => Object.fromEntries(
      [...document.querySelectorAll("tbody tr")].map((row) => [
        row.cells[0].textContent,
        [Number(row.cells[1].dataset.exact), row.cells[3].textContent]])));
  for (const {name, count, help} of [...answer.datagrams, ...answer.flows]) {
    assert.deepEqual(shown[name], [count, help]);
  }
  await page.locator("#only-counted").check();
  assert.equal(await page.locator("tbody tr").count(), 4);
  await page.keyboard.press("/");
  await page.keyboard.type("ring");
  await visit.until("the search", () => document.querySelectorAll("tbody tr").length === 1);
}

async function configurationIsShown(visit) {
  const page = await visit.open({path: "configuration"});
  await visit.until("settings", () => document.querySelectorAll("tbody tr").length === 6);
  assert.equal(await page.locator("tr.changed").count(), 3);
  await page.locator("#only-changed").check();
  assert.equal(await page.locator("tbody tr").count(), 3);
  assert.match(await visit.text("main"), /\*\*\*/);
}

async function templatesShowTheirFields(visit) {
  const page = await visit.open({path: "templates"});
  await visit.until("templates", () => document.querySelectorAll(".templates details").length > 3);
  assert.equal(await page.locator(".templates table").count(), 0, "fields are built when opened");
  await page.locator(".templates summary").first().click();
  await visit.until("fields", () => document.querySelector(".templates tbody tr"));
  const text = await visit.text(".templates table");
  for (const part of ["sourceIPv4Address", "variable", "29305", "enterprise 29305"]) {
    assert.ok(text.includes(part), `${part} is missing`);
  }
  await page.locator("#search").fill("options");
  await visit.until("only options", () => [...document.querySelectorAll(".template-where")]
      .every((node) => node.textContent.includes("options")));
}

async function exactNumbersAreOnHover(visit, fixture) {
  fixture.ticks = false;
  const page = await visit.open();
  await visit.until("lines", () => document.querySelector(".line[d^=M]"));
  const {rates} = fixture.answers["/api/status"];
  const node = page.locator(".readout .n").first();
  assert.equal(await node.getAttribute("title"),
               `${rates.flows.toLocaleString("en-US")}\u00a0flows/s`);
  assert.match(await node.innerText(), /^[\d.]+\u00a0[kMG]$/);
}

const ill = {count: 6, losses: true};
export const numbersChecks = [
  {name: "the ledger shows the API's numbers and they add up", net: ill, run: ledgerShowsTheApi},
  {name: "an imbalance is said in red", net: {...ill, imbalance: 24}, run: imbalanceIsRed},
  {name: "charts show the history", net: ill, run: chartsShowTheHistory},
  {name: "charts are read by keyboard and finger", net: ill, run: chartsAreRead},
  {name: "drops get lines by name", net: ill, run: namedDropsGetLines},
  {name: "workers, transports, ports and pools show the API's numbers", net: ill,
   run: machineShowsTheApi},
  {name: "every drop has its meaning", net: ill, run: dropsAreExplained},
  {name: "the configuration is shown, secrets hidden", run: configurationIsShown},
  {name: "templates show their fields", net: ill, run: templatesShowTheirFields},
  {name: "exact numbers are on hover", net: ill, run: exactNumbersAreOnHover},
];
