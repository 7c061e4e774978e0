// SPDX-License-Identifier: BSD-3-Clause
// Many different datagrams of one kind, from many exporters. One datagram measured again and again
// flatters code that branches on values by a factor of two: the CPU learns it by heart.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "flow/model/datagram.hpp"
#include "flow/model/template.hpp"

namespace flow::perf {

enum class Input : std::uint8_t { netflow5, netflow9, ipfix_ipv4, ipfix_ipv6, sflow };

inline constexpr std::array inputs{Input::netflow5, Input::netflow9, Input::ipfix_ipv4,
                                   Input::ipfix_ipv6, Input::sflow};

[[nodiscard]] std::string_view name(Input input) noexcept;

/// The fields of a record; empty for sFlow.
[[nodiscard]] std::span<const TemplateField> fields(Input input) noexcept;
[[nodiscard]] std::size_t record_size(Input input) noexcept;
/// Where the records of a datagram start.
[[nodiscard]] std::size_t records_offset(Input input) noexcept;
/// As many as fit 1,400 bytes.
[[nodiscard]] std::size_t records_per_datagram(Input input) noexcept;

struct TrafficOptions {
    std::size_t datagram_count = 10'000;
    std::size_t exporter_count = 64;
    std::uint64_t seed = 7;
};

/// Owns its bytes; datagrams lie apart, so that each starts in a cache line of its own, as in the
/// buffers of a NIC.
struct Traffic {
    Input input{};
    std::vector<std::uint8_t> memory;
    std::vector<Datagram> templates;  ///< to be decoded first; none for v5 and sFlow
    std::vector<Datagram> datagrams;
    std::size_t flow_count = 0;
};

[[nodiscard]] Traffic make_traffic(Input input, const TrafficOptions& options = {});

}  // namespace flow::perf
