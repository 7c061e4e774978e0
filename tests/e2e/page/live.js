// SPDX-License-Identifier: BSD-3-Clause
// The page of a running flowd: while traffic comes, and when all of it has come.
// Usage: node live.js URL FOLDER-FOR-PICTURES

import assert from "node:assert/strict";
import {existsSync, mkdirSync} from "node:fs";

import {launch, Visit} from "./harness.js";

const [origin, folder] = process.argv.slice(2);
const exporterCount = 5;

async function ask(path) {
  const response = await fetch(origin + path);
  assert.equal(response.status, 200, path);
  return response.json();
}

/// Until all was sent, nothing arrives any more and nothing is on its way.
async function quiet() {
  for (let turn = 0; !existsSync(`${folder}/all-sent`); ++turn) {
    assert.ok(turn < 300, "traffic does not end");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  for (let turn = 0, before = -1, same = 0; turn < 40; ++turn) {
    const {totals} = await ask("api/status?history=0");
    same = totals.datagrams === before ? same + 1 : 0;
    before = totals.datagrams;
    if (same >= 4 && totals.datagrams > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 600));
  }
  assert.fail("traffic does not end");
}

function open(visit, place) {
  return visit.page.evaluate((hash) => { location.hash = hash; }, `#/${place}`);
}

async function ledger(page) {
  return page.evaluate(() => {
    const number = (node) => Number(node.dataset.exact);
    return {
      stations: [...document.querySelectorAll(".station")].map((station) =>
        [...station.querySelectorAll("b")].map(number)),
      exits: [...document.querySelectorAll(".exit")].map((exit) => Object.fromEntries(
          [...exit.querySelectorAll("li.drop")].map((row) => [row.dataset.name,
                                                              number(row.lastElementChild)])))};
  });
}

async function whileTrafficComes(visit) {
  await visit.until("flows in the chart", () =>
    Number(document.querySelector(".readout .n").dataset.exact) > 0);
  await visit.until("an uptime", () => /^up /.test(document.querySelector("#uptime").textContent));
  await visit.shot("live-overview");
}

async function ledgerIsTheApis(visit) {
  await open(visit, "");
  const {totals, exporters} = await ask("api/status?history=0");
  await visit.until("the last numbers", (count) =>
    Number(document.querySelector(".station b")?.dataset.exact) === count, totals.datagrams);
  const shown = await ledger(visit.page);
  assert.deepEqual(shown.stations[0], [totals.datagrams, totals.payload_bytes]);
  assert.deepEqual(shown.stations[1].slice(0, 2), [totals.decoded, totals.flows]);
  assert.deepEqual(shown.stations[2], [totals.delivered]);
  assert.deepEqual(shown.exits, [totals.drops.datagrams, totals.drops.flows]);
  for (const text of await visit.page.locator(".sums li").allInnerTexts()) {
    assert.match(text, /adds up$/);
  }
  assert.equal(await visit.text("#balance"), "ledger balanced");
  assert.equal(exporters.count, exporterCount);
}

/// A moment passes between the question and a look at the page, and what time changes (a state, a
/// sentence with a duration) changes in it: they are compared until they agree, or never do.
async function untilTheyAgree(compare) {
  for (let turn = 1; ; ++turn) {
    try {
      return await compare();
    } catch (error) {
      if (turn === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 700 + 100 * turn));
    }
  }
}

async function exportersAreTheApis(visit) {
  await open(visit, "exporters");
  await visit.until("all exporters", (count) =>
    document.querySelectorAll(".exporters tbody tr").length === count, exporterCount);
  await visit.page.locator("[data-sort=address]").click();
  const {exporters} = await ask("api/exporters?sort=address&order=asc");
  await visit.until("their order", (addresses) =>
    [...document.querySelectorAll(".exporters tbody tr")].map((row) => row.dataset.address)
        .join() === addresses, exporters.map((row) => row.address).join());
  await untilTheyAgree(() => rowsAreTheApis(visit));
  await visit.shot("live-exporters");
  return exporters;
}

async function rowsAreTheApis(visit) {
  const {exporters} = await ask("api/exporters?sort=address&order=asc");
  for (const row of exporters) {
    const text = await visit.text(`tr[data-address="${row.address}"]`);
    for (const part of [row.state, row.protocols[0], row.diagnosis]) {
      assert.ok(text.includes(part), `${row.address}: ${part} is not in ${text}`);
    }
  }
}

