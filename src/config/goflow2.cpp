// SPDX-License-Identifier: BSD-3-Clause
// One row for each flag of goflow2 that does nothing here. The help says why; it ends the sentence
// that is logged once when the flag is given.
#include "config/goflow2.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace flowd::config {

namespace {

constexpr std::string_view no_http = "this build has no HTTP server";
constexpr std::string_view no_kafka = "this build has no Kafka transport";

Row accepted(std::string_view flag, Target target, std::string_view why,
             std::string_view unit = {}) {
    return {.key = {},
            .flag = flag,
            .target = target,
            .help = why,
            .unit = unit,
            .min = std::numeric_limits<std::int64_t>::min(),
            .effect = Effect::accepted};
}

std::vector<Row> general_rows(Goflow2& goflow2) {
    return {
        accepted("reuseport", &goflow2.reuseport,
                 "several sockets on a port are asked for with ?count= in -listen"),
        accepted("workers", &goflow2.workers,
                 "each socket of -listen has a worker of its own; see ?count="),
        accepted("metrics.addr", &goflow2.metrics_address, no_http),
        accepted("metrics.path", &goflow2.metrics_path, no_http),
        accepted("addr", &goflow2.address, no_http),
        accepted("err.cnt", &goflow2.error_count,
                 "errors in datagrams are counted, never logged one by one"),
        accepted("err.int", &goflow2.error_interval_ms,
                 "errors in datagrams are counted, never logged one by one", "ms"),
    };
}

std::vector<Row> template_rows(Goflow2::Templates& templates) {
    return {
        accepted("templates.path", &templates.path, no_http),
        accepted("templates.ttl", &templates.ttl_ms, "templates do not expire in this build", "ms"),
        accepted("templates.sweep-interval", &templates.sweep_interval_ms,
                 "templates do not expire in this build", "ms"),
        accepted("templates.ttl.extend-on-access", &templates.extend_on_access,
                 "templates do not expire in this build"),
    };
}

std::vector<Row> kafka_rows(Goflow2::Kafka& kafka) {
    return {
        accepted("transport.kafka.brokers", &kafka.brokers, no_kafka),
        accepted("transport.kafka.srv", &kafka.service, no_kafka),
        accepted("transport.kafka.topic", &kafka.topic, no_kafka),
        accepted("transport.kafka.maxmsgbytes", &kafka.message_bytes_max, no_kafka, "bytes"),
        accepted("transport.kafka.flushbytes", &kafka.flush_bytes, no_kafka, "bytes"),
        accepted("transport.kafka.flushfreq", &kafka.flush_interval_ms, no_kafka, "ms"),
        accepted("transport.kafka.hashing", &kafka.hashing, no_kafka),
        accepted("transport.kafka.version", &kafka.version, no_kafka),
        accepted("transport.kafka.compression", &kafka.compression, no_kafka),
        accepted("transport.kafka.tls", &kafka.tls, no_kafka),
        accepted("transport.kafka.tls.ca", &kafka.tls_ca, no_kafka),
        accepted("transport.kafka.tls.client", &kafka.tls_client, no_kafka),
        accepted("transport.kafka.tls.key", &kafka.tls_key, no_kafka),
        accepted("transport.kafka.tls.insecure", &kafka.tls_insecure, no_kafka),
        accepted("transport.kafka.sasl", &kafka.sasl, no_kafka),
        accepted("transport.kafka.log.err", &kafka.log_errors, no_kafka),
    };
}

}  // namespace

std::vector<Row> rows(Goflow2& goflow2) {
    std::vector<Row> all = general_rows(goflow2);
    for (Row& row : template_rows(goflow2.templates)) all.push_back(std::move(row));
    for (Row& row : kafka_rows(goflow2.kafka)) all.push_back(std::move(row));
    return all;
}

bool is_goflow2_choice(std::string_view flag, std::string_view value) noexcept {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 1> known{
        {{"transport", "kafka"}}};
    return std::any_of(known.begin(), known.end(), [flag, value](const auto& each) {
        return each.first == flag && each.second == value;
    });
}

}  // namespace flowd::config
