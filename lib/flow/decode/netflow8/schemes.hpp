// SPDX-License-Identifier: BSD-3-Clause
// The records of NetFlow v8's aggregation schemes (Cisco), field by field, in the terms of NetFlow
// v9 (RFC 3954 §8). A prefix is an address whose host bits are zero; where both ends have one, the
// destination's length comes first. The count of flows has no column, and neither have marked_tos
// and extra_pkts of the Catalyst schemes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/decode/templates/fixed.hpp"
#include "flow/model/template.hpp"

namespace flow::netflow8 {

namespace fields {

inline constexpr TemplateField octets{1, 4}, packets{2, 4}, flows{padding_field, 4};
inline constexpr TemplateField first{22, 4}, last{21, 4};
inline constexpr TemplateField source{8, 4}, destination{12, 4};
inline constexpr TemplateField source_mask{9, 1}, destination_mask{13, 1};
inline constexpr TemplateField source_as{16, 2}, destination_as{17, 2};
inline constexpr TemplateField source_port{7, 2}, destination_port{11, 2};
inline constexpr TemplateField input{10, 2}, output{14, 2};
inline constexpr TemplateField protocol{4, 1}, tos{5, 1};
inline constexpr TemplateField pad1{padding_field, 1}, pad2{padding_field, 2};
inline constexpr TemplateField marked_tos{padding_field, 1}, extra_packets{padding_field, 4};
inline constexpr TemplateField router{130, 4};  ///< as in v7
/// An address of no bytes: the scheme has none, but v8 is about IPv4, and the ethertype says so.
inline constexpr TemplateField no_address{8, 0};

/// What the schemes of routers begin with.
template <std::size_t Count>
constexpr std::array<TemplateField, Count + 5> router_scheme(
    const std::array<TemplateField, Count>& rest) noexcept {
    std::array<TemplateField, Count + 5> all{flows, packets, octets, first, last};
    for (std::size_t i = 0; i < Count; ++i) all[5 + i] = rest[i];
    return all;
}

inline constexpr auto as =
    router_scheme(std::array{source_as, destination_as, input, output, no_address});
inline constexpr auto protocol_port =
    router_scheme(std::array{protocol, pad1, pad2, source_port, destination_port, no_address});
inline constexpr auto source_prefix =
    router_scheme(std::array{source, source_mask, pad1, source_as, input, pad2});
inline constexpr auto destination_prefix =
    router_scheme(std::array{destination, destination_mask, pad1, destination_as, output, pad2});
inline constexpr auto prefix =
    router_scheme(std::array{source, destination, destination_mask, source_mask, pad2, source_as,
                             destination_as, input, output});

// Catalyst 6500: without a count of flows, and keyed by hosts.
inline constexpr std::array destination_only{
    destination, packets, octets, first, last, output, tos, marked_tos, extra_packets, router};
inline constexpr std::array source_destination{
    destination, source, packets,    octets, first,         last,  output,
    input,       tos,    marked_tos, pad2,   extra_packets, router};
inline constexpr std::array full_flow{
    destination, source, destination_port, source_port, packets, octets,        first, last, output,
    input,       tos,    protocol,         marked_tos,  pad1,    extra_packets, router};

inline constexpr auto tos_as = router_scheme(
    std::array{source_as, destination_as, input, output, tos, pad1, pad2, no_address});
inline constexpr auto tos_protocol_port = router_scheme(
    std::array{protocol, tos, pad2, source_port, destination_port, input, output, no_address});
inline constexpr auto tos_source_prefix =
    router_scheme(std::array{source, source_mask, tos, source_as, input, pad2});
inline constexpr auto tos_destination_prefix =
    router_scheme(std::array{destination, destination_mask, tos, destination_as, output, pad2});
inline constexpr auto tos_prefix =
    router_scheme(std::array{source, destination, destination_mask, source_mask, tos, pad1,
                             source_as, destination_as, input, output});
inline constexpr auto prefix_port =
    router_scheme(std::array{source, destination, destination_mask, source_mask, tos, protocol,
                             source_port, destination_port, input, output});

}  // namespace fields

/// By the number of the scheme, from 1 on.
inline constexpr std::array<std::span<const TemplateField>, 14> schemes{
    fields::as,
    fields::protocol_port,
    fields::source_prefix,
    fields::destination_prefix,
    fields::prefix,
    fields::destination_only,
    fields::source_destination,
    fields::full_flow,
    fields::tos_as,
    fields::tos_protocol_port,
    fields::tos_source_prefix,
    fields::tos_destination_prefix,
    fields::tos_prefix,
    fields::prefix_port,
};

namespace detail {

constexpr bool sizes_are(const std::array<std::uint16_t, 14>& sizes) noexcept {
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        if (fixed_template(8, 0, schemes[i]).record_size != sizes[i]) return false;
    }
    return true;
}
static_assert(sizes_are({28, 28, 32, 32, 40, 32, 40, 44, 32, 32, 32, 32, 40, 40}));

}  // namespace detail

}  // namespace flow::netflow8
