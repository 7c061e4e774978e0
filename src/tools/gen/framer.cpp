// SPDX-License-Identifier: BSD-3-Clause
// RFC 768, RFC 791, RFC 8200 (4.5: the fragment header).
#include "tools/gen/framer.hpp"

#include <algorithm>

namespace flowd::gen {

namespace {

constexpr std::uint8_t protocol_udp = 17;
constexpr std::uint8_t protocol_fragment = 44;
constexpr std::size_t fragment_header_size = 8;
constexpr std::size_t udp_header_size = 8;

constexpr std::size_t ip_size(bool is_v6) noexcept { return is_v6 ? 40 : 20; }

}  // namespace

std::uint64_t checksum_of(std::span<const std::uint8_t> bytes, std::uint64_t sum) noexcept {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        sum += static_cast<std::uint64_t>(bytes[i] << 8 | bytes[i + 1]);
    }
    if (bytes.size() % 2 != 0) sum += static_cast<std::uint64_t>(bytes.back()) << 8;
    return sum;
}

std::uint16_t fold(std::uint64_t sum) noexcept {
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

std::span<const std::uint8_t> Framer::destination(const Sent& sent) const noexcept {
    if (sent.address_size == 4) return plan_.destination;
    return plan_.destination6;
}

/// Header, payload, and the checksum over both and the pseudo header.
void Framer::write_udp(const Sent& sent) {
    const std::size_t size = udp_header_size + sent.payload.size();
    const bool is_sflow = sent.protocol == Protocol::sflow;
    udp_.clear();
    udp_.u16(sent.port);
    udp_.u16(is_sflow ? plan_.sflow_port : plan_.netflow_port);
    udp_.u16(size);
    udp_.u16(0);
    udp_.copy(sent.payload);
    std::uint64_t sum = protocol_udp + size;
    sum = checksum_of(destination(sent), checksum_of(sent.source(), sum));
    const std::uint16_t checksum = fold(checksum_of(udp_.bytes(), sum));
    udp_.set_u16(6, checksum == 0 ? 0xffff : checksum);
}

void Framer::write_ethernet(const Sent& sent, Payload& to) const {
    to.copy(plan_.mac);
    to.u16(0x0200);
    to.u32(sent.exporter);
    if (plan_.vlan != 0) {
        to.u16(0x8100);
        to.u16(plan_.vlan);
    }
    to.u16(sent.address_size == 4 ? 0x0800 : 0x86dd);
}

void Framer::write_part(const Sent& sent, const Part& part, Payload& to) const {
    to.clear();
    write_ethernet(sent, to);
    const std::size_t begin = to.size();
    if (sent.address_size == 4) {
        constexpr std::uint16_t more_fragments = 0x2000;
        to.u16(0x4500);
        to.u16(ip_size(false) + part.size);
        to.u16(identification_ & 0xffff);
        to.u16(part.offset / 8 | (part.more ? more_fragments : 0));
        to.u8(64);
        to.u8(protocol_udp);
        to.u16(0);
        to.copy(sent.source());
        to.copy(plan_.destination);
        to.set_u16(begin + 10, fold(checksum_of(to.bytes().subspan(begin))));
    } else {
        to.u32(std::uint32_t{6} << 28);
        to.u16(part.size + (part.whole ? 0 : fragment_header_size));
        to.u8(part.whole ? protocol_udp : protocol_fragment);
        to.u8(64);
        to.copy(sent.source());
        to.copy(plan_.destination6);
        if (!part.whole) {
            to.u8(protocol_udp);
            to.u8(0);
            to.u16(part.offset | (part.more ? 1 : 0));
            to.u32(identification_);
        }
    }
    to.copy(udp_.bytes().subspan(part.offset, part.size));
}

std::span<const Payload> Framer::frame(const Sent& sent) {
    write_udp(sent);
    const bool is_v6 = sent.address_size != 4;
    const std::size_t size = udp_.size();
    ++identification_;
    if (plan_.fragment == 0 || ip_size(is_v6) + size <= plan_.fragment) {
        if (frames_.empty()) frames_.resize(1);
        write_part(sent, {.offset = 0, .size = size, .more = false, .whole = true}, frames_[0]);
        return std::span{frames_}.first(1);
    }
    // All but the last one hold a multiple of eight bytes.
    const std::size_t headers = ip_size(is_v6) + (is_v6 ? fragment_header_size : 0);
    const std::size_t each = (plan_.fragment - headers) / 8 * 8;
    const std::size_t count = (size + each - 1) / each;
    if (frames_.size() < count) frames_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t offset = i * each;
        const Part part{.offset = offset,
                        .size = std::min(each, size - offset),
                        .more = i + 1 < count,
                        .whole = false};
        write_part(sent, part, frames_[plan_.reversed ? count - 1 - i : i]);
    }
    return std::span{frames_}.first(count);
}

}  // namespace flowd::gen
