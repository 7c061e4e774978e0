// SPDX-License-Identifier: BSD-3-Clause
// The headers that every frame of a host starts with, written: Ethernet with tags, IPv4, IPv6. What
// carries a length or a checksum is finished when its content is there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/packet/numbers.hpp"
#include "ingress/dpdk/host/checksum.hpp"
#include "ingress/dpdk/host/frame_writer.hpp"
#include "ingress/dpdk/host/identity.hpp"

namespace flowd::dpdk::host {

/// Where a frame goes: the station and the tags. `tags` are the bytes of a request, or of Tag.
struct Way {
    flow::Bytes destination{};
    flow::Bytes source{};
    flow::Bytes tags{};
};

/// The tag of a configured VLAN; none for 0, which stands for untagged.
class Tag {
public:
    explicit Tag(std::uint16_t vlan) noexcept
        : bytes_{0x81, 0x00, static_cast<std::uint8_t>(vlan >> 8), static_cast<std::uint8_t>(vlan)},
          size_{vlan == 0 ? std::size_t{0} : std::size_t{4}} {}
    [[nodiscard]] flow::Bytes bytes() const noexcept { return {bytes_.data(), size_}; }

private:
    std::array<std::uint8_t, 4> bytes_;
    std::size_t size_;
};

inline void write_link(FrameWriter& out, const Way& way, std::uint16_t ethertype) noexcept {
    out.bytes(way.destination);
    out.bytes(way.source);
    out.bytes(way.tags);
    out.u16(ethertype);
}

struct IpHead {
    flow::Bytes source{};
    flow::Bytes destination{};
    std::uint8_t traffic_class = 0;
    std::uint8_t hops = 64;
    std::uint8_t protocol = 0;
    flow::Bytes options{};  ///< IPv4: a multiple of 4 bytes; IPv6: a whole hop-by-hop header
};

/// Without length and checksum, which finish_ipv4 writes. The identification is 0: what cannot be
/// fragmented needs none (RFC 6864 §4.1). The place of the header.
[[nodiscard]] inline std::size_t write_ipv4(FrameWriter& out, const IpHead& head) noexcept {
    const std::size_t place = out.at();
    out.u8(static_cast<std::uint8_t>(0x45 + head.options.size() / 4));
    out.u8(head.traffic_class);
    out.u16(0);
    out.u16(0);
    out.u16(0x4000);  // don't fragment
    out.u8(head.hops);
    out.u8(head.protocol);
    out.u16(0);
    out.bytes(head.source);
    out.bytes(head.destination);
    out.bytes(head.options);
    return place;
}

inline void finish_ipv4(FrameWriter& out, std::size_t place, std::size_t options_size) noexcept {
    if (out.size() == 0) return;
    out.patch(place + 2, static_cast<std::uint16_t>(out.at() - place));
    out.patch(place + 10, checksum_of(out.since(place).first(20 + options_size)));
}

/// The place of the header.
[[nodiscard]] inline std::size_t write_ipv6(FrameWriter& out, const IpHead& head) noexcept {
    const std::size_t place = out.at();
    out.u32(0x6000'0000U | static_cast<std::uint32_t>(head.traffic_class) << 20);
    out.u16(0);
    out.u8(head.options.empty() ? head.protocol : flow::packet::protocol::hop_by_hop);
    out.u8(head.hops);
    out.bytes(head.source);
    out.bytes(head.destination);
    out.bytes(head.options);
    return place;
}

/// The length, and the checksum of the ICMPv6 message at `message`.
inline void finish_icmpv6(FrameWriter& out, std::size_t place, std::size_t message) noexcept {
    if (out.size() == 0) return;
    out.patch(place + 4, static_cast<std::uint16_t>(out.at() - place - 40));
    const flow::Bytes addresses = out.since(place).subspan(8, 32);
    out.patch(message + 2, icmpv6_checksum_of(addresses, out.since(message)));
}

}  // namespace flowd::dpdk::host
