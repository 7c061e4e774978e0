// SPDX-License-Identifier: BSD-3-Clause
// Answerer: what a port says by itself. Frames that are no flow traffic are answered by its host,
// or go to the kernel by a TAP. Used by the port's answering worker only; its counters may be read
// by others.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "flow/base/bytes.hpp"
#include "ingress/dpdk/exception.hpp"
#include "ingress/dpdk/host/host.hpp"
#include "ingress/dpdk/sender.hpp"
#include "log/failure.hpp"

struct rte_mbuf;

namespace flowd::dpdk {

struct AnswererPlan {
    std::uint16_t port = 0;
    std::string label{};
    host::Identity identity{};  ///< without addresses nothing is answered
    bool to_kernel = false;     ///< what is not answered
    std::string interface {};   ///< of the TAP
    std::uint16_t frame_size_max = 1514;
    rte_mempool* pool = nullptr;  ///< for frames from the kernel
};

class Answerer {
public:
    /// Main thread; the port runs.
    [[nodiscard]] static Outcome<std::unique_ptr<Answerer>> open(const AnswererPlan& plan);

    enum class Fate : std::uint8_t {
        none,      ///< nobody wants it; it stays the caller's
        answered,  ///< it stays the caller's
        kernel,    ///< gone
    };
    /// `bytes` are the frame's, in one piece. Times are monotonic, in nanoseconds.
    [[nodiscard]] Fate take(rte_mbuf* frame, flow::Bytes bytes, std::uint64_t now_ns) noexcept;
    /// What is due by itself, and what the kernel sends. Every few milliseconds.
    void tick(std::uint64_t now_ns) noexcept;
    /// The last: leaves groups.
    void say_farewell() noexcept;

    /// Any thread: the link is there again.
    void note_link_up() noexcept { link_came_up_.store(true, std::memory_order_relaxed); }

    [[nodiscard]] const host::Stats& stats() const noexcept { return host_.stats(); }
    [[nodiscard]] const Sender::Stats& sent() const noexcept { return sender_->stats(); }
    /// Null: nothing goes to the kernel.
    [[nodiscard]] const ExceptionTap* tap() const noexcept { return tap_.get(); }

private:
    explicit Answerer(const AnswererPlan& plan)
        : host_{plan.identity}, answers_{!plan.identity.addresses.empty()} {}

    template <class Next>
    void say(Next next) noexcept;

    host::Host host_;
    bool answers_;
    std::unique_ptr<Sender> sender_;
    std::unique_ptr<ExceptionTap> tap_;
    std::atomic<bool> link_came_up_{false};
};

}  // namespace flowd::dpdk
