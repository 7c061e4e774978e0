// SPDX-License-Identifier: BSD-3-Clause
// Ingress: the queues of one RX worker, of one live port or of several. Hot; used by its RX worker
// only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ingress/dpdk/idler.hpp"
#include "ingress/dpdk/intake.hpp"
#include "ingress/dpdk/missed.hpp"
#include "ingress/dpdk/queue.hpp"
#include "ingress/ingress.hpp"
#include "ingress/sharding.hpp"

namespace flowd::dpdk {

/// What all workers share.
struct Shared {
    std::span<const Face> faces;  ///< by port id
    ShardTable* table = nullptr;  ///< null: one worker only
    Lanes* lanes = nullptr;
    FragmentLimits fragments{};  ///< of each worker
};

class Ingress final : public flowd::Ingress, public Sharding {
public:
    /// A queue to poll, unless its port is shut.
    struct Door {
        Queue queue;
        const std::atomic<bool>& shut;
    };

    /// A worker without queues gets what others forward.
    Ingress(const std::vector<Door>& doors, const std::vector<config::Listener>& listeners,
            const Shared& shared, std::uint32_t self, const WorkerOptions& worker);

    void attach() noexcept override;
    void detach() noexcept override;
    [[nodiscard]] std::span<const flow::Datagram> receive() noexcept override;
    void release() noexcept override { intake_.release(); }
    void wait(std::uint64_t) noexcept override { idler_.wait(); }
    [[nodiscard]] bool idle() const noexcept override {
        return polled_ == 0 && !(exchange_ && exchange_->blocked());
    }
    [[nodiscard]] int numa_node() const noexcept override {
        return sources_.empty() ? -1 : sources_.front().queue.numa_node();
    }
    [[nodiscard]] Sharding* sharding() noexcept override { return exchange_ ? this : nullptr; }
    [[nodiscard]] std::uint64_t waiting() const noexcept override;
    [[nodiscard]] const IngressStats& stats() noexcept override;

    /// Bursts begun; for who waits until this worker is past something.
    [[nodiscard]] const std::atomic<std::uint64_t>& rounds() const noexcept { return rounds_; }

    // Sharding; see there.
    [[nodiscard]] ShardTable& table() noexcept override { return exchange_->table(); }
    void hold(const ShardMove& move) noexcept override { exchange_->hold(move); }
    void let_go() noexcept override { exchange_->let_go(); }
    [[nodiscard]] bool holding() const noexcept override { return exchange_->holding(); }
    void mark() noexcept override { exchange_->mark(); }
    [[nodiscard]] bool passed() const noexcept override { return exchange_->passed(); }
    void close() noexcept override;
    [[nodiscard]] bool closed() const noexcept override {
        return left_ && exchange_->table().all_left() && !exchange_->table().moving() &&
               exchange_->empty();
    }

private:
    struct Source {
        Queue queue;
        const std::atomic<bool>* shut;
        Missed missed{};
    };

    [[nodiscard]] std::uint16_t poll() noexcept;
    void share() noexcept;
    void flush() noexcept;
    void speak() noexcept;
    [[gnu::cold]] void count_missed() noexcept;
    [[nodiscard]] std::uint64_t now_ns() noexcept;

    std::vector<Source> sources_;
    /// Of a port that this worker answers for.
    struct Voice {
        Answerer* answerer;
        const std::atomic<bool>* shut;
    };
    std::vector<Voice> voices_;
    std::uint32_t bursts_ = 0;
    std::uint64_t spoke_ns_ = 0;  ///< monotonic
    std::size_t turn_ = 0;        ///< whose queue is next
    std::unique_ptr<Exchange> exchange_;
    Intake intake_;
    Idler idler_;
    std::uint16_t burst_;
    std::array<rte_mbuf*, Burst::frames_max> frames_{};
    std::atomic<std::uint64_t> rounds_{0};
    std::uint64_t now_ns_ = 0;  ///< of this burst; 0: not asked yet
    std::uint16_t polled_ = 0;  ///< frames of the ports in this burst
    bool closing_ = false;
    bool left_ = false;
};

}  // namespace flowd::dpdk
