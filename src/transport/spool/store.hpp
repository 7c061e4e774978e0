// SPDX-License-Identifier: BSD-3-Clause
// Store: a folder of segments, a queue of batches on disk with a limit. Counts every message that
// it has, hands on or loses (TransportCounts::spooled, spool_restored, lost; and in the ledger all
// but what it hands on). Belongs to one TX worker. When it goes without close(), as when a process
// is killed, its files stay.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>

#include "flow/model/batch.hpp"
#include "log/failure.hpp"
#include "log/log.hpp"
#include "transport/spool/codec.hpp"
#include "transport/spool/folder.hpp"
#include "transport/spool/segment.hpp"
#include "transport/transport.hpp"

namespace flowd::spool {

struct Limits {
    std::uint64_t bytes_max = 0;
    std::uint64_t segment_bytes = 0;
    Compression compression = Compression::lz4;
    bool sync = false;  ///< segments are forced to disk when they are full
};

class Store {
public:
    /// Locks the folder and restores what is there. `counts` and `ledger` outlive it.
    [[nodiscard]] static Outcome<std::unique_ptr<Store>> open(const Limits& limits,
                                                              const std::string& folder,
                                                              TransportCounts& counts,
                                                              TxLedger& ledger);
    Store(const Limits& limits, const std::string& folder, TransportCounts& counts,
          TxLedger& ledger);

    /// Keeps messages of `batch`, from `first` on, behind all others; the oldest segments go when
    /// there is no room. What cannot be written is lost. All of it is counted.
    void append(const flow::Batch& batch, std::size_t first, std::uint32_t source) noexcept;

    /// The oldest messages that have not been handed on; null batch: none, or not now. Valid until
    /// the next call of another function.
    struct Front {
        const flow::Batch* batch = nullptr;
        std::size_t first = 0;
        Delivery delivery{};
    };
    [[nodiscard]] Front front() noexcept;
    /// So many messages of front() have been handed on.
    void handed(std::size_t messages) noexcept;
    /// Deletes segments that are read to their end and whose messages are all settled.
    void settle() noexcept;

    /// Messages that have not been handed on.
    [[nodiscard]] std::uint64_t unread() const noexcept { return unread_; }
    /// Nothing on disk, not even messages that are in flight.
    [[nodiscard]] bool empty() const noexcept { return segments_.empty(); }
    /// The last write did not work.
    [[nodiscard]] bool failing() const noexcept { return failing_; }

    /// The destination takes all: it does not matter now that writing does not work.
    void forgive() noexcept;

    // --- The end: what had been handed on comes back.
    using Position = std::list<Segment>::iterator;
    /// The segment of a ticket that front() gave; end(): it is gone, or the ticket is another's.
    [[nodiscard]] Position segment_of(const Ticket* ticket) noexcept;
    /// One of its messages came back: its segment stays.
    void keep(Position segment, Owner owner) noexcept;
    void take_back_unsettled(Segment& segment) noexcept;
    /// Puts a batch before `place`, which moves when need be, and into `into` when that is still
    /// right there. Nothing else goes for it: without room it is lost. `owners` are those of its
    /// messages.
    void insert(const flow::Batch& batch, std::span<const Owner> owners, Position place,
                Position& into) noexcept;
    [[nodiscard]] Position begin() noexcept { return segments_.begin(); }
    [[nodiscard]] Position end() noexcept { return segments_.end(); }
    /// Leaves what has to be delivered by a later process, and nothing else.
    void close() noexcept;

private:
    static constexpr std::uint64_t first_number = std::uint64_t{1} << 32;
    /// Free numbers wherever messages may come back to.
    static constexpr std::uint64_t gap = std::uint64_t{1} << 16;

    static void say(log::Level level, const std::string& where, const std::string& what);
    [[nodiscard]] Failure restore();
    void restore_one(std::uint64_t number);
    [[nodiscard]] bool put(flow::Bytes record, std::uint64_t messages) noexcept;
    [[nodiscard]] int begin_segment() noexcept;
    [[nodiscard]] Position make_before(Position place, int& error) noexcept;
    void drop_oldest() noexcept;
    void damaged(Segment& segment, std::uint64_t messages) noexcept;
    /// Books what a segment still holds: the damaged ones, and all others when they go with it.
    void lose_damaged(Segment& segment) noexcept;
    void lose_holdings(Segment& segment) noexcept;
    void lose_unwritten(int error, std::uint64_t messages) noexcept;
    void wrote() noexcept;

    const Limits limits_;
    Folder folder_;
    TransportCounts& counts_;
    TxLedger& ledger_;
    Codec codec_;
    std::list<Segment> segments_;  // ascending; tickets have addresses
    std::list<Segment> gone_;      // dropped while some of their messages were in flight
    std::uint64_t bytes_ = 0;      // of all segments
    std::uint64_t unread_ = 0;
    std::unique_ptr<flow::Batch> read_;  // front()'s
    Segment* reading_ = nullptr;         // whose batch that is; null: it holds none
    std::size_t read_first_ = 0;
    std::uint32_t read_source_ = 0;
    bool failing_ = false;
    bool full_ = false;                 // said since it was empty
    std::uint64_t lost_unwritten_ = 0;  // since it began to fail
};

}  // namespace flowd::spool
