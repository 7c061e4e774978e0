// SPDX-License-Identifier: BSD-3-Clause
// Answers of the API, as its contract has them, for tests of the pages.
#pragma once

#include <string>

#include "tools/ctl/json.hpp"

namespace flowd::ctl {

inline Json totals() {
    return Json::parse(R"({"datagrams":12345,"payload_bytes":1000000,"decoded":12300,"parked":3,
      "flows":5000,"offered":5000,"delivered":4900,
      "in_flight":{"ring":10,"transport":20,"spool":30},"restored":0,
      "drops":{"datagrams":{"truncated":2,"unknown_template":40},"flows":{"ring_full":40}},
      "datagrams_dropped":42,"flows_dropped":40,"sets":{"parked":3,"unparked":0,"expired":0},
      "sequence":{"lost":17,"late":2,"duplicates":0,"resets":1,"unchecked":0},
      "imbalance":{"datagrams":0,"flows":0}})");
}

inline Json rates() {
    return Json::parse(R"({"datagrams":120.4,"payload_bytes":150000,"flows":3600,"delivered":3500,
      "datagrams_dropped":0,"flows_dropped":2.5,"sequence_lost":1.25})");
}

inline Json finding() {
    return Json::parse(R"({"severity":"error","code":"sequence_unit",
      "sentence":"Its sequence numbers count datagrams instead of records.",
      "action":"Update its software."})");
}

inline Json exporter(const std::string& address) {
    Json json = Json::parse(R"({"address":"","port":0,"protocols":["IPFIX","NetFlow v9"],
      "first_seen":1789990000,"last_seen":1789999997,"state":"error","loss_share":0.012,
      "skew":{"last_seconds":125,"least_seconds":124,"most_seconds":126},"domains":1,
      "templates":2,"payload_size_max":1420,"reassembled":0,
      "diagnosis":"Its sequence numbers count datagrams instead of records."})");
    json["address"] = address;
    json["totals"] = totals();
    json["rates"] = rates();
    return json;
}

inline Json exporters() {
    Json json = Json::parse(R"({"time":1790000000.5,"serial":1,"count":2,"total":2,"other":{}})");
    json["exporters"] = Json::array({exporter("192.0.2.1"), exporter("2001:db8::1")});
    Json& healthy = json["exporters"][1];
    healthy["state"] = "ok";
    healthy["diagnosis"] = "healthy";
    healthy["loss_share"] = 0;
    healthy["skew"] = nullptr;
    healthy["protocols"] = Json::array({"sFlow v5"});
    healthy["rates"]["sequence_lost"] = 0;
    healthy["rates"]["flows_dropped"] = 0;
    return json;
}

inline Json flow_template() {
    return Json::parse(R"({"exporter":"192.0.2.1","port":0,"protocol":"IPFIX","version":10,
      "domain":7,"id":256,"kind":"options","scope_count":1,"fields":[
      {"id":149,"enterprise":0,"length":4,"name":"observationDomainId"},
      {"id":96,"enterprise":0,"length":65535,"name":"applicationName"},
      {"id":4711,"enterprise":29305,"length":8,"name":""}],
      "first_seen":1789990000,"last_seen":1789999960,"announcements":60,"changes":1,
      "refresh_seconds":60,"used":true})");
}

inline Json xray() {
    Json json = Json::parse(R"({"time":1790000000.5,"serial":1,"domains":[{"protocol":"IPFIX",
      "version":10,"id":7,"first_seen":1789990000,"last_seen":1789999997,
      "skew":{"last_seconds":125,"least_seconds":124,"most_seconds":126},
      "sampling":{"rate":1000,"source":"options","samplers":[{"id":1,"rate":1000},
      {"id":2,"rate":64}]},"templates":2}],
      "xray":{"active_timeout_seconds":60,"inactive_timeout_seconds":null,
      "flow_seconds":{"samples":1234,"median":0.25,"most":60},"template_refresh_seconds":60,
      "payload_size_max":1420,"reassembled":0,"impossible_times":4,
      "deviations":[{"code":"padding","count":17,"sentence":"Sets are padded to 8 bytes."}]}})");
    json["exporter"] = exporter("192.0.2.1");
    json["findings"] = Json::array({finding()});
    json["domains"][0]["totals"] = totals();
    json["domains"][0]["rates"] = rates();
    json["templates"] = Json::array({flow_template()});
    return json;
}

inline Json status() {
    Json json = Json::parse(R"({"version":"0.1.0","serial":1,"time":1790000000.5,
      "started":1789726400,"uptime_seconds":273600,"ingress":"udp",
      "health":{"state":"collecting","reason":""},"imbalance":{"datagrams":0,"flows":0},
      "rx":[{"worker":0,"cpu":2,"busy":0.42,"datagrams":12345,"flows":5000,
      "datagrams_per_second":120.4,"flows_per_second":3600,"missed":7,"forwarded":0,"held":0,
      "fragments":0,"reassembled":0,"checksums_bad":0,"exporters":2,"domains":2,"templates":4,
      "exporters_evicted":0,"domains_evicted":0,"templates_evicted":0}],
      "transports":[{"name":"out","kind":"kafka","state":"slow","offered":5000,"delivered":4900,
      "bytes":1234567,"delivered_per_second":3500,"drops":{"ring_full":40},"in_ring":10,
      "in_flight":20,"spooled":30,"restored":0,
      "rings":[{"rx":0,"batches":64,"capacity":256}],"statistics":{}}],
      "ports":[{"name":"0000:3b:00.0","driver":"net_i40e","up":true,"speed_mbps":25000,
      "counters":{"ipackets":12345,"imissed":7,"ierrors":0,"rx_nombuf":0},"xstats":{},
      "answers":{}}],"mempools":[{"name":"rx","size":1000,"in_use":900}],
      "shard":{"moves":3,"splits":0},
      "exporters":{"count":2,"forgotten":0,"silent":1,"with_findings":1},"templates":4,
      "history":{"step_seconds":1,"time":[1,2,3],"datagrams":[0,50,100],"payload_bytes":[1,1,1],
      "flows":[0,0,1],"delivered":[0,0,0],"datagrams_dropped":[0,0,0],"flows_dropped":[0,0,5],
      "sequence_lost":[0,0,0],"busy":[0,0,0],"in_flight":[0,0,0]}})");
    json["totals"] = totals();
    json["rates"] = rates();
    json["problems"] = Json::array({finding()});
    return json;
}

}  // namespace flowd::ctl
