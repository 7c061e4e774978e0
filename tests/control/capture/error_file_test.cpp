// SPDX-License-Identifier: BSD-3-Clause
#include "control/capture/error_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "control/capture/pcapng.hpp"

namespace flowd {
namespace {

namespace fs = std::filesystem;

class ErrorFileTest : public testing::Test {
protected:
    void SetUp() override {
        folder_ = testing::TempDir() + "error_file_" + std::to_string(getpid());
        fs::remove_all(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    [[nodiscard]] std::string read(const char* name) const {
        std::ifstream file{folder_ + "/" + name, std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    void add(ErrorFile& file, std::size_t size) {
        const std::vector<std::uint8_t> payload(size, 7);
        file.add({.received_ns = 1,
                  .source = flow::Address::from(std::array<std::uint8_t, 4>{192, 0, 2, 1}),
                  .outcome = flow::Error::bad_set_length,
                  .payload = payload});
    }

    std::string folder_;
};

TEST_F(ErrorFileTest, NamesTheReason) {
    {
        ErrorFile file{folder_, 1 << 20};
        ASSERT_FALSE(failed(file.open()));
        add(file, 100);
    }
    EXPECT_NE(read("errors.pcapng").find("flowd: bad_set_length"), std::string::npos);
}

TEST_F(ErrorFileTest, TurnsOverWhenFull) {
    ErrorFile file{folder_, 4'000};
    ASSERT_FALSE(failed(file.open()));
    for (int i = 0; i < 10; ++i) {
        add(file, 1'000);
        file.flush();
    }
    EXPECT_LE(fs::file_size(folder_ + "/errors.pcapng"), 4'000u);
    EXPECT_LE(fs::file_size(folder_ + "/errors.1.pcapng"), 4'000u);
    EXPECT_EQ(std::distance(fs::directory_iterator{folder_}, {}), 2);
    EXPECT_EQ(file.datagrams(), 10u);
    EXPECT_EQ(file.files(), 2u);
}

TEST_F(ErrorFileTest, WhatCannotBeTurnedOverStaysAsItIs) {
    ErrorFile file{folder_, 4'000};
    ASSERT_FALSE(failed(file.open()));
    fs::create_directories(folder_ + "/errors.1.pcapng/full");
    for (int i = 0; i < 10; ++i) {
        add(file, 1'000);
        file.flush();
    }
    EXPECT_LE(fs::file_size(folder_ + "/errors.pcapng"), 4'000u);
    EXPECT_GT(fs::file_size(folder_ + "/errors.pcapng"), 2'000u);
    // Then it is left alone for a while.
    EXPECT_EQ(file.failed_writes(), 1u);
}

TEST_F(ErrorFileTest, NoFileIsLargerThanItMayBe) {
    ErrorFile file{folder_, 20'000};
    ASSERT_FALSE(failed(file.open()));
    for (int i = 0; i < 100; ++i) add(file, 1'000);  // before anybody flushes
    file.flush();
    EXPECT_LE(fs::file_size(folder_ + "/errors.pcapng"), 20'000u);
    EXPECT_LE(fs::file_size(folder_ + "/errors.1.pcapng"), 20'000u);
}

TEST_F(ErrorFileTest, GoesOnBehindWhatACrashHasCut) {
    {
        ErrorFile file{folder_, 1 << 20};
        ASSERT_FALSE(failed(file.open()));
        add(file, 100);
    }
    const std::string whole = read("errors.pcapng");
    std::ofstream{folder_ + "/errors.pcapng", std::ios::app} << "\x06\0\0\0 cut";
    {
        ErrorFile file{folder_, 1 << 20};
        ASSERT_FALSE(failed(file.open()));
    }
    std::string head;
    pcapng::begin(head, "flowd");
    EXPECT_EQ(read("errors.pcapng"), whole + head);
}

TEST_F(ErrorFileTest, AFolderThatCannotBeIsAFailure) {
    ErrorFile file{"/proc/flowd-errors", 1 << 20};
    const Failure failure = file.open();
    ASSERT_TRUE(failed(failure));
    EXPECT_NE(failure.sentence.find("capture.errors_path: /proc/flowd-errors"), std::string::npos);
}

TEST_F(ErrorFileTest, AFullDiskLeavesWholeBlocks) {
    ErrorFile file{folder_, 1 << 20};
    ASSERT_FALSE(failed(file.open()));
    add(file, 1'000);
    file.flush();
    const std::string before = read("errors.pcapng");
    rlimit limit{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, SIG_IGN);
    const rlimit small{before.size() + 300, limit.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    add(file, 1'000);
    file.flush();
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
    EXPECT_EQ(file.failed_writes(), 1u);
    EXPECT_EQ(read("errors.pcapng"), before);
    EXPECT_TRUE(failed(ErrorFile(folder_, 1 << 20).open()));  // it is another's
    add(file, 10);
    file.flush();
    EXPECT_EQ(file.failed_writes(), 1u);
    EXPECT_GT(read("errors.pcapng").size(), before.size());
}

}  // namespace
}  // namespace flowd
