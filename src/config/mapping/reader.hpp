// SPDX-License-Identifier: BSD-3-Clause
// What the readers of a mapping file's sections share: the words of a form, and small questions to
// a value that complain when it is not what was asked for. Main thread, at start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/mapping/complaints.hpp"
#include "config/mapping/file.hpp"
#include "config/mapping/value.hpp"

namespace flowd::mapping {

/// How a form spells what both say. An empty word: the form has none.
struct Words {
    std::string_view enterprise;
    std::string_view enterprise_given;
    std::string_view endian;
    std::string_view endian_of_sample;  ///< in goflow2's documentation and samples, not in its code
    std::string_view encapsulated;
    std::string_view protocol;
    std::string_view direction;
    std::string_view number;
};

inline constexpr Words yaml_words{.enterprise = "pen",
                                  .enterprise_given = "penprovided",
                                  .endian = "endianness",
                                  .endian_of_sample = "endian",
                                  .encapsulated = "encap",
                                  .protocol = "proto",
                                  .direction = "dir",
                                  .number = "index"};
inline constexpr Words toml_words{.enterprise = "enterprise",
                                  .enterprise_given = {},
                                  .endian = "endian",
                                  .endian_of_sample = {},
                                  .encapsulated = "encapsulated",
                                  .protocol = "protocol",
                                  .direction = "direction",
                                  .number = "number"};

struct Range {
    std::uint64_t min = 0;
    std::uint64_t max = std::numeric_limits<std::uint32_t>::max();
};

class Reader {
public:
    Reader(Form form, const Reading& reading, Complaints& complaints)
        : form_{form}, reading_{reading}, complaints_{complaints} {}

    [[nodiscard]] Form form() const noexcept { return form_; }
    [[nodiscard]] const Reading& reading() const noexcept { return reading_; }
    [[nodiscard]] Complaints& complaints() const noexcept { return complaints_; }
    [[nodiscard]] const Words& words() const noexcept {
        return form_ == Form::toml ? toml_words : yaml_words;
    }

    /// A table with no other keys than these; an unknown key is passed over, one that comes twice
    /// refused. Nothing counts as an empty table. False when the rest of it need not be read: it is
    /// no table, or has been refused.
    [[nodiscard]] bool expect_table(const Value& value, std::string_view name,
                                    std::initializer_list<std::string_view> keys) const;
    /// The items of a list of tables under `key`, the others having been refused.
    [[nodiscard]] std::vector<const Value*> tables(const Value& in, std::string_view key) const;
    /// The texts of a list under `key`.
    [[nodiscard]] std::vector<const Value*> texts(const Value& in, std::string_view key) const;

    // Of a table's member. Nothing when it is absent or, after a complaint, when it does not fit.

    [[nodiscard]] std::optional<std::uint64_t> number(const Value& in, std::string_view key,
                                                      const Range& range) const;
    /// False when it is absent.
    [[nodiscard]] bool flag(const Value& in, std::string_view key) const;
    [[nodiscard]] const Value* text(const Value& in, std::string_view key) const;
    /// Refuses what is missing or not among these.
    [[nodiscard]] std::optional<std::size_t> choice(
        const Value& in, std::string_view key, std::initializer_list<std::string_view> names) const;

private:
    /// The member of the right kind; refuses another one.
    [[nodiscard]] const Value* member(const Value& in, std::string_view key,
                                      Value::Kind kind) const;

    Form form_;
    Reading reading_;
    Complaints& complaints_;
};

/// YAML: formatter; TOML: output. First, since mappings name the columns that it declares.
void read_formatter(const Value& section, const Reader& reader, MappingFile& file);
/// NetFlow v9's or IPFIX's list of fields, under `key` of `in`.
void read_fields(const Value& in, std::string_view key, std::uint8_t version, const Reader& reader,
                 MappingFile& file);
/// What follows which port. Before the layers, which may be behind a port.
void read_ports(const Value& in, std::string_view key, const Reader& reader, MappingFile& file);
/// sFlow's list of parts of a sampled packet.
void read_layers(const Value& in, std::string_view key, const Reader& reader, MappingFile& file);

}  // namespace flowd::mapping
