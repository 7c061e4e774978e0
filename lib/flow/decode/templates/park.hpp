// SPDX-License-Identifier: BSD-3-Clause
// Park: data sets that came before their template wait here, as copies, until it comes or until
// they are too old. A ring of bytes that is reserved at start; full means that the oldest goes.
//
// A datagram with nothing else wrong waits with its sets: the first of them carries it, and with
// that one's end the datagram counts as decoded or dropped.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/base/error.hpp"
#include "flow/base/index_table.hpp"
#include "flow/base/slots.hpp"
#include "flow/decode/departure.hpp"
#include "flow/decode/domain.hpp"
#include "flow/decode/ledger.hpp"
#include "flow/decode/stats.hpp"
#include "flow/model/origin.hpp"

namespace flow {

struct ParkLimits {
    std::size_t bytes_max = std::size_t{4} << 20;  ///< 0: nothing waits
    std::uint32_t age_max_ms = 60'000;             ///< by the receive times of the datagrams
};

class Park {
public:
    /// Counts in `stats` and in `ledger`, if there is one; both outlive the park.
    Park(const ParkLimits& limits, std::uint32_t exporters_max, std::uint64_t seed,
         DecodeStats& stats, Ledger* ledger = nullptr) noexcept;

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
    /// exporter, or the exporter has no index of its own. `account` is that of the domain.
    [[nodiscard]] bool keep(const Domain& domain, std::uint16_t id, const Origin& origin,
                            Bytes body, AccountTag account = 0) noexcept;

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
            if (entry.taken && too_old(entry)) {  // not found by expire() yet
                retire(entry, SetEnd::expired, Error::unknown_template);
                continue;
            }
            const Error error = visit(entry.origin, Bytes{&bytes_[entry.offset], entry.size});
            if (entry.serial >= opened_) outcome = first_failure(outcome, error);
            retire(entry, SetEnd::unparked, error);
        }
        return outcome;
    }

    /// The exporter is gone: its sets wait for nothing. They expire in their time.
    void forget(ExporterIndex exporter) noexcept;
    /// The end of the run.
    void expire_all() noexcept;

    // For a handover between shards, see ../handover.hpp. A set is counted as parked where it came
    // first, and as unparked or expired where it ends; so is its datagram.

    struct Parked {
        const Domain& domain;
        const Origin& origin;
        std::uint16_t id;
        bool carries;  ///< its datagram
        Bytes body;
        AccountTag account;  ///< of its domain, in the shard that the set is in
    };
    /// A walk in steps over the sets that wait, in the order of arrival: `visit(parked)` returns a
    /// Departure, the same for all sets of a domain. Looks at `at_most` from `from` on, and returns
    /// where to go on; the end is end_serial(). Stops before the first for which there is no room.
    template <class Visit>
    std::uint64_t give(std::uint64_t from, std::uint32_t at_most, Visit visit) noexcept {
        from = std::max(from, first_);
        for (; from < next_ && at_most > 0; ++from, --at_most) {
            Entry& entry = at(from);
            if (!entry.waits || is_forgotten(entry) || !is_first(entry)) continue;
            const Departure what =
                visit(Parked{entry.domain, entry.origin, entry.id, entry.carries,
                             Bytes{&bytes_[entry.offset], entry.size}, entry.account});
            if (what == Departure::no_room) break;
            if (what == Departure::leaves) hand_on(entry);
        }
        return from;
    }
    [[nodiscard]] std::uint64_t end_serial() const noexcept { return next_; }

    /// A set of another shard: waits here until it is as old as it may be. False when it is not
    /// kept, as with keep(): then it has expired. Between two datagrams.
    bool take(const Parked& parked) noexcept;
    using SetEnd = Ledger::SetEnd;
    /// A set that waited, in this shard or in another, waits no longer.
    void count_end(AccountTag account, SetEnd how, bool carries, Error outcome) noexcept;

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
        AccountTag account;
        std::uint16_t id;
        bool waits;
        bool carries;  ///< its datagram
        bool taken;    ///< from another shard: may be older than those before it
    };
    struct Share {
        std::size_t bytes;
        std::uint32_t generation;  ///< how many exporters had the index before
    };

    [[nodiscard]] Entry& at(std::uint64_t serial) noexcept {
        return entries_[serial & (entries_.size() - 1)];
    }
    [[nodiscard]] std::uint32_t slot_of(const Entry& entry) const noexcept {
        return static_cast<std::uint32_t>(entry.serial & (entries_.size() - 1));
    }
    [[nodiscard]] std::uint32_t find_row(std::uint64_t hashed, const Domain& domain,
                                         std::uint16_t id) const noexcept;
    /// Takes all sets of a template out of the table; the first of them plus one, or 0.
    [[nodiscard]] std::uint32_t take_row(const Domain& domain, std::uint16_t id) noexcept;
    [[nodiscard]] std::uint64_t hash_of(const Domain& domain, std::uint16_t id) const noexcept;
    [[nodiscard]] std::size_t make_room(std::size_t size) noexcept;
    /// Null when the set is not kept.
    [[nodiscard]] Entry* place(const Domain& domain, std::uint16_t id, const Origin& origin,
                               Bytes body) noexcept;
    void link(std::uint32_t slot) noexcept;
    void unlink_first(const Entry& entry) noexcept;
    [[nodiscard]] bool is_first(const Entry& entry) const noexcept;
    [[nodiscard]] bool is_forgotten(const Entry& entry) const noexcept {
        return entry.generation != shares_[entry.domain.exporter].generation;
    }
    void leave(Entry& entry) noexcept;
    void hand_on(Entry& entry) noexcept;
    void retire(Entry& entry, SetEnd how, Error outcome) noexcept;
    void expire(Entry& entry) noexcept;
    void expire() noexcept;
    void expire_taken() noexcept;
    /// Signed: a clock that steps back makes nothing old.
    [[nodiscard]] bool too_old(const Entry& entry) const noexcept {
        const auto age_ns = static_cast<std::int64_t>(now_ns_ - entry.origin.received_ns);
        return age_ns > static_cast<std::int64_t>(std::uint64_t{limits_.age_max_ms} * 1'000'000);
    }
    void pop_oldest() noexcept;

    ParkLimits limits_;
    Slots<std::uint8_t> bytes_;
    Slots<Entry> entries_;  ///< a power of two: the slot is the serial number's low part
    Slots<Share> shares_;   ///< by exporter
    IndexTable table_;      ///< the first set of each template
    std::uint64_t seed_;
    DecodeStats& stats_;
    Ledger* ledger_;
    std::uint64_t first_ = 0;  ///< serial number of the oldest
    std::uint64_t next_ = 0;
    std::uint64_t opened_ = 0;  ///< where those of this datagram start
    std::uint64_t now_ns_ = 0;
    std::size_t write_ = 0;
    std::size_t used_ = 0;
    std::uint64_t hand_ = 0;     ///< serial number of the next that expire_taken() looks at
    std::size_t taken_ = 0;      ///< those that wait and came from another shard
    bool expired_here_ = false;  ///< a set of this datagram
};

}  // namespace flow
