// SPDX-License-Identifier: BSD-3-Clause
// Runs checks of the page in Chromium, each in a browser context of its own with a server of its
// own, and holds them all to what is always true: no request leaves the origin, no console error,
// no uncaught exception, no violation of the policy.

import assert from "node:assert/strict";
import {existsSync, mkdirSync} from "node:fs";
import {createRequire} from "node:module";

import {Fixture} from "./fixture.js";
import {Net} from "./net.js";

const require = createRequire(`${process.env.FLOWD_PAGE_MODULES ?? process.cwd()}/`);
const {chromium} = require("playwright-core");
const executables = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export async function launch() {
  return chromium.launch({executablePath: executables.find((path) => existsSync(path)),
                          args: ["--no-sandbox", "--disable-gpu"]});
}

/// What a check works with: a page in a context, and what went wrong in it.
export class Visit {
  constructor(browser, origin, folder) {
    Object.assign(this, {browser, origin, folder, wrong: [], requests: [], allowed: []});
  }

  async open({path = "", scheme = "light", width = 1280, height = 900, touch = false} = {}) {
    this.context = await this.browser.newContext({
      viewport: {width, height}, colorScheme: scheme, reducedMotion: "reduce", hasTouch: touch});
    await this.context.addInitScript(() => {
      globalThis.violations = [];
      document.addEventListener("securitypolicyviolation", (event) =>
        globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
    });
    this.page = await this.context.newPage();
    this.page.on("request", (request) => this.onRequest(request));
    this.page.on("pageerror", (error) => this.wrong.push(`uncaught: ${error.message}`));
    this.page.on("console", (message) => this.onConsole(message));
    await this.page.goto(this.origin + (path ? `#/${path}` : ""));
    await this.page.waitForFunction(() =>
      document.querySelector("#health").textContent !== "connecting" ||
      !document.querySelector("#away").hidden);
    return this.page;
  }

  onRequest(request) {
    const url = request.url();
    this.requests.push({url, at: Date.now()});
    if (!url.startsWith(this.origin) && !url.startsWith("data:")) {
      this.wrong.push(`a request leaves the origin: ${url}`);
    }
  }

  onConsole(message) {
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (this.allowed.some((pattern) => pattern.test(message.text()))) return;
    this.wrong.push(`console: ${message.text()}`);
  }

  /// Until something true is seen on the page; the reason is what we waited for. Patient, for a
  /// busy machine.
  async until(what, condition, argument, seconds = 30) {
    await this.page.waitForFunction(condition, argument, {timeout: seconds * 1000, polling: 50})
        .catch((error) => assert.fail(`${what}: ${error.message.split("\n")[0]}`));
  }

  text(selector) {
    return this.page.locator(selector).first().innerText();
  }

  /// For people to look at. `caret`: else Playwright would add a style that the policy forbids.
  shot(name, fullPage = true) {
    return this.page.screenshot({path: `${this.folder}/${name}.png`, fullPage, caret: "initial"});
  }

  async close() {
    if (this.page) {
      const violations = await this.page.evaluate(() => globalThis.violations).catch(() => []);
      this.wrong.push(...violations.map((each) => `policy violated: ${each}`));
    }
    await this.context?.close();
    assert.deepEqual(this.wrong, []);
  }
}

async function runOne(browser, check, {pageFile, policyFile, folder}) {
  const fixture = new Fixture(pageFile, policyFile);
  fixture.net = new Net(check.net ?? {count: 3});
  await fixture.start();
  const visit = new Visit(browser, fixture.url, folder);
  try {
    await check.run(visit, fixture);
    await visit.close();
    return null;
  } catch (error) {
    const name = check.name.replaceAll(/\W+/g, "-");
    if (visit.page) await visit.shot(`failed-${name}`).catch(() => {});
    return error;
  } finally {
    await visit.context?.close().catch(() => {});
    await fixture.stop();
  }
}

/// A few at a time: most of a check is waiting for the page's next second.
export async function runAll(checks, options, atOnce = 4) {
  mkdirSync(options.folder, {recursive: true});
  const browser = await launch();
  const waiting = checks.filter((check) => check.name.includes(options.only ?? ""));
  const alone = waiting.filter((check) => check.alone);
  const shared = waiting.filter((check) => !check.alone);
  let failures = 0;
  const work = async (queue) => {
    for (let check = queue.shift(); check; check = queue.shift()) {
      const started = Date.now();
      const error = await runOne(browser, check, options);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      console.log(`${error ? "not ok" : "ok"} ${check.name} (${seconds} s)`);
      if (error) {
        ++failures;
        console.log(`  ${(error.stack ?? String(error)).replaceAll("\n", "\n  ")}`);
      }
    }
  };
  try {
    await Promise.all(Array.from({length: atOnce}, () => work(shared)));
    await work(alone);
  } finally {
    await browser.close();
  }
  return failures;
}
