// SPDX-License-Identifier: BSD-3-Clause
// Many different datagrams of one kind, from many exporters. One datagram measured again and again
// flatters code that branches on values by a factor of two: the CPU learns it by heart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "flow/model/datagram.hpp"
#include "perf/support/inputs.hpp"

namespace flow::perf {

struct TrafficOptions {
    std::size_t datagram_count = 10'000;
    std::size_t exporter_count = 64;
    std::uint64_t seed = 7;
    /// In each datagram; 0: as many as fit.
    std::size_t records = 0;
    /// Of each exporter, with the same fields in another order; a datagram's records have one of
    /// them.
    std::size_t templates = 1;
    /// Orders of fields that differ, over all exporters; 0: as many as an exporter has templates.
    std::size_t layouts = 0;
    /// Of the datagrams, those that begin with a template, an options template and options (sFlow:
    /// with a counter sample); of v5, none.
    std::size_t mixed_percent = 0;

    [[nodiscard]] bool operator==(const TrafficOptions&) const = default;
    /// One layout and nothing but data, as code without a decoder needs it.
    [[nodiscard]] bool plain() const noexcept {
        return templates == 1 && layouts <= 1 && mixed_percent == 0;
    }
};

/// Owns its bytes; datagrams lie apart, so that each starts in a cache line of its own, as in the
/// buffers of a NIC.
struct Traffic {
    Input input{};
    TrafficOptions options;
    std::vector<std::uint8_t> memory;
    std::vector<Datagram> templates;  ///< to be decoded first; none for v5 and sFlow
    std::vector<Datagram> datagrams;
    std::vector<std::uint16_t> flow_counts;  ///< of each of the datagrams
    std::size_t flow_count = 0;              ///< of all

    [[nodiscard]] std::uint64_t payload_bytes() const noexcept;
};

[[nodiscard]] Traffic make_traffic(Input input, const TrafficOptions& options = {});

}  // namespace flow::perf
