// SPDX-License-Identifier: BSD-3-Clause
// The poll of a live queue.
#include "ingress/dpdk/ingress.hpp"

#include "ingress/clock.hpp"
#include "ingress/dpdk/thread.hpp"

namespace flowd::dpdk {

void Ingress::attach() noexcept { attach_thread(); }

void Ingress::detach() noexcept {
    missed_.refresh(queue_, sieve_.stats());
    detach_thread();
}

std::span<const flow::Datagram> Ingress::receive() noexcept {
    sieve_.clear();
    const std::uint16_t count = queue_.poll(Queue::burst_max);
    if (count == 0) return {};
    idler_.wake();
    const std::uint64_t now_ns = clock_ns(CLOCK_REALTIME);
    for (std::uint16_t i = 0; i < count; ++i) {
        const flow::Bytes frame = queue_.frame(i);
        sieve_.add(frame, queue_.readable_behind(i), now_ns);
    }
    return sieve_.datagrams();
}

const IngressStats& Ingress::stats() noexcept {
    missed_.refresh_if_old(queue_, sieve_.stats());
    return sieve_.stats();
}

}  // namespace flowd::dpdk
