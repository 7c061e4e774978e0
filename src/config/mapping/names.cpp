// SPDX-License-Identifier: BSD-3-Clause
// goflow2's virtual fields are columns printed in another way.
#include "config/mapping/names.hpp"

#include <array>
#include <utility>
#include <vector>

#include "config/text.hpp"

namespace flowd::mapping {

namespace {

using flow::Column;
using flow::Kind;
using flow::Profile;
using flow::Render;

struct Virtual {
    std::string_view name;
    std::string_view go_name;
    Column column;
    std::array<Render, flow::profile_count> renders;
};

constexpr std::array<Virtual, 3> virtual_names{{
    {"etype_name", "EtypeName", Column::etype, {Render::etype_name, Render::etype_name}},
    {"proto_name", "ProtoName", Column::proto, {Render::proto_name_short, Render::proto_name}},
    {"icmp_name", "IcmpName", Column::proto, {Render::icmp_name, Render::icmp_name_or_unknown}},
}};

std::optional<Column> find_custom(std::string_view name, std::span<const Custom> customs) {
    for (std::size_t i = 0; i < customs.size(); ++i) {
        if (customs[i].name == name) return flow::custom_column(i);
    }
    return std::nullopt;
}

bool is_in(Column column, Profile profile) noexcept {
    return column != Column::count_ && flow::info(column).in(profile).number != 0;
}

/// Every name that find_line_name knows.
std::vector<std::string_view> known_names(Profile profile, std::span<const Custom> customs) {
    std::vector<std::string_view> names;
    for (const flow::ColumnInfo& column : flow::column_table) {
        if (column.in(profile).number == 0) continue;
        names.push_back(profile == Profile::goflow2_v1 ? column.go_name : column.name);
        names.push_back(profile == Profile::goflow2_v1 ? column.name : column.go_name);
    }
    for (const Custom& custom : customs) names.push_back(custom.name);
    for (const Virtual& each : virtual_names) names.push_back(each.name);
    return names;
}

}  // namespace

std::optional<LineName> find_line_name(std::string_view name, Profile profile,
                                       std::span<const Custom> customs) {
    if (const auto custom = find_custom(name, customs)) return LineName{*custom, Render::none};
    for (const Virtual& each : virtual_names) {
        if (each.name != name && each.go_name != name) continue;
        return LineName{each.column, each.renders[static_cast<std::size_t>(profile)], true};
    }
    const Column column = flow::find_column(name);
    if (!is_in(column, profile)) return std::nullopt;
    return LineName{column, flow::info(column).in(profile).render};
}

std::optional<Column> find_destination(std::string_view name, const Reading& reading,
                                       std::span<const Custom> customs) {
    const Column known = flow::find_column(name);
    const bool usable = is_in(known, reading.profile);
    const bool by_go_name = usable && flow::info(known).go_name == name;
    if (by_go_name && !(reading.strict && flow::info(known).own())) return known;
    if (const auto custom = find_custom(name, customs)) return custom;
    return usable && !reading.strict ? std::optional{known} : std::nullopt;
}

std::string no_column(std::string_view name, Profile profile, std::span<const Custom> customs) {
    std::string sentence = config::in_quotes(name) + " is no column";
    for (const Virtual& each : virtual_names) {
        if (each.name == name || each.go_name == name) return sentence + " of its own";
    }
    const Column known = flow::find_column(name);
    if (known != Column::count_) return sentence + " of " + std::string{profile_name(profile)};
    const std::string_view near = config::nearest(name, known_names(profile, customs));
    if (!near.empty()) sentence += " (did you mean " + std::string{near} + "?)";
    return sentence;
}

std::string_view profile_name(Profile profile) noexcept {
    return profile == Profile::goflow2_v2 ? "goflow2-v2" : "goflow2-v1";
}

Kind kind_of(Column column, std::span<const Custom> customs) noexcept {
    if (!flow::is_custom(column)) return flow::info(column).kind;
    const bool number =
        customs[flow::custom_index(column)].type == flow::CustomColumn::Type::varint;
    return number ? Kind::u64 : Kind::bytes;
}

std::optional<Render> find_render(std::string_view id, Profile profile) noexcept {
    const Render ip = profile == Profile::goflow2_v1 ? Render::ip : Render::ip_as_is;
    const std::array<std::pair<std::string_view, Render>, 8> known{
        {{"none", Render::none},
         {"ip", ip},
         {"mac", Render::mac},
         {"etype", Render::etype_name},
         {"proto", Render::proto_name},
         {"datetime", Render::datetime},
         {"datetimenano", Render::datetime_nano},
         {"string", Render::text}}};
    for (const auto& [name, render] : known) {
        if (name == id) return render;
    }
    return std::nullopt;
}

std::optional<Render> fitting(Render render, Kind kind) noexcept {
    if (render == Render::none) return render;
    const bool takes_bytes =
        render == Render::ip || render == Render::ip_as_is || render == Render::text;
    if (kind == Kind::bytes && takes_bytes) return render;
    if (kind == Kind::bytes_list && takes_bytes && render != Render::text) return Render::ip_list;
    const bool needs_64_bits = render == Render::mac || render == Render::datetime_nano;
    const bool is_number = kind == Kind::u64 || (kind == Kind::u32 && !needs_64_bits);
    return is_number && !takes_bytes ? std::optional{render} : std::nullopt;
}

}  // namespace flowd::mapping