async function xrayIsTheApis(visit, {address}) {
  await open(visit, `exporter/${address}`);
  const {exporter} = await ask(`api/exporters/${address}`);
  await visit.until("the X-ray", (count) =>
    Number(document.querySelector(".station b")?.dataset.exact) === count,
                    exporter.totals.datagrams);
  const answer = await untilTheyAgree(() => findingsAreTheApis(visit, address));
  const shown = await ledger(visit.page);
  assert.deepEqual(shown.exits[0], answer.exporter.totals.drops.datagrams);
  for (const text of await visit.page.locator(".sums li").allInnerTexts()) {
    assert.match(text, /adds up$/, address);
  }
  assert.equal(await visit.page.locator(".templates details").count(), answer.templates.length);
  await visit.shot(`live-exporter-${address}`);
  console.log(`  ${address}: ${answer.findings[0]?.sentence ?? "healthy"}`);
  return answer;
}

async function findingsAreTheApis(visit, address) {
  const answer = await ask(`api/exporters/${address}`);
  const sentences = await visit.page.locator(".diagnosis .sentence").allInnerTexts();
  // How long ago something was is another number a second later.
  const undated = (text) => text.replaceAll(/\d+ (s|min|h)\b/g, "some time");
  assert.deepEqual(sentences.map(undated),
                   answer.findings.map((finding) => undated(finding.sentence)));
  return answer;
}

/// Each fault is found in its exporter, and nothing is found in the healthy one.
function theTruthIsSaid(answers) {
  const [healthy, loses, noTemplate, lies, ahead] = answers;
  const worst = (answer) => answer.findings.filter(({severity}) => severity !== "note");
  assert.deepEqual(worst(healthy), []);
  assert.ok(loses.exporter.totals.sequence.lost > 0);
  assert.ok(worst(loses).some(({code}) => /loss|lost|sequence/.test(code)), "loss is found");
  assert.ok(worst(noTemplate).some(({code}) => /template/.test(code)), "no template is found");
  assert.ok(lies.exporter.totals.drops.datagrams.bad_set_length > 0);
  assert.ok(worst(lies).length > 0, "bad lengths are found");
  assert.ok(worst(ahead).some(({code}) => /clock/.test(code)), "the clock is found");
}

async function otherPlacesAreTheApis(visit) {
  await open(visit, "drops");
  const drops = await ask("api/drops");
  await visit.until("drops", (count) => document.querySelectorAll("tbody tr").length === count,
                    drops.datagrams.length + drops.flows.length);
  await visit.shot("live-drops");
  await open(visit, "templates");
  const templates = await ask("api/templates");
  await visit.until("templates", (count) =>
    document.querySelectorAll(".templates details").length === count, templates.count);
  await visit.page.locator(".templates summary").first().click();
  await visit.until("a field", () => document.querySelector(".templates table")?.textContent
      .includes("sourceIPv4Address"));
  await visit.shot("live-templates");
  await open(visit, "configuration");
  const config = await ask("api/config");
  await visit.until("settings", (count) => document.querySelectorAll("tbody tr").length === count,
                    config.settings.length);
  await visit.shot("live-configuration");
}

async function policyIsServed() {
  const response = await fetch(origin);
  assert.match(response.headers.get("content-type"), /^text\/html/);
  assert.match(response.headers.get("content-security-policy"), /default-src 'none'.*sha256-/);
}

mkdirSync(folder, {recursive: true});
const browser = await launch();
const visit = new Visit(browser, origin, folder);
try {
  await policyIsServed();
  await visit.open();
  await whileTrafficComes(visit);
  await quiet();
  await ledgerIsTheApis(visit);
  const answers = [];
  for (const row of await exportersAreTheApis(visit)) answers.push(await xrayIsTheApis(visit, row));
  theTruthIsSaid(answers);
  await otherPlacesAreTheApis(visit);
  await visit.close();
} catch (error) {
  if (visit.page) await visit.shot("live-failed").catch(() => {});
  console.log(error.stack, visit.wrong);
  process.exitCode = 1;
} finally {
  await browser.close();
}
