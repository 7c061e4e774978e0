// SPDX-License-Identifier: BSD-3-Clause
// Datagrams of sFlow with random samples: usual ones, all that is nearly usual, and damage.
#pragma once

#include <cstdint>
#include <random>

#include "flow/packet/numbers.hpp"
#include "support/sflow_builder.hpp"

namespace flow::test {

class RandomSamples {
public:
    explicit RandomSamples(std::uint64_t seed) : random_{seed} {}

    /// Some samples, most of them whole. One in four datagrams is damaged or cut off.
    ByteBuilder datagram() {
        ByteBuilder samples;
        const unsigned count = one_in(8) ? 20 + below(20) : 1 + below(8);
        common_rate_ = static_cast<std::uint32_t>(random_()) >> below(32);
        for (unsigned i = 0; i < count; ++i) samples.bytes(sample().bytes());
        const unsigned announced = one_in(20) ? below(count + 2) : count;
        ByteBuilder wire = sflow_message(
            {.sequence = static_cast<std::uint32_t>(random_()), .sample_count = announced},
            samples.bytes());
        return one_in(4) ? damage(wire) : wire;
    }

    /// Behind Ethernet and up to two tags.
    ByteBuilder frame() {
        ByteBuilder out;
        noise(out, 12);
        for (unsigned tags = tag_count(); tags > 0; --tags) {
            const unsigned types[] = {0x8100, 0x8100, 0x88a8, 0x9100};
            out.u16(types[below(4)]).u16(one_in(4) ? below(2) << 13 : random_());
        }
        const bool ipv6 = one_in(3);
        const bool lies = one_in(30);
        out.u16(one_in(30) ? random_() : ipv6 != lies ? 0x86dd : 0x0800);
        const unsigned protocol = any_protocol(ipv6);
        ipv6 ? put_ipv6(out, protocol) : put_ipv4(out, protocol);
        put_transport(out, protocol);
        out.fill(below(90), 0x2e);
        if (!one_in(6)) return out;
        return ByteBuilder{}.bytes(out.bytes().first(below(static_cast<unsigned>(out.size()) + 1)));
    }

private:
    unsigned below(unsigned end) { return static_cast<unsigned>(random_() % end); }
    bool one_in(unsigned count) { return below(count) == 0; }
    void noise(ByteBuilder& out, std::size_t size) {
        const bool zeros = one_in(20);
        for (std::size_t i = 0; i < size; ++i) out.u8(zeros ? 0 : random_());
    }
    unsigned tag_count() { return one_in(12) ? 2 + below(4) : below(2); }

    unsigned any_protocol(bool ipv6) {
        using namespace packet::protocol;
        const unsigned usual[] = {tcp, tcp, udp, udp, ipv6 ? icmpv6 : icmp};
        return one_in(10) ? below(256) : usual[below(5)];
    }

    void put_ipv4(ByteBuilder& out, unsigned protocol) {
        const unsigned words = one_in(15) ? below(16) : 5;
        const unsigned version = one_in(40) ? below(16) : 4;
        const unsigned fragment = one_in(12) ? below(65536) : below(8) << 13;
        out.u8(version << 4 | words).u8(one_in(2) ? 0 : random_()).u16(random_()).u16(random_());
        out.u16(fragment).u8(random_()).u8(protocol).u16(random_());
        noise(out, 8);
        if (words > 5) noise(out, (words - 5) * 4);
    }

    void put_ipv6(ByteBuilder& out, unsigned protocol) {
        const unsigned version = one_in(40) ? below(16) : 6;
        out.u32(version << 28 | (one_in(2) ? 0 : random_() & 0x0fff'ffff)).u16(random_());
        const bool extended = one_in(15);
        out.u8(extended ? 0U : protocol).u8(random_());
        noise(out, 32);
        if (extended) out.u8(protocol).u8(0).fill(6);
    }

    void put_transport(ByteBuilder& out, unsigned protocol) {
        const unsigned ports[] = {0, 53, 443, 3544, 4789, 6081, 50000, 127, 128};
        const auto port = [&] { return one_in(2) ? below(65536) : ports[below(9)]; };
        if (protocol != packet::protocol::tcp && protocol != packet::protocol::udp) {
            return noise(out, below(12));
        }
        out.u16(port()).u16(port());
        if (protocol == packet::protocol::udp) {
            out.u16(random_()).u16(random_());
            return noise(out, below(60));
        }
        const unsigned words = one_in(4) ? below(16) : 5;
        out.u32(random_()).u32(random_()).u8(words << 4).u8(random_()).u16(random_());
        out.u32(random_());
    }

    ByteBuilder raw_header_record() {
        const unsigned protocols[] = {2, 11, 12, 13};
        return raw_header(one_in(20) ? protocols[below(4)] : 1,
                          static_cast<std::uint32_t>(random_()) >> below(32), frame().bytes());
    }

    ByteBuilder other_record() {
        ByteBuilder body;
        const unsigned formats[] = {1001, 1001, 1001, 1002, 1003, 3, 4, 1004, 4097, 5};
        const unsigned format = formats[below(10)];
        if (format == 1001 && !one_in(20)) {
            body.u32(below(4096)).u32(below(8)).u32(below(4096)).u32(below(8));
        } else if (format == 1002) {
            body.u32(one_in(2) ? 1 : 2);
            noise(body, 28);
        } else {
            noise(body, below(70));
        }
        return tagged(format, body.bytes());
    }

    ByteBuilder sample() {
        ByteBuilder records;
        std::uint32_t count = 0;
        const auto add_others = [&] {
            for (unsigned i = one_in(3) ? 1 + below(2) : 0; i > 0; --i, ++count) {
                records.bytes(other_record().bytes());
            }
        };
        add_others();
        for (unsigned i = one_in(15) ? below(3) : 1; i > 0; --i, ++count) {
            records.bytes(raw_header_record().bytes());
        }
        add_others();
        const auto interface = [&] { return static_cast<std::uint32_t>(random_()) >> below(32); };
        const SflowSample header{.sampling_rate = one_in(6) ? interface() : common_rate_,
                                 .input = interface(),
                                 .output = interface(),
                                 .record_count = one_in(30) ? below(5) : count};
        if (one_in(20)) return tagged(2, records.bytes());
        return one_in(3) ? tagged(3, expanded_flow_sample(header, records.bytes()).bytes())
                         : tagged(1, flow_sample(header, records.bytes()).bytes());
    }

    ByteBuilder damage(const ByteBuilder& wire) {
        const auto size = static_cast<unsigned>(wire.size());
        if (one_in(2)) return ByteBuilder{}.bytes(wire.bytes().first(below(size)));
        ByteBuilder out;
        for (const std::uint8_t byte : wire.bytes()) {
            out.u8(one_in(size / 3 + 1) ? random_() : byte);
        }
        return out;
    }

    std::mt19937_64 random_;
    std::uint32_t common_rate_ = 0;
};

}  // namespace flow::test
