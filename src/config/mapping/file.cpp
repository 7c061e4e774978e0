// SPDX-License-Identifier: BSD-3-Clause
// The sections of the two forms, in the order in which they need each other.
#include "config/mapping/file.hpp"

#include "config/file.hpp"
#include "config/mapping/names.hpp"
#include "config/mapping/reader.hpp"
#include "config/text.hpp"
#include "log/escape.hpp"

namespace flowd::mapping {

namespace {

constexpr std::string_view toml_suffix = ".toml";

/// The member of the root, or an empty one.
const Value& section_of(const Value& in, std::string_view name) {
    static const Value nothing{};
    const Value* found = in.find(name);
    return found == nullptr ? nothing : *found;
}

/// goflow2 1.3.7 does not know a section that is there.
bool is_left_out(const Value& section, const Reader& reader) {
    const Reading& reading = reader.reading();
    if (section.kind == Value::Kind::nothing) return true;
    if (!reading.strict || reading.profile != flow::Profile::goflow2_v1) return false;
    reader.complaints().warn(section.line, section.key +
                                               " is left out, as in goflow2 v1, which has no such "
                                               "section");
    return true;
}

void read_yaml(const Value& root, const Reader& reader, MappingFile& file) {
    if (!reader.expect_table(root, "the file", {"formatter", "ipfix", "netflowv9", "sflow"})) {
        return;
    }
    const Value& formatter = section_of(root, "formatter");
    if (!is_left_out(formatter, reader)) read_formatter(formatter, reader, file);
    const Value& ipfix = section_of(root, "ipfix");
    const Value& netflow9 = section_of(root, "netflowv9");
    const Value& sflow = section_of(root, "sflow");
    if (reader.expect_table(ipfix, "ipfix", {"mapping"})) {
        read_fields(ipfix, "mapping", 10, reader, file);
    }
    if (reader.expect_table(netflow9, "netflowv9", {"mapping"})) {
        read_fields(netflow9, "mapping", 9, reader, file);
    }
    if (reader.expect_table(sflow, "sflow", {"mapping", "ports"})) {
        if (!is_left_out(section_of(sflow, "ports"), reader)) {
            read_ports(sflow, "ports", reader, file);
        }
        read_layers(sflow, "mapping", reader, file);
    }
}

void read_toml(const Value& root, const Reader& reader, MappingFile& file) {
    if (!reader.expect_table(root, "the file", {"output", "mapping"})) return;
    read_formatter(section_of(root, "output"), reader, file);
    const Value& mapping = section_of(root, "mapping");
    if (!reader.expect_table(mapping, "mapping", {"ipfix", "netflow9", "sflow", "ports"})) return;
    read_fields(mapping, "ipfix", 10, reader, file);
    read_fields(mapping, "netflow9", 9, reader, file);
    read_ports(mapping, "ports", reader, file);
    read_layers(mapping, "sflow", reader, file);
}

}  // namespace

Outcome<MappingFile> parse(std::string_view text, Form form, const std::string& path,
                           const Reading& reading) {
    Outcome<Value> root = form == Form::toml ? parse_toml(text, path) : parse_yaml(text, path);
    if (!root) return root.error();
    Complaints complaints{path, form};
    const Reading effective{.profile = reading.profile,
                            .strict = reading.strict && form == Form::yaml};
    const Reader reader{form, effective, complaints};
    MappingFile file;
    if (form == Form::toml) {
        read_toml(*root, reader, file);
    } else {
        read_yaml(*root, reader, file);
    }
    if (Failure failure = complaints.failure(); failed(failure)) return failure;
    file.warnings = complaints.warnings();
    return file;
}

Outcome<MappingFile> read_file(const std::string& path, const Reading& reading) {
    const Outcome<std::string> text = config::read_file(path);
    if (!text) return text.error();
    const bool is_toml = config::lower(path).ends_with(toml_suffix);
    return parse(*text, is_toml ? Form::toml : Form::yaml, log::one_line(path), reading);
}

}  // namespace flowd::mapping
