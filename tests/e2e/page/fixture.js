// SPDX-License-Identifier: BSD-3-Clause
// A server that speaks flowd's API for a Net: it serves the page as flowd does, with its policy.

import {readFileSync} from "node:fs";
import {createServer} from "node:http";

import * as api from "./api.js";

export class Fixture {
  constructor(pageFile, policyFile) {
    this.page = readFileSync(pageFile);
    this.policy = readFileSync(policyFile, "utf8");
    this.net = null;
    this.ticks = true;   // a second on the net's clock for each question about its status
    this.answers = {};   // the last answer by path, to compare with the page
    this.token = "";
    this.port = 0;
  }

  async start() {
    this.server = createServer((request, response) => this.serve(request, response));
    await new Promise((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
    this.port = this.server.address().port;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url() {
    return `http://127.0.0.1:${this.port}/`;
  }

  serve(request, response) {
    const url = new URL(request.url, this.url);
    if (url.pathname === "/") {
      response.writeHead(200, {"content-type": "text/html; charset=utf-8",
                               "content-security-policy": this.policy});
      response.end(this.page);
      return;
    }
    if (this.token && request.headers.authorization !== `Bearer ${this.token}`) {
      this.send(response, 403, {error: "This address may not read; a token is needed."});
      return;
    }
    const answer = this.answer(url);
    if (answer) this.answers[url.pathname] = answer;
    this.send(response, answer ? 200 : 404, answer ?? {error: `there is no ${url.pathname}`});
  }

  send(response, code, body) {
    response.writeHead(code, {"content-type": "application/json"});
    response.end(JSON.stringify(body));
  }

  answer({pathname, searchParams}) {
    const {net} = this;
    if (pathname === "/api/status") {
      if (this.ticks) ++net.clock;
      return api.status(net, Number(searchParams.get("history") ?? 600));
    }
    if (pathname === "/api/exporters") return api.exporters(net, searchParams);
    if (pathname === "/api/templates") return api.templates(net, searchParams.get("exporter"));
    if (pathname === "/api/drops") return api.drops(net);
    if (pathname === "/api/config") return api.config();
    const one = pathname.match(/^\/api\/exporters\/(.+)$/);
    return one ? api.exporter(net, decodeURIComponent(one[1])) : null;
  }
}
