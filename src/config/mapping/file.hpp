// SPDX-License-Identifier: BSD-3-Clause
// MappingFile: what `-mapping FILE` says, read and checked. goflow2's YAML, of both versions, and
// the same as TOML. Main thread, once, at start.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/mapping/complaints.hpp"
#include "flow/model/mapping.hpp"
#include "flow/model/schema.hpp"
#include "log/failure.hpp"

namespace flowd::mapping {

/// A column that the file declares (YAML: formatter.protobuf, TOML: output.custom).
struct Custom {
    std::string name{};
    std::uint32_t number = 0;
    flow::CustomColumn::Type type = flow::CustomColumn::Type::varint;
    bool array = false;

    [[nodiscard]] bool operator==(const Custom&) const = default;
};

/// Longest name that a custom column or a renamed one may have: keys of a line are cut there.
inline constexpr std::size_t name_size_max = 64;

/// The file's names are known ones: of columns in the profile, of `customs`, or virtual.
struct MappingFile {
    flow::Mapping mapping;
    /// custom_column(i) is the one at index i.
    std::vector<Custom> customs;
    std::vector<std::string> fields;  ///< of lines, in their order; empty: the profile's
    std::vector<std::string> key;     ///< of the message's key
    std::vector<std::pair<std::string, flow::Render>> renders;
    std::vector<std::pair<std::string, std::string>> renames;  ///< from, to
    std::vector<std::string> warnings;
};

/// How the file is to be understood.
struct Reading {
    flow::Profile profile = flow::Profile::goflow2_v1;
    /// As goflow2 does: Go's names only, layers and sections of that version.
    /// Concerns YAML; goflow2 has no TOML.
    bool strict = false;
};

/// TOML when the path ends in .toml, else YAML. On failure the sentence has path and line.
[[nodiscard]] Outcome<MappingFile> read_file(const std::string& path, const Reading& reading);

/// The same from memory; `path` is only for sentences.
[[nodiscard]] Outcome<MappingFile> parse(std::string_view text, Form form, const std::string& path,
                                         const Reading& reading);

}  // namespace flowd::mapping
