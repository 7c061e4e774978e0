// SPDX-License-Identifier: BSD-3-Clause
// A transport that does what a test says, a folder that goes with it, and batches to send.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/transport.hpp"

namespace flowd::test {

inline std::string text(flow::Bytes bytes) { return {bytes.begin(), bytes.end()}; }

class TempFolder {
public:
    TempFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "spool-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::vector<std::string> segments() const {
        std::vector<std::string> files;
        for (const auto& each : std::filesystem::directory_iterator{path_}) {
            if (each.path().extension() == ".seg") files.push_back(each.path().string());
        }
        std::sort(files.begin(), files.end());
        return files;
    }

private:
    std::string path_;
};

inline void add(flow::Batch& batch, std::string_view message, flow::AccountTag account = 0) {
    ASSERT_GE(batch.room(), message.size());
    std::copy(message.begin(), message.end(), batch.tail());
    batch.commit(message.size(), account);
}

/// Number `number`'s: three in a row have one.
inline flow::AccountTag account_of(int number) {
    return flow::make_tag(static_cast<std::uint32_t>(number / 3 % 5), 0);
}

/// Messages "first\n", "first+1\n" and so on, each to its number's account.
inline std::unique_ptr<flow::Batch> numbers(int first, int count, std::string_view tail = "\n") {
    auto batch = std::make_unique<flow::Batch>();
    for (int i = first; i < first + count; ++i) {
        add(*batch, std::to_string(i) + std::string{tail}, account_of(i));
    }
    return batch;
}

struct Script {
    static constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
    std::size_t takes = all;  ///< messages that deliver() takes from now on
    bool settles = true;      ///< at once; else by settle_all(), or never
    bool silent = false;      ///< it never says what became of what is in flight
    std::vector<std::string> delivered;
    struct InFlight {
        std::string message;
        std::optional<std::string> key;
        Ticket* ticket;
        Owner owner;
    };
    std::deque<InFlight> in_flight;
    TransportCounts* counts = nullptr;
    TxLedger* ledger = nullptr;
    TransportState state = TransportState::up;

    void settle_one() {
        if (in_flight.front().ticket != nullptr) --in_flight.front().ticket->pending;
        delivered.push_back(in_flight.front().message);
        ledger->move(in_flight.front().owner, Place::in_flight, Place::delivered, 1);
        in_flight.pop_front();
        counts->in_flight.subtract(1);
        counts->delivered.add(1);
    }
    void settle_all() {
        while (!in_flight.empty()) settle_one();
    }
};

class Scripted final : public Transport {
public:
    explicit Scripted(Script& script) : script_{script} {
        script.counts = &counts();
        script.ledger = &ledger();
    }
    std::size_t deliver(const flow::Batch& batch, std::size_t first,
                        const Delivery& delivery) noexcept override {
        Ticket* const ticket = delivery.ticket;
        const std::size_t count = std::min(batch.message_count() - first, script_.takes);
        if (script_.takes != Script::all) script_.takes -= count;
        for (std::size_t i = first; i < first + count; ++i) {
            std::optional<std::string> key;
            if (batch.has_key(i)) key = text(batch.key(i));
            script_.in_flight.push_back(
                {text(batch.message(i)), key, ticket, {delivery.source, batch.slot(i).account}});
            if (ticket != nullptr) ++ticket->pending;
        }
        counts().take(count, delivery);
        counts().in_flight.add(count);
        ledger().move(batch, first, count, delivery.source, delivery.place(), Place::in_flight);
        if (script_.settles) script_.settle_all();
        return count;
    }
    Failure close(const Ending& ending) noexcept override {
        if (script_.silent) script_.in_flight.clear();
        for (const Script::InFlight& each : script_.in_flight) {
            flow::Bytes key;
            if (each.key) key = bytes(*each.key);
            counts().in_flight.subtract(1);
            if (each.ticket != nullptr) --each.ticket->pending;
            if (ending.leftovers == nullptr ||
                !ending.leftovers->take(bytes(each.message), each.key ? &key : nullptr, each.ticket,
                                        each.owner)) {
                counts().lose(Loss::given_up, 1);
                ledger().move(each.owner, Place::in_flight, place_of(Loss::given_up), 1);
            }
        }
        script_.in_flight.clear();
        return {};
    }
    [[nodiscard]] TransportState state() const noexcept override { return script_.state; }

private:
    static flow::Bytes bytes(const std::string& text) {
        return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    }
    Script& script_;
};

inline void expect_equation(const TransportCounts& counts) {
    EXPECT_EQ(
        counts.taken.get() + counts.spool_restored.get(),
        counts.delivered.get() + counts.lost_sum() + counts.in_flight.get() + counts.spooled.get());
}

}  // namespace flowd::test
