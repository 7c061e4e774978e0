// SPDX-License-Identifier: BSD-3-Clause
// The rare half: changing batches, and waiting for a free one where that is allowed.
#include "worker/batch_writer.hpp"

#include <sched.h>

namespace flowd {

void BatchWriter::flush() noexcept {
    if (!untold()) return;
    publish();
    tell();
}

void BatchWriter::publish() noexcept {
    if (empty()) return;
    ring_.publish(batch_);
    batch_ = nullptr;
    untold_ = true;
}

/// A TX worker that sleeps costs more to wake than a batch costs to write: it gets several.
void BatchWriter::look_at_ring() noexcept {
    const std::size_t waiting = ring_.waiting();
    const std::size_t batch_count = ring_.batch_count();
    if (waiting >= std::min(many_batches, batch_count / 4)) tell();
    crowded_ = waiting >= batch_count - batch_count / 4;
}

void BatchWriter::yield() noexcept {
    ::sched_yield();
    look_at_ring();
}

void BatchWriter::tell() noexcept {
    ring_.wake_reader();
    untold_ = false;
}

bool BatchWriter::next_batch(std::size_t needed) noexcept {
    const std::size_t key_size = has_key_ ? flow::Batch::key_record_size(key_size_) : 0;
    if (needed + key_size > flow::Batch::message_size_max) {
        ++too_large_drops_;
        return false;
    }
    key_due_ = key_size;  // every batch has its keys itself
    publish();
    if (batch_ != nullptr) batch_->clear();  // nothing but keys, of messages that never came
    if (untold_) look_at_ring();
    if (batch_ == nullptr) batch_ = acquire();
    if (batch_ != nullptr) return true;
    ++ring_full_drops_;
    return false;
}

flow::Batch* BatchWriter::acquire() noexcept {
    constexpr std::uint64_t look_up_ns = 5'000'000;  // for give_up_
    flow::Batch* batch = ring_.acquire();
    while (
        batch == nullptr && policy_ == FullPolicy::wait &&
        !give_up_.load(std::memory_order_relaxed)) {  // only a hint to stop: nothing to pair with
        tell();
        ring_.await_free(look_up_ns);
        batch = ring_.acquire();
    }
    return batch;
}

}  // namespace flowd
