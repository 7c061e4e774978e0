// SPDX-License-Identifier: BSD-3-Clause
// A packed message: a byte that says which key it has, its key when that is a new one (2 bytes of
// length, then the text), 2 bytes of length, the message.
#include "transport/spool/record.hpp"

#include <zlib.h>

#include <array>
#include <bit>

namespace flowd::spool {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint32_t magic = 0x43525346;  // "FSRC"

enum class KeyIs : std::uint8_t { none, fresh, same };

using Size = std::uint16_t;
static_assert(flow::Batch::message_size_max <= UINT16_MAX);
static_assert(sizeof(KeyIs) + sizeof(Size) <= sizeof(flow::MessageSlot));

[[nodiscard]] KeyIs key_of(const flow::Batch& batch, std::size_t index,
                           std::size_t first) noexcept {
    if (!batch.has_key(index)) return KeyIs::none;
    const bool same = index > first && batch.slot(index).key == batch.slot(index - 1).key;
    return same ? KeyIs::same : KeyIs::fresh;
}

[[nodiscard]] std::uint8_t* put(flow::Bytes bytes, std::uint8_t* to) noexcept {
    store(to, static_cast<Size>(bytes.size()));
    if (!bytes.empty()) std::memcpy(to + sizeof(Size), bytes.data(), bytes.size());
    return to + sizeof(Size) + bytes.size();
}

/// Takes what put() wrote from the front of `rest`.
[[nodiscard]] std::optional<flow::Bytes> get(flow::Bytes& rest) noexcept {
    if (rest.size() < sizeof(Size)) return std::nullopt;
    const std::size_t size = load<Size>(rest.data());
    rest = rest.subspan(sizeof(Size));
    if (rest.size() < size) return std::nullopt;
    const flow::Bytes bytes = rest.first(size);
    rest = rest.subspan(size);
    return bytes;
}

/// Moves one message from the front of `rest` to `batch`.
[[nodiscard]] bool unpack_one(flow::Bytes& rest, bool& keyed, flow::Batch& batch) noexcept {
    if (rest.empty()) return false;
    const auto kind = static_cast<KeyIs>(rest.front());
    rest = rest.subspan(1);
    if (kind == KeyIs::fresh) {
        const auto key = get(rest);
        if (!key || flow::Batch::key_record_size(key->size()) > batch.room()) return false;
        batch.put_key(*key);
        keyed = true;
    } else if (kind != (keyed ? KeyIs::same : KeyIs::none)) {
        return false;  // a batch has no way back from keys to none
    }
    const auto message = get(rest);
    // Without room for its slot room() is 0, and an empty message would pass.
    if (!message || batch.room() < message->size() || batch.message_count() >= messages_max ||
        batch.bytes().size() + (batch.message_count() + 1) * sizeof(flow::MessageSlot) >
            flow::Batch::page_size) {
        return false;
    }
    if (!message->empty()) std::memcpy(batch.tail(), message->data(), message->size());
    batch.commit(message->size(), 0);
    return true;
}

}  // namespace

std::uint32_t checksum_of(flow::Bytes bytes) noexcept {
    return static_cast<std::uint32_t>(crc32_z(0, bytes.data(), bytes.size()));
}

void write(const RecordHeader& header, std::span<std::uint8_t, RecordHeader::size> to) noexcept {
    const std::array<std::uint32_t, 6> words{magic,
                                             header.message_count,
                                             header.stored_size,
                                             header.packed_size,
                                             static_cast<std::uint32_t>(header.compression),
                                             header.checksum};
    static_assert(sizeof words + sizeof(std::uint32_t) == RecordHeader::size);
    std::memcpy(to.data(), words.data(), sizeof words);
    store(to.data() + sizeof words, checksum_of(to.first(sizeof words)));
}

std::optional<RecordHeader> read_header(
    std::span<const std::uint8_t, RecordHeader::size> from) noexcept {
    std::array<std::uint32_t, 7> words{};
    std::memcpy(words.data(), from.data(), sizeof words);
    if (words[0] != magic || words[6] != checksum_of(from.first(from.size() - 4))) {
        return std::nullopt;
    }
    const RecordHeader header{.message_count = words[1],
                              .stored_size = words[2],
                              .packed_size = words[3],
                              .compression = static_cast<Compression>(words[4]),
                              .checksum = words[5]};
    const bool sound = header.message_count > 0 && header.message_count <= messages_max &&
                       header.packed_size <= packed_size_max &&
                       header.stored_size <= header.packed_size &&
                       words[4] <= static_cast<std::uint32_t>(Compression::zstd);
    return sound ? std::optional{header} : std::nullopt;
}

std::size_t pack(const flow::Batch& batch, std::size_t first, std::uint8_t* to) noexcept {
    std::uint8_t* at = to;
    for (std::size_t index = first; index < batch.message_count(); ++index) {
        const KeyIs kind = key_of(batch, index, first);
        *at++ = static_cast<std::uint8_t>(kind);
        if (kind == KeyIs::fresh) at = put(batch.key(index), at);
        at = put(batch.message(index), at);
    }
    return static_cast<std::size_t>(at - to);
}

bool unpack(flow::Bytes packed, std::size_t message_count, flow::Batch& batch) noexcept {
    bool keyed = false;
    batch.clear();
    while (batch.message_count() < message_count) {
        if (!unpack_one(packed, keyed, batch)) break;
    }
    if (batch.message_count() == message_count && packed.empty()) return true;
    batch.clear();
    return false;
}

}  // namespace flowd::spool
