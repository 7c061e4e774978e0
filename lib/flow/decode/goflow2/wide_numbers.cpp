// SPDX-License-Identifier: BSD-3-Clause
// The list is looked at only for fields of more than eight bytes, which hardly any template has.
#include "flow/decode/goflow2/wide_numbers.hpp"

#include <algorithm>
#include <array>

namespace flow::goflow2 {

namespace {

constexpr std::array<std::uint16_t, 41> numbers{
    1, 2, 4, 5, 6, 7, 9, 10, 11, 13, 14, 16, 17, 23, 24, 29, 30, 31, 32, 52, 54, 56, 57, 58, 59, 70,
    71, 72, 80, 81, 88, 89, 138, 139, 176, 177, 178, 179, 197,
    // Times of NetFlow v9, relative to the exporter's start.
    21, 22};
/// Counted from here on, only NetFlow v9's.
constexpr std::size_t netflow9_begin = 39;

/// Times of IPFIX, and dataLinkFrameSize.
bool is_ipfix_number(std::uint16_t id) noexcept { return (id >= 150 && id <= 159) || id == 312; }

}  // namespace

bool is_number(std::uint16_t id, std::uint8_t version) noexcept {
    const auto end = version == 9 ? numbers.end() : numbers.begin() + netflow9_begin;
    if (std::find(numbers.begin(), end, id) != end) return true;
    return version == 10 && is_ipfix_number(id);
}

bool has_wide_number(const Template& layout) noexcept {
    return std::any_of(layout.fields.begin(), layout.fields.end(), [&](const TemplateField& field) {
        return field.length > number_size_max && field.length != variable_length &&
               field.enterprise == 0 && is_number(field.id, layout.version);
    });
}

bool has_wide_number(const Template& layout, std::span<const FieldExtent> extents) noexcept {
    for (std::size_t i = 0; i < extents.size(); ++i) {
        const TemplateField& field = layout.fields[i];
        if (extents[i].size > number_size_max && field.enterprise == 0 &&
            is_number(field.id, layout.version)) {
            return true;
        }
    }
    return false;
}

}  // namespace flow::goflow2
