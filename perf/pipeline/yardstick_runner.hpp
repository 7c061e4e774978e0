// SPDX-License-Identifier: BSD-3-Clause
// The yardstick over the same datagrams, into as much memory as a pipeline's batches.
#pragma once

#include <cstring>

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
    explicit YardstickRunner(Input input) : plan_{yardstick_plan(input)} {}

    void pass(const Traffic& traffic) override {
        sink_.reset();
        for (const Datagram& datagram : traffic.datagrams) {
            std::uint8_t* const to = sink_.reserve(datagram_output_max);
            sink_.commit(encode_(plan_, arrival_of(datagram), to), 0);
        }
    }
    [[nodiscard]] std::uint64_t byte_count() const override { return sink_.byte_count(); }

private:
    static constexpr std::size_t datagram_output_max = 16 * 1024;

    yardstick::Encode encode_ = yardstick::choose();
    yardstick::Plan plan_;
    PageRotation sink_;
};

}  // namespace flow::perf
