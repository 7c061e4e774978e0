// SPDX-License-Identifier: BSD-3-Clause
// /api/drops: every reason for which something is lost, with its count and what it means.
#include "http/api/api.hpp"
#include "http/api/drop_help.hpp"
#include "http/api/parts.hpp"

namespace flowd::http::api {

namespace {

void write_drop(JsonWriter& json, std::string_view name, std::uint64_t count,
                std::string_view help) {
    json.begin_object();
    json.member("name", name);
    json.member("count", count);
    json.member("help", help);
    json.end_object();
}

}  // namespace

Response drops(const Observation& observation) {
    const Totals& box = observation.box;
    JsonWriter json;
    json.begin_object();
    json.key("time");
    json.exact(seconds(observation.taken_at_ns));
    json.begin_array("datagrams");
    write_drop(json, "missed", box.missed,
               "dropped by the network card or the kernel before flowd saw them");
    for (std::size_t i = 1; i < box.drops.size(); ++i) {  // 0 is "none"
        const auto error = static_cast<flow::Error>(i);
        write_drop(json, flow::error_name(error), box.drops[i], drop_help(error));
    }
    json.end_array();
    json.begin_array("flows");
    write_drop(json, "too_large", box.too_large, "a message above the size of a batch");
    write_drop(json, "ring_full", box.ring_full,
               "the transport does not keep up, and its ring had no free batch");
    for (std::size_t i = 0; i < box.lost.size(); ++i) {
        const auto loss = static_cast<Loss>(i);
        write_drop(json, loss_name(loss), box.lost[i], drop_help(loss));
    }
    json.end_array();
    json.key("upstream");
    write_sequence(json, box.sequence);
    json.begin_object("imbalance");
    json.member("datagrams", observation.datagram_imbalance);
    json.member("flows", observation.flow_imbalance);
    json.end_object();
    json.end_object();
    return json_response(json);
}

}  // namespace flowd::http::api
