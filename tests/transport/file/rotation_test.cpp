// SPDX-License-Identifier: BSD-3-Clause
// Rotation, through the transport: which files come to be, that together they hold what was
// delivered, and that none holds half a message.
#include "transport/file/rotation.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "transport/deliver.hpp"
#include "transport/file/pause.hpp"
#include "transport/file/scratch.hpp"
#include "transport/file/transport.hpp"

namespace flowd::file {
namespace {

using test::close;
using test::deliver;
using namespace std::chrono_literals;

class FileRotationTest : public ScratchTest {
protected:
    FileRotationTest() { std::signal(SIGXFSZ, SIG_IGN); }

    [[nodiscard]] Options options() const {
        Options options;
        options.path = path("f");
        options.framing = Framing::lines;
        return options;
    }
    /// The finished files, whose names end in a number or not: in the order of their making.
    [[nodiscard]] std::vector<std::string> contents() const {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator{folder_}) {
            if (entry.path().filename().string()[0] != '.') files.push_back(entry.path());
        }
        std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
            const std::string x = a.string();
            const std::string y = b.string();
            return std::make_pair(x.size(), x) < std::make_pair(y.size(), y);
        });
        std::vector<std::string> all;
        for (const auto& file : files) all.push_back(content(file));
        return all;
    }
};

std::unique_ptr<Transport> opened(const Options& options) {
    auto transport = open(options);
    EXPECT_TRUE(transport) << transport.error().sentence;
    return std::move(*transport);
}

using Contents = std::vector<std::string>;

TEST_F(FileRotationTest, BySizeBeforeAFileGrowsLarger) {
    Options options = this->options();
    options.path = path("f-%Y");
    options.rotate_bytes = 10;
    const auto transport = opened(options);
    EXPECT_TRUE(names().empty());
    for (const auto* const message : {"1234\n", "6789\n", "x\n", "larger than a file\n", "y\n"}) {
        EXPECT_EQ(deliver(*transport, *batch_of({message})).messages, 1U);
    }
    EXPECT_EQ(contents(), (Contents{"1234\n6789\n", "x\n", "larger than a file\n"}));
    EXPECT_FALSE(failed(close(*transport)));
    EXPECT_EQ(contents(), (Contents{"1234\n6789\n", "x\n", "larger than a file\n", "y\n"}));
    EXPECT_EQ(names().size(), 4U);
}

TEST_F(FileRotationTest, ByTimeAlsoWithoutTrafficAndWithoutEmptyFiles) {
    Options options = this->options();
    options.rotate_interval_ms = 200;
    const auto transport = opened(options);
    EXPECT_EQ(deliver(*transport, *batch_of({"a\n"})).messages, 1U);
    for (int i = 0; i < 5; ++i) {
        std::this_thread::sleep_for(100ms);
        transport->idle();
    }
    EXPECT_EQ(contents(), Contents{"a\n"});
    EXPECT_EQ(names().size(), 1U);
    EXPECT_EQ(deliver(*transport, *batch_of({"b\n"})).messages, 1U);
    std::this_thread::sleep_for(210ms);
    EXPECT_EQ(deliver(*transport, *batch_of({"c\n"})).messages, 1U);
    EXPECT_FALSE(failed(close(*transport)));
    Contents all = contents();
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, (Contents{"a\n", "b\n", "c\n"}));
}

TEST_F(FileRotationTest, NamesSayTheBeginningOfTheInterval) {
    Options options = this->options();
    options.path = path("f-%H%M%S");
    options.rotate_interval_ms = 86'400'000;
    const auto transport = opened(options);
    EXPECT_EQ(deliver(*transport, *batch_of({"a\n"})).messages, 1U);
    EXPECT_FALSE(failed(close(*transport)));
    EXPECT_EQ(names(), std::vector<std::string>{"f-000000"});
}

TEST_F(FileRotationTest, ReopenFinishesTheFile) {
    Options options = this->options();
    options.rotate_bytes = 1'000'000;
    const auto transport = opened(options);
    transport->reopen();
    EXPECT_TRUE(names().empty());
    EXPECT_EQ(deliver(*transport, *batch_of({"a\n"})).messages, 1U);
    EXPECT_TRUE(contents().empty());
    transport->reopen();
    EXPECT_EQ(contents(), Contents{"a\n"});
    EXPECT_EQ(deliver(*transport, *batch_of({"b\n"})).messages, 1U);
    EXPECT_FALSE(failed(close(*transport)));
    EXPECT_EQ(deliver(*transport, *batch_of({"late\n"})).messages, 0U);
    EXPECT_EQ(contents().size(), 2U);
}

TEST_F(FileRotationTest, WorkersHaveFilesOfTheirOwn) {
    Options options = this->options();
    options.path = path("f-%Y");
    options.rotate_bytes = 1000;
    options.sync = "close";
    const auto first = opened(options);
    EXPECT_EQ(deliver(*first, *batch_of({"a\n"})).messages, 1U);
    const auto second = opened(options);  // does not take the first one's for a leftover
    EXPECT_EQ(deliver(*second, *batch_of({"b\n"})).messages, 1U);
    EXPECT_FALSE(failed(close(*second)));
    EXPECT_FALSE(failed(close(*first)));
    Contents all = contents();
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, (Contents{"a\n", "b\n"}));
}

