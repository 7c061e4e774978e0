// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v8 (Cisco): a 28-byte header that names one of 14 aggregation schemes, then records of
// that scheme's layout, which is a built-in template as those of v1 and v7 are.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "flow/base/bytes.hpp"
#include "flow/decode/netflow8/schemes.hpp"
#include "flow/decode/templates/fixed.hpp"
#include "flow/model/datagram.hpp"

namespace flow::netflow8 {

inline constexpr std::uint16_t version = 8;
inline constexpr std::size_t header_size = 28;

class Decoder {
public:
    static constexpr std::string_view name = "netflow8";

    /// The plans of the schemes are kept from `first_slot` on, in their order.
    explicit Decoder(TemplateSlot first_slot) noexcept {
        for (std::size_t i = 0; i < schemes.size(); ++i) {
            const auto slot = static_cast<TemplateSlot>(first_slot + i);
            layouts_[i] = fixed_template(version, slot, schemes[i]);
            layouts_[i].id = static_cast<std::uint16_t>(i + 1);
        }
    }

    /// To be learnt by the sink before the first datagram. The id is the scheme.
    [[nodiscard]] std::span<const Template> layouts() const noexcept { return layouts_; }

    [[nodiscard]] static bool claims(Bytes payload) noexcept {
        return payload.size() >= 2 && load_be16(payload.data()) == version;
    }
    [[nodiscard]] static bool accepted(const Protocols& protocols) noexcept {
        return protocols.netflow5;
    }

    /// `bad_aggregation` when the scheme is none of the 14; `truncated` when the count promises
    /// more records than came: those that came are handed on.
    template <RecordSink Sink>
    Error decode(const Datagram& datagram, ExporterIndex exporter, Sink& sink) noexcept {
        wire::Cursor in{datagram.payload};
        const auto header = in.block<header_size>();
        if (in.failed()) return Error::truncated;
        const std::size_t scheme = header.u8<22>();
        if (scheme < 1 || scheme > layouts_.size()) return Error::bad_aggregation;
        sink.begin(Origin{.type = FlowType::netflow_v8,
                          .sampler = datagram.source,
                          .exporter = exporter,
                          .sequence = header.u32<16>(),
                          .received_ns = datagram.received_ns,
                          .export_seconds = header.u32<8>(),
                          .export_nanoseconds = header.u32<12>(),
                          .uptime_ms = header.u32<4>()});
        return decode_fixed_records(layouts_[scheme - 1], header.u16<2>(), in, sink);
    }

private:
    std::array<Template, schemes.size()> layouts_;
};

}  // namespace flow::netflow8
