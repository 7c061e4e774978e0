// SPDX-License-Identifier: BSD-3-Clause
// Shape: from the names in the configuration and in the mapping file to what workers are made for:
// columns, lines, mappings, keys, and by whose reading datagrams become flows. Cold; made once at
// start, read-only from then on.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/mapping/file.hpp"
#include "flow/model/dialect.hpp"
#include "flow/model/mapping.hpp"
#include "flow/model/schema.hpp"
#include "log/failure.hpp"

namespace flowd::config {

/// Outlives the workers: the schema borrows its texts. Moving it keeps them where they are.
struct OutputShape {
    OutputShape() = default;
    OutputShape(OutputShape&&) = default;
    OutputShape& operator=(OutputShape&&) = default;
    OutputShape(const OutputShape&) = delete;
    OutputShape& operator=(const OutputShape&) = delete;

    flow::Schema schema = flow::Schema::all(flow::Profile::goflow2_v1);
    flow::Mapping mapping;
    /// Whose values make a message's key, in this order. May be custom; may come twice.
    std::vector<flow::Column> key;
    flow::Dialect dialect = flow::Dialect::standard;
    std::vector<std::string> warnings;
    std::deque<std::string> texts;
};

[[nodiscard]] flow::Profile profile_of(const Config& config) noexcept;
[[nodiscard]] flow::Dialect dialect_of(const Config& config) noexcept;

/// The columns that go out, in the profile's names or in those of the selector or of the file.
/// `file` was read for the configuration's profile. Names of a selector or key that mean nothing
/// are left out, as goflow2 does, and named in `warnings`; an unknown name in output.columns is a
/// failure.
[[nodiscard]] Outcome<OutputShape> make_shape(const Config& config,
                                              const mapping::MappingFile& file);

/// Each message behind its length? `bin` always, `pb` by the profile and the flag.
[[nodiscard]] bool is_length_prefixed(const Config& config) noexcept;

}  // namespace flowd::config
