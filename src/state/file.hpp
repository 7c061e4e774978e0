// SPDX-License-Identifier: BSD-3-Clause
// The state file: templates and sampling rates, so that a restart does not wait for the exporters'
// next templates. One line with version, checksum and size, then one JSON object. Replaced
// atomically: a crash leaves the old file or the new one. Control thread only.
#pragma once

#include <string>

#include "flow/model/learnt_state.hpp"
#include "log/failure.hpp"

namespace flowd::state {

/// The version that is written, and the newest that is read.
inline constexpr unsigned file_version = 1;
/// A larger file is refused: a full shard's state has about 50 MiB.
inline constexpr std::size_t file_size_max = std::size_t{256} << 20;

/// A file that does not exist, or is empty, is an empty state. Reads goflow2's template files too
/// (v1: `-netflow.templates=file`; later: `-templates.json.path`). Fails with a sentence when the
/// file cannot be read, is damaged, or is of a newer flowd.
[[nodiscard]] Outcome<flow::LearntState> read(const std::string& path);

/// The file is goflow2's, not flowd's.
[[nodiscard]] bool is_goflow2(const std::string& path);

/// Gives a regular file another name, in the place of what had that name before.
[[nodiscard]] Failure move_aside(const std::string& path, const std::string& name);

/// Writes a new file beside the old one, syncs it, and puts it in the old one's place.
[[nodiscard]] Failure write(const flow::LearntState& state, const std::string& path);

/// The content of such a file, and back; for tests.
[[nodiscard]] std::string to_text(const flow::LearntState& state);
[[nodiscard]] Outcome<flow::LearntState> from_text(const std::string& text,
                                                   const std::string& path);

}  // namespace flowd::state
