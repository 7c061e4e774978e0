// SPDX-License-Identifier: BSD-3-Clause
// A message is 24 bytes and options; an option is a type, a length in units of 8 bytes, a value.
#include "ingress/dpdk/host/neighbour.hpp"

#include "flow/wire/cursor.hpp"
#include "ingress/dpdk/host/claims.hpp"
#include "ingress/dpdk/host/gateways.hpp"

namespace flowd::dpdk::host {
namespace {

constexpr std::size_t message_size = 24;
constexpr std::uint8_t link_local_hops = 255;  // proves that it comes from this link
constexpr std::uint8_t source_link_address = 1;
constexpr std::uint8_t target_link_address = 2;
constexpr std::uint8_t flag_solicited = 0x40;
constexpr std::uint8_t flag_override = 0x20;
constexpr std::array<std::uint8_t, 16> unspecified{};
constexpr std::array<std::uint8_t, 16> all_nodes{0xff, 0x02, 0, 0, 0, 0, 0, 0,
                                                 0,    0,    0, 0, 0, 0, 0, 1};

struct Message {
    std::uint8_t flags = 0;
    flow::Bytes target{};
    flow::Bytes link_address{};  ///< from the option that was asked for; empty: there is none
};

/// The checks that solicitations and advertisements have in common, RFC 4861 §7.1.1 and §7.1.2.
bool read_message(const Icmpv6& from, std::uint8_t wanted_option, Message& message) noexcept {
    flow::wire::Cursor in{from.message};
    const auto fixed = in.block<message_size>();
    if (in.failed() || from.hops != link_local_hops || !from.hop_by_hop.empty()) return false;
    message.flags = fixed.u8<4>();
    message.target = fixed.bytes<8, 16>();
    if (fixed.u8<1>() != 0 || is_group(message.target)) return false;
    while (in.remaining() > 0) {
        const auto head = in.block<2>();
        const std::size_t size = head.u8<1>() * std::size_t{8};
        if (in.failed() || size == 0) return false;
        const flow::Bytes value = in.take(size - 2);
        if (in.failed()) return false;
        if (head.u8<0>() == wanted_option && value.size() == 6) message.link_address = value;
    }
    return true;
}

struct Said {
    std::uint8_t type = 0;
    std::uint8_t flags = 0;
    flow::Bytes source{};
    flow::Bytes destination{};
    flow::Bytes target{};
    std::uint8_t option = 0;  ///< in which our link address is; 0: it is not told
};

void write_message(FrameWriter& out, const State& state, const Way& way,
                   const Said& said) noexcept {
    write_link(out, way, flow::packet::ethertype::ipv6);
    const std::size_t place = write_ipv6(out, {.source = said.source,
                                               .destination = said.destination,
                                               .hops = link_local_hops,
                                               .protocol = flow::packet::protocol::icmpv6});
    const std::size_t start = out.at();
    out.u8(said.type);
    out.u8(0);
    out.u16(0);
    out.u32(std::uint32_t{said.flags} << 24);
    out.bytes(said.target);
    if (said.option != 0) {
        out.u8(said.option);
        out.u8(1);
        out.bytes(state.mac);
    }
    finish_icmpv6(out, place, start);
}

/// A question for an address is sent to where it would be heard.
bool is_well_addressed(State& state, const Icmpv6& question, flow::Bytes target) noexcept {
    const flow::Address group = solicited_node_of(target);
    return same(question.destination, group.bytes()) ||
           (!is_group(question.destination) && state.addresses.find(question.destination));
}

}  // namespace

std::size_t answer_solicitation(State& state, const Link& link, const Icmpv6& question,
                                FrameWriter out, std::uint64_t now_ns) noexcept {
    Message asked;
    if (!read_message(question, source_link_address, asked)) return state.malformed();
    OwnAddress* const own = state.addresses.find(asked.target);
    if (own == nullptr || own->address.size != 16) return 0;
    const bool detects = same(question.source, unspecified);
    const bool to_group = is_group(question.destination);
    if (detects && (!to_group || !asked.link_address.empty())) return state.malformed();
    if (!is_well_addressed(state, question, asked.target)) return 0;
    state.stats.neighbour_solicitations.add(1);
    // Two that ask for the same address at once: neither may have it (RFC 4862 §5.4.3).
    if (detects && own->claim == Claim::probing) note_conflict(state, *own, now_ns);
    if (own->claim != Claim::ready) return 0;
    if (!detects && (!is_host(question.source) || state.addresses.find(question.source))) return 0;
    if (!state.may_reply(now_ns)) return 0;
    const bool told = is_station(asked.link_address) && !same(asked.link_address, state.mac);
    const Mac everyone = group_mac(all_nodes);
    const flow::Bytes asker = told ? asked.link_address : link.source;
    write_message(out, state,
                  {.destination = detects ? flow::Bytes{everyone} : asker,
                   .source = state.mac,
                   .tags = link.tags},
                  {.type = icmpv6::advertisement,
                   .flags = static_cast<std::uint8_t>(flag_override |
                                                      (detects ? 0U : unsigned{flag_solicited})),
                   .source = asked.target,
                   .destination = detects ? flow::Bytes{all_nodes} : question.source,
                   .target = asked.target,
                   .option = target_link_address});
    return out.size();
}

void take_advertisement(State& state, const Link& link, const Icmpv6& said,
                        std::uint64_t now_ns) noexcept {
    Message message;
    const bool valid = read_message(said, target_link_address, message);
    const bool solicited = (message.flags & flag_solicited) != 0;
    if (!valid || (solicited && is_group(said.destination))) {
        state.stats.malformed.add(1);
        return;
    }
    const bool for_us = same(said.destination, all_nodes) || state.addresses.find(said.destination);
    if (!for_us) return;
    if (OwnAddress* const own = state.addresses.find(message.target)) {
        note_conflict(state, *own, now_ns);
    } else if (solicited) {
        const bool told = is_station(message.link_address);
        note_gateway(state, message.target, told ? message.link_address : link.source, now_ns);
    }
}

void write_duplicate_question(FrameWriter& out, const State& state, const OwnAddress& own,
                              const Tag& tag) noexcept {
    const flow::Address group = solicited_node_of(own.address.bytes());
    const Mac everyone_alike = group_mac(group.bytes());
    write_message(out, state,
                  {.destination = everyone_alike, .source = state.mac, .tags = tag.bytes()},
                  {.type = icmpv6::solicitation,
                   .source = unspecified,
                   .destination = group.bytes(),
                   .target = own.address.bytes()});
}

void write_unsolicited_advertisement(FrameWriter& out, const State& state, const OwnAddress& own,
                                     const Tag& tag) noexcept {
    const Mac everyone = group_mac(all_nodes);
    write_message(out, state, {.destination = everyone, .source = state.mac, .tags = tag.bytes()},
                  {.type = icmpv6::advertisement,
                   .flags = flag_override,
                   .source = own.address.bytes(),
                   .destination = all_nodes,
                   .target = own.address.bytes(),
                   .option = target_link_address});
}

void write_solicitation(FrameWriter& out, const State& state, const OwnAddress& own,
                        flow::Bytes target, const Tag& tag) noexcept {
    const flow::Address group = solicited_node_of(target);
    const Mac everyone_alike = group_mac(group.bytes());
    write_message(out, state,
                  {.destination = everyone_alike, .source = state.mac, .tags = tag.bytes()},
                  {.type = icmpv6::solicitation,
                   .source = own.address.bytes(),
                   .destination = group.bytes(),
                   .target = target,
                   .option = source_link_address});
}

}  // namespace flowd::dpdk::host
