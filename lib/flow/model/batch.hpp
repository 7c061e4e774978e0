// SPDX-License-Identifier: BSD-3-Clause
// Batch: messages on their way from an RX worker to a transport, laid out as a slotted page.
// Messages and their keys grow from the front, slots from the back; it is full where they meet.
// Written by the RX worker, then, after the ring has passed it on, read by the TX worker only.
#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/model/account_tag.hpp"

namespace flow {

/// What is known of a message besides its bytes.
struct MessageSlot {
    static constexpr std::uint16_t no_key = UINT16_MAX;

    std::uint16_t end = 0;  ///< offset just past the message and its terminator; it starts where
                            ///< the one before ends, or behind its key when that lies between
    std::uint16_t key = no_key;  ///< offset of its key, which several messages may share
    AccountTag account = 0;
};

class Batch {
public:
    static constexpr std::size_t page_size = 64 * 1024;
    /// The largest message that fits an empty batch.
    static constexpr std::size_t message_size_max = page_size - sizeof(MessageSlot);
    static_assert(message_size_max < MessageSlot::no_key);

    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] std::size_t message_count() const noexcept { return count_; }
    /// All messages with their terminators, as the file transport writes them; and their keys, if
    /// they have any.
    [[nodiscard]] Bytes bytes() const noexcept { return {page_.data(), used_}; }

    [[nodiscard]] MessageSlot slot(std::size_t index) const noexcept {
        assert(index < count_);
        MessageSlot slot;
        std::memcpy(&slot, page_.data() + slot_offset(index), sizeof slot);
        return slot;
    }
    /// One message, terminator included.
    [[nodiscard]] Bytes message(std::size_t index) const noexcept {
        const MessageSlot here = slot(index);
        std::size_t begin = index == 0 ? 0 : slot(index - 1).end;
        if (here.key != MessageSlot::no_key && here.key >= begin) {
            begin = here.key + key_record_size(key_at(here.key).size());
        }
        return {page_.data() + begin, here.end - begin};
    }
    /// Has the message a key? An empty one is one.
    [[nodiscard]] bool has_key(std::size_t index) const noexcept {
        return slot(index).key != MessageSlot::no_key;
    }
    /// Of a message that has one.
    [[nodiscard]] Bytes key(std::size_t index) const noexcept { return key_at(slot(index).key); }

    /// Bytes that one more message may take.
    [[nodiscard]] std::size_t room() const noexcept {
        const std::size_t taken = used_ + (count_ + 1) * sizeof(MessageSlot);
        return taken < page_size ? page_size - taken : 0;
    }
    /// Where the next message goes; `room()` bytes are writable.
    [[nodiscard]] std::uint8_t* tail() noexcept { return page_.data() + used_; }
    /// Bytes that a key takes.
    [[nodiscard]] static constexpr std::size_t key_record_size(std::size_t key_size) noexcept {
        return sizeof(KeySize) + key_size;
    }
    /// The key of the messages that are committed from here on. The caller has room for it.
    void put_key(Bytes key) noexcept {
        assert(key_record_size(key.size()) <= room());
        key_ = static_cast<std::uint16_t>(used_);
        const auto size = static_cast<KeySize>(key.size());
        std::memcpy(page_.data() + used_, &size, sizeof size);
        if (!key.empty()) std::memcpy(page_.data() + used_ + sizeof size, key.data(), key.size());
        used_ += key_record_size(key.size());
    }
    /// Takes the bytes written at `tail()` as one message.
    void commit(std::size_t size, AccountTag account) noexcept {
        assert(size <= room());
        used_ += size;
        const MessageSlot slot{static_cast<std::uint16_t>(used_), key_, account};
        std::memcpy(page_.data() + slot_offset(count_), &slot, sizeof slot);
        ++count_;
    }
    /// Takes a row of messages from `tail()` on: their ends, each with `gap` bytes behind it that
    /// belong to it too.
    void commit(std::span<std::uint8_t* const> ends, std::size_t gap, AccountTag account) noexcept {
        // In registers: the compiler must think that a slot may be one of the members.
        std::uint8_t* slot_at = page_.data() + slot_offset(count_) + sizeof(MessageSlot);
        std::size_t used = used_;
        const auto common = std::bit_cast<std::uint64_t>(MessageSlot{0, key_, account});
        for (const std::uint8_t* const end : ends) {
            used = static_cast<std::size_t>(end - page_.data()) + gap;
            // GCC 12 puts a MessageSlot together in memory, and waits for it.
            const std::uint64_t slot = common | static_cast<std::uint16_t>(used);
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
        key_ = MessageSlot::no_key;
    }

private:
    using KeySize = std::uint16_t;
    static_assert(sizeof(MessageSlot) == sizeof(std::uint64_t));
    static_assert(std::bit_cast<std::uint64_t>(MessageSlot{1, 0, 0}) == 1, "little-endian");

    [[nodiscard]] Bytes key_at(std::size_t offset) const noexcept {
        KeySize size = 0;
        std::memcpy(&size, page_.data() + offset, sizeof size);
        return {page_.data() + offset + sizeof size, size};
    }
    [[nodiscard]] static constexpr std::size_t slot_offset(std::size_t index) noexcept {
        return page_size - (index + 1) * sizeof(MessageSlot);
    }

    std::size_t used_ = 0;
    std::size_t count_ = 0;
    std::uint16_t key_ = MessageSlot::no_key;  ///< of the next messages
    alignas(64)
        std::array<std::uint8_t, page_size> page_;  // not cleared: only what is committed is read
};

}  // namespace flow
