// SPDX-License-Identifier: BSD-3-Clause
// Which layers of a packet a mapping means. Pure; per sample and mapping.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/model/mapping.hpp"
#include "flow/packet/layers.hpp"

namespace flow::packet {

struct LayerQuery {
    LayerSelector selector;
    bool encapsulated = false;
};

[[nodiscard]] constexpr bool is_kind(const LayerSelector& selector, LayerKind kind) noexcept {
    // LayerKind::custom has no bit.
    return static_cast<unsigned>(kind) < 32 && (selector.kinds & LayerSelector::bit(kind)) != 0;
}

/// Whether the layer itself is meant, or for By::payload the layer before what is meant.
[[nodiscard]] inline bool matches(const Layer& layer, const LayerQuery& query) noexcept {
    const LayerSelector& selector = query.selector;
    if (layer.encapsulated != query.encapsulated) return false;
    const auto announced = [&](Layer::By by) {
        return layer.by == by && layer.number == selector.number;
    };
    switch (selector.by) {
        case LayerSelector::By::frame: return layer.offset == 0;
        case LayerSelector::By::network:
            return layer.kind == LayerKind::ipv4 || layer.kind == LayerKind::ipv6;
        case LayerSelector::By::payload:
            return layer.kind == LayerKind::tcp || layer.kind == LayerKind::udp;
        case LayerSelector::By::kinds: return is_kind(selector, layer.kind);
        case LayerSelector::By::ethertype: return announced(Layer::By::ethertype);
        case LayerSelector::By::protocol: return announced(Layer::By::protocol);
        case LayerSelector::By::tcp_port: return announced(Layer::By::tcp_port);
        case LayerSelector::By::udp_port: return announced(Layer::By::udp_port);
    }
    return false;
}

namespace detail {

/// goflow2 v1 has four places: the frame, and layers 3, 4 and 7. Layer 4 comes as the kinds TCP and
/// UDP.
[[nodiscard]] inline std::uint32_t find_place(const FixedPlaces& places,
                                              const LayerSelector& selector) noexcept {
    switch (selector.by) {
        case LayerSelector::By::frame: return 0;
        case LayerSelector::By::network: return places.network;
        case LayerSelector::By::payload: return places.payload;
        case LayerSelector::By::kinds: {
            const bool transport =
                is_kind(selector, LayerKind::tcp) || is_kind(selector, LayerKind::udp);
            return transport ? places.transport : FixedPlaces::absent;
        }
        default: return FixedPlaces::absent;
    }
}

}  // namespace detail

/// Calls `visit(std::size_t offset)` for each layer that `query` means, outermost first, with the
/// bytes from the start of the sample to the layer's; that may be behind the end of the sample. A
/// layer that was too short for the stack counts too. The frame is there even when nothing is.
template <class Visit>
void for_each_layer(const Layers& layers, const LayerQuery& query, Visit visit) {
    if (layers.places.used) {
        const std::uint32_t place = detail::find_place(layers.places, query.selector);
        if (place != FixedPlaces::absent && !query.encapsulated) visit(std::size_t{place});
        return;
    }
    if (query.selector.by == LayerSelector::By::frame) {
        if (!query.encapsulated) visit(std::size_t{0});
        return;
    }
    const bool behind = query.selector.by == LayerSelector::By::payload;
    const auto all = layers.all();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!matches(all[i], query)) continue;
        visit(std::size_t{all[i].offset} + (behind ? layers.sizes()[i] : 0));
    }
}

}  // namespace flow::packet
