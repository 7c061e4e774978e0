// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target of mapping files. The input's first byte chooses form, profile and reading; the rest
// is spliced into a file of that form, since random bytes seldom are one. Besides the sanitizers:
// either the file is refused with a sentence of one line, or what it gives is within its limits and
// a shape can be made of it.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/mapping/value.hpp"
#include "config/shape.hpp"

namespace {

using namespace flowd;

constexpr std::string_view yaml = R"(formatter:
  fields: [type, src_addr, csum]
  key: [csum]
  render: {csum: none}
  rename: {csum: sum}
  protobuf: [&c {name: csum, index: 999, type: varint, array: true}]
ipfix: {mapping: [{field: 7, pen: 9, penprovided: true, destination: csum, endian: little}]}
netflowv9: &n {mapping: [{field: 61, destination: in_if, endianness: big}]}
sflow:
  ports: [{proto: udp, dir: both, port: 6081, parser: geneve}]
  mapping:
    - {layer: udp6081, encap: false, offset: 48, length: 16, destination: csum}
)";

constexpr std::string_view toml = R"([output]
fields = ["type", "csum"]
key = ["csum"]
render = { csum = "none" }
rename = { csum = "sum" }
custom = [{ name = "csum", number = 999, type = "varint", array = true }]
[[mapping.ipfix]]
field = 7
enterprise = 9
destination = "csum"
endian = "little"
[[mapping.ports]]
protocol = "udp"
direction = "both"
port = 6081
parser = "geneve"
[[mapping.sflow]]
layer = "udp6081"
encapsulated = false
offset = 48
length = 16
destination = "csum"
)";

void require(bool fact) {
    if (!fact) std::abort();
}

void check_text(std::string_view sentence) {
    require(!sentence.empty());
    require(sentence.find('\n') == std::string_view::npos);
}

void read(std::string_view text, mapping::Form form, const mapping::Reading& reading) {
    const auto file = mapping::parse(text, form, "m", reading);
    if (!file) return check_text(file.error().sentence);
    for (const std::string& warning : file->warnings) check_text(warning);
    require(file->warnings.size() <= mapping::Complaints::warnings_max + 1);
    require(file->customs.size() <= flow::custom_columns_max);
    require(file->mapping.fields.size() <= mapping::values_max);
    for (const flow::FieldMapping& field : file->mapping.fields) {
        require(!flow::is_custom(field.destination) ||
                flow::custom_index(field.destination) < file->customs.size());
    }
    config::Config config;
    config.profile = reading.profile == flow::Profile::goflow2_v1 ? "goflow2-v1" : "goflow2-v2";
    config.strict = reading.strict;
    const auto shape = config::make_shape(config, *file);
    require(static_cast<bool>(shape));
    require(shape->schema.customs().size() == file->customs.size());
    for (const flow::LineItem& item : shape->schema.line()) {
        require(!item.key.empty() && item.key.size() <= mapping::name_size_max);
    }
}

/// Once alone, once in the place of a part of a good file.
void read_both(std::string_view input, std::size_t place, mapping::Form form,
               const mapping::Reading& reading) {
    read(input, form, reading);
    std::string spliced{form == mapping::Form::toml ? toml : yaml};
    const std::size_t at = place % spliced.size();
    spliced.replace(at, std::min<std::size_t>(place / 256, spliced.size() - at), input);
    read(spliced, form, reading);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const mapping::Reading reading{
        .profile = (data[0] & 1) != 0 ? flow::Profile::goflow2_v1 : flow::Profile::goflow2_v2,
        .strict = (data[0] & 2) != 0};
    const std::size_t place = data[1] * std::size_t{256} + data[2];
    const std::string input{data + 3, data + size};
    read_both(input, place, (data[0] & 4) != 0 ? mapping::Form::toml : mapping::Form::yaml,
              reading);
    return 0;
}
