// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v7 (Cisco Catalyst): v5's header without engine and sampling, then records of 52 bytes.
// The built-in template puts v7 on the same path as v9.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "flow/base/bytes.hpp"
#include "flow/decode/templates/fixed.hpp"
#include "flow/model/datagram.hpp"

namespace flow::netflow7 {

inline constexpr std::uint16_t version = 7;
inline constexpr std::size_t header_size = 24;

/// srcaddr, dstaddr, nexthop, input, output, dPkts, dOctets, First, Last, srcport, dstport, flags
/// (which fields are invalid), tcp_flags, prot, tos, src_as, dst_as, src_mask, dst_mask, flags,
/// router_sc: the address under which the router itself would have exported (IE 130).
inline constexpr std::array<TemplateField, 21> record_fields{{
    {8, 4},   {12, 4}, {15, 4}, {10, 2},
    {14, 2},  {2, 4},  {1, 4},  {22, 4},
    {21, 4},  {7, 2},  {11, 2}, {padding_field, 1},
    {6, 1},   {4, 1},  {5, 1},  {16, 2},
    {17, 2},  {9, 1},  {13, 1}, {padding_field, 2},
    {130, 4},
}};

class Decoder {
public:
    static constexpr std::string_view name = "netflow7";

    /// `slot` is where the shard keeps the plan of the built-in template.
    explicit Decoder(TemplateSlot slot) noexcept
        : layout_{fixed_template(version, slot, record_fields)} {}

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
        sink.begin(Origin{.type = FlowType::netflow_v7,
                          .sampler = datagram.source,
                          .exporter = exporter,
                          .sequence = header.u32<16>(),
                          .received_ns = datagram.received_ns,
                          .export_seconds = header.u32<8>(),
                          .export_nanoseconds = header.u32<12>(),
                          .uptime_ms = header.u32<4>()});
        return decode_fixed_records(layout_, header.u16<2>(), in, sink);
    }

private:
    Template layout_;
};

}  // namespace flow::netflow7
