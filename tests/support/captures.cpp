// SPDX-License-Identifier: BSD-3-Clause
// Finding the captures: the project's own, and the corpus where it is there.
#include "captures.hpp"

#include <algorithm>
#include <cstdlib>

namespace flow::test {

namespace {

namespace fs = std::filesystem;

void add_captures(std::vector<std::string>& captures, const fs::path& folder) {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder, error}) {
        if (entry.path().extension() == ".pcap") captures.push_back(entry.path().string());
    }
}

}  // namespace

fs::path source_root() {
    if (const char* const named = std::getenv("FLOWD_SOURCE_ROOT")) return named;
    std::error_code error;
    for (fs::path folder = fs::current_path(error); !folder.empty();
         folder = folder.parent_path()) {
        if (fs::exists(folder / "proto" / "flow.proto", error)) return folder;
        if (folder == folder.root_path()) break;
    }
    return {};
}

fs::path corpus_root() {
    if (const char* const named = std::getenv("FLOWD_CORPUS")) return named;
    std::error_code error;
    const fs::path beside = source_root() / ".." / "shared" / "corpus";
    return fs::is_directory(beside, error) ? beside : fs::path{};
}

std::vector<std::string> all_captures() {
    std::vector<std::string> captures;
    if (const fs::path root = source_root(); !root.empty()) {
        add_captures(captures, root / "tests" / "captures");
    }
    if (const fs::path corpus = corpus_root(); !corpus.empty()) add_captures(captures, corpus);
    std::sort(captures.begin(), captures.end());
    return captures;
}

}  // namespace flow::test
