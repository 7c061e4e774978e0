// SPDX-License-Identifier: BSD-3-Clause
// RetaTally: through which entry of a NIC's redirection table the datagrams of which worker come.
// What the main thread rewrites the table by. Hot: once per datagram, on ports whose table can
// change.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "ingress/dpdk/reta.hpp"

namespace flowd::dpdk {

class RetaTally {
public:
    /// `entry_count` is a power of two.
    RetaTally(std::uint32_t entry_count, std::uint32_t worker_count)
        : entry_count_{entry_count},
          worker_count_{worker_count},
          counts_{std::make_unique<std::atomic<std::uint32_t>[]>(size() * worker_count)} {}

    /// RX worker `self` has received a datagram with this hash that belongs to `owner`.
    void add(std::uint32_t self, std::uint32_t hash, std::uint32_t owner) noexcept {
        const std::size_t at =
            self * size() + reta_entry(hash, entry_count_) * worker_count_ + owner;
        std::atomic<std::uint32_t>& count = counts_[at];  // one writer
        count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }

    /// Main thread: of all workers, since the start, modulo 2^32; by entry and owner, as
    /// plan_reta() has them. `sums` has size() elements.
    void read(std::span<std::uint32_t> sums) const noexcept {
        for (std::size_t i = 0; i < size(); ++i) {
            sums[i] = 0;
            for (std::uint32_t worker = 0; worker < worker_count_; ++worker) {
                sums[i] += counts_[worker * size() + i].load(std::memory_order_relaxed);
            }
        }
    }
    [[nodiscard]] std::size_t size() const noexcept {
        return std::size_t{entry_count_} * worker_count_;
    }
    [[nodiscard]] std::uint32_t entry_count() const noexcept { return entry_count_; }
    [[nodiscard]] std::uint32_t worker_count() const noexcept { return worker_count_; }

private:
    std::uint32_t entry_count_;
    std::uint32_t worker_count_;
    std::unique_ptr<std::atomic<std::uint32_t>[]> counts_;  ///< by worker, entry and owner
};

}  // namespace flowd::dpdk
