// SPDX-License-Identifier: BSD-3-Clause
// The file transport against real files, pipes, a full device and a file size limit: what it says
// it delivered is what is there, in whole messages, and the log speaks once per change of state.
#include "transport/file/transport.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "transport/deliver.hpp"
#include "transport/file/pause.hpp"
#include "transport/file/scratch.hpp"

namespace flowd::file {
namespace {

using test::close;
using test::deliver;
using test::Delivered;

namespace fs = std::filesystem;

/// With the signals that main ignores, ignored.
class FileTransportTest : public ScratchTest {
protected:
    FileTransportTest() {
        std::signal(SIGPIPE, SIG_IGN);
        std::signal(SIGXFSZ, SIG_IGN);
    }
};

std::unique_ptr<Transport> open_path(std::string path) {
    auto transport = open(Options{.path = std::move(path)});
    EXPECT_TRUE(transport) << transport.error().sentence;
    return std::move(*transport);
}

std::size_t occurrences(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
    return count;
}

/// Standard output is another descriptor for as long as this lives. Takes the descriptor.
class StandardOutput {
public:
    explicit StandardOutput(int other) {
        std::fflush(stdout);
        ::dup2(other, STDOUT_FILENO);
        ::close(other);
    }
    ~StandardOutput() {
        ::dup2(saved_, STDOUT_FILENO);
        ::close(saved_);
    }
    StandardOutput(const StandardOutput&) = delete;
    StandardOutput& operator=(const StandardOutput&) = delete;

private:
    int saved_ = ::dup(STDOUT_FILENO);
};

/// Reads to the end of a pipe on a thread of its own, a little at a time.
class Reader {
public:
    explicit Reader(int descriptor) : descriptor_{descriptor} {}
    std::string finish() {
        thread_.join();
        ::close(descriptor_);
        return std::move(text_);
    }

private:
    void read_all() {
        std::vector<char> chunk(3000);  // no divisor of the pipe's size: short writes happen
        for (;;) {
            const ssize_t count = ::read(descriptor_, chunk.data(), chunk.size());
            if (count <= 0) return;
            text_.append(chunk.data(), static_cast<std::size_t>(count));
        }
    }
    int descriptor_;
    std::string text_;
    std::thread thread_{[this] { read_all(); }};
};

/// RLIMIT_FSIZE for as long as this lives: a disk that is full at a chosen byte. The captured log
/// is a file too, so the byte stands behind a `filler`.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &saved_);
        const rlimit limit{.rlim_cur = bytes, .rlim_max = saved_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &saved_); }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit saved_{};
};

