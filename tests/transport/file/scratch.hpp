// SPDX-License-Identifier: BSD-3-Clause
// What the file transport's tests share: a folder of their own, batches, and what files hold.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "flow/base/bytes.hpp"
#include "flow/model/batch.hpp"

namespace flowd::file {

/// A folder that is gone at the end.
class ScratchTest : public testing::Test {
protected:
    ScratchTest() {
        std::string name = (std::filesystem::temp_directory_path() / "flowd_file_XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~ScratchTest() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string path(std::string_view name) const { return folder_ / name; }
    /// Hidden ones too, sorted.
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& entry : std::filesystem::directory_iterator{folder_}) {
            all.push_back(entry.path().filename());
        }
        std::sort(all.begin(), all.end());
        return all;
    }

    std::filesystem::path folder_;
};

inline std::unique_ptr<flow::Batch> batch_of(const std::vector<std::string>& messages) {
    auto batch = std::make_unique<flow::Batch>();
    for (const std::string& message : messages) {
        EXPECT_LE(message.size(), batch->room());
        std::memcpy(batch->tail(), message.data(), message.size());
        batch->commit(message.size(), 0);
    }
    return batch;
}

inline std::string content(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

inline void write_file(const std::string& path, std::string_view bytes) {
    std::ofstream{path, std::ios::binary} << bytes;
}

inline flow::Bytes bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string text_of(flow::Bytes bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace flowd::file
