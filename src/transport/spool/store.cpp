// SPDX-License-Identifier: BSD-3-Clause
// Segments in the order of their numbers: handed on and unsettled ones first, then those to be
// read, the last of which is written to. Numbers leave a gap wherever messages may come back to.
#include "transport/spool/store.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "log/log.hpp"
#include "log/reason.hpp"

namespace flowd::spool {

void Store::say(log::Level level, const std::string& where, const std::string& what) {
    log::write(level, "transport.spool.path: " + where + ": " + what);
}

Store::Store(const Limits& limits, const std::string& folder, TransportCounts& counts,
             TxLedger& ledger)
    : limits_{limits},
      folder_{folder},
      counts_{counts},
      ledger_{ledger},
      codec_{limits.compression},
      read_{std::make_unique<flow::Batch>()} {}

Outcome<std::unique_ptr<Store>> Store::open(const Limits& limits, const std::string& folder,
                                            TransportCounts& counts, TxLedger& ledger) {
    auto store = std::make_unique<Store>(limits, folder, counts, ledger);
    if (Failure failure = store->folder_.lock(); failed(failure)) return failure;
    if (Failure failure = store->restore(); failed(failure)) return failure;
    return store;
}

Failure Store::restore() {
    const auto numbers = folder_.segments();
    if (!numbers) return numbers.error();
    for (const std::uint64_t number : *numbers) restore_one(number);
    counts_.spool_restored.add(unread_);
    counts_.spooled.add(unread_);
    ledger_.move({}, Place::restored, Place::spooled, unread_);
    if (unread_ > 0) {
        say(log::Level::info, folder_.path(),
            std::to_string(unread_) + " messages of an earlier run are delivered first");
    }
    return {};
}

void Store::restore_one(std::uint64_t number) {
    Segment& segment = segments_.emplace_back(folder_.path(), number);
    const Segment::Found found = segment.scan();
    if (segment.cut() > 0) {
        counts_.spool_damaged.add(1);
        say(log::Level::warn, segment.path(),
            "its last " + std::to_string(segment.cut()) +
                " bytes are not a whole record and were cut");
    }
    if (found == Segment::Found::messages) {
        bytes_ += segment.size();
        unread_ += segment.unread();
        segment.holdings.add({}, segment.unread());
        return;
    }
    if (found == Segment::Found::nothing) {
        segment.remove();
    } else {
        counts_.spool_damaged.add(1);
        say(log::Level::error, segment.path(),
            "is not a segment that this version reads; it is set aside as .bad");
        std::rename(segment.path().c_str(), (segment.path() + ".bad").c_str());
    }
    segments_.pop_back();
}

void Store::append(const flow::Batch& batch, std::size_t first, std::uint32_t source) noexcept {
    if (first >= batch.message_count()) return;
    const std::uint64_t messages = batch.message_count() - first;
    const flow::Bytes record = codec_.encode(batch, first, source);
    while (!segments_.empty() &&
           bytes_ + record.size() + Segment::header_size > limits_.bytes_max) {
        drop_oldest();
    }
    if (!put(record, messages)) {
        return ledger_.move(batch, first, messages, source, Place::taken,
                            place_of(Loss::spool_failed));
    }
    unread_ += messages;
    counts_.spooled.add(messages);
    for_each_run(batch, first, messages, [&](flow::AccountTag account, std::size_t count) {
        const Owner owner{source, account};
        segments_.back().holdings.add(owner, count);
        ledger_.move(owner, Place::taken, Place::spooled, count);
    });
}

/// Into the last segment, or a new one. False: it is lost, and counted.
bool Store::put(flow::Bytes record, std::uint64_t messages) noexcept {
    const bool fresh = segments_.empty() || segments_.back().sealed() ||
                       segments_.back().size() >= limits_.segment_bytes;
    int error = fresh ? begin_segment() : 0;
    if (error == 0) {
        Segment& segment = segments_.back();
        error = segment.append(record, messages);
        if (error == 0) bytes_ += record.size();
        if (error != 0 && fresh) {
            segment.remove();
            bytes_ -= segment.size();
            segments_.pop_back();
        } else if (error == ENOENT) {
            segment.seal(false);  // somebody has removed it
        }
    }
    if (error != 0) {
        lose_unwritten(error, messages);
        return false;
    }
    wrote();
    return true;
}

int Store::begin_segment() noexcept {
    std::uint64_t number = first_number;
    if (!segments_.empty()) {
        segments_.back().seal(limits_.sync);
        // All of it handed on: what has been delivered directly since belongs in between.
        number = segments_.back().number() + (unread_ == 0 ? gap : 1);
    }
    Segment& segment = segments_.emplace_back(folder_.path(), number);
    int error = segment.create();
    if (error == ENOENT) {
        folder_.make();
        error = segment.create();
    }
    if (error != 0) {
        segments_.pop_back();
    } else {
        bytes_ += segment.size();
    }
    return error;
}

void Store::drop_oldest() noexcept {
    const Position oldest = segments_.begin();
    if (reading_ == &*oldest) reading_ = nullptr;
    const std::uint64_t messages = oldest->unread();
    unread_ -= messages;
    counts_.spooled.subtract(messages);
    counts_.lose(Loss::spool_full, messages);
    lose_holdings(*oldest);
    if (messages > 0 && !std::exchange(full_, true)) {
        say(log::Level::error, folder_.path(),
            "is full (" + std::to_string(limits_.bytes_max) +
                " bytes): the oldest messages are lost until there is room");
    }
    bytes_ -= oldest->size();
    oldest->remove();
    if (oldest->ticket.pending > 0) {
        gone_.splice(gone_.end(), segments_, oldest);
    } else {
        segments_.erase(oldest);
    }
}

/// Nobody can read whose a damaged message was, so it is taken for one of those that are left: when
/// they are the only ones, that is who they are.
void Store::lose_damaged(Segment& segment) noexcept {
    while (segment.damaged > 0) {
        const OwnerRun any = segment.holdings.take_any(segment.damaged);
        if (any.count == 0) return;
        segment.damaged -= any.count;
        ledger_.move(any.owner, Place::spooled, place_of(Loss::spool_failed), any.count);
    }
}

void Store::lose_holdings(Segment& segment) noexcept {
    lose_damaged(segment);
    segment.holdings.drain([&](Owner owner, std::uint64_t count) {
        ledger_.move(owner, Place::spooled, place_of(Loss::spool_full), count);
    });
}

void Store::damaged(Segment& segment, std::uint64_t messages) noexcept {
    if (messages == 0) return;
    unread_ -= messages;
    counts_.spooled.subtract(messages);
    counts_.lose(Loss::spool_failed, messages);
    counts_.spool_damaged.add(1);
    segment.damaged += messages;
    if (segment.unread() == 0) lose_holdings(segment);
    say(log::Level::error, segment.path(),
        "is damaged: " + std::to_string(messages) + " messages are lost");
}

void Store::lose_unwritten(int error, std::uint64_t messages) noexcept {
    counts_.lose(Loss::spool_failed, messages);
    lost_unwritten_ += messages;
    if (std::exchange(failing_, true)) return;
    say(log::Level::error, folder_.path(),
        "cannot write: " + reason(error) + "; messages are lost until it works again");
}

void Store::wrote() noexcept {
    if (!std::exchange(failing_, false)) return;
    say(log::Level::info, folder_.path(),
        "writing again; " + std::to_string(std::exchange(lost_unwritten_, 0)) +
            " messages were lost");
}

void Store::forgive() noexcept {
    if (!std::exchange(failing_, false)) return;
    say(log::Level::info, folder_.path(),
        "is not needed now; " + std::to_string(std::exchange(lost_unwritten_, 0)) +
            " messages were lost because it could not be written");
}

Store::Front Store::front() noexcept {
    if (reading_ != nullptr) {
        return {read_.get(), read_first_, {&reading_->ticket, read_source_}};
    }
    for (Segment& segment : segments_) {
        if (segment.unread() == 0) continue;
        const Segment::Next next = segment.next(codec_, *read_);
        damaged(segment, next.lost);
        if (next.read == Segment::Read::try_later) return {};
        if (next.read == Segment::Read::nothing) continue;
        reading_ = &segment;
        read_first_ = next.first;
        read_source_ = next.source;
        return {read_.get(), read_first_, {&segment.ticket, read_source_}};
    }
    return {};
}

void Store::handed(std::size_t messages) noexcept {
    for_each_run(*read_, read_first_, messages, [&](flow::AccountTag account, std::size_t count) {
        reading_->holdings.take({read_source_, account}, count);
    });
    read_first_ += messages;
    unread_ -= messages;
    counts_.spooled.subtract(messages);
    reading_->handed(messages);
    // What is written from here on goes to another segment, so that this one can be deleted.
    if (reading_->unread() == 0) {
        reading_->seal(limits_.sync);
        lose_holdings(*reading_);
    }
    if (read_first_ == read_->message_count()) reading_ = nullptr;
}

void Store::settle() noexcept {
    for (Position at = segments_.begin(); at != segments_.end() && at->unread() == 0;) {
        if (at->ticket.pending > 0) {
            ++at;
            continue;
        }
        bytes_ -= at->size();
        at->remove();
        at = segments_.erase(at);
    }
    gone_.remove_if([](const Segment& segment) { return segment.ticket.pending == 0; });
    if (unread_ == 0) full_ = false;
}

}  // namespace flowd::spool
