// SPDX-License-Identifier: BSD-3-Clause
// Where protocols without templates have their sequence numbers: NetFlow v5, v7 and v8 count flows,
// sFlow v5 counts datagrams. NetFlow v1 has none.
#pragma once

#include <cstdint>

#include "flow/decode/domain.hpp"
#include "flow/decode/sequence.hpp"
#include "flow/model/datagram.hpp"
#include "flow/wire/cursor.hpp"

namespace flow {

struct SequenceHeader {
    Domain domain{};  ///< version 0: the datagram has no sequence number
    SequenceStep step{};
    std::uint32_t count = 0;  ///< flows or samples, as announced
    bool has_export_time = false;
    std::uint32_t export_seconds = 0;
    std::uint32_t export_nanoseconds = 0;
};

namespace detail {

/// Version, count, uptime, seconds, nanoseconds, sequence; v5 and v8: engine type and id; v8: the
/// aggregation, each of which has numbers of its own.
[[nodiscard]] inline SequenceHeader netflow_sequence(Bytes payload,
                                                     ExporterIndex exporter) noexcept {
    wire::Cursor in{payload};
    const auto header = in.block<24>();
    const std::uint16_t version = header.u16<0>();
    if (in.failed() || (version != 5 && version != 7 && version != 8)) return {};
    std::uint32_t stream = version == 7 ? 0 : header.u16<20>();
    if (version == 8) stream |= std::uint32_t{header.u8<22>()} << 16;
    return {.domain = {exporter, stream, static_cast<std::uint8_t>(version)},
            .step = {.number = header.u32<16>(),
                     .units = header.u16<2>(),
                     .has_uptime = true,
                     .uptime_ms = header.u32<4>(),
                     .window = SequenceStep::window_of_records},
            .count = header.u16<2>(),
            .has_export_time = true,
            .export_seconds = header.u32<8>(),
            .export_nanoseconds = header.u32<12>()};
}

/// sFlow v5 §5: version, agent address, sub-agent, sequence, uptime. Agents may share a source
/// address, by a relay.
[[nodiscard]] inline SequenceHeader sflow_sequence(const Datagram& datagram,
                                                   ExporterIndex exporter) noexcept {
    wire::Cursor in{datagram.payload};
    const std::uint32_t version = in.u32();
    const std::uint32_t address_type = in.u32();
    if (version != 5 || (address_type != 1 && address_type != 2)) return {};
    const Address agent = Address::from(in.take(address_type == 1 ? 4 : 16));
    const auto header = in.block<12>();
    if (in.failed()) return {};
    std::uint32_t stream = header.u32<0>();
    if (agent != datagram.source) stream ^= static_cast<std::uint32_t>(hash(agent, 0));
    return {.domain = {exporter, stream, sflow_domain_version},
            .step = {.number = header.u32<4>(), .has_uptime = true, .uptime_ms = header.u32<8>()},
            .count = in.u32()};
}

}  // namespace detail

/// Of a datagram of any protocol; `domain.version` is 0 when it has none, or is one of NetFlow v9
/// and IPFIX, which have their own way.
[[nodiscard]] inline SequenceHeader sequence_of(const Datagram& datagram,
                                                ExporterIndex exporter) noexcept {
    if (datagram.payload.size() < 2) return {};
    const bool sflow = load_be16(datagram.payload.data()) == 0;
    return sflow ? detail::sflow_sequence(datagram, exporter)
                 : detail::netflow_sequence(datagram.payload, exporter);
}

}  // namespace flow
