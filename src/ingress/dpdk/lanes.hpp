// SPDX-License-Identifier: BSD-3-Clause
// Lanes: the rings by which RX workers hand frames to each other, one SPSC ring of mbufs for each
// pair. All memory is taken at the start; of our own, as rings do not need EAL's.
#pragma once

#include <rte_ring.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "log/failure.hpp"

struct rte_mbuf;

namespace flowd::dpdk {

class Lanes {
public:
    /// Each ring holds `frames`: packet buffers are set aside for so many.
    [[nodiscard]] static Outcome<std::unique_ptr<Lanes>> create(std::uint32_t worker_count,
                                                                std::uint32_t frames);
    Lanes(const Lanes&) = delete;
    Lanes& operator=(const Lanes&) = delete;
    /// Gives back what is still in the rings: the workers have ended, the ports are there.
    ~Lanes();

    [[nodiscard]] std::uint32_t worker_count() const noexcept { return worker_count_; }
    /// `from` puts frames in, `to` takes them out.
    [[nodiscard]] rte_ring& ring(std::uint32_t from, std::uint32_t to) const noexcept {
        return *rings_[from * worker_count_ + to];
    }

private:
    struct Free {
        void operator()(rte_ring* ring) const noexcept { std::free(ring); }
    };

    explicit Lanes(std::uint32_t worker_count) : worker_count_{worker_count} {}

    std::uint32_t worker_count_;
    std::vector<std::unique_ptr<rte_ring, Free>> rings_;  ///< null from a worker to itself
};

}  // namespace flowd::dpdk
