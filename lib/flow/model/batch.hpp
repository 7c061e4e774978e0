// SPDX-License-Identifier: BSD-3-Clause
// Batch: messages on their way from an RX worker to a transport, laid out as a slotted page.
// Messages grow from the front, their slots from the back; it is full where they meet. Written by
// the RX worker, then, after the ring has passed it on, read by the TX worker only.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/model/origin.hpp"

namespace flow {

/// What is known of a message besides its bytes.
struct MessageSlot {
    std::uint32_t end = 0;  ///< offset just past the message and its terminator; it starts where
                            ///< the one before ends
    ExporterIndex exporter = 0;
};

class Batch {
public:
    static constexpr std::size_t page_size = 64 * 1024;
    /// The largest message that fits an empty batch.
    static constexpr std::size_t message_size_max = page_size - sizeof(MessageSlot);

    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] std::size_t message_count() const noexcept { return count_; }
    /// All messages with their terminators, as the file transport writes them.
    [[nodiscard]] Bytes bytes() const noexcept { return {page_.data(), used_}; }

    [[nodiscard]] MessageSlot slot(std::size_t index) const noexcept {
        assert(index < count_);
        MessageSlot slot;
        std::memcpy(&slot, page_.data() + slot_offset(index), sizeof slot);
        return slot;
    }
    /// One message, terminator included.
    [[nodiscard]] Bytes message(std::size_t index) const noexcept {
        const std::size_t begin = index == 0 ? 0 : slot(index - 1).end;
        return {page_.data() + begin, slot(index).end - begin};
    }

    /// Bytes that one more message may take.
    [[nodiscard]] std::size_t room() const noexcept {
        const std::size_t taken = used_ + (count_ + 1) * sizeof(MessageSlot);
        return taken < page_size ? page_size - taken : 0;
    }
    /// Where the next message goes; `room()` bytes are writable.
    [[nodiscard]] std::uint8_t* tail() noexcept { return page_.data() + used_; }
    /// Takes the bytes written at `tail()` as one message.
    void commit(std::size_t size, ExporterIndex exporter) noexcept {
        assert(size <= room());
        used_ += size;
        const MessageSlot slot{static_cast<std::uint32_t>(used_), exporter};
        std::memcpy(page_.data() + slot_offset(count_), &slot, sizeof slot);
        ++count_;
    }
    /// Takes a row of messages from `tail()` on: their ends, each with `gap` bytes behind it that
    /// belong to it too.
    void commit(std::span<std::uint8_t* const> ends, std::size_t gap,
                ExporterIndex exporter) noexcept {
        // In registers: the compiler must think that a slot may be one of the members.
        std::uint8_t* slot_at = page_.data() + slot_offset(count_) + sizeof(MessageSlot);
        std::size_t used = used_;
        for (const std::uint8_t* const end : ends) {
            used = static_cast<std::size_t>(end - page_.data()) + gap;
            const MessageSlot slot{static_cast<std::uint32_t>(used), exporter};
            slot_at -= sizeof slot;
            std::memcpy(slot_at, &slot, sizeof slot);
        }
        used_ = used;
        count_ += ends.size();
        assert(used_ + count_ * sizeof(MessageSlot) <= page_size);
    }
    void clear() noexcept {
        used_ = 0;
        count_ = 0;
    }

private:
    [[nodiscard]] static constexpr std::size_t slot_offset(std::size_t index) noexcept {
        return page_size - (index + 1) * sizeof(MessageSlot);
    }

    std::size_t used_ = 0;
    std::size_t count_ = 0;
    alignas(64)
        std::array<std::uint8_t, page_size> page_;  // not cleared: only what is committed is read
};

}  // namespace flow
