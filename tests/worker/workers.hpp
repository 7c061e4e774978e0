// SPDX-License-Identifier: BSD-3-Clause
// Stand-ins for the two ends of a worker: an ingress that gives prepared datagrams, a transport
// that remembers. The real ones are tested in tests/ingress, tests/transport and tests/e2e.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <span>
#include <string>
#include <vector>

#include "ingress/ingress.hpp"
#include "support/netflow_builder.hpp"
#include "transport/transport.hpp"
#include "worker/outlet.hpp"

namespace flowd::test {

/// Gives its datagrams in bursts of up to `burst_max`, then ends, or stays empty like a live one.
class PreparedIngress final : public Ingress {
public:
    PreparedIngress(std::vector<flow::Datagram> datagrams, bool live, std::size_t burst_max = 4)
        : datagrams_{std::move(datagrams)}, live_{live}, burst_max_{burst_max} {}

    void attach() noexcept override { ++attached; }
    void detach() noexcept override { ++detached; }
    std::span<const flow::Datagram> receive() noexcept override {
        const std::size_t count = std::min(burst_max_, datagrams_.size() - given_);
        const std::span<const flow::Datagram> burst{datagrams_.data() + given_, count};
        given_ += count;
        stats_.datagrams += count;
        return burst;
    }
    void release() noexcept override { ++released; }
    void wait(std::uint64_t) noexcept override { ++waits; }
    [[nodiscard]] bool exhausted() const noexcept override {
        return !live_ && given_ == datagrams_.size();
    }
    [[nodiscard]] const IngressStats& stats() noexcept override { return stats_; }

    int attached = 0;
    int detached = 0;
    int released = 0;
    std::atomic<int> waits{0};

private:
    std::vector<flow::Datagram> datagrams_;
    std::size_t given_ = 0;
    bool live_;
    std::size_t burst_max_;
    IngressStats stats_;
};

/// Delivers all, nothing, or nothing any more.
class RememberingTransport final : public Transport {
public:
    explicit RememberingTransport(std::string& text) : text_{text} {}

    std::size_t deliver(const flow::Batch& batch, std::size_t first,
                        const Delivery& delivery) noexcept override {
        const std::size_t count = batch.message_count() - first;
        if (takes_nothing) return 0;
        const bool takes = behaviour == TransportState::up;
        counts().taken.add(count);
        ledger().move(batch, first, count, delivery.source, Place::taken,
                      takes ? Place::delivered : place_of(Loss::transport_failed));
        if (!takes) {
            counts().lose(Loss::transport_failed, count);
            return count;
        }
        for (const std::uint8_t byte : batch.bytes()) text_.push_back(static_cast<char>(byte));
        counts().delivered.add(count);
        counts().bytes.add(batch.bytes().size());
        return count;
    }
    Failure close(const Ending&) noexcept override {
        return behaviour == TransportState::dropping ? Failure{"it failed"} : Failure{};
    }
    [[nodiscard]] TransportState state() const noexcept override { return behaviour; }

    TransportState behaviour = TransportState::up;
    bool takes_nothing = false;

private:
    std::string& text_;
};

/// The only transport of a worker.
inline std::array<LaneSettings, 1> one_lane(BatchRing& ring, std::string_view terminator = {}) {
    return {LaneSettings{.ring = &ring, .terminator = terminator}};
}

/// NetFlow v5 with `records` records.
inline std::vector<std::uint8_t> netflow5_payload(unsigned records) {
    auto message = flow::test::netflow5_message({.count = records});
    for (unsigned i = 0; i < records; ++i) flow::test::add_netflow5_record(message, i + 1);
    const flow::Bytes bytes = message.bytes();
    return {bytes.begin(), bytes.end()};
}

}  // namespace flowd::test
