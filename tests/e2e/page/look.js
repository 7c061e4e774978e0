// SPDX-License-Identifier: BSD-3-Clause
// Takes pictures of the page for people to look at: all nets, both themes, three widths.
// Usage: node look.js page.html page.csp FOLDER [PART-OF-A-NAME]

import {mkdirSync} from "node:fs";
import {createRequire} from "node:module";

import {Fixture} from "./fixture.js";
import {Net} from "./net.js";

const require = createRequire(`${process.env.FLOWD_PAGE_MODULES ?? process.cwd()}/`);
const {chromium} = require("playwright-core");
const [pageFile, policyFile, folder, part = ""] = process.argv.slice(2);
const failing = "Kafka: no broker of kafka-1.example.net:9093 answers (connection refused).";
const nets = {
  none: {count: 0}, three: {count: 3}, ill: {count: 6, losses: true},
  failing: {count: 6, losses: true, failing, imbalance: 24}, many: {count: 10000, losses: true}};
const sizes = {desktop: [1440, 900], wide: [1920, 1080], tablet: [820, 1100], phone: [360, 740]};
const shots = [
  ["none", "", "desktop"], ["three", "", "desktop"], ["three", "", "phone"],
  ["failing", "", "desktop"], ["failing", "", "phone"], ["failing", "", "tablet"],
  ["many", "exporters", "tablet"], ["many", "", "wide"],
  ["many", "exporters", "desktop"], ["many", "exporters", "phone"],
  ["ill", "exporter/10.0.0.2", "desktop"], ["ill", "exporter/10.0.0.1", "phone"],
  ["ill", "exporter/10.0.0.3", "desktop"],
  ["ill", "drops", "desktop"], ["ill", "templates", "desktop"],
  ["ill", "configuration", "desktop"], ["ill", "configuration", "phone"]];

mkdirSync(folder, {recursive: true});
const fixture = new Fixture(pageFile, policyFile);
await fixture.start();
const browser = await chromium.launch({executablePath: "/usr/bin/chromium",
                                       args: ["--no-sandbox"]});
try {
  for (const [net, place, size] of shots) {
    for (const theme of ["light", "dark"]) {
      const name = `${net}-${place.replaceAll("/", "-") || "overview"}-${size}-${theme}`;
      if (!name.includes(part)) continue;
      fixture.net = new Net(nets[net]);
      const [width, height] = sizes[size];
      const page = await browser.newPage({viewport: {width, height}, colorScheme: theme});
      page.on("console", (message) => console.log(name, message.type(), message.text()));
      page.on("pageerror", (error) => console.log(name, error.stack));
      await page.goto(fixture.url + (place ? `#/${place}` : ""));
      await page.waitForTimeout(2600);
      await page.screenshot({path: `${folder}/${name}.png`, caret: "initial",
                             fullPage: !name.startsWith("many-exporters")});
      await page.close();
    }
  }
} finally {
  await browser.close();
  await fixture.stop();
}
