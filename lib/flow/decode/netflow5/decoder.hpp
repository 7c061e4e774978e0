// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v5 (Cisco): a 24-byte header, then records of 48 bytes. The layout never changes, so it
// is a built-in template in the terms of NetFlow v9 (RFC 3954 §8), and from there on v5 takes the
// same path as v9.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "flow/base/error.hpp"
#include "flow/model/datagram.hpp"
#include "flow/model/record.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::netflow5 {

inline constexpr std::uint16_t version = 5;
inline constexpr std::size_t header_size = 24;
inline constexpr std::uint16_t record_size = 48;

/// Bytes without meaning.
inline constexpr std::uint16_t padding = 210;

/// The record, field by field: srcaddr, dstaddr, nexthop, input, output, dPkts, dOctets, First,
/// Last, srcport, dstport, pad1, tcp_flags, prot, tos, src_as, dst_as, src_mask, dst_mask, pad2.
inline constexpr std::array<TemplateField, 20> record_fields{{
    {8, 4},  {12, 4}, {15, 4}, {10, 2}, {14, 2},      {2, 4},       {1, 4},
    {22, 4}, {21, 4}, {7, 2},  {11, 2}, {padding, 1}, {6, 1},       {4, 1},
    {5, 1},  {16, 2}, {17, 2}, {9, 1},  {13, 1},      {padding, 2},
}};

class Decoder {
public:
    static constexpr std::string_view name = "netflow5";

    /// `slot` is where the shard keeps the plan of the built-in template.
    explicit Decoder(TemplateSlot slot) noexcept
        : layout_{.version = version,
                  .record_size = record_size,
                  .slot = slot,
                  .fields = record_fields} {}

    /// To be learnt by the sink before the first datagram.
    [[nodiscard]] const Template& layout() const noexcept { return layout_; }

    [[nodiscard]] static bool claims(Bytes payload) noexcept {
        return payload.size() >= 2 && load_be16(payload.data()) == version;
    }
    [[nodiscard]] static bool accepted(const Protocols& protocols) noexcept {
        return protocols.netflow5;
    }

    /// `truncated` when the count promises more records than came; those that came are handed on.
    template <RecordSink Sink>
    Error decode(const Datagram& datagram, ExporterIndex exporter, Sink& sink) noexcept {
        wire::Cursor in{datagram.payload};
        const auto header = in.block<header_size>();
        if (in.failed()) return Error::truncated;
        sink.begin(Origin{.type = FlowType::netflow_v5,
                          .sampler = datagram.source,
                          .exporter = exporter,
                          .sequence = header.u32<16>(),
                          .sampling_rate = std::uint64_t{header.u16<22>()} & sampling_interval_mask,
                          .received_ns = datagram.received_ns,
                          .export_seconds = header.u32<8>(),
                          .export_nanoseconds = header.u32<12>(),
                          .uptime_ms = header.u32<4>()});
        const std::size_t announced = header.u16<2>();
        const std::size_t present = in.remaining() / record_size;
        const std::size_t count = announced < present ? announced : present;
        if (count > 0) {
            sink.records(layout_, RecordRun{in.take(count * record_size),
                                            static_cast<std::uint32_t>(count)});
        }
        return announced > present ? Error::truncated : Error::none;
    }

private:
    /// The two high bits are the sampling mode.
    static constexpr std::uint16_t sampling_interval_mask = 0x3fff;

    Template layout_;
};

}  // namespace flow::netflow5
