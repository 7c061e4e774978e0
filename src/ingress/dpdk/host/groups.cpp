// SPDX-License-Identifier: BSD-3-Clause
// One schedule of reports per segment and family: what is new is said twice, a query is answered
// after a random part of the time that it gives.
#include "ingress/dpdk/host/groups.hpp"

#include "flow/wire/cursor.hpp"
#include "ingress/dpdk/host/reports.hpp"

namespace flowd::dpdk::host {
namespace {

constexpr std::uint8_t igmp_query = 0x11;
constexpr std::uint64_t tenth = 100 * millisecond;
/// Long enough for the second one to have a source address (claims.hpp).
constexpr std::uint64_t join_interval = 1500 * millisecond;
/// RFC 3376 §8.12: the robustness variable times the query interval, and one response.
constexpr std::uint64_t old_querier_time = 260 * one_second;

bool any_byte(flow::Bytes bytes) noexcept {
    return std::any_of(bytes.begin(), bytes.end(), [](std::uint8_t each) { return each != 0; });
}

bool is_member(const std::vector<flow::Address>& groups, flow::Bytes group) noexcept {
    return std::any_of(groups.begin(), groups.end(),
                       [&](const flow::Address& each) { return same(each.bytes(), group); });
}

/// RFC 3376 §4.1.1 and RFC 3810 §5.1.3: small numbers as they are, large ones as mantissa and
/// exponent. `bits` of mantissa.
std::uint64_t response_time(std::uint32_t code, unsigned bits) noexcept {
    const std::uint32_t limit = 1U << (bits + 3);
    if (code < limit) return code;
    const std::uint32_t mantissa = (code & ((1U << bits) - 1)) | 1U << bits;
    return std::uint64_t{mantissa} << ((code >> bits & 7U) + 3);
}

/// xorshift64: good enough to spread answers.
std::uint64_t random_below(State& state, std::uint64_t limit) noexcept {
    state.random ^= state.random << 13;
    state.random ^= state.random >> 7;
    state.random ^= state.random << 17;
    return limit == 0 ? 0 : state.random % limit;
}

void answer_later(State& state, Reports& reports, std::uint64_t within_ns,
                  std::uint64_t now_ns) noexcept {
    state.stats.group_queries.add(1);
    reports.due_ns = std::min(reports.due_ns, now_ns + random_below(state, within_ns));
    state.wake(reports.due_ns);
}

void heard_old_querier(Reports& reports, std::uint8_t version, std::uint64_t now_ns) noexcept {
    const bool older = reports.version == 0 || version < reports.version;
    if (older) {
        reports.version = version;
        reports.place = 0;
    }
    if (older || version == reports.version) reports.old_until_ns = now_ns + old_querier_time;
}

/// RFC 3810 §6.2: a query of MLD without it is no query. IGMP's is not asked for: version 1 has
/// none.
bool has_router_alert(flow::Bytes hop_by_hop) noexcept {
    if (hop_by_hop.size() < 2) return false;
    flow::wire::Cursor in{hop_by_hop.subspan(2)};
    while (in.remaining() > 0) {
        const std::uint8_t type = in.u8();
        if (type == 0) continue;  // Pad1
        const flow::Bytes value = in.take(in.u8());
        if (in.failed()) return false;
        if (type == 5 && value.size() == 2) return true;
    }
    return false;
}

std::size_t write_report(const State& state, const Segment& segment, bool ipv6,
                         const Report& report, std::span<std::uint8_t> out) noexcept {
    FrameWriter writer{out};
    const Tag tag{segment.vlan};
    if (ipv6) {
        write_mld_report(writer, state, report, tag);
    } else {
        write_igmp_report(writer, state, report, tag);
    }
    return writer.size();
}

std::span<const flow::Address> groups_of(const State& state, bool ipv6) noexcept {
    return ipv6 ? state.groups_ipv6 : state.groups_ipv4;
}

std::size_t report(State& state, Segment& segment, bool ipv6, std::span<std::uint8_t> out,
                   std::uint64_t now_ns) noexcept {
    Reports& reports = ipv6 ? segment.ipv6 : segment.ipv4;
    if (reports.due_ns > now_ns) return 0;
    if (reports.version != 0 && now_ns >= reports.old_until_ns) {
        reports.version = 0;
        reports.place = 0;
    }
    const auto groups = groups_of(state, ipv6);
    const std::size_t size =
        write_report(state, segment, ipv6,
                     {.groups = groups.subspan(reports.place),
                      .record = reports.joins_left > 0 ? Record::joins : Record::is_member,
                      .version = reports.version},
                     out);
    reports.place += groups_of_frame(reports.version);
    if (reports.place < groups.size()) return size;
    reports.place = 0;
    if (reports.joins_left > 0) --reports.joins_left;
    reports.due_ns = reports.joins_left > 0 ? now_ns + join_interval : never;
    return size;
}

}  // namespace

void take_igmp(State& state, const Link& link, const Igmp& igmp, std::uint64_t now_ns) noexcept {
    constexpr std::size_t query_size = 8;
    constexpr std::size_t query_size_3 = 12;
    constexpr std::size_t hops_at = 8;
    if (state.groups_ipv4.empty() || igmp.message.empty() || igmp.message[0] != igmp_query) return;
    const std::size_t size = igmp.message.size();
    const bool known_size = size == query_size || size >= query_size_3;
    if (!known_size || igmp.header[hops_at] != 1 || checksum_of(igmp.message) != 0) {
        state.stats.malformed.add(1);
        return;
    }
    const flow::Bytes group = igmp.message.subspan(4, 4);
    const bool general = !any_byte(group);
    const bool to_all = flow::load_be32(igmp.destination.data()) == 0xe000'0001U;
    if (!(general && to_all) && !is_member(state.groups_ipv4, group)) return;
    if (!to_all && !is_member(state.groups_ipv4, igmp.destination)) return;
    Segment* const segment = state.segment_of(link);
    if (segment == nullptr) return;
    const std::uint8_t code = igmp.message[1];
    std::uint64_t tenths = size == query_size ? code : response_time(code, 4);
    if (size == query_size) {
        // RFC 3376 §7.1: without a time it is version 1, whose time is ten seconds.
        heard_old_querier(segment->ipv4, code == 0 ? 1 : 2, now_ns);
        if (code == 0) tenths = 100;
    }
    answer_later(state, segment->ipv4, tenths * tenth, now_ns);
}

void take_mld(State& state, const Link& link, const Icmpv6& query, std::uint64_t now_ns) noexcept {
    constexpr std::size_t query_size = 24;
    constexpr std::size_t query_size_2 = 28;
    if (state.groups_ipv6.empty()) return;
    const std::size_t size = query.message.size();
    const bool known_size = size == query_size || size >= query_size_2;
    if (!known_size || query.hops != 1 || !is_link_local(query.source) ||
        !has_router_alert(query.hop_by_hop)) {
        state.stats.malformed.add(1);
        return;
    }
    const flow::Bytes group = query.message.subspan(8, 16);
    constexpr std::array<std::uint8_t, 16> all_nodes{0xff, 0x02, 0, 0, 0, 0, 0, 0,
                                                     0,    0,    0, 0, 0, 0, 0, 1};
    const bool to_all = same(query.destination, all_nodes);
    if (!(to_all && !any_byte(group)) && !is_member(state.groups_ipv6, group)) return;
    if (!to_all && !is_member(state.groups_ipv6, query.destination)) return;
    Segment* const segment = state.segment_of(link);
    if (segment == nullptr) return;
    const std::uint16_t code = flow::load_be16(query.message.data() + 4);
    if (size == query_size) heard_old_querier(segment->ipv6, 1, now_ns);
    const std::uint64_t milliseconds = size == query_size ? code : response_time(code, 12);
    answer_later(state, segment->ipv6, milliseconds * millisecond, now_ns);
}

std::size_t report_next(State& state, std::span<std::uint8_t> out, std::uint64_t now_ns) noexcept {
    for (Segment& each : state.segments) {
        for (const bool ipv6 : {false, true}) {
            if (const auto size = report(state, each, ipv6, out, now_ns); size != 0) return size;
        }
    }
    return 0;
}

void join_again(State& state, std::uint64_t now_ns) noexcept {
    for (Segment& each : state.segments) {
        if (!state.groups_ipv4.empty()) each.ipv4 = {.due_ns = now_ns};
        if (!state.groups_ipv6.empty()) each.ipv6 = {.due_ns = now_ns};
    }
    state.wake(now_ns);
}

std::uint64_t next_report_ns(const State& state) noexcept {
    std::uint64_t due_ns = never;
    for (const Segment& each : state.segments) {
        due_ns = std::min({due_ns, each.ipv4.due_ns, each.ipv6.due_ns});
    }
    return due_ns;
}

std::size_t leave_next(const State& state, Farewell& at, std::span<std::uint8_t> out) noexcept {
    while (at.segment < state.segments.size()) {
        const Segment& segment = state.segments[at.segment];
        const auto groups = groups_of(state, at.ipv6);
        const std::uint8_t version = at.ipv6 ? segment.ipv6.version : segment.ipv4.version;
        // Version 1 of IGMP knows no leave.
        const bool silent = !at.ipv6 && version == 1;
        if (at.place >= groups.size() || silent) {
            at.segment += at.ipv6 ? 1 : 0;
            at.ipv6 = !at.ipv6;
            at.place = 0;
            continue;
        }
        const Report report{
            .groups = groups.subspan(at.place), .record = Record::leaves, .version = version};
        at.place += groups_of_frame(version);
        return write_report(state, segment, at.ipv6, report, out);
    }
    return 0;
}

}  // namespace flowd::dpdk::host
