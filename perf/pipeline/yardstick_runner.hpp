// SPDX-License-Identifier: BSD-3-Clause
// The yardstick over the same datagrams, into as much memory as a pipeline's batches.
#pragma once

#include <cstring>
#include <vector>

#include "flow/model/batch.hpp"
#include "perf/pipeline/runner.hpp"
#include "perf/support/sinks.hpp"
#include "perf/yardstick/interpreter.hpp"

namespace flow::perf {

/// v9 has no yardstick: it would be that of IPFIX.
[[nodiscard]] inline bool has_yardstick(Input input) noexcept {
    return input == Input::netflow5 || input == Input::ipfix_ipv4 || input == Input::ipfix_ipv6;
}

[[nodiscard]] inline yardstick::Plan yardstick_plan(Input input) noexcept {
    return yardstick::compile(input == Input::netflow5 ? 5 : 10, fields(input));
}

[[nodiscard]] inline yardstick::Arrival arrival_of(const Datagram& datagram) noexcept {
    yardstick::Arrival arrival{.payload = datagram.payload, .received_ns = datagram.received_ns};
    std::memcpy(&arrival.source, datagram.source.octets.data(), sizeof arrival.source);
    return arrival;
}

class YardstickRunner final : public Runner {
public:
    explicit YardstickRunner(Input input)
        : plan_{yardstick_plan(input)}, memory_(PageRotation::page_count * Batch::page_size) {}

    void pass(const Traffic& traffic) override {
        bytes_ = 0;
        std::size_t page = 0;
        std::uint8_t* begin = memory_.data();
        std::uint8_t* at = begin;
        for (const Datagram& datagram : traffic.datagrams) {
            if (at + datagram_output_max > begin + Batch::page_size) {
                bytes_ += static_cast<std::uint64_t>(at - begin);
                page = (page + 1) % PageRotation::page_count;
                at = begin = memory_.data() + page * Batch::page_size;
            }
            at = encode_(plan_, arrival_of(datagram), at);
        }
        bytes_ += static_cast<std::uint64_t>(at - begin);
    }
    [[nodiscard]] std::uint64_t byte_count() const override { return bytes_; }

private:
    static constexpr std::size_t datagram_output_max = 16 * 1024;

    yardstick::Encode encode_ = yardstick::choose();
    yardstick::Plan plan_;
    std::vector<std::uint8_t> memory_;
    std::uint64_t bytes_ = 0;
};

}  // namespace flow::perf
