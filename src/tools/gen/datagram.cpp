// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v5, NetFlow v9 (RFC 3954), IPFIX (RFC 7011) and sFlow v5 (sflow.org), by hand.
#include "tools/gen/datagram.hpp"

#include <algorithm>

#include "tools/gen/identity.hpp"
#include "tools/gen/layout.hpp"

namespace flowd::gen {

namespace {

Identity identity_of(const Domain& domain, std::uint32_t index) noexcept {
    return {domain.exporter, domain.number, domain.flows + 1 + index};
}

/// The sequence number is the count of flows before; the engine is the domain.
void write_netflow5(const Request& request, const Domain& domain, Payload& to) {
    to.u16(5);
    to.u16(request.records);
    to.u32(request.uptime_ms);
    to.u32(request.unix_seconds);
    to.u32(0);
    to.u32(domain.flows);
    to.u16(domain.number);  // engine type and engine id
    to.u16(0);              // no sampling
    for (std::uint32_t i = 0; i < request.records; ++i) {
        const Identity flow = identity_of(domain, i);
        to.u32(flow.source());
        to.u32(flow.destination());
        to.u32(0);  // next hop
        to.u16(1);
        to.u16(2);
        to.u32(flow.domain);
        to.u32(flow.serial);
        to.u32(request.uptime_ms);
        to.u32(request.uptime_ms);
        to.u32(flow.ports());
        to.u8(0);
        to.u8(0x1b);
        to.u8(17);
        to.zeros(1 + 2 + 2 + 1 + 1 + 2);  // tos, AS numbers, masks, padding
    }
}

/// A set's header, whose length is written once it is known, as is the padding to four bytes.
template <class Body>
void write_set(std::uint16_t id, Payload& to, const Body& body) {
    const std::size_t begin = to.size();
    to.u16(id);
    to.u16(0);
    body();
    to.zeros((4 - (to.size() - begin) % 4) % 4);
    to.set_u16(begin + 2, to.size() - begin);
}

void write_sets(const Request& request, const Domain& domain, std::uint16_t template_set,
                Payload& to) {
    const Layout layout{domain.generation};
    if (request.announce || request.storm > 0) {
        write_set(template_set, to, [&] {
            if (request.announce) layout.write_template(to);
            for (std::uint32_t i = 1; i <= request.storm; ++i) {
                Layout{domain.datagrams + i}.write_template(to, Layout::template_id + i);
            }
        });
    }
    write_set(Layout::template_id, to, [&] {
        for (std::uint32_t i = 0; i < request.records; ++i) {
            layout.write_record(identity_of(domain, i), to);
        }
    });
}

/// The sequence number counts datagrams of the source id; `count` is of records, templates too.
void write_netflow9(const Request& request, const Domain& domain, Payload& to) {
    to.u16(9);
    to.u16(request.records + request.storm + (request.announce ? 1 : 0));
    to.u32(request.uptime_ms);
    to.u32(request.unix_seconds);
    to.u32(domain.datagrams);
    to.u32(domain.number);
    write_sets(request, domain, 0, to);
}

/// The sequence number counts data records of the domain before this message.
void write_ipfix(const Request& request, const Domain& domain, Payload& to) {
    to.u16(10);
    to.u16(0);
    to.u32(request.unix_seconds);
    to.u32(domain.flows);
    to.u32(domain.number);
    write_sets(request, domain, 2, to);
    to.set_u16(2, to.size());
}

constexpr std::uint32_t sampled_size = 14 + 20 + 8;
constexpr std::uint32_t sampled_padding = 2;
constexpr std::uint32_t record_size = 16 + sampled_size + sampled_padding;
constexpr std::uint32_t sample_size = 32 + 8 + record_size;

/// Ethernet, IPv4 and UDP of the sampled packet, whose length on the wire is the serial.
void write_sampled(const Identity& flow, Payload& to) {
    to.u32(1);  // Ethernet
    to.u32(flow.serial);
    to.u32(4);  // the frame check sequence that was cut off
    to.u32(sampled_size);
    to.number(0x020000000001, 6);
    to.number(0x020000000002, 6);
    to.u16(0x0800);
    to.u32(0x45000000 | 1000);
    to.u32(0);
    to.u32(0x40110000);
    to.u32(flow.source());
    to.u32(flow.destination());
    to.u32(flow.ports());
    to.u32(980 << 16);
    to.zeros(sampled_padding);
}

/// The datagram's sequence number is the sub-agent's; a sample's is its data source's.
void write_sflow(const Request& request, const Domain& domain, Payload& to) {
    to.u32(5);
    to.u32(request.exporter.size() == 4 ? 1 : 2);
    to.copy(request.exporter);
    to.u32(domain.number);
    to.u32(domain.datagrams);
    to.u32(request.uptime_ms);
    to.u32(request.records);
    for (std::uint32_t i = 0; i < request.records; ++i) {
        const Identity flow = identity_of(domain, i);
        to.u32(1);  // flow_sample
        to.u32(sample_size);
        to.u32(flow.serial);
        to.u32(1 + flow.domain % 48);  // data source: an interface
        to.u32(1);                     // sampling rate
        to.u32(flow.serial);
        to.u32(0);
        to.u32(1 + flow.domain % 48);
        to.u32(2);
        to.u32(1);
        to.u32(1);  // sampled_header
        to.u32(record_size);
        write_sampled(flow, to);
    }
}

}  // namespace

void write_datagram(const Request& request, Domain& domain, Payload& to) {
    Request made = request;
    to.clear();
    switch (request.protocol) {
        case Protocol::netflow5:
            made.records = std::min(request.records, netflow5_records_max);
            write_netflow5(made, domain, to);
            break;
        case Protocol::netflow9: write_netflow9(made, domain, to); break;
        case Protocol::ipfix: write_ipfix(made, domain, to); break;
        case Protocol::sflow: write_sflow(made, domain, to); break;
    }
    domain.flows += made.records;
    ++domain.datagrams;
    if (request.announce) ++domain.templates;
}

std::uint32_t payload_size_max(std::uint32_t records, std::uint32_t storm) noexcept {
    constexpr std::uint32_t headers = 128;  // v9's and IPFIX's sets, sFlow's agent
    static_assert(sample_size + 8 > Layout::record_size_max);
    return headers + records * (sample_size + 8) + storm * Layout::template_size_max;
}

}  // namespace flowd::gen
