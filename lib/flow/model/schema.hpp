// SPDX-License-Identifier: BSD-3-Clause
// Schema: which columns go out, in which order, in which profile. Chosen once at start.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "flow/model/columns.hpp"

namespace flow {

class Schema {
public:
    /// Every column of the profile, in its order of declaration.
    [[nodiscard]] static constexpr Schema all(Profile profile) noexcept {
        Schema schema;
        schema.profile_ = profile;
        for (std::size_t i = 0; i < column_count; ++i) {
            const auto column = static_cast<Column>(i);
            if (info(column).in(profile).number != 0) schema.columns_[schema.size_++] = column;
        }
        return schema;
    }

    [[nodiscard]] constexpr Profile profile() const noexcept { return profile_; }
    [[nodiscard]] constexpr std::span<const Column> columns() const noexcept {
        return {columns_.data(), size_};
    }
    [[nodiscard]] constexpr const ColumnField& field(Column column) const noexcept {
        return info(column).in(profile_);
    }

private:
    Profile profile_{};
    std::array<Column, column_count> columns_{};
    std::size_t size_ = 0;
};

}  // namespace flow
