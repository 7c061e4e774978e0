// SPDX-License-Identifier: BSD-3-Clause
// The rare half: changing batches, and waiting for a free one where that is allowed.
#include "worker/batch_writer.hpp"

#include <ctime>

namespace flowd {

namespace {

void nap() noexcept {
    constexpr timespec duration{0, 20'000};
    nanosleep(&duration, nullptr);
}

}  // namespace

void BatchWriter::flush() noexcept {
    if (empty()) return;
    ring_.publish(batch_);
    batch_ = nullptr;
}

bool BatchWriter::next_batch(std::size_t needed) noexcept {
    if (needed > flow::Batch::message_size_max) {
        ++too_large_drops_;
        return false;
    }
    flush();
    if (batch_ == nullptr) batch_ = acquire();
    if (batch_ != nullptr) return true;
    ++ring_full_drops_;
    return false;
}

flow::Batch* BatchWriter::acquire() noexcept {
    flow::Batch* batch = ring_.acquire();
    while (
        batch == nullptr && policy_ == FullPolicy::wait &&
        !give_up_.load(std::memory_order_relaxed)) {  // only a hint to stop: nothing to pair with
        nap();
        batch = ring_.acquire();
    }
    return batch;
}

}  // namespace flowd
