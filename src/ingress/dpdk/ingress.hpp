// SPDX-License-Identifier: BSD-3-Clause
// Ingress: one RX queue of a live port. Hot; used by its RX worker only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ingress/dpdk/idler.hpp"
#include "ingress/dpdk/missed.hpp"
#include "ingress/dpdk/queue.hpp"
#include "ingress/dpdk/sieve.hpp"
#include "ingress/ingress.hpp"

namespace flowd::dpdk {

class Ingress final : public flowd::Ingress {
public:
    Ingress(std::uint16_t port_id, std::uint16_t queue_id,
            const std::vector<config::Listener>& listeners, const WorkerOptions& worker)
        : queue_{port_id, queue_id},
          sieve_{listeners, flow::packet::LinkType::ethernet},
          idler_{worker} {}
    ~Ingress() override { queue_.release(); }

    void attach() noexcept override;
    void detach() noexcept override;
    [[nodiscard]] std::span<const flow::Datagram> receive() noexcept override;
    void release() noexcept override { queue_.release(); }
    void wait(std::uint64_t) noexcept override { idler_.wait(); }
    [[nodiscard]] int numa_node() const noexcept override { return queue_.numa_node(); }
    [[nodiscard]] const IngressStats& stats() noexcept override;

private:
    Queue queue_;
    Sieve sieve_;
    Idler idler_;
    Missed missed_;
};

}  // namespace flowd::dpdk
