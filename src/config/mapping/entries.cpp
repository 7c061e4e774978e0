// SPDX-License-Identifier: BSD-3-Clause
// The sections ipfix, netflowv9 and sflow: from their entries to flow::Mapping.
#include <algorithm>

#include "config/mapping/layers.hpp"
#include "config/mapping/names.hpp"
#include "config/mapping/reader.hpp"
#include "config/text.hpp"

namespace flowd::mapping {

namespace {

using flow::Column;
using flow::Kind;

/// Where values go; nothing, after a complaint, when they cannot go there.
std::optional<Column> read_destination(const Value& entry, const Reader& reader,
                                       const MappingFile& file) {
    const Reading& reading = reader.reading();
    const Value* name = reader.text(entry, "destination");
    if (name == nullptr) {
        reader.complaints().pass_over(entry.line, "an entry without destination");
        return std::nullopt;
    }
    const std::optional<Column> column = find_destination(name->text, reading, file.customs);
    if (!column) {
        const auto column_of_line = find_line_name(name->text, reading.profile, file.customs);
        const bool by_strict = column_of_line && !column_of_line->is_virtual;
        std::string sentence = "destination ";
        sentence += by_strict ? config::in_quotes(name->text) + " is no name in goflow2's Go"
                              : no_column(name->text, reading.profile, file.customs);
        reader.complaints().pass_over(name->line, sentence);
        return std::nullopt;
    }
    const Kind kind = kind_of(*column, file.customs);
    if (kind == Kind::flow_type || kind == Kind::boolean || kind == Kind::layer_list ||
        kind == Kind::bytes_list) {
        reader.complaints().pass_over(
            name->line, "destination " + config::in_quotes(name->text) + " takes no mapping");
        return std::nullopt;
    }
    return column;
}

flow::Endian endian_of(const Value& entry, std::string_view key, const Reader& reader) {
    const bool little = reader.choice(entry, key, {"big", "little"}).value_or(0) == 1;
    return little ? flow::Endian::little : flow::Endian::big;
}

flow::Endian read_endian(const Value& entry, const Reader& reader) {
    const Words& words = reader.words();
    // Samples that have it describe numbers that are big-endian on the wire: to read it would make
    // rates of 16,777,216 out of rates of 1.
    const Value* sample = reader.text(entry, words.endian_of_sample);
    if (sample != nullptr) {
        reader.complaints().warn_once(sample->line,
                                      "endian is left out, as in goflow2, whose key is endianness");
    }
    return reader.text(entry, words.endian) != nullptr ? endian_of(entry, words.endian, reader)
                                                       : flow::Endian::big;
}

/// A field's key in goflow2 has three parts: is there an enterprise, which one, and the element. An
/// entry whose parts contradict each other is never met. Nothing then.
std::optional<std::uint32_t> read_enterprise(const Value& entry, std::uint8_t version,
                                             const Reader& reader) {
    const Words& words = reader.words();
    const auto enterprise =
        static_cast<std::uint32_t>(reader.number(entry, words.enterprise, {}).value_or(0));
    const bool given =
        reader.form() == Form::toml ? enterprise != 0 : reader.flag(entry, words.enterprise_given);
    const std::string name{words.enterprise};
    std::string sentence;
    if (given && version == 9) {
        sentence = "NetFlow v9 has no enterprise elements";
    } else if (given && enterprise == 0) {
        sentence = "penprovided without pen fits no element";
    } else if (!given && enterprise != 0) {
        sentence = name + " without penprovided: true fits no element";
    }
    if (sentence.empty()) return enterprise;
    reader.complaints().pass_over(entry.line, sentence);
    return std::nullopt;
}

/// The last of several for the same element counts.
void put(const flow::FieldMapping& field, std::size_t line, const Reader& reader,
         std::vector<flow::FieldMapping>& fields) {
    const auto same = [&field](const flow::FieldMapping& each) {
        return each.version == field.version && each.id == field.id &&
               each.enterprise == field.enterprise;
    };
    const auto before = std::find_if(fields.begin(), fields.end(), same);
    if (before != fields.end()) {
        reader.complaints().pass_over(line,
                                      "field " + std::to_string(field.id) + " has an entry already",
                                      "the last one counts");
        fields.erase(before);
    }
    fields.push_back(field);
}

/// A layer behind a port is only met when something parses what is there.
bool is_parsed(const flow::LayerSelector& layer, const std::vector<flow::PortParser>& ports) {
    using By = flow::LayerSelector::By;
    if (layer.by != By::tcp_port && layer.by != By::udp_port) return true;
    return std::any_of(ports.begin(), ports.end(), [&layer](const flow::PortParser& each) {
        return each.tcp == (layer.by == By::tcp_port) && each.port == layer.number;
    });
}

}  // namespace

void read_fields(const Value& in, std::string_view key, std::uint8_t version, const Reader& reader,
                 MappingFile& file) {
    constexpr std::uint64_t any = std::numeric_limits<std::uint16_t>::max();
    constexpr std::uint64_t ipfix_max = any >> 1;  // RFC 7011 §3.2: the first bit is not the id's
    const Words& words = reader.words();
    for (const Value* entry : reader.tables(in, key)) {
        if (!reader.expect_table(*entry, key,
                                 {"field", words.enterprise, words.enterprise_given, "destination",
                                  words.endian, words.endian_of_sample}))
            continue;
        const auto id = reader.number(*entry, "field", {.max = any});
        if (!id) {
            if (entry->find("field") == nullptr) {
                reader.complaints().pass_over(entry->line, "an entry without field");
            }
            continue;
        }
        const auto enterprise = read_enterprise(*entry, version, reader);
        const flow::Endian endian = read_endian(*entry, reader);
        const auto destination = read_destination(*entry, reader, file);
        if (version == 10 && *id > ipfix_max) {
            reader.complaints().pass_over(
                entry->line,
                "field: " + std::to_string(*id) + " is above " + std::to_string(ipfix_max));
        } else if (enterprise && destination) {
            put({.version = version,
                 .id = static_cast<std::uint16_t>(*id),
                 .enterprise = *enterprise,
                 .destination = *destination,
                 .endian = endian},
                entry->line, reader, file.mapping.fields);
        }
    }
}

void read_layers(const Value& in, std::string_view key, const Reader& reader, MappingFile& file) {
    constexpr Range bits{.max = 8 * 65'536};  // no packet is longer
    const Words& words = reader.words();
    for (const Value* entry : reader.tables(in, key)) {
        if (!reader.expect_table(*entry, key,
                                 {"layer", words.encapsulated, "offset", "length", "destination",
                                  words.endian, words.endian_of_sample}))
            continue;
        const Value* name = reader.text(*entry, "layer");
        if (name == nullptr) {
            reader.complaints().pass_over(entry->line, "an entry without layer");
            continue;
        }
        const auto selector = find_layer(name->text, reader.reading());
        if (!selector) {
            reader.complaints().pass_over(name->line, no_layer(name->text));
        } else if (!is_parsed(*selector, file.mapping.ports)) {
            reader.complaints().pass_over(
                name->line, "layer " + config::in_quotes(name->text) + " needs an entry of ports");
        }
        const auto offset = reader.number(*entry, "offset", bits).value_or(0);
        const auto length = reader.number(*entry, "length", bits).value_or(0);
        if (length == 0) reader.complaints().pass_over(entry->line, "an entry without length");
        const flow::Endian endian = read_endian(*entry, reader);
        const bool encapsulated = reader.flag(*entry, words.encapsulated);
        const auto destination = read_destination(*entry, reader, file);
        if (!selector || !destination || length == 0) continue;
        file.mapping.layers.push_back({.layer = *selector,
                                       .encapsulated = encapsulated,
                                       .offset = static_cast<std::uint32_t>(offset),
                                       .length = static_cast<std::uint32_t>(length),
                                       .destination = *destination,
                                       .endian = endian});
    }
}

void read_ports(const Value& in, std::string_view key, const Reader& reader, MappingFile& file) {
    using Direction = flow::PortParser::Direction;
    const Words& words = reader.words();
    for (const Value* entry : reader.tables(in, key)) {
        if (!reader.expect_table(*entry, key, {words.protocol, words.direction, "port", "parser"}))
            continue;
        const auto protocol = reader.choice(*entry, words.protocol, {"udp", "tcp"});
        const auto direction = reader.choice(*entry, words.direction, {"src", "dst", "both"});
        const auto port = reader.number(*entry, "port", {.max = 65'535});
        const Value* name = reader.text(*entry, "parser");
        const auto parser = find_parser(name == nullptr ? std::string_view{} : name->text);
        if (entry->find("port") == nullptr) {
            reader.complaints().refuse(entry->line, "an entry of ports without port");
        }
        if (!parser) {
            reader.complaints().refuse(name == nullptr ? entry->line : name->line,
                                       no_parser(name == nullptr ? "" : name->text));
        }
        if (!protocol || !direction || !port || !parser) continue;
        file.mapping.ports.push_back({.tcp = *protocol == 1,
                                      .direction = static_cast<Direction>(*direction),
                                      .port = static_cast<std::uint16_t>(*port),
                                      .parser = *parser});
    }
}

}  // namespace flowd::mapping