const std::string filler = std::string(9'999, '.') + "\n";

TEST_F(FileTransportTest, AppendsBatchesAsTheyAre) {
    std::ofstream{path("out")} << "before\n";
    const auto transport = open_path(path("out"));
    const std::string binary{"\0\xff\n", 3};
    const Delivered first = deliver(*transport, *batch_of({"one\n", "two\n", binary}));
    EXPECT_EQ(first.messages, 3U);
    EXPECT_EQ(first.bytes, 11U);
    EXPECT_EQ(deliver(*transport, *batch_of({"four\n"})).messages, 1U);
    EXPECT_EQ(deliver(*transport, *batch_of({})).messages, 0U);
    EXPECT_EQ(transport->state(), TransportState::up);
    EXPECT_FALSE(failed(close(*transport)));
    EXPECT_EQ(content(path("out")), "before\none\ntwo\n" + binary + "four\n");
}

TEST_F(FileTransportTest, CreatesTheFileReadableByAll) {
    const mode_t before = ::umask(022);
    const auto transport = open_path(path("new"));
    ::umask(before);
    struct stat status {};
    ASSERT_EQ(::stat(path("new").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0644U);
}

TEST_F(FileTransportTest, OpenFailsWithPathAndReason) {
    for (const std::string& bad : {path("no/such/folder"), folder_.string()}) {
        const auto transport = open(Options{.path = bad});
        ASSERT_FALSE(transport);
        const std::string& sentence = transport.error().sentence;
        EXPECT_NE(sentence.find("transport.file.path: " + bad), std::string::npos) << sentence;
        EXPECT_NE(sentence.find("errno "), std::string::npos) << sentence;
    }
}

TEST_F(FileTransportTest, DeliversNothingOnceClosed) {
    const auto transport = open_path(path("out"));
    EXPECT_FALSE(failed(close(*transport)));
    EXPECT_EQ(transport->state(), TransportState::closed);
    transport->reopen();
    EXPECT_EQ(deliver(*transport, *batch_of({"late\n"})).messages, 0U);
    EXPECT_FALSE(failed(close(*transport)));
    EXPECT_EQ(content(path("out")), "");
}

TEST_F(FileTransportTest, ReopenStartsANewFileUnderTheSameName) {
    const auto transport = open_path(path("out"));
    EXPECT_EQ(deliver(*transport, *batch_of({"old\n"})).messages, 1U);
    fs::rename(path("out"), path("out.1"));
    EXPECT_EQ(deliver(*transport, *batch_of({"still old\n"})).messages, 1U);
    transport->reopen();
    EXPECT_EQ(deliver(*transport, *batch_of({"new\n"})).messages, 1U);
    EXPECT_EQ(content(path("out.1")), "old\nstill old\n");
    EXPECT_EQ(content(path("out")), "new\n");
}

TEST_F(FileTransportTest, ReopenThatFailsKeepsTheOldFileAndSaysSo) {
    fs::create_directory(path("sub"));
    const auto transport = open_path(path("sub/out"));
    fs::rename(path("sub"), path("moved"));
    testing::internal::CaptureStderr();
    transport->reopen();
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(occurrences(log, "sub/out: cannot open it again: No such file"), 1U) << log;
    EXPECT_EQ(transport->state(), TransportState::up);
    EXPECT_EQ(deliver(*transport, *batch_of({"kept\n"})).messages, 1U);
    EXPECT_EQ(content(path("moved/out")), "kept\n");
}

TEST_F(FileTransportTest, FullDeviceIsLoggedOnceAndIsTheFailureOfClose) {
    const auto transport = open_path("/dev/full");
    testing::internal::CaptureStderr();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(deliver(*transport, *batch_of({"a\n", "b\n"})).messages, 0U);
        EXPECT_EQ(transport->state(), TransportState::dropping);
    }
    const Failure failure = close(*transport);
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(occurrences(log, "/dev/full: cannot write: No space left on device"), 1U) << log;
    EXPECT_NE(failure.sentence.find("/dev/full"), std::string::npos) << failure.sentence;
    EXPECT_NE(failure.sentence.find("No space left"), std::string::npos) << failure.sentence;
    EXPECT_NE(failure.sentence.find("6 messages were lost"), std::string::npos) << failure.sentence;
}

TEST_F(FileTransportTest, FileThatFillsUpEndsAtAWholeMessageAndGoesOnLater) {
    const auto transport = open_path(path("out"));
    EXPECT_EQ(deliver(*transport, *batch_of({filler})).messages, 1U);
    testing::internal::CaptureStderr();
    {
        const FileSizeLimit limit{filler.size() + 10};
        const Delivered part = deliver(*transport, *batch_of({"1234\n", "678\n", "cut here\n"}));
        EXPECT_EQ(part.messages, 2U);
        EXPECT_EQ(part.bytes, 9U);
        EXPECT_EQ(transport->state(), TransportState::dropping);
        EXPECT_EQ(content(path("out")), filler + "1234\n678\n");
        EXPECT_EQ(deliver(*transport, *batch_of({"too long\n"})).messages, 0U);
        EXPECT_EQ(content(path("out")), filler + "1234\n678\n");
    }
    std::this_thread::sleep_for(2 * Pause::first);  // there were two tries, at most
    EXPECT_EQ(deliver(*transport, *batch_of({"again\n"})).messages, 1U);
    EXPECT_EQ(transport->state(), TransportState::up);
    EXPECT_EQ(deliver(*transport, *batch_of({"and again\n"})).messages, 1U);
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(occurrences(log, "cannot write: File too large"), 1U) << log;
    EXPECT_EQ(occurrences(log, "writing again; 2 messages were lost"), 1U) << log;
    EXPECT_EQ(content(path("out")), filler + "1234\n678\nagain\nand again\n");
    EXPECT_FALSE(failed(close(*transport)));
}

TEST_F(FileTransportTest, EachAccountIsBookedToTheLastWholeMessage) {
    const auto transport = open_path(path("out"));
    const std::vector<std::uint32_t> rx_workers{0};
    transport->ledger().reserve(rx_workers, 10);
    const auto batch = std::make_unique<flow::Batch>();
    for (const std::uint32_t row : {1U, 2U, 2U, 1U, 1U}) {
        std::memcpy(batch->tail(), "12345678\n", 9);
        batch->commit(9, flow::make_tag(row, 0));
    }
    testing::internal::CaptureStderr();
    {
        const FileSizeLimit limit{30};  // three messages, and a part of the fourth
        EXPECT_EQ(deliver(*transport, *batch).messages, 3U);
    }
    testing::internal::GetCapturedStderr();
    const TxAccount one = transport->ledger().account(0, 1);
    EXPECT_EQ(one.delivered, 1U);
    EXPECT_EQ(one.lost[static_cast<std::size_t>(Loss::transport_failed)], 2U);
    EXPECT_EQ(transport->ledger().account(0, 2).delivered, 2U);
    static_cast<void>(close(*transport));
}

TEST_F(FileTransportTest, StandardOutputThatFillsUpLeavesNoHole) {
    // As `flowd > out` opens it: a regular file without O_APPEND.
    const StandardOutput out{::open(path("out").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644)};
    const auto transport = open_path("");
    EXPECT_EQ(deliver(*transport, *batch_of({filler})).messages, 1U);
    testing::internal::CaptureStderr();
    {
        const FileSizeLimit limit{filler.size() + 6};
        EXPECT_EQ(deliver(*transport, *batch_of({"1234\n", "cut\n"})).messages, 1U);
    }
    std::this_thread::sleep_for(2 * Pause::first);
    EXPECT_EQ(deliver(*transport, *batch_of({"more\n"})).messages, 1U);
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(occurrences(log, "standard output: cannot write"), 1U) << log;
    EXPECT_EQ(content(path("out")), filler + "1234\nmore\n");
}

TEST_F(FileTransportTest, StandardOutputStaysOpenAndIsNotReopened) {
    const StandardOutput out{::open(path("out").c_str(), O_CREAT | O_WRONLY, 0644)};
    const auto transport = open_path("");
    EXPECT_EQ(deliver(*transport, *batch_of({"a\n"})).messages, 1U);
    transport->reopen();
    EXPECT_EQ(deliver(*transport, *batch_of({"b\n"})).messages, 1U);
    EXPECT_FALSE(failed(close(*transport)));
    EXPECT_EQ(::write(STDOUT_FILENO, "c\n", 2), 2);
    EXPECT_EQ(content(path("out")), "a\nb\nc\n");
}

TEST_F(FileTransportTest, OpenFailsWhenStandardOutputIsClosed) {
    std::fflush(stdout);
    const int saved = ::dup(STDOUT_FILENO);
    ::close(STDOUT_FILENO);
    const auto transport = open(Options{});
    ::dup2(saved, STDOUT_FILENO);
    ::close(saved);
    ASSERT_FALSE(transport);
    EXPECT_NE(transport.error().sentence.find("standard output is not open"), std::string::npos);
}

TEST_F(FileTransportTest, WaitsForASlowReaderOfANonBlockingPipe) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    ASSERT_EQ(::fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    Reader reader{ends[0]};
    std::string expected;
    {
        const StandardOutput out{ends[1]};
        const auto transport = open_path("");
        for (int batch = 0; batch < 20; ++batch) {
            std::vector<std::string> messages;
            for (int i = 0; i < 60; ++i) messages.push_back(std::string(999, 'a' + batch) + "\n");
            for (const std::string& message : messages) expected += message;
            EXPECT_EQ(deliver(*transport, *batch_of(messages)).messages, messages.size());
        }
    }
    EXPECT_EQ(reader.finish(), expected);
}

TEST_F(FileTransportTest, ReaderThatWentAwayClosesQuietly) {
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    const int reader = ::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const auto transport = open_path(path("pipe"));
    EXPECT_EQ(deliver(*transport, *batch_of({"read\n"})).messages, 1U);
    ::close(reader);
    testing::internal::CaptureStderr();
    EXPECT_EQ(deliver(*transport, *batch_of({"unread\n"})).messages, 0U);
    EXPECT_EQ(transport->state(), TransportState::closed);
    EXPECT_EQ(deliver(*transport, *batch_of({"unread\n"})).messages, 0U);
    EXPECT_FALSE(failed(close(*transport)));
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(FileTransportTest, TwoWorkersOnOnePipeNeverMixTheirMessages) {
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    const int descriptor = ::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const auto first = open_path(path("pipe"));
    const auto second = open_path(path("pipe"));
    ASSERT_EQ(::fcntl(descriptor, F_SETFL, 0), 0);
    Reader reader{descriptor};
    const auto work = [](Transport& transport, char letter) {
        const auto batch = batch_of(std::vector<std::string>(62, std::string(999, letter) + "\n"));
        for (int i = 0; i < 30; ++i) EXPECT_EQ(deliver(transport, *batch).messages, 62U);
        EXPECT_FALSE(failed(close(transport)));
    };
    std::thread other{[&] { work(*second, 'b'); }};
    work(*first, 'a');
    other.join();
    std::istringstream lines{reader.finish()};
    std::size_t whole = 0;
    for (std::string line; std::getline(lines, line);) {
        whole += line == std::string(999, 'a') || line == std::string(999, 'b');
    }
    EXPECT_EQ(whole, 2U * 30U * 62U);
}

}  // namespace
}  // namespace flowd::file
