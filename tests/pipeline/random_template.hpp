// SPDX-License-Identifier: BSD-3-Clause
// Random templates of known elements, with fields of any size, and random records for them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "flow/model/mapping.hpp"
#include "flow/model/plan.hpp"
#include "flow/produce/elements.hpp"
#include "flow/produce/steps.hpp"
#include "slow_flow.hpp"
#include "support/netflow_builder.hpp"

namespace flow::test {

/// What a random template may have.
struct TemplateShape {
    std::uint8_t version = 10;
    bool variable = false;
    const Mapping* mapping = nullptr;  ///< whose fields are frequent
};

class RandomTemplate {
public:
    RandomTemplate(const TemplateShape& shape, std::mt19937_64& random) : random_{random} {
        const std::size_t count = 1 + random() % 30;
        for (std::size_t i = 0; i < count; ++i) fields_.push_back(random_field(shape));
        std::size_t size = 0;
        for (const TemplateField& field : fields_) size += field.length;
        if (size == 0) fields_.push_back({9999, 1});
        std::shuffle(fields_.begin(), fields_.end(), random);
    }

    [[nodiscard]] const Fields& fields() const { return fields_; }

    /// Random bytes for every field; a quarter of the fields are zeros.
    [[nodiscard]] FieldValues record() {
        FieldValues values;
        for (const TemplateField& field : fields_) {
            const std::size_t size = field.length == variable_length
                                         ? random_() % variable_size_max(field)
                                         : field.length;
            std::vector<std::uint8_t>& value = values.emplace_back(size);
            if (random_() % 4 == 0) continue;
            for (std::uint8_t& byte : value) byte = static_cast<std::uint8_t>(random_());
            if (field.id == 60 && size > 0 && random_() % 2 == 0)
                value[0] = 4 + 2 * (random_() % 2);
            // A frame of a protocol that nobody reads.
            if (field.id == 315 && size >= 14) value[12] = 0x60, value[13] = 0x03;
        }
        return values;
    }
    /// The record as it is on the wire.
    [[nodiscard]] ByteBuilder encode(const FieldValues& values) {
        ByteBuilder out;
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            if (fields_[i].length == variable_length) {
                const bool is_long = values[i].size() >= 255 || random_() % 8 == 0;
                if (is_long) out.u8(255).u16(values[i].size());
                if (!is_long) out.u8(values[i].size());
            }
            out.bytes(values[i]);
        }
        return out;
    }

private:
    [[nodiscard]] static bool is_number(std::uint16_t id) {
        const auto rows = produce::elements(id);
        return !rows.empty() && produce::reads_number(rows.front().transform);
    }
    [[nodiscard]] static std::size_t variable_size_max(const TemplateField& field) {
        return is_number(field.id) ? 9 : 400;  // longer numbers have tests of their own
    }

    TemplateField random_field(const TemplateShape& shape) {
        const auto known = produce::elements();
        TemplateField field{.id = known[random_() % known.size()].id};
        if (shape.version == 10) field.id &= 0x7fff;  // the highest bit is the enterprise bit
        if (random_() % 16 == 0) field.id = static_cast<std::uint16_t>(random_() % 512);
        if (shape.mapping != nullptr && random_() % 4 == 0) {
            const auto& rows = shape.mapping->fields;
            const FieldMapping& row = rows[random_() % rows.size()];
            if (row.version == shape.version) field.id = row.id;
            if (row.version == 10 && shape.version == 10) field.enterprise = row.enterprise;
        }
        if (shape.version == 10 && random_() % 16 == 0) field.enterprise = 1 + random_() % 70000;
        if (shape.variable && random_() % 4 == 0) {
            field.length = variable_length;
        } else if (is_number(field.id) || random_() % 8 == 0) {
            field.length = static_cast<std::uint16_t>(random_() % 9);
            if (random_() % 32 == 0) field.length = static_cast<std::uint16_t>(9 + random_() % 8);
        } else {
            field.length = random_() % 2 == 0 ? 4 : 16;
        }
        return field;
    }

    std::mt19937_64& random_;
    Fields fields_;
};

}  // namespace flow::test
