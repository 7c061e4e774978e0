// SPDX-License-Identifier: BSD-3-Clause
// Park: data sets that came before their template wait here, as copies, until it comes or until
// they are too old. A ring of bytes that is reserved at start; full means that the oldest goes.
//
// A datagram with nothing else wrong waits with its sets: the first of them carries it, and with
// that one's end the datagram counts as decoded or dropped.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/base/error.hpp"
#include "flow/base/index_table.hpp"
#include "flow/base/slots.hpp"
#include "flow/decode/domain.hpp"
#include "flow/decode/stats.hpp"
#include "flow/model/origin.hpp"

namespace flow {

struct ParkLimits {
    std::size_t bytes_max = std::size_t{4} << 20;  ///< 0: nothing waits
    std::uint32_t age_max_ms = 60'000;             ///< by the receive times of the datagrams
};

class Park {
public:
    /// Counts in `stats`, which outlives the park.
    Park(const ParkLimits& limits, std::uint32_t exporters_max, std::uint64_t seed,
         DecodeStats& stats) noexcept;

    Park(const Park&) = delete;
    Park& operator=(const Park&) = delete;

    /// The sets that are kept from here on are those of one datagram, until the next call. What is
    /// too old at `now_ns` goes.
    void open(std::uint64_t now_ns) noexcept {
        opened_ = next_;
        expired_here_ = false;
        now_ns_ = now_ns;
        if (first_ != next_) expire();
    }

    enum class Fate : std::uint8_t {
        settled,  ///< no set of the datagram waits
        waits,    ///< the datagram waits with a set, and counts later
        expired,  ///< a set of it has already gone again
    };
    /// Ends a datagram that had nothing else wrong.
    [[nodiscard]] Fate close() noexcept;

    /// False when the set is not kept: nothing waits here, it is larger than the share of its
    /// exporter, or the exporter has no index of its own.
    [[nodiscard]] bool keep(const Domain& domain, std::uint16_t id, const Origin& origin,
                            Bytes body) noexcept;

    /// The template came: `visit(origin, body)` for each of its sets, in the order of arrival; it
    /// returns an Error and keeps nothing. Returns the first failure in a set of this datagram.
    template <class Visit>
    Error release(const Domain& domain, std::uint16_t id, Visit visit) noexcept {
        Error outcome = Error::none;
        if (first_ == next_) return outcome;
        std::uint32_t slot_plus_one = take_row(domain, id);
        while (slot_plus_one != 0) {
            Entry& entry = entries_[slot_plus_one - 1];
            slot_plus_one = entry.next_plus_one;
            const Error error = visit(entry.origin, Bytes{&bytes_[entry.offset], entry.size});
            ++stats_.sets_unparked;
            if (entry.serial >= opened_) outcome = first_failure(outcome, error);
            retire(entry, error);
        }
        return outcome;
    }

    /// The exporter is gone: its sets wait for nothing. They expire in their time.
    void forget(ExporterIndex exporter) noexcept;
    /// The end of the run.
    void expire_all() noexcept;

    [[nodiscard]] bool empty() const noexcept { return first_ == next_; }
    [[nodiscard]] std::size_t bytes_of(ExporterIndex exporter) const noexcept {
        return shares_[exporter].bytes;
    }

    /// Of all bytes an exporter may have one in so many.
    static constexpr std::size_t shares = 8;

private:
    struct Entry {
        Origin origin;
        Domain domain;
        std::uint64_t serial;
        std::uint64_t hash;
        std::size_t offset;  ///< of the body
        std::size_t room;    ///< that the body takes, with what is left unused before it
        std::uint32_t size;
        std::uint32_t generation;
        std::uint32_t next_plus_one;  ///< of the same template; 0: the last
        std::uint32_t last;           ///< of the same template, in the first of them
        std::uint16_t id;
        bool waits;
        bool carries;  ///< its datagram
    };
    struct Share {
        std::size_t bytes;
        std::uint32_t generation;  ///< how many exporters had the index before
    };

    [[nodiscard]] Entry& at(std::uint64_t serial) noexcept {
        return entries_[serial & (entries_.size() - 1)];
    }
    [[nodiscard]] std::uint32_t find_row(std::uint64_t hashed, const Domain& domain,
                                         std::uint16_t id) const noexcept;
    /// Takes all sets of a template out of the table; the first of them plus one, or 0.
    [[nodiscard]] std::uint32_t take_row(const Domain& domain, std::uint16_t id) noexcept;
    [[nodiscard]] std::uint64_t hash_of(const Domain& domain, std::uint16_t id) const noexcept;
    [[nodiscard]] std::size_t make_room(std::size_t size) noexcept;
    void link(std::uint32_t slot) noexcept;
    void retire(Entry& entry, Error outcome) noexcept;
    void expire() noexcept;
    void pop_oldest() noexcept;

    ParkLimits limits_;
    Slots<std::uint8_t> bytes_;
    Slots<Entry> entries_;  ///< a power of two: the slot is the serial number's low part
    Slots<Share> shares_;   ///< by exporter
    IndexTable table_;      ///< the first set of each template
    std::uint64_t seed_;
    DecodeStats& stats_;
    std::uint64_t first_ = 0;  ///< serial number of the oldest
    std::uint64_t next_ = 0;
    std::uint64_t opened_ = 0;  ///< where those of this datagram start
    std::uint64_t now_ns_ = 0;
    std::size_t write_ = 0;
    std::size_t used_ = 0;
    bool expired_here_ = false;  ///< a set of this datagram
};

}  // namespace flow
