// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v8 (Cisco): a 28-byte header that names one of 14 aggregation schemes, then records of
// that scheme's layout. A record sums up flows; how many they were has no column. A prefix goes
// where an address would.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "flow/base/bytes.hpp"
#include "flow/decode/templates/fixed.hpp"
#include "flow/model/datagram.hpp"

namespace flow::netflow8 {

inline constexpr std::uint16_t version = 8;
inline constexpr std::size_t header_size = 28;

namespace detail {

inline constexpr std::array<TemplateField, 9> as{{
    {padding_field, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {16, 2},
    {17, 2},
    {10, 2},
    {14, 2},
}};

inline constexpr std::array<TemplateField, 9> proto_port{{
    {padding_field, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {4, 1},
    {padding_field, 3},
    {7, 2},
    {11, 2},
}};

inline constexpr std::array<TemplateField, 11> source_prefix{{
    {padding_field, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {8, 4},
    {9, 1},
    {padding_field, 1},
    {16, 2},
    {10, 2},
    {padding_field, 2},
}};

inline constexpr std::array<TemplateField, 11> destination_prefix{{
    {padding_field, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {12, 4},
    {13, 1},
    {padding_field, 1},
    {17, 2},
    {14, 2},
    {padding_field, 2},
}};

inline constexpr std::array<TemplateField, 14> prefix{{
    {padding_field, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {8, 4},
    {12, 4},
    {13, 1},
    {9, 1},
    {padding_field, 2},
    {16, 2},
    {17, 2},
    {10, 2},
    {14, 2},
}};

inline constexpr std::array<TemplateField, 10> destination{{
    {12, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {14, 2},
    {5, 1},
    {padding_field, 1},
    {padding_field, 4},
    {padding_field, 4},
}};

inline constexpr std::array<TemplateField, 13> source_destination{{
    {12, 4},
    {8, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {14, 2},
    {10, 2},
    {5, 1},
    {padding_field, 1},
    {padding_field, 2},
    {padding_field, 4},
    {padding_field, 4},
}};

inline constexpr std::array<TemplateField, 15> full_flow{{
    {12, 4},
    {8, 4},
    {11, 2},
    {7, 2},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {14, 2},
    {10, 2},
    {5, 1},
    {4, 1},
    {padding_field, 2},
    {padding_field, 4},
    {padding_field, 4},
}};

inline constexpr std::array<TemplateField, 11> tos_as{{
    {padding_field, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {16, 2},
    {17, 2},
    {10, 2},
    {14, 2},
    {5, 1},
    {padding_field, 3},
}};

inline constexpr std::array<TemplateField, 12> tos_proto_port{{
    {padding_field, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {4, 1},
    {5, 1},
    {padding_field, 2},
    {7, 2},
    {11, 2},
    {10, 2},
    {14, 2},
}};

inline constexpr std::array<TemplateField, 11> tos_source_prefix{{
    {padding_field, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {8, 4},
    {9, 1},
    {5, 1},
    {16, 2},
    {10, 2},
    {padding_field, 2},
}};

inline constexpr std::array<TemplateField, 11> tos_destination_prefix{{
    {padding_field, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {12, 4},
    {13, 1},
    {5, 1},
    {17, 2},
    {14, 2},
    {padding_field, 2},
}};

inline constexpr std::array<TemplateField, 15> tos_prefix{{
    {padding_field, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {8, 4},
    {12, 4},
    {13, 1},
    {9, 1},
    {5, 1},
    {padding_field, 1},
    {16, 2},
    {17, 2},
    {10, 2},
    {14, 2},
}};

inline constexpr std::array<TemplateField, 15> prefix_port{{
    {padding_field, 4},
    {2, 4},
    {1, 4},
    {22, 4},
    {21, 4},
    {8, 4},
    {12, 4},
    {13, 1},
    {9, 1},
    {5, 1},
    {4, 1},
    {7, 2},
    {11, 2},
    {10, 2},
    {14, 2},
}};

}  // namespace detail

/// By aggregation scheme, from 1 on.
inline constexpr std::array<std::span<const TemplateField>, 14> schemes{
    detail::as,
    detail::proto_port,
    detail::source_prefix,
    detail::destination_prefix,
    detail::prefix,
    detail::destination,
    detail::source_destination,
    detail::full_flow,
    detail::tos_as,
    detail::tos_proto_port,
    detail::tos_source_prefix,
    detail::tos_destination_prefix,
    detail::tos_prefix,
    detail::prefix_port};

class Decoder {
public:
    static constexpr std::string_view name = "netflow8";

    /// The plans of the schemes are kept from `first_slot` on, in their order.
    explicit Decoder(TemplateSlot first_slot) noexcept {
        for (std::size_t i = 0; i < schemes.size(); ++i) {
            const auto slot = static_cast<TemplateSlot>(first_slot + i);
            layouts_[i] = fixed_template(version, slot, schemes[i]);
        }
    }

    /// To be learnt by the sink before the first datagram.
    [[nodiscard]] std::span<const Template> layouts() const noexcept { return layouts_; }

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
