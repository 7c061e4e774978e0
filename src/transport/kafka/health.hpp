// SPDX-License-Identifier: BSD-3-Clause
// Health: what the log says of a Kafka transport, once per change, and its state. The TX worker's.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "transport/transport.hpp"

namespace flowd::kafka {

class Health {
public:
    using Clock = std::chrono::steady_clock;

    /// `name` stands before each line: "transport.kafka: flow-messages".
    explicit Health(std::string name) : name_{std::move(name)} {}

    /// Messages were acknowledged.
    void delivered(std::uint64_t messages, Clock::time_point now);
    /// Messages are lost, for a reason that concerns all alike.
    void lost(std::uint64_t messages, std::string_view why, Clock::time_point now);
    /// Single messages are, for their own sake: too large.
    void refused(std::uint64_t messages, std::string_view why, Clock::time_point now);
    /// There is no room for more, or there is some again.
    void no_room(std::uint64_t waiting, Clock::time_point now);
    void has_room(Clock::time_point now);
    /// No broker answers, or none lets us in; or the topic is not there.
    void unreachable(std::string_view why);
    void reached();

    [[nodiscard]] TransportState state() const noexcept { return state_; }
    /// Lost since it last worked; for the exit status.
    [[nodiscard]] std::uint64_t lost_messages() const noexcept { return lost_; }
    [[nodiscard]] const std::string& last_reason() const noexcept { return reason_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    /// A state must have lasted so long to be called over: faults come in showers.
    static constexpr std::chrono::seconds calm{5};
    static constexpr std::chrono::seconds refusal_interval{60};

    std::string name_;
    TransportState state_ = TransportState::up;
    Clock::time_point last_trouble_{};
    Clock::time_point last_refusal_{};
    std::uint64_t lost_ = 0;
    std::uint64_t refused_ = 0;  ///< not yet told
    std::string reason_;
    std::string unreachable_;  ///< why; empty: it is reachable, as far as is known
};

}  // namespace flowd::kafka
