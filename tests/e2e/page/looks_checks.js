// SPDX-License-Identifier: BSD-3-Clause
// How the page looks and is used: themes, contrast, phones, the keyboard, names for readers.

import assert from "node:assert/strict";

const places = ["", "exporters", "exporter/10.0.0.2", "drops", "templates", "configuration"];
const placeName = (place) => place.replaceAll("/", "-") || "overview";

async function settled(visit) {
  await visit.until("content", () => document.querySelectorAll("main .panel").length > 0 &&
      document.querySelector("main tbody tr, main details, main .finding"));
}

/// Runs in the page. Every text that is seen against what is behind it; WCAG 2's formula.
function lowContrast() {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
    return {r, g, b, a};
  };
  const over = (top, under) => ({
    r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a),
    b: top.b * top.a + under.b * (1 - top.a), a: 1});
  const light = ({r, g, b}) => [r, g, b].map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }).reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (node) => {
    const layers = [];
    for (let each = node; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.a > 0) layers.push(colour);
      if (colour.a === 1) break;
    }
    return layers.reduceRight((under, top) => over(top, under), {r: 255, g: 255, b: 255, a: 1});
  };
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) +
      0.05);
  const found = [];
  let looked = 0;
  const check = (node, colour, least) => {
    ++looked;
    const back = behind(node);
    const is = ratio(over(parse(colour), back), back);
    if (is < least) {
      found.push(`${node.tagName} "${node.textContent.slice(0, 30)}" ${is.toFixed(2)} < ${least}`);
    }
  };
  for (const node of document.querySelectorAll("body *")) {
    const hasText = [...node.childNodes].some((child) =>
      child.nodeType === Node.TEXT_NODE && child.data.trim());
    if (!node.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    const style = getComputedStyle(node);
    if (node instanceof SVGElement) {
      if (node.classList.contains("line") && node.getAttribute("d")) check(node, style.stroke, 3);
      if (node.tagName === "text") check(node, style.fill, 4.5);
    } else if (hasText && !["SCRIPT", "STYLE", "NOSCRIPT"].includes(node.tagName) &&
               !node.disabled) {
      check(node, style.color, 4.5);
    }
  }
  return {found, looked};
}

async function contrastIsEnough(visit, scheme) {
  const page = await visit.open({scheme});
  for (const place of places) {
    await page.evaluate((hash) => { location.hash = hash; }, `#/${place}`);
    await settled(visit);
    const {found, looked} = await page.evaluate(lowContrast);
    assert.ok(looked > 20, `only ${looked} texts on ${placeName(place)}`);
    assert.deepEqual(found, [], placeName(place));
    await visit.shot(`${placeName(place)}-${scheme}`);
  }
}

async function themeIsRemembered(visit) {
  const page = await visit.open({scheme: "light"});
  const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await back();
  await page.locator("#theme").click();
  const dark = await back();
  assert.notEqual(dark, light);
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme),
               "dark");
  await page.reload();
  assert.equal(await back(), dark, "after a reload");
  await page.keyboard.press("t");
  assert.equal(await back(), light);
}

async function systemThemeIsFollowed(visit) {
  const page = await visit.open({scheme: "dark"});
  const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await back();
  await page.emulateMedia({colorScheme: "light"});
  assert.notEqual(await back(), dark);
}

async function phoneNeedsNoSidewaysScroll(visit) {
  const page = await visit.open({width: 360, height: 740, touch: true});
  for (const place of places) {
    await page.evaluate((hash) => { location.hash = hash; }, `#/${place}`);
    await settled(visit);
    const {wide, sideways, small} = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      sideways: [...document.querySelectorAll(".stacks, .settings")].filter((node) =>
        node.parentElement.scrollWidth > node.parentElement.clientWidth).length,
      small: [...document.querySelectorAll("button, input, summary, label")].filter((node) =>
        node.checkVisibility() && !node.closest("label *") &&
        node.getBoundingClientRect().height < 24).map((node) => node.outerHTML.slice(0, 60))}));
    assert.ok(wide <= 360, `${placeName(place)} is ${wide} px wide`);
    assert.equal(sideways, 0, `a table that should fit scrolls on ${placeName(place)}`);
    assert.deepEqual(small, [], `too small for a finger on ${placeName(place)}`);
    await visit.shot(`${placeName(place)}-phone`);
  }
}

