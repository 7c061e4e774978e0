// SPDX-License-Identifier: BSD-3-Clause
// BatchWriter: where a pipeline's messages go. Fills batches, ends each message with the
// transport's terminator, puts its key before it where the transport wants keys, and passes full or
// old batches to the ring. Used by one RX worker only.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "flow/model/batch.hpp"
#include "flow/pipeline/key_writer.hpp"
#include "flow/pipeline/message_sink.hpp"
#include "ring/batch_ring.hpp"

namespace flowd {

/// What happens to messages when no batch is free. A live RX worker never waits.
enum class FullPolicy : std::uint8_t { drop, wait };

class BatchWriter {
public:
    static constexpr std::size_t terminator_size_max = 64;

    /// `give_up` ends waiting; it is set from another thread. Without `keyed`, keys are ignored.
    BatchWriter(BatchRing& ring, std::string_view terminator, FullPolicy policy,
                const std::atomic<bool>& give_up, bool keyed = false) noexcept
        : ring_{ring},
          give_up_{give_up},
          policy_{policy},
          keyed_{keyed},
          terminator_size_{terminator.size()} {
        std::copy(terminator.begin(), terminator.end(), terminator_);
    }

    // MessageSink (flow/pipeline/message_sink.hpp).
    [[nodiscard]] std::uint8_t* reserve(std::size_t size) noexcept {
        const std::size_t needed = size + terminator_size_;
        if (batch_ == nullptr || batch_->room() < needed + key_due_) [[unlikely]] {
            if (!next_batch(needed)) return nullptr;
        }
        if (key_due_ != 0) put_key();
        return batch_->tail();
    }
    void commit(std::uint8_t* end, flow::AccountTag account) noexcept {
        if (terminator_size_ != 0) std::memcpy(end, terminator_, terminator_size_);
        batch_->commit(static_cast<std::size_t>(end - batch_->tail()) + terminator_size_, account);
        ++published_;
    }

    void commit(std::span<std::uint8_t* const> ends, flow::AccountTag account) noexcept {
        if (terminator_size_ != 0) {
            for (std::uint8_t* const end : ends) std::memcpy(end, terminator_, terminator_size_);
        }
        batch_->commit(ends, terminator_size_, account);
        published_ += ends.size();
    }
    /// The key of the messages from here on: at most flow::KeyWriter::key_size_max bytes.
    void set_key(flow::Bytes key) noexcept {
        if (!keyed_) return;
        const bool same =
            has_key_ && key.size() == key_size_ && std::equal(key.begin(), key.end(), key_);
        if (same) return;
        std::copy(key.begin(), key.end(), key_);
        key_size_ = key.size();
        has_key_ = true;
        key_due_ = flow::Batch::key_record_size(key_size_);
    }
    [[nodiscard]] std::size_t gap() const noexcept { return terminator_size_; }
    /// A message that is larger than any may be is lost.
    void refuse() noexcept { ++too_large_drops_; }
    /// Running totals.
    [[nodiscard]] flow::SinkCounts counts() const noexcept {
        return {published_ + too_large_drops_ + ring_full_drops_, published_, too_large_drops_,
                ring_full_drops_};
    }

    /// Passes on what there is, and wakes the reader.
    void flush() noexcept;
    /// Wakes the reader in any case.
    void tell() noexcept;
    /// Between bursts: when most batches wait, lets the reader have the CPU, in case that it is
    /// this one. Where it has its own, this is a system call that does nothing.
    void give_way() noexcept {
        if (crowded_) [[unlikely]]
            yield();
    }

    [[nodiscard]] bool empty() const noexcept { return batch_ == nullptr || batch_->empty(); }
    /// There is something that a sleeping reader has not been woken for.
    [[nodiscard]] bool untold() const noexcept { return untold_ || !empty(); }
    [[nodiscard]] std::uint64_t ring_full_drops() const noexcept { return ring_full_drops_; }
    [[nodiscard]] std::uint64_t too_large_drops() const noexcept { return too_large_drops_; }

private:
    /// A reader is woken when so many batches wait for it, or a quarter of all.
    static constexpr std::size_t many_batches = 16;

    void publish() noexcept;
    void look_at_ring() noexcept;
    void yield() noexcept;
    /// Passes the current batch on and gets one with room for `needed` bytes. False: the message is
    /// lost, counted.
    [[gnu::noinline]] bool next_batch(std::size_t needed) noexcept;
    [[nodiscard]] flow::Batch* acquire() noexcept;
    void put_key() noexcept {
        batch_->put_key({key_, key_size_});
        key_due_ = 0;
    }

    BatchRing& ring_;
    const std::atomic<bool>& give_up_;
    flow::Batch* batch_ = nullptr;
    std::uint64_t published_ = 0;  ///< messages that were committed
    std::uint64_t ring_full_drops_ = 0;
    std::uint64_t too_large_drops_ = 0;
    FullPolicy policy_;
    bool keyed_;
    bool has_key_ = false;     ///< a key has been set
    bool untold_ = false;      ///< batches in the ring
    bool crowded_ = false;     ///< three quarters of the batches wait, when last looked
    std::size_t key_due_ = 0;  ///< bytes of the key, which this batch has not yet; 0: it has
    std::size_t key_size_ = 0;
    std::size_t terminator_size_;
    char terminator_[terminator_size_max];
    std::uint8_t key_[flow::KeyWriter::key_size_max];
};

}  // namespace flowd
