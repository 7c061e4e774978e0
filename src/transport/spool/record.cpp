// SPDX-License-Identifier: BSD-3-Clause
// Packed: the source (2 bytes), then messages: a byte that says which key one has and whether its
// account is a new one; the account then (4 bytes), and the key when that is new (2 bytes of
// length, then the text); 2 bytes of length, the message.
#include "transport/spool/record.hpp"

#include <zlib.h>

#include <array>
#include <bit>

namespace flowd::spool {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint32_t magic = 0x32525346;      // "FSR2"
constexpr std::uint32_t old_magic = 0x43525346;  // "FSRC": without accounts

enum class KeyIs : std::uint8_t { none, fresh, same };
constexpr std::uint8_t fresh_account = 0x80;  // beside it in the same byte

using Size = std::uint16_t;
using Source = std::uint16_t;
static_assert(flow::Batch::message_size_max <= UINT16_MAX);
static_assert(sizeof(KeyIs) + sizeof(flow::AccountTag) + sizeof(Size) <= sizeof(flow::MessageSlot));

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

template <class T>
[[nodiscard]] bool get_number(flow::Bytes& rest, T& number) noexcept {
    if (rest.size() < sizeof number) return false;
    number = load<T>(rest.data());
    rest = rest.subspan(sizeof number);
    return true;
}

/// What the messages before said that goes on.
struct Unpacking {
    bool keyed = false;
    flow::AccountTag account = 0;
    bool has_accounts;
    bool keeps_accounts;
};

/// Moves one message from the front of `rest` to `batch`.
[[nodiscard]] bool unpack_one(flow::Bytes& rest, Unpacking& state, flow::Batch& batch) noexcept {
    if (rest.empty()) return false;
    const std::uint8_t first = rest.front();
    rest = rest.subspan(1);
    const bool has_account = state.has_accounts && (first & fresh_account) != 0;
    if (has_account && !get_number(rest, state.account)) return false;
    const auto kind = static_cast<KeyIs>(has_account ? first & ~fresh_account : first);
    if (kind == KeyIs::fresh) {
        const auto key = get(rest);
        if (!key || flow::Batch::key_record_size(key->size()) > batch.room()) return false;
        batch.put_key(*key);
        state.keyed = true;
    } else if (kind != (state.keyed ? KeyIs::same : KeyIs::none)) {
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
    batch.commit(message->size(), state.keeps_accounts ? state.account : 0);
    return true;
}

}  // namespace

std::uint32_t checksum_of(flow::Bytes bytes) noexcept {
    return static_cast<std::uint32_t>(crc32_z(0, bytes.data(), bytes.size()));
}

void write(const RecordHeader& header, std::span<std::uint8_t, RecordHeader::size> to) noexcept {
    const std::array<std::uint32_t, 6> words{header.has_accounts ? magic : old_magic,
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
    const bool is_one = words[0] == magic || words[0] == old_magic;
    if (!is_one || words[6] != checksum_of(from.first(from.size() - 4))) {
        return std::nullopt;
    }
    const RecordHeader header{.message_count = words[1],
                              .stored_size = words[2],
                              .packed_size = words[3],
                              .compression = static_cast<Compression>(words[4]),
                              .checksum = words[5],
                              .has_accounts = words[0] == magic};
    const bool sound = header.message_count > 0 && header.message_count <= messages_max &&
                       header.packed_size <= packed_size_max &&
                       header.stored_size <= header.packed_size &&
                       words[4] <= static_cast<std::uint32_t>(Compression::zstd);
    return sound ? std::optional{header} : std::nullopt;
}

std::size_t pack(const flow::Batch& batch, std::size_t first, std::uint32_t source,
                 std::uint8_t* to) noexcept {
    std::uint8_t* at = to;
    store(at, static_cast<Source>(source));
    at += sizeof(Source);
    flow::AccountTag account = 0;
    for (std::size_t index = first; index < batch.message_count(); ++index) {
        const KeyIs kind = key_of(batch, index, first);
        const bool is_fresh = batch.slot(index).account != account;
        *at++ = static_cast<std::uint8_t>(static_cast<unsigned>(kind) |
                                          (is_fresh ? fresh_account : 0u));
        if (is_fresh) {
            account = batch.slot(index).account;
            store(at, account);
            at += sizeof account;
        }
        if (kind == KeyIs::fresh) at = put(batch.key(index), at);
        at = put(batch.message(index), at);
    }
    return static_cast<std::size_t>(at - to);
}

std::optional<std::uint32_t> unpack(flow::Bytes packed, const RecordHeader& header,
                                    Accounts accounts, flow::Batch& batch) noexcept {
    Unpacking state{.has_accounts = header.has_accounts,
                    .keeps_accounts = accounts == Accounts::kept};
    Source source = 0;
    batch.clear();
    if (header.has_accounts && !get_number(packed, source)) return std::nullopt;
    while (batch.message_count() < header.message_count) {
        if (!unpack_one(packed, state, batch)) break;
    }
    if (batch.message_count() == header.message_count && packed.empty()) {
        return state.keeps_accounts ? source : 0u;
    }
    batch.clear();
    return std::nullopt;
}

}  // namespace flowd::spool
