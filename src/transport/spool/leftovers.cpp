// SPDX-License-Identifier: BSD-3-Clause
// A message that was taken directly while a segment was in flight is newer than that segment.
#include "transport/spool/leftovers.hpp"

#include <cstring>
#include <iterator>

namespace flowd::spool {

bool SpoolLeftovers::fits(flow::Bytes message, const flow::Bytes* key) const noexcept {
    if (batch_->message_count() >= messages_max) return false;
    const std::size_t key_size = key == nullptr ? 0 : flow::Batch::key_record_size(key->size());
    return message.size() + key_size < batch_->room();
}

bool SpoolLeftovers::take(flow::Bytes message, const flow::Bytes* key, Ticket* ticket,
                          Owner owner) noexcept {
    if (ticket != nullptr) {
        if (const auto segment = store_.segment_of(ticket); segment != store_.end()) {
            if (std::next(segment) != place_) flush();
            place_ = std::next(segment);
            store_.keep(segment, owner);
            return true;
        }
    }
    // A batch has no way back from keys to none.
    const bool keyed = !batch_->empty() && batch_->has_key(batch_->message_count() - 1);
    if ((keyed && key == nullptr) || !fits(message, key)) flush();
    if (!fits(message, key)) return false;
    if (key != nullptr) batch_->put_key(*key);
    if (!message.empty()) std::memcpy(batch_->tail(), message.data(), message.size());
    batch_->commit(message.size(), owner.account);
    owners_.push_back(owner);
    return true;
}

void SpoolLeftovers::flush() noexcept {
    store_.insert(*batch_, owners_, place_, into_);
    batch_->clear();
    owners_.clear();
}

}  // namespace flowd::spool
