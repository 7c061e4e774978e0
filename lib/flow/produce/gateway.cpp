// SPDX-License-Identifier: BSD-3-Clause
// next hop, the router's AS, source AS, source peer AS, segments of the AS path, communities, local
// preference.
#include "flow/produce/gateway.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace flow::produce {

namespace {

using Words = std::span<std::uint32_t>;

struct Path {
    Words as_path;
    Words communities;
};

/// `count` numbers; false when they are not all there.
bool take_words(wire::Cursor& in, std::uint32_t count, Lists& lists, Words& words) noexcept {
    if (count > in.remaining() / 4) return false;
    words = lists.take(count);
    if (words.size() != count) return false;
    for (std::uint32_t& word : words) word = in.u32();
    return true;
}

/// All segments (type, count, numbers), one after another.
bool take_path(wire::Cursor& in, std::uint32_t segment_count, Lists& lists, Path& path) noexcept {
    for (std::uint32_t i = 0; i < segment_count; ++i) {
        const auto segment = in.block<8>();
        Words words;
        if (in.failed() || !take_words(in, segment.u32<4>(), lists, words)) return false;
        // Segments lie one behind another in `lists`, as nothing else is taken in between.
        path.as_path = path.as_path.empty()
                           ? words
                           : Words{path.as_path.data(), path.as_path.size() + words.size()};
    }
    const std::uint32_t community_count = in.u32();
    return !in.failed() && take_words(in, community_count, lists, path.communities);
}

/// goflow2 holds a count against the bytes that are left, not the words, less four for what
/// follows, and has a limit of its own.
bool take_goflow2_words(wire::Cursor& in, Dialect dialect, Lists& lists, Words& words) noexcept {
    const std::uint32_t words_max = dialect == Dialect::goflow2_v1 ? 16383 : 1000;
    const std::uint32_t count = in.u32();
    if (in.failed() || count > words_max) return false;
    if (std::size_t{count} + 4 > in.remaining()) return false;
    return take_words(in, count, lists, words);
}

/// goflow2 reads one segment, however many there are, and takes what follows for communities.
bool take_goflow2_path(wire::Cursor& in, std::uint32_t segment_count, Dialect dialect, Lists& lists,
                       Path& path) noexcept {
    if (segment_count != 0) {
        in.skip(4);  // the segment's type
        if (!take_goflow2_words(in, dialect, lists, path.as_path)) return false;
    }
    if (!take_goflow2_words(in, dialect, lists, path.communities)) return false;
    in.skip(4);  // local preference
    return !in.failed();
}

}  // namespace

Bytes take_address(wire::Cursor& in, Dialect dialect) noexcept {
    const std::uint32_t type = in.u32();
    if (type == 1) return in.take(4);
    if (type == 2) return in.take(16);
    if (type != 0 || dialect != Dialect::standard) in.skip(in.remaining() + 1);
    return {};
}

/// AsPath is all segments, one after another; without a path the destination is in the router's
/// own AS.
Error fill_gateway(Flow& flow, Bytes body, Dialect dialect, Lists& lists) noexcept {
    wire::Cursor in{body};
    const Bytes next_hop = take_address(in, dialect);
    const auto numbers = in.block<16>();  // AS, source AS, source peer AS, segment count
    if (in.failed()) return Error::bad_record;
    const std::uint32_t segment_count = numbers.u32<12>();
    Path path;
    const bool whole = dialect == Dialect::standard
                           ? take_path(in, segment_count, lists, path)
                           : take_goflow2_path(in, segment_count, dialect, lists, path);
    if (!whole) return Error::bad_record;

    const std::uint64_t router_as = numbers.u32<0>();
    const std::uint64_t source_as = numbers.u32<4>();
    const bool has_path = !path.as_path.empty();
    flow.set(Column::bgp_next_hop, next_hop);
    flow.set(Column::src_as, source_as != 0 ? source_as : router_as);
    flow.set(Column::dst_as, has_path ? path.as_path.back() : router_as);
    flow.set(Column::next_hop_as, has_path ? std::uint64_t{path.as_path.front()} : 0);
    flow.set(Column::as_path, std::span<const std::uint32_t>{path.as_path});
    flow.set(Column::bgp_communities, std::span<const std::uint32_t>{path.communities});
    return Error::none;
}

}  // namespace flow::produce
