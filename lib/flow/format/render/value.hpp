// SPDX-License-Identifier: BSD-3-Clause
// One value as text, for every rendering that needs more than digits: names, prefixes, times,
// escaped strings, and the values of custom columns. Without quotes or brackets; line.cpp puts
// them. Stores overshoot, see decimal.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "flow/base/bytes.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"

namespace flow::render {

/// A value before it is text. Of a number `bytes` is empty, of bytes `number` is 0.
struct Value {
    std::uint64_t number = 0;
    Bytes bytes{};
};

/// Bytes that one value of this rendering takes at most, without quotes; `size` is that of its
/// bytes. Lists: of one element.
[[nodiscard]] std::size_t value_size_max(Render render, Kind kind, std::size_t size) noexcept;

/// Strings are quoted where the style quotes; numbers never are.
[[nodiscard]] bool is_string(Render render, Kind kind) noexcept;

/// Everything but networks and names of ICMP types, which take more than one value.
[[nodiscard]] std::uint8_t* put_value(std::uint8_t* to, Render render, Kind kind,
                                      const Value& value) noexcept;

/// As Go's netip.Prefix, masked: "invalid Prefix" without an address or with too many bits.
[[nodiscard]] std::uint8_t* put_network(std::uint8_t* to, Bytes address,
                                        std::uint64_t bits) noexcept;

/// Of an ICMP or ICMPv6 type; `otherwise` for other protocols.
[[nodiscard]] std::uint8_t* put_icmp_name(std::uint8_t* to, std::uint64_t protocol,
                                          std::uint64_t type, std::string_view otherwise) noexcept;

/// The end of the flow whose address a network is of.
[[nodiscard]] constexpr Column address_of_network(Column column) noexcept {
    return column == Column::dst_net ? Column::dst_addr : Column::src_addr;
}

/// Every rendering. `column` says which of two addresses a network is of; `flow` has what else it
/// takes.
[[nodiscard]] std::uint8_t* put_value(std::uint8_t* to, Render render, Kind kind,
                                      const Value& value, Column column, const Flow& flow) noexcept;

/// What Render::none stands for.
[[nodiscard]] Render plain_render(Kind kind) noexcept;

}  // namespace flow::render
