// SPDX-License-Identifier: BSD-3-Clause
// Mover: takes the exporters of a bucket from one RX worker to another, or splits them over all
// workers by their domains, while datagrams come in. Nothing is lost, doubled or read before what
// it depends on: those who will own them hold such datagrams back; the table changes; once every
// worker has seen that, and the old owner has decoded what came before, its state goes over in
// pages; then what was held is decoded. One move at a time. Main thread; README.md has the steps.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "ingress/shard_table.hpp"
#include "ring/batch_ring.hpp"
#include "worker/rx_worker.hpp"

namespace flowd {

class Mover {
public:
    using Workers = std::vector<std::unique_ptr<RxWorker>>;

    using Rings = std::vector<std::unique_ptr<BatchRing>>;

    /// A transport that takes nothing must not hold up what comes in for long.
    static constexpr std::uint64_t delivery_max_ns = 20'000'000;

    /// `rings`: as many for each worker, in their order. All outlive it.
    Mover(ShardTable& table, const Workers& workers, const Rings& rings,
          std::uint64_t patience_ns = delivery_max_ns)
        : table_{table},
          workers_{workers},
          rings_{rings},
          patience_ns_{patience_ns},
          page_{std::make_unique<flow::HandoverPage>()} {}

    /// Starts a move; not while busy().
    void move(std::uint16_t bucket, std::uint32_t from, std::uint32_t to);
    /// Starts to split the exporters of a bucket, which are `from`'s.
    void split(std::uint16_t bucket, std::uint32_t from);

    [[nodiscard]] bool busy() const noexcept { return stage_ != Stage::idle; }
    /// Workers are about to end: what is under way goes on, nothing new starts.
    void wind_up() noexcept { over_ = true; }
    /// The next step, if it can be taken. Often while busy: datagrams are waiting.
    void tick();

    [[nodiscard]] std::uint64_t moves() const noexcept { return moves_; }
    [[nodiscard]] std::uint64_t splits() const noexcept { return splits_; }

private:
    enum class Stage : std::uint8_t {
        idle,
        holding,
        turning,
        giving,
        taking,
        delivering,
        letting_go
    };

    static constexpr std::uint64_t rings_patience_ns = 100'000'000;

    void start(const ShardMove& move, std::uint32_t from, std::vector<std::uint32_t> receivers);
    void ask_all(HandoverRequest::Kind kind);
    [[nodiscard]] bool all_answered() const;
    [[nodiscard]] bool anyone_ended() const;
    void turn_table();
    void ask_for_page(bool first);
    void give_next();
    void hand_on();
    void wait_for_delivery();
    [[nodiscard]] bool delivered() const;
    void end();

    ShardTable& table_;
    const Workers& workers_;
    const Rings& rings_;
    std::uint64_t patience_ns_;  ///< with the delivery of what the old owner has decoded
    std::unique_ptr<flow::HandoverPage> page_;
    Stage stage_ = Stage::idle;
    ShardMove move_;
    std::uint32_t from_ = 0;
    std::vector<std::uint32_t> receivers_;
    std::size_t receiver_ = 0;  ///< who is getting pages
    std::uint32_t epoch_ = 0;
    std::vector<std::uint64_t> published_;  ///< by `from_`, when it had given everything
    std::uint64_t delivering_since_ns_ = 0;
    std::uint64_t started_ns_ = 0;
    bool over_ = false;  ///< a worker has ended: no move starts any more
    std::uint64_t moves_ = 0;
    std::uint64_t splits_ = 0;
};

}  // namespace flowd