/// Names as Chromium computes them for a screen reader.
async function everythingHasAName(visit) {
  const page = await visit.open();
  const session = await visit.context.newCDPSession(page);
  const roles = new Set(["button", "link", "textbox", "searchbox", "slider", "table", "image",
                         "img", "region", "navigation", "checkbox", "columnheader", "dialog",
                         "heading", "figure"]);
  for (const place of places) {
    await page.evaluate((hash) => { location.hash = hash; }, `#/${place}`);
    await settled(visit);
    const {nodes} = await session.send("Accessibility.getFullAXTree");
    const named = nodes.filter((node) => !node.ignored && roles.has(node.role?.value));
    assert.ok(named.length > 8, placeName(place));
    assert.deepEqual(named.filter((node) => !node.name?.value?.trim()).map((node) =>
      node.role.value), [], `nameless on ${placeName(place)}`);
    const structure = await page.evaluate(pageStructure);
    assert.deepEqual(structure, {firstLevels: 1, mains: 1, language: "en", twice: [], ordered: [],
                                 uncaptioned: 0}, placeName(place));
  }
}

function pageStructure() {
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  return {
    firstLevels: document.querySelectorAll("main h1").length,
    mains: document.querySelectorAll("main").length, language: document.documentElement.lang,
    twice: ids.filter((id, index) => ids.indexOf(id) !== index),
    ordered: [...document.querySelectorAll("[tabindex]")].filter((node) => node.tabIndex > 0)
        .map((node) => node.outerHTML.slice(0, 60)),
    uncaptioned: [...document.querySelectorAll("table")].filter((node) => !node.caption).length};
}

async function skipLinkSkips(visit) {
  const page = await visit.open();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "skip");
  assert.ok((await page.locator("#skip").boundingBox()).x >= 0, "it is seen when focused");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "view");
}

async function focusIsSeen(visit) {
  const page = await visit.open({path: "exporters"});
  await settled(visit);
  const unseen = [];
  for (let step = 0; step < 14; ++step) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const node = document.activeElement;
      const style = getComputedStyle(node);
      return {name: `${node.tagName} ${node.id} ${node.textContent.slice(0, 20)}`,
              outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
              body: node === document.body};
    });
    if (!at.body && !at.outline) unseen.push(at.name);
  }
  assert.deepEqual(unseen, []);
}

async function helpOpensAndCloses(visit) {
  const page = await visit.open();
  await page.keyboard.press("?");
  assert.ok(await page.locator("#help").isVisible());
  await visit.shot("help", false);
  await page.keyboard.press("Escape");
  assert.ok(!await page.locator("#help").isVisible());
  for (const [key, hash] of [["d", "#/drops"], ["t", "#/templates"], ["c", "#/configuration"],
                             ["o", "#/"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    assert.equal(await page.evaluate(() => location.hash), hash);
  }
}

async function motionIsReduced(visit) {
  const page = await visit.open();
  await visit.until("bars", () => document.querySelector(".bar > span"));
  const moves = () => page.evaluate(() =>
    getComputedStyle(document.querySelector(".bar > span")).transitionDuration);
  assert.equal(await moves(), "0s");
  await page.emulateMedia({reducedMotion: "no-preference"});
  assert.notEqual(await moves(), "0s");
}

const ill = {count: 9, losses: true};
const failing = {...ill, failing: "Kafka: no broker of kafka-1.example.net:9093 answers."};
export const looksChecks = [
  {name: "light has enough contrast", net: failing, run: (visit) => contrastIsEnough(visit,
                                                                                    "light")},
  {name: "dark has enough contrast", net: failing, run: (visit) => contrastIsEnough(visit, "dark")},
  {name: "the theme is toggled and remembered", run: themeIsRemembered},
  {name: "the system's theme is followed", run: systemThemeIsFollowed},
  {name: "a phone needs no sideways scroll", net: failing, run: phoneNeedsNoSidewaysScroll},
  {name: "everything has a name for readers", net: failing, run: everythingHasAName},
  {name: "the skip link skips", run: skipLinkSkips},
  {name: "the focus is seen", net: ill, run: focusIsSeen},
  {name: "help and places are a key away", net: ill, run: helpOpensAndCloses},
  {name: "motion is reduced where it is asked for", run: motionIsReduced},
];
