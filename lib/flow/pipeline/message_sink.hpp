// SPDX-License-Identifier: BSD-3-Clause
// Where a pipeline writes messages: ring memory in the daemon, a vector in tests and small
// programs.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/model/account_tag.hpp"
#include "flow/model/datagram.hpp"

namespace flow {

/// `reserve` gives at least `size` writable bytes, or null when there are none: the message is then
/// lost, and the sink counts it. `commit` takes the bytes up to `end` of the memory reserved last
/// as one message, whose account it is. Further messages may follow in the same memory; each begins
/// behind the one before and the sink's gap.
template <class S>
concept MessageSink = requires(S& sink, std::size_t size, std::uint8_t* end, AccountTag account) {
    { sink.reserve(size) }
    noexcept->std::same_as<std::uint8_t*>;
    { sink.commit(end, account) }
    noexcept;
};

/// Bytes that a sink puts behind each message: `gap()`, if it has that.
template <MessageSink S>
[[nodiscard]] std::size_t gap_of(const S& sink) noexcept {
    if constexpr (requires { sink.gap(); }) {
        return sink.gap();
    } else {
        return 0;
    }
}

/// What became of the messages that a sink was meant to get, since it was made:
/// `offered = published + too_large + ring_full`.
struct SinkCounts {
    std::uint64_t offered = 0;    ///< to each transport for itself
    std::uint64_t published = 0;  ///< committed
    std::uint64_t too_large = 0;
    std::uint64_t ring_full = 0;
};

/// Does the sink tell that? Of one that does not, messages count as published.
template <class S>
concept CountingSink = requires(const S& sink) {
    { sink.counts() }
    noexcept->std::same_as<SinkCounts>;
};

/// Does the sink want to know of a message that is larger than any may be, and so never comes?
template <class S>
concept RefusingSink = requires(S& sink) {
    { sink.refuse() }
    noexcept;
};

/// Does the sink keep messages' keys? `set_key` says that of all messages from there on.
template <class S>
concept KeyedSink = requires(S& sink, Bytes key) {
    { sink.set_key(key) }
    noexcept;
};

/// Does the sink want to know which datagram the next messages come from?
template <class S>
concept DatagramSink = requires(S& sink, const Datagram& datagram) {
    { sink.begin(datagram) }
    noexcept;
};

/// Takes a row of messages, from the memory reserved last on. A sink may know a quicker way than
/// one after the other.
template <MessageSink S>
void commit_row(S& sink, std::span<std::uint8_t* const> ends, AccountTag account) noexcept {
    if constexpr (requires { sink.commit(ends, account); }) {
        sink.commit(ends, account);
    } else {
        for (std::uint8_t* const end : ends) sink.commit(end, account);
    }
}

}  // namespace flow
