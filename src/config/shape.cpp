// SPDX-License-Identifier: BSD-3-Clause
// Names are looked up here, once; workers see columns only.
#include "config/shape.hpp"

#include <string_view>
#include <utility>

#include "config/mapping/names.hpp"
#include "config/text.hpp"

namespace flowd::config {

namespace {

using flow::Column;
using flow::LineItem;
using flow::Profile;
using flow::Schema;
using mapping::MappingFile;

/// Parts between commas, the empty ones too. No trimming, as in goflow2.
std::vector<std::string_view> names_of(std::string_view list) {
    return list.empty() ? std::vector<std::string_view>{} : split(list, ',');
}

Failure add_own_columns(const Config& config, Schema& schema) {
    std::vector<std::string_view> own;
    for (const flow::ColumnInfo& column : flow::column_table) {
        if (column.own()) own.push_back(column.name);
    }
    for (const std::string_view part : names_of(config.columns)) {
        const std::string_view name = trimmed(part);
        const Column column = flow::find_column(name);
        if (column != Column::count_ && schema.field(column).number != 0) {
            schema.add(column);
            continue;
        }
        std::string sentence = "output.columns: " + in_quotes(name) + " is no column";
        if (column != Column::count_) sentence += " of " + config.profile;
        const std::string_view near = nearest(name, own);
        if (!near.empty()) sentence += "; did you mean " + std::string{near} + "?";
        return {sentence};
    }
    return {};
}

/// Puts together a line out of names.
class LineMaker {
public:
    LineMaker(const MappingFile& file, OutputShape& shape) : file_{file}, shape_{shape} {}

    /// False when there is no such column.
    bool add(std::string_view name) {
        const auto found = mapping::find_line_name(name, shape_.schema.profile(), file_.customs);
        if (!found) return false;
        if (!flow::is_custom(found->column)) shape_.schema.add(found->column);  // flowd's own
        LineItem item{.column = found->column, .render = found->render, .key = name};
        if (!found->is_virtual) render(item);
        item.always = !flow::is_custom(item.column) || is_shown_empty(item);
        items_.push_back(renamed(item, name));
        return true;
    }

    /// Replaces the line. False when it is too long.
    bool finish() {
        shape_.schema.clear_line();
        for (const LineItem& item : items_) {
            if (!shape_.schema.add_item(item)) return false;
        }
        return true;
    }

private:
    /// The column that a render or rename is for, if it is no virtual one.
    [[nodiscard]] bool is_for(std::string_view name, Column column) const {
        const auto found = mapping::find_line_name(name, shape_.schema.profile(), file_.customs);
        return found && !found->is_virtual && found->column == column;
    }

    void render(LineItem& item) const {
        for (const auto& [name, render] : file_.renders) {
            if (is_for(name, item.column)) item.render = render;
        }
    }

    [[nodiscard]] bool is_rendered(Column column) const {
        for (const auto& each : file_.renders) {
            if (is_for(each.first, column)) return true;
        }
        return false;
    }

    /// Whether goflow2 prints a custom column that has no value: an array with a renderer, empty,
    /// and what has the name "unknown".
    [[nodiscard]] bool is_shown_empty(const LineItem& item) const {
        if (!is_rendered(item.column)) return false;
        return shape_.schema.customs()[flow::custom_index(item.column)].array ||
               item.render == flow::Render::etype_name || item.render == flow::Render::proto_name;
    }

    LineItem renamed(LineItem item, std::string_view name) {
        std::string_view key = name;
        const bool is_virtual = !is_for(name, item.column);
        for (const auto& [from, to] : file_.renames) {
            if (from == name || (!is_virtual && is_for(from, item.column))) key = to;
        }
        item.key = shape_.texts.emplace_back(key);
        return item;
    }

