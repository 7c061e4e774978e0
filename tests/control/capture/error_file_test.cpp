// SPDX-License-Identifier: BSD-3-Clause
#include "control/capture/error_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "control/capture/pcapng.hpp"

namespace flowd {
namespace {

namespace fs = std::filesystem;

/// Beyond it writing fails, of all files of the process.
class FileSizeLimit {
public:
    explicit FileSizeLimit(std::uint64_t bytes) {
        signal(SIGXFSZ, SIG_IGN);
        EXPECT_EQ(getrlimit(RLIMIT_FSIZE, &before_), 0);
        const rlimit small{bytes, before_.rlim_max};
        EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    }
    ~FileSizeLimit() { EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &before_), 0); }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit before_{};
};

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

TEST_F(ErrorFileTest, AFullDiskAtTheStartIsTriedAgain) {
    ErrorFile file{folder_, 1 << 20, std::chrono::milliseconds{20}};
    {
        const FileSizeLimit limit{5};  // in the middle of the section's head
        ASSERT_FALSE(failed(file.open()));
        std::this_thread::sleep_for(std::chrono::milliseconds{30});
        add(file, 100);
        file.flush();
        EXPECT_EQ(file.failed_writes(), 1u);
        EXPECT_EQ(fs::file_size(folder_ + "/errors.pcapng"), 0u);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{30});
    add(file, 100);
    file.flush();
    EXPECT_EQ(file.failed_writes(), 1u);
    EXPECT_NE(read("errors.pcapng").find("flowd: bad_set_length"), std::string::npos);
}

TEST_F(ErrorFileTest, ABeginningThatWasCutIsBegunAnew) {
    fs::create_directories(folder_);
    std::string head;
    pcapng::begin(head, "flowd");
    for (const std::size_t size : {1, 11, 12, 30}) {
        std::ofstream{folder_ + "/errors.pcapng", std::ios::binary} << head.substr(0, size);
        EXPECT_FALSE(failed(ErrorFile(folder_, 1 << 20).open()));
        EXPECT_EQ(read("errors.pcapng"), head) << size;
    }
}

TEST_F(ErrorFileTest, WhatIsNoRegularFileIsLeftAlone) {
    fs::create_directories(folder_);
    const std::string name = folder_ + "/errors.pcapng";
    const std::string victim = folder_ + "/victim";
    std::ofstream{victim} << "mine";
    const auto refused = [&] {
        const Failure failure = ErrorFile{folder_, 1 << 20}.open();
        EXPECT_NE(failure.sentence.find("is no regular file"), std::string::npos)
            << failure.sentence;
        fs::remove(name);
    };
    fs::create_symlink(victim, name);
    refused();
    EXPECT_EQ(read("victim"), "mine");
    fs::create_symlink(folder_ + "/not_there", name);
    refused();
    EXPECT_FALSE(fs::exists(folder_ + "/not_there"));
    ASSERT_EQ(mkfifo(name.c_str(), 0600), 0);
    refused();
    fs::create_directory(name);
    refused();
}

TEST_F(ErrorFileTest, AForeignFileIsLeftAlone) {
    fs::create_directories(folder_);
    const std::string name = folder_ + "/errors.pcapng";
    std::string other_order;
    pcapng::begin(other_order, "flowd");
    std::swap(other_order[8], other_order[11]);
    for (const std::string& content : {std::string{"twelve bytes"}, other_order}) {
        std::ofstream{name, std::ios::binary} << content;
        const Failure failure = ErrorFile{folder_, 1 << 20}.open();
        EXPECT_NE(failure.sentence.find("is there and is no capture of flowd's"), std::string::npos)
            << failure.sentence;
        EXPECT_EQ(read("errors.pcapng"), content);
    }
}

TEST_F(ErrorFileTest, WhatWaitsIsBounded) {
    ErrorFile file{folder_, 64 << 20};
    ASSERT_FALSE(failed(file.open()));
    constexpr std::uint64_t many = ErrorFile::pending_max / 60'000 + 10;
    for (std::uint64_t i = 0; i < many; ++i) add(file, 60'000);
    EXPECT_GT(file.skipped(), 0u);
    EXPECT_EQ(file.datagrams() + file.skipped(), many);
    file.flush();
    add(file, 10);
    EXPECT_EQ(file.datagrams() + file.skipped(), many + 1);
    EXPECT_GT(fs::file_size(folder_ + "/errors.pcapng"), file.datagrams() / 2 * 60'000);
}

TEST_F(ErrorFileTest, AFullDiskLeavesWholeBlocks) {
    ErrorFile file{folder_, 1 << 20};
    ASSERT_FALSE(failed(file.open()));
    add(file, 1'000);
    file.flush();
    const std::string before = read("errors.pcapng");
    {
        const FileSizeLimit limit{before.size() + 300};
        add(file, 1'000);
        file.flush();
    }
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
