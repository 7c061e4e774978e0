// SPDX-License-Identifier: BSD-3-Clause
// The changes of state and their sentences.
#include "transport/kafka/health.hpp"

#include "log/escape.hpp"
#include "log/log.hpp"

namespace flowd::kafka {

void Health::delivered(std::uint64_t messages, Clock::time_point now) {
    if (messages == 0) return;
    reached();
    if (state_ != TransportState::dropping || now - last_trouble_ < calm) return;
    log::info(name_ + ": delivering again; " + std::to_string(lost_) + " messages were lost");
    state_ = TransportState::up;
    lost_ = 0;
}

void Health::lost(std::uint64_t messages, std::string_view why, Clock::time_point now) {
    lost_ += messages;
    last_trouble_ = now;
    if (state_ == TransportState::dropping && reason_ == why) return;
    reason_ = why;
    state_ = TransportState::dropping;
    log::error(name_ + ": messages are being lost: " + log::one_line(reason_));
}

void Health::refused(std::uint64_t messages, std::string_view why, Clock::time_point now) {
    refused_ += messages;
    if (last_refusal_ != Clock::time_point{} && now - last_refusal_ < refusal_interval) return;
    last_refusal_ = now;
    log::warn(name_ + ": " + std::to_string(refused_) +
              " messages were refused: " + log::one_line(std::string{why}));
    refused_ = 0;
}

void Health::no_room(std::uint64_t waiting, Clock::time_point now) {
    last_trouble_ = now;
    if (state_ != TransportState::up) return;
    state_ = TransportState::slow;
    log::warn(name_ + ": slow: " + std::to_string(waiting) +
              " messages wait for their acknowledgement, and no more fit in the queue");
}

void Health::has_room(Clock::time_point now) {
    if (state_ != TransportState::slow || now - last_trouble_ < calm) return;
    state_ = TransportState::up;
    log::info(name_ + ": up: the queue has room again");
}

void Health::unreachable(std::string_view why) {
    if (!unreachable_.empty()) return;
    unreachable_ = why;
    log::warn(name_ + ": " + log::one_line(unreachable_) + "; messages wait");
}

void Health::reached() {
    if (unreachable_.empty()) return;
    unreachable_.clear();
    log::info(name_ + ": connected");
}

}  // namespace flowd::kafka
