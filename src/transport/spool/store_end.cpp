// SPDX-License-Identifier: BSD-3-Clause
// The end of a store: what comes back goes where its order wants it, and what is left stays.
#include <iterator>
#include <optional>

#include "transport/spool/store.hpp"

namespace flowd::spool {

Store::Position Store::segment_of(const Ticket* ticket) noexcept {
    Position at = segments_.begin();
    while (at != segments_.end() && &at->ticket != ticket) ++at;
    return at;
}

void Store::keep(Position segment, Owner owner) noexcept {
    segment->kept = true;
    ++unread_;
    counts_.spooled.add(1);
    ledger_.move(owner, Place::in_flight, Place::spooled, 1);
}

/// A new segment between `place` and the one before it; older when no number is free there.
Store::Position Store::make_before(Position place, int& error) noexcept {
    std::uint64_t number = first_number;
    if (place == segments_.end()) {
        if (!segments_.empty()) number = segments_.back().number() + gap;
    } else {
        while (place != segments_.begin() && place->number() - std::prev(place)->number() <= 1) {
            --place;
        }
        number =
            place == segments_.begin() ? place->number() - gap : std::prev(place)->number() + 1;
    }
    const Position made = segments_.emplace(place, folder_.path(), number);
    error = made->create();
    if (error != 0) {
        segments_.erase(made);
        return segments_.end();
    }
    bytes_ += made->size();
    return made;
}

void Store::insert(const flow::Batch& batch, std::span<const Owner> owners, Position place,
                   Position& into) noexcept {
    const std::uint64_t messages = batch.message_count();
    if (messages == 0) return;
    const auto book = [&](Place to) {
        for (const Owner owner : owners) ledger_.move(owner, Place::in_flight, to, 1);
    };
    const flow::Bytes record = codec_.encode(batch, 0, 0);  // a later process reads it
    if (bytes_ + record.size() + Segment::header_size > limits_.bytes_max) {
        book(place_of(Loss::spool_full));
        return counts_.lose(Loss::spool_full, messages);
    }
    int error = 0;
    if (into == segments_.end() || std::next(into) != place ||
        into->size() >= limits_.segment_bytes) {
        into = make_before(place, error);
    }
    if (error == 0) error = into->append(record, messages);
    if (error != 0) {
        book(place_of(Loss::spool_failed));
        return lose_unwritten(error, messages);
    }
    book(Place::spooled);
    bytes_ += record.size();
    unread_ += messages;
    counts_.spooled.add(messages);
}

/// Handed on, and never heard of again: it stays, to be replayed.
void Store::take_back_unsettled(Segment& segment) noexcept {
    const std::uint64_t messages = segment.ticket.pending;
    if (messages == 0) return;
    segment.ticket.pending = 0;
    segment.kept = true;
    unread_ += messages;
    counts_.spooled.add(messages);
    counts_.in_flight.subtract(messages);
    ledger_.sweep(Place::in_flight, Place::spooled, messages);
}

void Store::close() noexcept {
    for (Position at = segments_.begin(); at != segments_.end();) {
        take_back_unsettled(*at);
        lose_damaged(*at);
        if (!at->kept && at->unread() == 0) {
            at->remove();
            at = segments_.erase(at);
            continue;
        }
        // With messages that came back it is replayed from where it began, twice rather than never.
        if (!at->kept) {
            at->checkpoint(reading_ == &*at ? std::optional{read_first_} : std::nullopt);
        }
        at->seal(limits_.sync);
        ++at;
    }
    reading_ = nullptr;
}

}  // namespace flowd::spool
