// SPDX-License-Identifier: BSD-3-Clause
#include "http/metrics/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

namespace flowd {
namespace {

TEST(Process, OpenFilesAndThreadsAreCounted) {
    const ProcessView before = read_process();
    std::vector<int> files;
    for (int i = 0; i < 10; ++i) files.push_back(open("/dev/null", O_RDONLY));
    std::atomic<bool> done{false};
    std::thread waits{[&done] { done.wait(false); }};
    const ProcessView after = read_process();
    done = true;
    done.notify_all();
    waits.join();
    for (const int file : files) close(file);
    EXPECT_EQ(after.open_files, before.open_files + 10);
    EXPECT_EQ(after.threads, before.threads + 1);
    EXPECT_GE(after.open_files_max, after.open_files);
}

TEST(Process, StartedAMomentAgo) {
    using Clock = std::chrono::system_clock;
    const auto now = std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
    const ProcessView view = read_process();
    EXPECT_LE(view.start_time_seconds, now + 2);
    EXPECT_GT(view.start_time_seconds, now - 600);
    EXPECT_GT(view.resident_bytes, 100'000u);
    EXPECT_GT(view.virtual_bytes, view.resident_bytes);
}

class MadeUpProc : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "flowd-proc-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        std::filesystem::create_directories(folder_ + "/self/fd");
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream{folder_ + name} << text;
    }
    std::string folder_;
};

TEST_F(MadeUpProc, FieldsAreCountedBehindTheCommandsName) {
    write("/stat", "cpu  1 2 3\nintr 5 6\nbtime 1700000000\nprocesses 9\n");
    // proc(5): pid, (comm), state, 14 = 300 ticks, 15 = 200, 20 = 7 threads, 22 = 1000 ticks after
    // the machine's start, 23 = 8192 bytes, 24 = 3 pages.
    write("/self/stat",
          "42 (a) name (1) S 4 5 6 7 8 9 10 11 12 13 300 200 16 17 18 19 7 21 1000 8192 3 "
          "18446744073709551615 1 1 0\n");
    const ProcessView view = read_process(folder_);
    const auto hertz = static_cast<double>(sysconf(_SC_CLK_TCK));
    EXPECT_DOUBLE_EQ(view.cpu_seconds, 500 / hertz);
    EXPECT_DOUBLE_EQ(view.start_time_seconds, 1'700'000'000 + 1000 / hertz);
    EXPECT_EQ(view.threads, 7u);
    EXPECT_EQ(view.virtual_bytes, 8192u);
    EXPECT_EQ(view.resident_bytes, 3u * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
}

TEST_F(MadeUpProc, WhatCannotBeReadIsZero) {
    write("/self/stat", "42 (flowd) S 1 2");
    const ProcessView view = read_process(folder_);
    EXPECT_EQ(view.cpu_seconds, 0);
    EXPECT_EQ(view.threads, 0u);
    EXPECT_EQ(read_process("/does/not/exist").open_files, 0u);
}

}  // namespace
}  // namespace flowd
