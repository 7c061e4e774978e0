// SPDX-License-Identifier: BSD-3-Clause
// goflow2's virtual fields are columns printed in another way.
#include "config/shape.hpp"

#include <array>
#include <string_view>

namespace flowd::config {

namespace {

using flow::Column;
using flow::LineItem;
using flow::Profile;
using flow::Render;
using flow::Schema;

/// Calls `visit` for each part between commas, the empty ones too. No trimming, as in goflow2.
template <class Visit>
void for_each_name(std::string_view list, Visit visit) {
    if (list.empty()) return;
    for (;;) {
        const std::size_t comma = list.find(',');
        visit(list.substr(0, comma));
        if (comma == std::string_view::npos) return;
        list.remove_prefix(comma + 1);
    }
}

struct Virtual {
    std::string_view name;
    std::string_view go_name;
    Column column;
    Render v1;
    Render v2;
};

constexpr std::array<Virtual, 3> virtual_fields{{
    {"etype_name", "EtypeName", Column::etype, Render::etype_name, Render::etype_name},
    {"proto_name", "ProtoName", Column::proto, Render::proto_name_short, Render::proto_name},
    {"icmp_name", "IcmpName", Column::proto, Render::icmp_name, Render::icmp_name_or_unknown},
}};

/// The item that a name stands for, under that name as its key; false when it stands for none.
bool find_item(std::string_view name, const Schema& schema, LineItem& item) {
    item.key = name;
    for (const Virtual& field : virtual_fields) {
        if (field.name != name && field.go_name != name) continue;
        item.column = field.column;
        item.render = schema.profile() == Profile::goflow2_v1 ? field.v1 : field.v2;
        return true;
    }
    item.column = flow::find_column(name);
    if (item.column == Column::count_ || schema.field(item.column).number == 0) return false;
    item.render = schema.field(item.column).render;
    return true;
}

void select(const Config& config, Schema& schema, std::vector<std::string>& warnings) {
    std::vector<LineItem> items;
    for_each_name(config.selector, [&](std::string_view name) {
        LineItem item;
        if (!find_item(name, schema, item)) {
            warnings.push_back("output.selector: there is no column \"" + std::string{name} +
                               "\" in " + config.profile + "; it is left out");
            return;
        }
        schema.add(item.column);  // one of flowd's own
        items.push_back(item);
    });
    schema.clear_line();
    for (const LineItem& item : items) {
        if (schema.add_item(item)) continue;
        warnings.push_back("output.selector: more than " + std::to_string(Schema::line_items_max) +
                           " columns; the rest is left out");
        return;
    }
}

void use_snake_case(Schema& schema) {
    const std::vector<LineItem> items{schema.line().begin(), schema.line().end()};
    schema.clear_line();
    for (LineItem item : items) {
        item.key = flow::info(item.column).name;
        schema.add_item(item);
    }
}

}  // namespace

Outcome<Schema> make_schema(const Config& config, std::vector<std::string>& warnings) {
    Schema schema =
        Schema::all(config.profile == "goflow2-v2" ? Profile::goflow2_v2 : Profile::goflow2_v1);
    Failure failure;
    for_each_name(config.columns, [&](std::string_view name) {
        const Column column = flow::find_column(name);
        if (column == Column::count_) {
            failure = {"output.columns: there is no column \"" + std::string{name} + "\""};
        } else if (schema.field(column).number == 0) {
            failure = {"output.columns: " + std::string{name} + " is not a column of " +
                       config.profile};
        } else {
            schema.add(column);
        }
    });
    if (failed(failure)) return failure;
    if (!config.selector.empty()) {
        select(config, schema, warnings);
    } else if (config.tag == "json") {
        use_snake_case(schema);
    }
    return schema;
}

bool is_length_prefixed(const Config& config) noexcept {
    return config.format == "bin" || config.protobuf_fixedlen || config.profile == "goflow2-v2";
}

}  // namespace flowd::config
