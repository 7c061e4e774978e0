// SPDX-License-Identifier: BSD-3-Clause
// The stack of layers of a sampled packet, outermost first, and what only a walk through all of
// them finds. Made by dissect(); the caller owns the memory and reuses it, so nothing here is
// cleared but the counts. Columns borrow its lists.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/model/layer.hpp"

namespace flow::packet {

/// Layers that are walked. Real packets have fewer than ten.
inline constexpr std::size_t layers_max = 32;

/// What follows TCP or UDP with this port, beside the ports that are known anyway.
struct PortRule {
    enum class Direction : std::uint8_t { source, destination, both };

    bool tcp = false;  ///< else UDP
    Direction direction = Direction::both;
    std::uint16_t port = 0;
    LayerKind kind{};
};

struct Layer {
    /// What the header before it said of it.
    enum class By : std::uint8_t {
        nothing,  ///< it is the first, or the only kind that can follow
        ethertype,
        protocol,
        tcp_port,
        udp_port,
    };

    std::uint16_t offset;  ///< bytes from the start of the sample
    std::uint16_t number;  ///< the ethertype, protocol or port
    LayerKind kind;
    By by;
    bool encapsulated;  ///< in a tunnel
};

/// Where goflow2 v1 counts offsets of mappings from, in bytes. It has these places instead of
/// layers, and each of them wherever its parser stands, whatever is there.
struct FixedPlaces {
    static constexpr std::uint32_t absent = 0xffff'ffff;

    bool used = false;  ///< by its reading only
    std::uint32_t network = absent;
    std::uint32_t transport = absent;
    std::uint32_t payload = absent;
};

class Layers {
public:
    /// All layers that were tried; the size of each is the element of sizes() with its index.
    [[nodiscard]] std::span<const Layer> all() const noexcept { return {layers_.data(), count_}; }
    /// Numbers of LayerKind, as the column layer_stack has them.
    [[nodiscard]] std::span<const std::uint32_t> stack() const noexcept {
        return {stack_.data(), stack_count_};
    }
    /// In bytes. goflow2 v2 also has an entry of 0 here for a layer that was too short for the
    /// stack; else as long as the stack.
    [[nodiscard]] std::span<const std::uint32_t> sizes() const noexcept {
        return {sizes_.data(), count_};
    }
    [[nodiscard]] bool full() const noexcept { return count_ == layers_max; }

    /// Of the MPLS stack outside of tunnels, outermost first.
    [[nodiscard]] std::span<const std::uint32_t> mpls_labels() const noexcept {
        return {mpls_labels_.data(), mpls_count_};
    }
    [[nodiscard]] std::span<const std::uint32_t> mpls_ttls() const noexcept {
        return {mpls_ttls_.data(), mpls_count_};
    }

    /// Call unless full().
    void add(const Layer& layer, std::size_t size, bool in_stack = true) noexcept {
        layers_[count_] = layer;
        sizes_[count_++] = static_cast<std::uint32_t>(size);
        if (in_stack) stack_[stack_count_++] = static_cast<std::uint32_t>(layer.kind);
    }
    /// More than fit are left out.
    void add_label(std::uint32_t label, std::uint8_t ttl) noexcept {
        if (mpls_count_ == mpls_labels_.size()) return;
        mpls_labels_[mpls_count_] = label;
        mpls_ttls_[mpls_count_++] = ttl;
    }
    void clear_labels() noexcept { mpls_count_ = 0; }
    void clear() noexcept {
        count_ = stack_count_ = mpls_count_ = 0;
        has_routing = has_vxlan = false;
        segments_left = 0;
        segments = {};
        vxlan_vni = 0;
        places = {};
    }

    bool has_routing = false;  ///< an IPv6 routing header, of the outermost IP
    std::uint8_t segments_left = 0;
    Bytes
        segments{};  ///< addresses of a segment routing header (RFC 8754), 16 bytes each; borrowed

    bool has_vxlan = false;
    std::uint32_t vxlan_vni = 0;  ///< 24 bits, of the outermost one

    FixedPlaces places{};

private:
    std::uint8_t count_ = 0;
    std::uint8_t stack_count_ = 0;
    std::uint8_t mpls_count_ = 0;
    std::array<Layer, layers_max> layers_;
    std::array<std::uint32_t, layers_max> stack_;
    std::array<std::uint32_t, layers_max> sizes_;
    std::array<std::uint32_t, layers_max> mpls_labels_;
    std::array<std::uint32_t, layers_max> mpls_ttls_;
};

}  // namespace flow::packet