    const MappingFile& file_;
    OutputShape& shape_;
    std::vector<LineItem> items_;
};

void make_line(const Config& config, const MappingFile& file, OutputShape& shape) {
    std::vector<std::string_view> names = names_of(config.selector);
    const bool is_selected = !names.empty();
    if (!is_selected) names.assign(file.fields.begin(), file.fields.end());
    if (names.empty()) {
        for (const LineItem& item : shape.schema.line()) {
            const bool snake = config.tag == "json";
            names.push_back(snake ? flow::info(item.column).name : item.key);
        }
    }
    LineMaker line{file, shape};
    for (const std::string_view name : names) {
        if (line.add(name)) continue;
        shape.warnings.push_back(
            "output.selector: " + mapping::no_column(name, shape.schema.profile(), file.customs) +
            "; it is left out");
    }
    if (!line.finish()) {
        shape.warnings.push_back("output.selector: more than " +
                                 std::to_string(Schema::line_items_max) +
                                 " columns; the rest is left out");
    }
}

/// A column of the key has a value only where it goes out: flowd's own ones are added for it.
void add_to_key(Column column, OutputShape& shape) {
    if (!flow::is_custom(column)) shape.schema.add(column);
    shape.key.push_back(column);
}

/// goflow2 v1 knows its own names only. What a TOML file declares is the user's word.
bool is_known_to_v1(std::string_view name, Column column) noexcept {
    if (flow::is_custom(column)) return true;
    return !flow::info(column).own() && flow::info(column).go_name == name;
}

/// goflow2 v2 takes the key from its mapping file only; v1 from the flag, and skips what it does
/// not know.
void make_key(const Config& config, const MappingFile& file, OutputShape& shape) {
    const Profile profile = shape.schema.profile();
    for (const std::string& name : file.key) {
        if (const auto found = mapping::find_line_name(name, profile, file.customs)) {
            add_to_key(found->column, shape);
        }
    }
    static const Config defaults;
    const bool is_default = config.hash == defaults.hash;
    if (!file.key.empty() || profile == Profile::goflow2_v2) {
        if (is_default) return;
        shape.warnings.push_back(
            "output.hash: " + in_quotes(config.hash) + " is left out: " +
            (file.key.empty() ? "goflow2-v2 takes its key from the mapping file's formatter.key"
                              : "the mapping file names the key"));
        return;
    }
    for (const std::string_view name : names_of(config.hash)) {
        const auto found = mapping::find_line_name(name, profile, file.customs);
        if (!found || found->is_virtual) {
            shape.warnings.push_back(
                "output.hash: " + mapping::no_column(name, profile, file.customs) +
                "; it is left out");
        } else if (config.strict && !is_known_to_v1(name, found->column)) {
            shape.warnings.push_back("output.hash: " + in_quotes(name) +
                                     " is no column of goflow2 v1; with -strict it is left out");
        } else {
            add_to_key(found->column, shape);
        }
    }
}

/// A mapping's destination may be a column that goes out only when it is asked for.
void add_destinations(Schema& schema, const flow::Mapping& mapping) {
    const auto add = [&schema](Column column) {
        if (!flow::is_custom(column)) schema.add(column);
    };
    for (const flow::FieldMapping& field : mapping.fields) add(field.destination);
    for (const flow::LayerMapping& layer : mapping.layers) add(layer.destination);
}

}  // namespace

Profile profile_of(const Config& config) noexcept {
    return config.profile == "goflow2-v2" ? Profile::goflow2_v2 : Profile::goflow2_v1;
}

flow::Dialect dialect_of(const Config& config) noexcept {
    if (!config.strict) return flow::Dialect::standard;
    return profile_of(config) == Profile::goflow2_v2 ? flow::Dialect::goflow2_v2
                                                     : flow::Dialect::goflow2_v1;
}

Outcome<OutputShape> make_shape(const Config& config, const MappingFile& file) {
    OutputShape shape;
    shape.schema = Schema::all(profile_of(config));
    shape.dialect = dialect_of(config);
    shape.mapping = file.mapping;
    shape.warnings = file.warnings;
    if (Failure failure = add_own_columns(config, shape.schema); failed(failure)) return failure;
    add_destinations(shape.schema, shape.mapping);
    for (const mapping::Custom& custom : file.customs) {
        const bool added = shape.schema.add_custom({.name = shape.texts.emplace_back(custom.name),
                                                    .number = custom.number,
                                                    .type = custom.type,
                                                    .array = custom.array});
        if (!added) return Failure{"mapping.file: too many columns of its own"};
    }
    make_key(config, file, shape);
    make_line(config, file, shape);
    return shape;
}

bool is_length_prefixed(const Config& config) noexcept {
    return config.format == "bin" || config.protobuf_fixedlen || config.profile == "goflow2-v2";
}

}  // namespace flowd::config
