// SPDX-License-Identifier: BSD-3-Clause
// The section formatter (TOML: output): columns that the file declares, and what lines and keys
// show. goflow2 does not start with a field, key or renderer that it does not know; nor does flowd.
#include <algorithm>

#include "config/mapping/names.hpp"
#include "config/mapping/reader.hpp"
#include "config/text.hpp"

namespace flowd::mapping {

namespace {

using config::in_quotes;

/// Keys are written into JSON as they are.
bool is_plain(std::string_view name) noexcept {
    return !name.empty() && name.size() <= name_size_max &&
           std::all_of(name.begin(), name.end(), [](char letter) {
               return letter > ' ' && letter <= '~' && letter != '"' && letter != '\\';
           });
}

std::string not_plain(std::string_view name) {
    return in_quotes(name) + " must have 1 to " + std::to_string(name_size_max) +
           " printable ASCII characters, without blanks, quotes and backslashes";
}

bool fits(const flow::ColumnInfo& column, flow::CustomColumn::Type type) noexcept {
    return type == flow::CustomColumn::Type::varint ? flow::holds_number(column.kind)
                                                    : column.kind == flow::Kind::bytes;
}

/// One that the profile has under this name and number is no new column: goflow2 v2's sample
/// declares some of v1's. A number that another column has makes messages hold two values for it.
bool is_known(const Custom& custom, std::size_t line, const Reader& reader,
              const std::vector<Custom>& customs) {
    const flow::Profile profile = reader.reading().profile;
    std::string_view owner;
    for (const flow::ColumnInfo& column : flow::column_table) {
        if (column.in(profile).number != custom.number) continue;
        if (column.name == custom.name && fits(column, custom.type)) return true;
        owner = column.name;
    }
    for (const Custom& each : customs) {
        if (each.number == custom.number) owner = each.name;
    }
    if (!owner.empty()) {
        reader.complaints().warn(line, custom.name + " has number " +
                                           std::to_string(custom.number) + ", as " +
                                           std::string{owner} + " has: readers see one column");
    }
    return false;
}

std::optional<Custom> read_custom(const Value& entry, const Reader& reader) {
    const Words& words = reader.words();
    if (!reader.expect_table(entry, "a custom column", {"name", words.number, "type", "array"})) {
        return std::nullopt;
    }
    const Value* name = reader.text(entry, "name");
    const auto type = reader.choice(entry, "type", {"varint", "string", "bytes"});
    const auto number =
        reader.number(entry, words.number, {.min = 1, .max = flow::CustomColumn::number_max});
    if (name == nullptr || !is_plain(name->text)) {
        reader.complaints().refuse(entry.line,
                                   "name: " + not_plain(name == nullptr ? "" : name->text));
        return std::nullopt;
    }
    if (entry.find(words.number) == nullptr) {
        reader.complaints().refuse(entry.line,
                                   name->text + " needs a number, as " + std::string{words.number});
    }
    if (!type || !number) return std::nullopt;
    return Custom{.name = name->text,
                  .number = static_cast<std::uint32_t>(*number),
                  .type = static_cast<flow::CustomColumn::Type>(*type),
                  .array = reader.flag(entry, "array")};
}

void read_customs(const Value& section, std::string_view key, const Reader& reader,
                  MappingFile& file) {
    for (const Value* entry : reader.tables(section, key)) {
        const auto custom = read_custom(*entry, reader);
        if (!custom || is_known(*custom, entry->line, reader, file.customs)) continue;
        const bool twice =
            std::any_of(file.customs.begin(), file.customs.end(),
                        [&](const Custom& each) { return each.name == custom->name; });
        if (twice) {
            reader.complaints().refuse(entry->line, custom->name + " is there twice");
        } else if (file.customs.size() == flow::custom_columns_max) {
            reader.complaints().refuse(
                entry->line, "more than " + std::to_string(flow::custom_columns_max) + " columns");
        } else {
            file.customs.push_back(*custom);
        }
    }
}

/// The names of a list that the profile has. One of another profile is passed over, since a file
/// may serve both; one that is no column anywhere is refused, as in goflow2.
std::vector<std::string> read_names(const Value& section, std::string_view key, bool virtual_too,
                                    const Reader& reader, const MappingFile& file) {
    std::vector<std::string> names;
    const flow::Profile profile = reader.reading().profile;
    for (const Value* item : reader.texts(section, key)) {
        const auto found = find_line_name(item->text, profile, file.customs);
        if (found && (virtual_too || !found->is_virtual)) {
            names.push_back(item->text);
            continue;
        }
        const std::string sentence =
            std::string{key} + ": " + no_column(item->text, profile, file.customs);
        if (flow::find_column(item->text) != flow::Column::count_) {
            reader.complaints().warn(item->line, sentence + "; it is left out");
        } else {
            reader.complaints().refuse(item->line, sentence);
        }
    }
    return names;
}

/// The members of a table from names of columns to texts.
std::vector<const Value*> named_texts(const Value& section, std::string_view key,
                                      const Reader& reader, const MappingFile& file) {
    std::vector<const Value*> members;
    const flow::Profile profile = reader.reading().profile;
    const Value* table = section.find(key);
    if (table == nullptr || table->kind == Value::Kind::nothing) return members;
    if (table->kind != Value::Kind::table) {
        reader.complaints().refuse(table->line, std::string{key} + " must be a table");
        return members;
    }
    for (const Value& item : table->items) {
        if (item.kind != Value::Kind::scalar) {
            reader.complaints().refuse(item.line,
                                       std::string{key} + ": " + item.key + " must be a text");
        } else if (!find_line_name(item.key, profile, file.customs)) {
            std::string sentence =
                std::string{key} + ": " + no_column(item.key, profile, file.customs);
            if (flow::find_column(item.key) != flow::Column::count_) {
                reader.complaints().warn(item.line, (sentence += "; ") += "it is left out");
            } else {
                reader.complaints().pass_over(item.line, sentence, "it is left out");
            }
        } else {
            members.push_back(&item);
        }
    }
    return members;
}

void read_renders(const Value& section, const Reader& reader, MappingFile& file) {
    const flow::Profile profile = reader.reading().profile;
    for (const Value* item : named_texts(section, "render", reader, file)) {
        const auto render = find_render(item->text, profile);
        if (!render) {
            reader.complaints().refuse(item->line, "render: " + in_quotes(item->text) +
                                                       " is no renderer; there are none, ip, mac, "
                                                       "etype, proto, datetime, datetimenano, "
                                                       "string");
            continue;
        }
        const auto name = find_line_name(item->key, profile, file.customs);
        const auto fit = fitting(*render, kind_of(name->column, file.customs));
        const std::string cannot = "render: " + item->text + " cannot print " + item->key;
        if (name->is_virtual) {
            reader.complaints().pass_over(item->line, cannot, "it is printed as without it");
            continue;
        }
        // goflow2's renderers hand what they cannot print on to none.
        if (!fit) reader.complaints().pass_over(item->line, cannot, "it is printed as by none");
        file.renders.emplace_back(item->key, fit.value_or(flow::Render::none));
    }
}

}  // namespace

void read_formatter(const Value& section, const Reader& reader, MappingFile& file) {
    const std::string_view customs = reader.form() == Form::toml ? "custom" : "protobuf";
    const std::string_view name = reader.form() == Form::toml ? "output" : "formatter";
    if (!reader.expect_table(section, name, {customs, "fields", "key", "render", "rename"})) return;
    read_customs(section, customs, reader, file);
    file.fields = read_names(section, "fields", true, reader, file);
    if (file.fields.size() > flow::Schema::line_items_max) {
        reader.complaints().refuse(
            section.line,
            "fields: more than " + std::to_string(flow::Schema::line_items_max) + " names");
    }
    file.key = read_names(section, "key", false, reader, file);
    read_renders(section, reader, file);
    for (const Value* item : named_texts(section, "rename", reader, file)) {
        if (is_plain(item->text)) {
            file.renames.emplace_back(item->key, item->text);
        } else {
            reader.complaints().refuse(item->line, "rename: " + not_plain(item->text));
        }
    }
}

}  // namespace flowd::mapping
