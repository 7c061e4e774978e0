// SPDX-License-Identifier: BSD-3-Clause
// ShardTable: which RX worker an exporter belongs to. A source address falls into one of 4,096
// buckets, and a bucket has an owner; an exporter that is too much for one worker is split, by its
// domains. One per process. Read by all RX workers for every datagram; changed by the main thread
// only, between the steps that Mover takes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "flow/decode/peek.hpp"
#include "flow/model/address.hpp"

namespace flowd {

/// Where a datagram falls.
struct ShardPlace {
    std::uint16_t source_bucket = 0;  ///< of its source alone
    std::uint16_t bucket = 0;         ///< whose owner has it; another one only where it is split
    bool dealt = false;               ///< any worker may have it, by turns
};

/// Datagrams that wait until their state has come from another worker.
struct ShardMove {
    enum class Kind : std::uint8_t { none, bucket, split };

    Kind kind = Kind::none;
    std::uint16_t bucket = 0;

    [[nodiscard]] bool concerns(const ShardPlace& place) const noexcept {
        switch (kind) {
            case Kind::none: return false;
            case Kind::bucket: return place.bucket == bucket;
            case Kind::split: return place.source_bucket == bucket;
        }
        return false;
    }
    [[nodiscard]] bool operator==(const ShardMove&) const noexcept = default;
};

class ShardTable {
public:
    static constexpr std::uint32_t bucket_count = 4096;
    static constexpr std::uint32_t workers_max = 128;
    static constexpr std::uint8_t nobody = 0xff;

    /// `seed` is a number that senders do not know: they could fill one worker otherwise.
    ShardTable(std::uint32_t worker_count, std::uint64_t seed);

    ShardTable(const ShardTable&) = delete;
    ShardTable& operator=(const ShardTable&) = delete;

    [[nodiscard]] std::uint32_t worker_count() const noexcept { return worker_count_; }

    // RX workers.

