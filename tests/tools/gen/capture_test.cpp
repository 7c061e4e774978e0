// SPDX-License-Identifier: BSD-3-Clause
// The project's captures, and files that are none.
#include "tools/gen/capture.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "tools/gen/source.hpp"

namespace flowd::gen {
namespace {

const std::string first_path = std::string{FLOWD_SOURCE_ROOT} + "/tests/captures/softflowd_v5.pcap";

TEST(GenCapture, FramesComeInOrderAndSoManyTimes) {
    auto capture = Capture::read(first_path);
    ASSERT_TRUE(capture) << capture.error().sentence;
    const std::size_t count = capture->frame_count();
    ASSERT_GT(count, 0U);
    const std::size_t first_size = capture->frame(0).size();
    EXPECT_GE(capture->frame_size_max(), first_size);
    CaptureSource source{std::move(*capture), 3};
    std::size_t sent = 0;
    while (source.next({})) {
        ASSERT_EQ(source.frames().size(), 1U);
        if (sent % count == 0) {
            EXPECT_EQ(source.frames()[0].size(), first_size);
        }
        ++sent;
    }
    EXPECT_EQ(sent, 3 * count);
}

TEST(GenCapture, WhatCannotBeReadIsNamed) {
    const auto missing = Capture::read("/nonexistent.pcap");
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().sentence.find("/nonexistent.pcap"), std::string::npos);
    const std::string path = testing::TempDir() + "gen_capture_test.pcap";
    std::FILE* file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fputs("no capture at all, but long enough for a header", file);
    std::fclose(file);
    const auto broken = Capture::read(path);
    ASSERT_FALSE(broken);
    EXPECT_TRUE(broken.error().sentence.starts_with("-read: ")) << broken.error().sentence;
    std::remove(path.c_str());
}

}  // namespace
}  // namespace flowd::gen
