// SPDX-License-Identifier: BSD-3-Clause
// All of them stay on the link (one hop) and carry a router alert (RFC 2113, RFC 2711).
#include "ingress/dpdk/host/reports.hpp"

#include "ingress/dpdk/host/icmpv6.hpp"

namespace flowd::dpdk::host {
namespace {

constexpr std::size_t groups_max = 60;               // 60 records of 20 bytes, those of IPv6
constexpr std::uint8_t internetwork_control = 0xc0;  // RFC 3376 §4

constexpr std::array<std::uint8_t, 4> router_alert_ipv4{0x94, 0x04, 0, 0};
/// Next header ICMPv6, 8 bytes; router alert for MLD; PadN.
constexpr std::array<std::uint8_t, 8> router_alert_ipv6{58, 0, 0x05, 0x02, 0, 0, 0x01, 0};

constexpr std::array<std::uint8_t, 4> none_ipv4{};
constexpr std::array<std::uint8_t, 4> all_routers_ipv4{224, 0, 0, 2};
constexpr std::array<std::uint8_t, 4> igmp_routers{224, 0, 0, 22};
constexpr std::array<std::uint8_t, 16> none_ipv6{};
constexpr std::array<std::uint8_t, 16> all_routers_ipv6{0xff, 0x02, 0, 0, 0, 0, 0, 0,
                                                        0,    0,    0, 0, 0, 0, 0, 2};
constexpr std::array<std::uint8_t, 16> mld_routers{0xff, 0x02, 0, 0, 0, 0, 0, 0,
                                                   0,    0,    0, 0, 0, 0, 0, 0x16};

constexpr std::uint8_t igmp = 2;
constexpr std::uint8_t igmp_report_1 = 0x12;
constexpr std::uint8_t igmp_report_2 = 0x16;
constexpr std::uint8_t igmp_leave = 0x17;
constexpr std::uint8_t igmp_report_3 = 0x22;

/// Type, a byte, the checksum's place, and the groups as records.
void write_records(FrameWriter& out, std::uint8_t type, const Report& report) noexcept {
    const std::size_t count = std::min(report.groups.size(), groups_of_frame(0));
    out.u8(type);
    out.u8(0);
    out.u16(0);
    out.u16(0);
    out.u16(static_cast<std::uint16_t>(count));
    for (const flow::Address& group : report.groups.first(count)) {
        out.u8(static_cast<std::uint8_t>(report.record));
        out.u8(0);
        out.u16(0);
        out.bytes(group.bytes());
    }
}

/// Of an older version: where it goes.
flow::Bytes old_destination(const Report& report, flow::Bytes all_routers) noexcept {
    return report.record == Record::leaves ? all_routers : report.groups.front().bytes();
}

}  // namespace

std::size_t groups_of_frame(std::uint8_t version) noexcept { return version == 0 ? groups_max : 1; }

void write_igmp_report(FrameWriter& out, const State& state, const Report& report,
                       const Tag& tag) noexcept {
    const bool old = report.version != 0;
    const bool leaves = report.record == Record::leaves;
    const flow::Bytes destination = old ? old_destination(report, all_routers_ipv4) : igmp_routers;
    const OwnAddress* const own = state.addresses.source_for_reports(4);
    const Mac to = group_mac(destination);
    write_link(out, {.destination = to, .source = state.mac, .tags = tag.bytes()},
               flow::packet::ethertype::ipv4);
    const std::size_t place =
        write_ipv4(out, {.source = own == nullptr ? flow::Bytes{none_ipv4} : own->address.bytes(),
                         .destination = destination,
                         .traffic_class = internetwork_control,
                         .hops = 1,
                         .protocol = igmp,
                         .options = router_alert_ipv4});
    const std::size_t start = out.at();
    if (old) {
        const std::uint8_t joins = report.version == 1 ? igmp_report_1 : igmp_report_2;
        out.u8(leaves ? igmp_leave : joins);
        out.u8(0);
        out.u16(0);
        out.bytes(report.groups.front().bytes());
    } else {
        write_records(out, igmp_report_3, report);
    }
    if (out.size() == 0) return;
    out.patch(start + 2, checksum_of(out.since(start)));
    finish_ipv4(out, place, router_alert_ipv4.size());
}

void write_mld_report(FrameWriter& out, const State& state, const Report& report,
                      const Tag& tag) noexcept {
    const bool old = report.version != 0;
    const bool leaves = report.record == Record::leaves;
    const flow::Bytes destination = old ? old_destination(report, all_routers_ipv6) : mld_routers;
    // Before the link-local address is ready there is none to send from (RFC 3590 §4).
    const OwnAddress* const own = state.addresses.source_for_reports(16);
    const Mac to = group_mac(destination);
    write_link(out, {.destination = to, .source = state.mac, .tags = tag.bytes()},
               flow::packet::ethertype::ipv6);
    const std::size_t place =
        write_ipv6(out, {.source = own == nullptr ? flow::Bytes{none_ipv6} : own->address.bytes(),
                         .destination = destination,
                         .hops = 1,
                         .protocol = flow::packet::protocol::icmpv6,
                         .options = router_alert_ipv6});
    const std::size_t start = out.at();
    if (old) {
        out.u8(leaves ? icmpv6::listener_done : icmpv6::listener_report_1);
        out.u8(0);
        out.u16(0);
        out.u32(0);
        out.bytes(report.groups.front().bytes());
    } else {
        write_records(out, icmpv6::listener_report_2, report);
    }
    finish_icmpv6(out, place, start);
}

}  // namespace flowd::dpdk::host
