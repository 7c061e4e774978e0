// SPDX-License-Identifier: BSD-3-Clause
// statistics-probe BROKERS TOPIC MESSAGES: sends that many messages of two accounts by flowd's
// Kafka transport and prints, as JSON, what it counted, what its ledger says, and what librdkafka
// says of itself once that is about all of them; and the most that it said before, as its averages
// are of an interval only.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "transport/kafka/transport.hpp"

namespace flowd {

namespace {

using std::chrono::milliseconds;

[[noreturn]] void fail(const std::string& sentence) {
    std::fprintf(stderr, "statistics-probe: %s\n", sentence.c_str());
    std::exit(1);
}

void send(Transport& transport, int first, int count) {
    const auto batch = std::make_unique<flow::Batch>();
    for (int i = first; i < first + count; ++i) {
        const std::string text = "message " + std::to_string(i);
        std::memcpy(batch->tail(), text.data(), text.size());
        batch->commit(text.size(), flow::make_tag(i % 3 == 0 ? 1 : 2, 0));
    }
    for (std::size_t taken = 0; taken < batch->message_count();) {
        taken += transport.deliver(*batch, taken, {});
        transport.wait(milliseconds{1});
    }
}

double number(const NamedNumbers& numbers, std::string_view name) {
    for (const auto& [each, value] : numbers) {
        if (each == name) return value;
    }
    return -1;
}

int run(const std::string& brokers, const std::string& topic, int messages) {
    kafka::Options options;
    options.brokers = {brokers};
    options.topic = topic;
    options.properties = {{"statistics.interval.ms", "200"}};
    auto transport = kafka::open(options, kafka::Partition::sticky);
    if (!transport) fail(transport.error().sentence);
    constexpr std::array<std::uint32_t, 1> rx_workers{0};
    TxLedger& ledger = (*transport)->ledger();
    ledger.reserve(rx_workers, 3);
    constexpr int at_a_time = 100;
    NamedNumbers statistics;
    std::map<std::string, double> most;
    const auto note = [&] {
        statistics = (*transport)->statistics();
        for (const auto& [name, value] : statistics) most[name] = std::max(most[name], value);
    };
    for (int i = 0; i < messages; i += at_a_time) {
        send(**transport, i, std::min(at_a_time, messages - i));
        note();
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    const auto is_busy = [&] {
        return number(statistics, "txmsgs") < messages || number(statistics, "msg_cnt") > 0 ||
               number(statistics, "waitresp_cnt") > 0 || number(statistics, "outbuf_cnt") > 0;
    };
    while (is_busy()) {
        if (std::chrono::steady_clock::now() > deadline) break;
        static_cast<void>((*transport)->idle());
        (*transport)->wait(milliseconds{10});
        note();
    }
    nlohmann::json said{{"delivered", (*transport)->counts().delivered.get()},
                        {"accounts",
                         {ledger.account(0, 0).delivered, ledger.account(0, 1).delivered,
                          ledger.account(0, 2).delivered}}};
    for (const auto& [name, value] : statistics) said["statistics"][name] = value;
    said["most"] = most;
    const std::atomic<bool> hurry{false};
    static_cast<void>((*transport)->close({.patience = milliseconds{5'000}, .hurry = hurry}));
    std::printf("%s\n", said.dump().c_str());
    return 0;
}

}  // namespace

}  // namespace flowd

int main(int argument_count, char** words) {
    if (argument_count != 4) {
        std::fprintf(stderr, "usage: %s BROKERS TOPIC MESSAGES\n", words[0]);
        return 2;
    }
    return flowd::run(words[1], words[2], std::atoi(words[3]));
}