TEST_F(FileRotationTest, WhatWasNotClosedIsFinishedAtTheNextStart) {
    Options options = this->options();
    options.rotate_bytes = 1000;
    deliver(*opened(options), *batch_of({"a\n", "b\n"}));  // destroyed, not closed: a crash
    EXPECT_TRUE(contents().empty());
    const auto transport = opened(options);
    EXPECT_EQ(contents(), Contents{"a\nb\n"});
}

TEST_F(FileRotationTest, OldFilesGoAtStartAndAfterEachRotation) {
    Options options = this->options();
    options.path = path("f-%Y");
    options.rotate_bytes = 4;
    options.keep_bytes = 8;
    const auto transport = opened(options);
    for (const auto* const message : {"1..\n", "2..\n", "3..\n", "4..\n", "5..\n"}) {
        deliver(*transport, *batch_of({message}));
        std::this_thread::sleep_for(25ms);  // times of files are those of the timer's tick
    }
    EXPECT_EQ(contents(), (Contents{"3..\n", "4..\n"}));
    EXPECT_FALSE(failed(close(*transport)));
    EXPECT_EQ(contents(), (Contents{"4..\n", "5..\n"}));
    options.keep_bytes = 4;
    opened(options);
    EXPECT_EQ(contents(), Contents{"5..\n"});
}

TEST_F(FileRotationTest, AFullDiskLeavesWholeMessagesOnly) {
    for (const std::string compression : {"none", "gzip", "zstd", "lz4"}) {
        Options options = this->options();
        options.path = path(compression + "-%Y");
        options.rotate_bytes = 1'000'000;
        options.compression = compression;
        const auto transport = opened(options);
        std::string noise;  // does not shrink below the limit
        for (std::uint32_t i = 0, x = 7; i < 20'000; ++i) {
            x = x * 1'664'525 + 1'013'904'223;
            noise += static_cast<char>(x >> 24);
        }
        EXPECT_EQ(deliver(*transport, *batch_of({noise})).messages, 1U);
        rlimit saved{};
        ::getrlimit(RLIMIT_FSIZE, &saved);
        const rlimit limit{.rlim_cur = 30'000, .rlim_max = saved.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        for (int i = 0; i < 2; ++i) {  // the second comes too early, or fails as the first did
            EXPECT_EQ(deliver(*transport, *batch_of({noise})).messages, 0U);
            EXPECT_EQ(transport->state(), TransportState::dropping);
        }
        ::setrlimit(RLIMIT_FSIZE, &saved);
        std::this_thread::sleep_for(2 * Pause::first);
        EXPECT_EQ(deliver(*transport, *batch_of({noise})).messages, 1U);
        EXPECT_EQ(transport->state(), TransportState::up);
        EXPECT_FALSE(failed(close(*transport)));
        EXPECT_EQ(transport->counts().lost_sum(), 2U);
        if (compression == "none") {
            EXPECT_EQ(contents(), Contents{noise + noise});
        }
    }
    EXPECT_EQ(names().size(), 4U);
}

TEST_F(FileRotationTest, StartFailsWithFolderAndReason) {
    Options options = this->options();
    options.path = path("no/such/f");
    options.rotate_bytes = 1;
    const auto transport = open(options);
    ASSERT_FALSE(transport);
    const std::string& sentence = transport.error().sentence;
    EXPECT_NE(sentence.find("no/such: cannot create files there: No such file"), sentence.npos)
        << sentence;
    EXPECT_NE(sentence.find("errno 2"), sentence.npos) << sentence;
}

TEST_F(FileRotationTest, SyncAtAnIntervalWorksOnFilesAndPipes) {
    Options options = this->options();
    options.sync = "interval";
    options.sync_interval_ms = 1;
    options.rotate_bytes = 1000;
    const auto transport = opened(options);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(deliver(*transport, *batch_of({"a\n"})).messages, 1U);
        std::this_thread::sleep_for(2ms);
        transport->idle();
    }
    EXPECT_FALSE(failed(close(*transport)));
    EXPECT_EQ(contents(), Contents{"a\na\na\n"});
    const auto device = opened(Options{.path = "/dev/null", .sync = "interval"});
    EXPECT_EQ(deliver(*device, *batch_of({"a\n"})).messages, 1U);
    EXPECT_FALSE(failed(close(*device)));
}

TEST_F(FileRotationTest, DeliversFromTheGivenMessageOn) {
    const auto transport = opened(options());
    EXPECT_EQ(transport->deliver(*batch_of({"one\n", "two\n", "three\n"}), 1, {}), 2U);
    EXPECT_EQ(transport->counts().delivered.get(), 2U);
    EXPECT_EQ(transport->counts().bytes.get(), 10U);
    EXPECT_EQ(content(path("f")), "two\nthree\n");
}

}  // namespace
}  // namespace flowd::file
