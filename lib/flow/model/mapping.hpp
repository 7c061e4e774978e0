// SPDX-License-Identifier: BSD-3-Clause
// Mapping: what a mapping file says, in the terms of the wire and of the columns. Built and checked
// by the configuration, compiled into plans by `produce`. Read-only, shared by all shards.
#pragma once

#include <cstdint>
#include <vector>

#include "flow/model/columns.hpp"
#include "flow/model/layer.hpp"

namespace flow {

enum class Endian : std::uint8_t { big, little };

/// A field of NetFlow v9 or IPFIX records into a column. It comes before the built-in reading of
/// the same element, which overrides it where both fill one column, as in goflow2. Of several with
/// the same version, element and enterprise the last counts.
struct FieldMapping {
    std::uint8_t version = 0;  ///< 9 or 10
    std::uint16_t id = 0;
    std::uint32_t enterprise = 0;  ///< 0: IANA's
    Column destination{};          ///< may be custom
    Endian endian = Endian::big;
};

/// Where in a sampled packet a LayerMapping counts its offset from.
struct LayerSelector {
    enum class By : std::uint8_t {
        frame,      ///< goflow2 v1's layer 0: the first byte
        network,    ///< v1's layer 3: the IP header, behind tags and labels
        payload,    ///< v1's layer 7: behind TCP or UDP
        kinds,      ///< any of the kinds in the bit set
        ethertype,  ///< what an Ethernet, 802.1Q or GRE header with this type is followed by
        protocol,   ///< what an IP header with this protocol is followed by
        tcp_port,   ///< what TCP with this port is followed by, when PortParser knows it
        udp_port,
    };
    By by = By::kinds;
    std::uint32_t kinds = 0;  ///< bit n: the LayerKind with number n
    std::uint16_t number = 0;

    [[nodiscard]] static constexpr std::uint32_t bit(LayerKind kind) noexcept {
        return std::uint32_t{1} << static_cast<unsigned>(kind);
    }
};

/// Bits of a sampled packet into a column.
struct LayerMapping {
    LayerSelector layer;
    bool encapsulated = false;  ///< inner layers only; false: outer ones only
    std::uint32_t offset = 0;   ///< bits from the start of the layer; may run past its end
    std::uint32_t length = 0;   ///< bits
    Column destination{};
    Endian endian = Endian::big;
};

/// What follows TCP or UDP with this port (goflow2 v2: sflow.ports).
struct PortParser {
    enum class Direction : std::uint8_t { source, destination, both };

    bool tcp = false;  ///< else UDP
    Direction direction = Direction::both;
    std::uint16_t port = 0;
    LayerKind parser{};
};

struct Mapping {
    std::vector<FieldMapping> fields;
    std::vector<LayerMapping> layers;
    std::vector<PortParser> ports;

    [[nodiscard]] bool empty() const noexcept {
        return fields.empty() && layers.empty() && ports.empty();
    }
};

}  // namespace flow