    [[nodiscard]] ShardPlace place_of(const flow::Address& source,
                                      flow::Bytes payload) const noexcept {
        const std::uint64_t hashed = hash(source);
        const auto bucket = static_cast<std::uint16_t>(hashed & mask);
        if (!has_splits() || !is_split(bucket)) [[likely]]
            return {bucket, bucket, false};
        const flow::Peek peek = flow::peek(payload, source);
        return {bucket, split_bucket(hashed, peek.version, peek.domain), !peek.has_templates};
    }
    /// The owner; one who asks first for what nobody has gets it, as its queue is where the sender
    /// or the NIC has put the exporter.
    [[nodiscard]] std::uint32_t owner_of(std::uint16_t bucket, std::uint32_t asking) noexcept {
        const std::uint8_t owner = owners_[bucket].load(std::memory_order_relaxed);
        return owner != nobody ? owner : claim(bucket, asking);
    }
    /// Fragments meet at a worker that never changes.
    [[nodiscard]] std::uint32_t fragment_owner(const flow::Address& source) const noexcept {
        return static_cast<std::uint32_t>((hash(source) >> 32) % worker_count_);
    }
    /// Of the table, not of the time: what it says may be newer.
    [[nodiscard]] std::uint32_t epoch() const noexcept {
        return epoch_.load(std::memory_order_acquire);  // pairs with the release in publish()
    }
    /// All that was sorted by older tables is in the rings.
    void saw(std::uint32_t worker, std::uint32_t epoch) noexcept {
        shares_[worker].seen.store(epoch, std::memory_order_release);  // pairs with all_saw()
    }
    /// State is on its way from one worker to another.
    [[nodiscard]] bool moving() const noexcept { return moving_.load(std::memory_order_relaxed); }
    /// And so full rings are waited for, where they would drop otherwise.
    [[nodiscard]] bool waits_for_rings() const noexcept {
        return waits_for_rings_.load(std::memory_order_relaxed);
    }
    /// The owner counts what it has processed.
    void add_load(std::uint32_t worker, std::uint16_t bucket, std::uint32_t bytes) noexcept {
        std::atomic<std::uint32_t>& load = shares_[worker].loads[bucket];
        load.store(load.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
    }
    /// The worker takes no more from outside. Its last; all it had is in the rings.
    void leave() noexcept { left_.fetch_add(1, std::memory_order_release); }
    [[nodiscard]] bool all_left() const noexcept {
        return left_.load(std::memory_order_acquire) >= worker_count_;  // pairs with leave()
    }

    // Any thread.

    [[nodiscard]] ShardPlace place_of(const flow::Address& source, std::uint8_t version,
                                      std::uint32_t domain) const noexcept {
        const std::uint64_t hashed = hash(source);
        const auto bucket = static_cast<std::uint16_t>(hashed & mask);
        if (!is_split(bucket)) return {bucket, bucket, false};
        return {bucket, split_bucket(hashed, version, domain), false};
    }
    /// Whether the state of a domain is among what a move brings to worker `to`.
    [[nodiscard]] bool leaves(const ShardMove& move, std::uint32_t to, const flow::Address& source,
                              std::uint8_t version, std::uint32_t domain) const noexcept {
        if (move.kind == ShardMove::Kind::bucket) {
            return place_of(source, version, domain).bucket == move.bucket;
        }
        const std::uint64_t hashed = hash(source);
        return (hashed & mask) == move.bucket && owner(split_bucket(hashed, version, domain)) == to;
    }
    [[nodiscard]] std::uint8_t owner(std::uint16_t bucket) const noexcept {
        return owners_[bucket].load(std::memory_order_relaxed);
    }
    [[nodiscard]] bool is_split(std::uint16_t bucket) const noexcept {
        return split_[bucket].load(std::memory_order_relaxed);
    }
    /// Wraps.
    [[nodiscard]] std::uint32_t load(std::uint32_t worker, std::uint16_t bucket) const noexcept {
        return shares_[worker].loads[bucket].load(std::memory_order_relaxed);
    }

    // The main thread.

    /// Gives every bucket that nobody has to the workers in turn.
    void deal_out() noexcept;
    void set_owner(std::uint16_t bucket, std::uint32_t worker) noexcept {
        owners_[bucket].store(static_cast<std::uint8_t>(worker), std::memory_order_relaxed);
    }
    void split(std::uint16_t bucket) noexcept {
        split_[bucket].store(true, std::memory_order_relaxed);
        has_splits_.store(true, std::memory_order_relaxed);
    }
    void set_moving(bool moving) noexcept { moving_.store(moving, std::memory_order_relaxed); }
    void set_waiting_for_rings(bool waits) noexcept {
        waits_for_rings_.store(waits, std::memory_order_relaxed);
    }
    /// After changes: the epoch in which workers see them.
    std::uint32_t publish() noexcept {
        return epoch_.fetch_add(1, std::memory_order_release) + 1;  // pairs with epoch()
    }
    /// Nobody sorts by an older table any more. Workers that have left see nothing.
    [[nodiscard]] bool all_saw(std::uint32_t epoch) const noexcept;

private:
    static constexpr std::uint64_t mask = bucket_count - 1;

    /// Written by one RX worker only.
    struct alignas(64) Share {
        std::atomic<std::uint32_t> seen{0};
        std::array<std::atomic<std::uint32_t>, bucket_count> loads{};  ///< bytes of payload
    };

    /// IPv4 in one round: the seed is the table's own, and 4,096 buckets are all that is asked.
    [[nodiscard]] std::uint64_t hash(const flow::Address& source) const noexcept {
        if (source.size == 4) return flow::mix(flow::load_be32(source.octets.data()) ^ seed_);
        return flow::hash(source, seed_);
    }
    /// Spares a look into a second table where nothing is split, which is nearly everywhere.
    [[nodiscard]] bool has_splits() const noexcept {
        return has_splits_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint16_t split_bucket(std::uint64_t hashed, std::uint8_t version,
                                             std::uint32_t domain) const noexcept {
        return static_cast<std::uint16_t>(
            flow::hash_words(hashed, std::uint64_t{version} << 32 | domain, seed_) & mask);
    }
    [[nodiscard]] std::uint32_t claim(std::uint16_t bucket, std::uint32_t asking) noexcept;

    std::uint32_t worker_count_;
    std::uint64_t seed_;
    // Written by the main thread, and once for each bucket by the worker that claims it.
    std::array<std::atomic<std::uint8_t>, bucket_count> owners_{};
    std::array<std::atomic<bool>, bucket_count> split_{};
    std::unique_ptr<Share[]> shares_;
    alignas(64) std::atomic<std::uint32_t> epoch_{0};
    std::atomic<bool> moving_{false};
    std::atomic<bool> waits_for_rings_{false};
    std::atomic<bool> has_splits_{false};
    alignas(64) std::atomic<std::uint32_t> left_{0};
};

}  // namespace flowd
