// SPDX-License-Identifier: BSD-3-Clause
// From librdkafka's JSON to numbers. Brokers that it only guesses (bootstrap places, its logical
// ones) count where they carry something; up are those with an id.
#include "transport/kafka/statistics.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace flowd::kafka {

namespace {

using Json = nlohmann::json;

[[nodiscard]] double number(const Json& object, const char* name) {
    const auto at = object.find(name);
    return at != object.end() && at->is_number() ? at->get<double>() : 0;
}

/// One number of a window: {"rtt": {"avg": 1234, …}}.
[[nodiscard]] double number(const Json& object, const char* window, const char* name) {
    const auto at = object.find(window);
    return at != object.end() && at->is_object() ? number(*at, name) : 0;
}

void add_brokers(const Json& brokers, NamedNumbers& to) {
    constexpr std::array summed{"outbuf_cnt", "outbuf_msg_cnt", "waitresp_cnt", "waitresp_msg_cnt",
                                "txerrs",     "txretries",      "req_timeouts", "rxerrs",
                                "connects",   "disconnects"};
    std::array<double, summed.size()> sums{};
    double rtt_avg = 0;
    double rtt_p99 = 0;
    double throttle = 0;
    double up = 0;
    double total = 0;
    for (const Json& broker : brokers) {
        if (!broker.is_object()) continue;
        for (std::size_t i = 0; i < summed.size(); ++i) sums[i] += number(broker, summed[i]);
        rtt_avg = std::max(rtt_avg, number(broker, "rtt", "avg"));
        rtt_p99 = std::max(rtt_p99, number(broker, "rtt", "p99"));
        throttle = std::max(throttle, number(broker, "throttle", "avg"));
        if (number(broker, "nodeid") < 0) continue;
        total += 1;
        const auto state = broker.find("state");
        if (state != broker.end() && *state == "UP") up += 1;
    }
    for (std::size_t i = 0; i < summed.size(); ++i) to.emplace_back(summed[i], sums[i]);
    to.emplace_back("rtt_avg_us_max", rtt_avg);
    to.emplace_back("rtt_p99_us_max", rtt_p99);
    to.emplace_back("throttle_avg_ms_max", throttle);
    to.emplace_back("brokers_up", up);
    to.emplace_back("brokers_total", total);
}

/// Of its topics: one, as a TX worker writes to one.
void add_topics(const Json& topics, NamedNumbers& to) {
    double batch_size = 0;
    double batch_count = 0;
    for (const Json& topic : topics) {
        if (!topic.is_object()) continue;
        batch_size = std::max(batch_size, number(topic, "batchsize", "avg"));
        batch_count = std::max(batch_count, number(topic, "batchcnt", "avg"));
    }
    to.emplace_back("batchsize_avg_max", batch_size);
    to.emplace_back("batchcnt_avg_max", batch_count);
}

}  // namespace

NamedNumbers parse_statistics(std::string_view json) {
    const Json root = Json::parse(json, nullptr, false);
    if (!root.is_object()) return {};
    NamedNumbers numbers;
    for (const char* const name : {"msg_cnt", "msg_size", "tx", "tx_bytes", "rx", "rx_bytes",
                                   "txmsgs", "txmsg_bytes", "replyq"}) {
        numbers.emplace_back(name, number(root, name));
    }
    // Not `_max`: several clients together have their sum.
    numbers.emplace_back("msg_limit", number(root, "msg_max"));
    numbers.emplace_back("msg_size_limit", number(root, "msg_size_max"));
    const auto brokers = root.find("brokers");
    add_brokers(brokers != root.end() ? *brokers : Json::object(), numbers);
    const auto topics = root.find("topics");
    add_topics(topics != root.end() ? *topics : Json::object(), numbers);
    return numbers;
}

void Statistics::put(std::string_view json) {
    const std::lock_guard lock{mutex_};
    fresh_ = json;
}

NamedNumbers Statistics::numbers() const {
    const std::lock_guard lock{mutex_};
    if (!fresh_.empty()) {
        numbers_ = parse_statistics(fresh_);
        fresh_.clear();
    }
    return numbers_;
}

}  // namespace flowd::kafka
