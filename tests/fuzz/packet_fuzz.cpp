// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target of lib/flow/packet. The input is a frame, for every link type and every first layer.
// Besides the sanitizers, these facts hold: what is borrowed lies inside the frame, a shorter
// sample never says more, and the strict parser and the tolerant one agree on a datagram. What
// mutations seldom hit stands behind right IP headers as well: parts and tunnels.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "flow/packet/checksum.hpp"
#include "flow/packet/dissect.hpp"
#include "flow/packet/fragment.hpp"
#include "flow/packet/frame.hpp"
#include "flow/packet/numbers.hpp"
#include "flow/packet/tunnel.hpp"

namespace {

using flow::Address;
using flow::Bytes;
using flow::Error;
using namespace flow::packet;

void require(bool fact) {
    if (!fact) std::abort();
}

bool lies_inside(Bytes part, Bytes whole) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

/// Memory of exactly `size` bytes, so that AddressSanitizer sees a read behind them.
class Copy {
public:
    Copy(Bytes from, std::size_t size) : memory_{new std::uint8_t[size]}, size_{size} {
        std::copy_n(from.begin(), size, memory_.get());
    }
    Bytes bytes() const { return {memory_.get(), size_}; }
    void flip(std::size_t at) { memory_[at] ^= 0x10; }

private:
    std::unique_ptr<std::uint8_t[]> memory_;
    std::size_t size_;
};

void check_frame_error(Error error) {
    require(error >= Error::frame_truncated && error <= Error::frame_bad_udp);
}

/// What is a part to find_udp() is one, or has a reason; a part ends where the frame may end.
void check_fragment(Bytes frame, LinkType link, Error strict) {
    const auto part = find_fragment(frame, link);
    if (!part) {
        check_frame_error(part.error());
        if (strict != Error::frame_fragment) return;
        return require(part.error() == Error::frame_truncated ||
                       part.error() == Error::frame_bad_ip);
    }
    // A first part may hold headers of which only find_udp() sees that UDP does not follow.
    require(strict == Error::frame_fragment || strict == Error::frame_not_udp);
    require(part->size != 0 && part->end() <= 65'535 && part->frame_size() <= frame.size());
    require(part->offset % 8 == 0 && (!part->more || part->size % 8 == 0));
    const Copy shorter{frame, part->frame_size() - 1};
    require(find_fragment(shorter.bytes(), link).error() == Error::frame_truncated);
}

/// A changed byte makes good bad, and never bad good again, in what a checksum covers.
void check_checksums(Bytes frame, LinkType link, const UdpFrame& found) {
    const Checksum whole = verify(frame, link, found);
    require(whole == Checksum::bad || whole == verify_udp(found));
    if (found.payload.empty()) return;
    Copy changed{frame, frame.size()};
    changed.flip(static_cast<std::size_t>(found.payload.data() - frame.data()));
    const auto again = find_udp(changed.bytes(), link);
    require(bool{again});
    const Checksum after = verify_udp(*again);
    require(verify_udp(found) == Checksum::good ? after == Checksum::bad : true);
    require((verify_udp(found) == Checksum::none) == (after == Checksum::none));
}

/// What is inside a tunnel lies inside the frame, and is gone without the frame's last byte.
void check_tunnel(Bytes frame, LinkType link, Error strict) {
    const auto inner = decapsulate(frame, link);
    if (!inner) return check_frame_error(inner.error());
    require(strict == Error::frame_not_udp);
    require(lies_inside(inner->frame, frame) && inner->frame.size() < frame.size());
    require(inner->link == LinkType::ethernet || inner->link == LinkType::raw_ip);
    const auto end =
        static_cast<std::size_t>(inner->frame.data() + inner->frame.size() - frame.data());
    const Copy shorter{frame, end - 1};
    require(!decapsulate(shorter.bytes(), link));
    const auto found = find_udp(inner->frame, inner->link);
    if (!found) check_frame_error(found.error());
}

void check_frame(Bytes frame, LinkType link) {
    const auto found = find_udp(frame, link);
    check_fragment(frame, link, found.error());
    check_tunnel(frame, link, found.error());
    if (!found) return check_frame_error(found.error());
    check_checksums(frame, link, *found);
    require(lies_inside(found->payload, frame));
    require(found->source.size == 4 || found->source.size == 16);
    require(found->destination.size == 4 || found->destination.size == 16);

    // Without its last byte the datagram is gone.
    const auto end =
        static_cast<std::size_t>(found->payload.data() + found->payload.size() - frame.data());
    const Copy shorter{frame, end - 1};
    const auto cut = find_udp(shorter.bytes(), link);
    require(!cut);
    check_frame_error(cut.error());

    if (link != LinkType::ethernet) return;
    const Headers headers = dissect(frame, FirstLayer::ethernet);
    require(headers.has_ip && headers.protocol == 17 && headers.has_ports);
    require(Address::from(headers.source) == found->source);
    require(Address::from(headers.destination) == found->destination);
    require(headers.source_port == found->source_port);
    require(headers.destination_port == found->destination_port);
}

void check_headers(const Headers& headers, Bytes sampled) {
    const std::size_t address_size = headers.source.size();
    require(headers.has_ip ? address_size == 4 || address_size == 16 : address_size == 0);
    require(headers.destination.size() == address_size);
    if (headers.has_ip) {
        require(lies_inside(headers.source, sampled) && lies_inside(headers.destination, sampled));
        require(headers.source.data() + address_size == headers.destination.data());
    }
    require(headers.source_mac >> 48 == 0 && headers.destination_mac >> 48 == 0);
    require(headers.vlan_id <= 0x0fff && (headers.has_vlan || headers.vlan_id == 0));
    require(headers.has_mpls == (headers.mpls_count > 0));
    require(headers.mpls_count <= mpls_labels_max);
    require(headers.mpls_count > 3 || headers.mpls_last.label == 0);
    for (const MplsLabel& label : headers.mpls) require(label.label >> 20 == 0);
    require(headers.fragment_offset <= 0x1fff && headers.flow_label >> 20 == 0);
    require(!headers.has_ports || !headers.has_icmp);
    require(headers.has_ip || !(headers.has_ports || headers.has_icmp));
    require(headers.fragment_offset == 0 || !(headers.has_ports || headers.has_icmp));
    require(headers.has_ports || headers.tcp_flags == 0);
}

void check_sample(Bytes sampled, FirstLayer first) {
    const Headers whole = dissect(sampled, first);
    check_headers(whole, sampled);

    const Copy shorter{sampled, sampled.size() / 2};
    const Headers half = dissect(shorter.bytes(), first);
    check_headers(half, shorter.bytes());
    require(whole.has_ethernet || !half.has_ethernet);
    require(whole.has_vlan || !half.has_vlan);
    require(whole.mpls_count >= half.mpls_count);
    require(whole.has_ip || !half.has_ip);
    require(whole.has_ports || !half.has_ports);
    require(whole.has_icmp || !half.has_icmp);
    require(!half.has_vlan || half.vlan_id == whole.vlan_id);
    require(!half.has_ip || std::equal(half.source.begin(), half.source.end(), whole.source.begin(),
                                       whole.source.end()));
    require(!half.has_ports || half.destination_port == whole.destination_port);
}

void put_be16(std::vector<std::uint8_t>& out, std::size_t value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
}

/// The input as what an IPv4 and an IPv6 packet carry; the input's own start cuts it into a part.
void check_behind_ip(Bytes input, std::uint8_t number) {
    if (input.size() < 8 || input.size() > 60'000) return;
    const bool is_part = number == protocol::udp;
    std::vector<std::uint8_t> four{0x45, 0};
    put_be16(four, 20 + input.size());
    put_be16(four, 7);
    put_be16(four, is_part ? flow::load_be16(input.data()) : 0);
    four.insert(four.end(), {64, number, 0, 0, 192, 0, 2, 1, 198, 51, 100, 1});
    four.insert(four.end(), input.begin(), input.end());
    check_frame(four, LinkType::raw_ip);

    std::vector<std::uint8_t> six{0x60, 0, 0, 0};
    put_be16(six, (is_part ? 8 : 0) + input.size());
    six.insert(six.end(), {is_part ? protocol::fragment : number, 64});
    for (unsigned i = 0; i < 32; ++i) six.push_back(static_cast<std::uint8_t>(i));
    if (is_part) six.insert(six.end(), {number, 0, input[0], input[1], 0, 0, 0, 7});
    six.insert(six.end(), input.begin(), input.end());
    check_frame(six, LinkType::raw_ip);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes input{data, size};
    for (const LinkType link : {LinkType::ethernet, LinkType::raw_ip, LinkType::linux_sll,
                                LinkType::linux_sll2, LinkType::null_loopback}) {
        check_frame(input, link);
    }
    check_behind_ip(input, protocol::udp);
    check_behind_ip(input, protocol::gre);
    for (const FirstLayer first :
         {FirstLayer::ethernet, FirstLayer::ipv4, FirstLayer::ipv6, FirstLayer::mpls}) {
        check_sample(input, first);
    }
    return 0;
}
