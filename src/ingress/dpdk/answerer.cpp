// SPDX-License-Identifier: BSD-3-Clause
// Between frames of a port, its host and the kernel.
#include "ingress/dpdk/answerer.hpp"

#include <rte_mbuf.h>

namespace flowd::dpdk {

Outcome<std::unique_ptr<Answerer>> Answerer::open(const AnswererPlan& plan) {
    std::unique_ptr<Answerer> answerer{new Answerer{plan}};
    constexpr std::uint16_t queue = 0;
    auto sender = Sender::open(plan.port, queue, plan.frame_size_max, plan.label);
    if (!sender) return sender.error();
    answerer->sender_ = std::move(*sender);
    if (!plan.to_kernel) return answerer;
    auto tap = ExceptionTap::open({.label = plan.label,
                                   .interface = plan.interface,
                                   .mac = plan.identity.mac,
                                   .port = plan.port,
                                   .queue = queue,
                                   .pool = plan.pool});
    if (!tap) return tap.error();
    answerer->tap_ = std::move(*tap);
    return answerer;
}

Answerer::Fate Answerer::take(rte_mbuf* frame, flow::Bytes bytes, std::uint64_t now_ns) noexcept {
    if (answers_) {
        const std::span<std::uint8_t> room = sender_->prepare();
        const std::size_t size = room.empty() ? 0 : host_.answer(bytes, room, now_ns);
        if (!room.empty()) sender_->commit(size);
        if (size != 0) return Fate::answered;
    }
    if (!tap_) return Fate::none;
    tap_->to_kernel(frame, now_ns);
    return Fate::kernel;
}

/// `next(room)` writes a frame and returns its size, or 0.
template <class Next>
void Answerer::say(Next next) noexcept {
    constexpr int frames_max = 64;  // of one port's groups and addresses; the rest comes next time
    for (int i = 0; answers_ && i < frames_max; ++i) {
        const std::span<std::uint8_t> room = sender_->prepare();
        if (room.empty()) break;
        const std::size_t size = next(room);
        sender_->commit(size);
        if (size == 0) break;
    }
}

void Answerer::tick(std::uint64_t now_ns) noexcept {
    if (link_came_up_.exchange(false, std::memory_order_relaxed)) host_.link_came_up(now_ns);
    say([&](std::span<std::uint8_t> room) { return host_.announce(room, now_ns); });
    if (tap_) static_cast<void>(tap_->from_kernel());
}

void Answerer::say_farewell() noexcept {
    say([&](std::span<std::uint8_t> room) { return host_.farewell(room); });
}

}  // namespace flowd::dpdk
