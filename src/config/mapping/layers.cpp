// SPDX-License-Identifier: BSD-3-Clause
// The table of goflow2 v2's layer keys, v1's numbers, and the keys with a number in them.
#include "config/mapping/layers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <system_error>
#include <vector>

#include "config/text.hpp"

namespace flowd::mapping {

namespace {

using flow::LayerKind;
using flow::LayerSelector;
using By = LayerSelector::By;

template <class... Kinds>
constexpr std::uint32_t set_of(Kinds... kinds) {
    return (LayerSelector::bit(kinds) | ...);
}

struct Layer {
    std::string_view name;
    std::uint32_t kinds;
    bool is_parser = false;  ///< a name that sflow.ports knows too
    bool is_own = false;     ///< not one of goflow2's
};

constexpr std::uint32_t ip = set_of(LayerKind::ipv4, LayerKind::ipv6);
constexpr std::uint32_t extension = set_of(LayerKind::ipv6_routing, LayerKind::ipv6_fragment);

constexpr std::array<Layer, 23> layers{{
    {"ethernet", set_of(LayerKind::ethernet), true},
    {"dot1q", set_of(LayerKind::dot1q), true},
    {"mpls", set_of(LayerKind::mpls), true},
    {"ipv4", set_of(LayerKind::ipv4), true},
    {"ipv6", set_of(LayerKind::ipv6), true},
    {"ip", ip},
    {"ipv6-route", set_of(LayerKind::ipv6_routing), true},
    {"ipv6eh_routing", set_of(LayerKind::ipv6_routing)},
    {"ipv6-frag", set_of(LayerKind::ipv6_fragment), true},
    {"ipv6eh_fragment", set_of(LayerKind::ipv6_fragment)},
    {"ipv6eh", extension},
    {"tcp", set_of(LayerKind::tcp), true},
    {"udp", set_of(LayerKind::udp), true},
    {"icmp", set_of(LayerKind::icmp), true},
    {"ipv6-icmp", set_of(LayerKind::icmpv6), true},
    {"icmpv6", set_of(LayerKind::icmpv6)},
    {"gre", set_of(LayerKind::gre), true},
    {"teredo-dst", set_of(LayerKind::teredo), true},
    {"teredo", set_of(LayerKind::teredo)},
    {"geneve", set_of(LayerKind::geneve), true},
    {"vxlan", set_of(LayerKind::vxlan), true, true},
    {"pppoe", set_of(LayerKind::pppoe), false, true},
    {"ipv6-options", set_of(LayerKind::ipv6_options), false, true},
}};

/// Decimal, or with 0x; the whole text, and not above `max`.
std::optional<std::uint16_t> number_of(std::string_view text, std::uint16_t max) noexcept {
    const int base = text.starts_with("0x") ? 16 : 10;
    if (base == 16) text.remove_prefix(2);
    std::uint16_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number, base);
    const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
    return whole && number <= max ? std::optional{number} : std::nullopt;
}

struct Numbered {
    std::string_view prefix;
    By by;
    std::uint16_t max;
};

constexpr std::uint16_t any = std::numeric_limits<std::uint16_t>::max();
constexpr std::array<Numbered, 4> numbered{{
    {"etype", By::ethertype, any},
    {"proto", By::protocol, 255},
    {"tcp", By::tcp_port, any},
    {"udp", By::udp_port, any},
}};

/// A layer of the OSI model.
std::optional<LayerSelector> find_osi(std::string_view name, const Reading& reading) noexcept {
    const bool is_v1 = reading.profile == flow::Profile::goflow2_v1;
    // goflow2 v2's documentation knows 0 and 7, its code does not.
    const bool both_ends = is_v1 || !reading.strict;
    if (name == "0" && both_ends) return LayerSelector{.by = By::frame};
    if (name == "7" && both_ends) return LayerSelector{.by = By::payload};
    if (name == "2" && !(is_v1 && reading.strict)) {
        return LayerSelector{.kinds = set_of(LayerKind::ethernet)};
    }
    if (name == "3") return is_v1 ? LayerSelector{.by = By::network} : LayerSelector{.kinds = ip};
    if (name != "4") return std::nullopt;
    // v1 takes whatever is behind the IP header.
    constexpr std::uint32_t v2 = set_of(LayerKind::tcp, LayerKind::udp);
    constexpr std::uint32_t v1 = v2 | set_of(LayerKind::icmp, LayerKind::icmpv6, LayerKind::gre);
    return LayerSelector{.kinds = is_v1 ? v1 : v2};
}

std::string unknown(std::string_view what, std::string_view name, bool parsers) {
    std::vector<std::string_view> known;
    for (const Layer& layer : layers) {
        if (layer.is_parser || !parsers) known.push_back(layer.name);
    }
    const std::string_view near = config::nearest(name, known);
    std::string sentence = config::in_quotes(name) + " is no ";
    sentence += what;
    if (!near.empty()) sentence += " (did you mean " + std::string{near} + "?)";
    return sentence;
}

}  // namespace

std::optional<LayerSelector> find_layer(std::string_view name, const Reading& reading) {
    if (const auto osi = find_osi(name, reading)) return osi;
    if (reading.strict && reading.profile == flow::Profile::goflow2_v1) return std::nullopt;
    for (const Layer& layer : layers) {
        if (layer.name != name) continue;
        if (layer.is_own && reading.strict) return std::nullopt;
        return LayerSelector{.kinds = layer.kinds};
    }
    for (const Numbered& each : numbered) {
        if (!name.starts_with(each.prefix)) continue;
        const auto number = number_of(name.substr(each.prefix.size()), each.max);
        if (number) return LayerSelector{.by = each.by, .number = *number};
    }
    return std::nullopt;
}

std::optional<LayerKind> find_parser(std::string_view name) noexcept {
    const auto* found = std::find_if(layers.begin(), layers.end(), [name](const Layer& layer) {
        return layer.is_parser && layer.name == name;
    });
    if (found == layers.end()) return std::nullopt;
    return static_cast<LayerKind>(__builtin_ctz(found->kinds));
}

std::string no_layer(std::string_view name) { return unknown("layer", name, false); }

std::string no_parser(std::string_view name) { return unknown("parser", name, true); }

}  // namespace flowd::mapping
