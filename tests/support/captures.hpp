// SPDX-License-Identifier: BSD-3-Clause
// Where tests find captures: the project's own under tests/captures, and the shared corpus where a
// machine has one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace flow::test {

/// The root of the source tree: $FLOWD_SOURCE_ROOT, or the folder above the working directory that
/// holds proto/flow.proto. Empty when there is none.
[[nodiscard]] std::filesystem::path source_root();

/// The corpus: $FLOWD_CORPUS, or ../shared/corpus beside the source tree. Empty when it is absent.
[[nodiscard]] std::filesystem::path corpus_root();

/// Every capture of both, in the order of their names.
[[nodiscard]] std::vector<std::string> all_captures();

}  // namespace flow::test
