// SPDX-License-Identifier: BSD-3-Clause
// Files as a crash leaves them, cut at every byte, and what the next start makes of them.
#include "transport/file/recovery.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "transport/file/compressor.hpp"
#include "transport/file/scratch.hpp"

namespace flowd::file {
namespace {

using Names = std::vector<std::string>;

const Layout lines{Framing::lines, Compression::none, "\n"};

class FileRecoveryTest : public ScratchTest {
protected:
    void SetUp() override { testing::internal::CaptureStderr(); }
    void TearDown() override {
        if (!log_taken_) testing::internal::GetCapturedStderr();
    }
    [[nodiscard]] std::string log() {
        log_taken_ = true;
        return testing::internal::GetCapturedStderr();
    }
    [[nodiscard]] Name name(Compression compression = Compression::none) const {
        return *Name::make(path("f-%H"), compression);
    }
    [[nodiscard]] int open_append(const std::string& file) const {
        return ::open(path(file).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    }

private:
    bool log_taken_ = false;
};

TEST_F(FileRecoveryTest, AppendedFileLosesItsTornTailAtEveryByte) {
    const std::string whole = "one\n";
    const std::string next = "two\n";
    for (std::size_t size = 0; size < next.size(); ++size) {
        write_file(path("f"), whole + next.substr(0, size));
        const int descriptor = open_append("f");
        lock_and_cut(path("f"), descriptor, lines);
        ::close(descriptor);
        EXPECT_EQ(content(path("f")), whole);
    }
    EXPECT_NE(log().find("3 bytes of a half one removed"), std::string::npos);
}

TEST_F(FileRecoveryTest, OnlyTheFirstWriterCuts) {
    write_file(path("f"), "one\n");
    const int first = open_append("f");
    lock_and_cut(path("f"), first, lines);
    ASSERT_EQ(::write(first, "tw", 2), 2);  // in the middle of a write
    const int second = open_append("f");
    lock_and_cut(path("f"), second, lines);
    EXPECT_EQ(content(path("f")), "one\ntw");
    ::close(first);
    ::close(second);
}

TEST_F(FileRecoveryTest, AFileWithoutAnyWholeMessageMayBeSomeoneElses) {
    write_file(path("f"), "notes of a person");
    const int descriptor = open_append("f");
    lock_and_cut(path("f"), descriptor, lines);
    ::close(descriptor);
    EXPECT_EQ(content(path("f")), "notes of a person");
    EXPECT_NE(log().find("it stays as it is"), std::string::npos);
}

TEST_F(FileRecoveryTest, UnframedFilesAreNotTouched) {
    write_file(path("f"), "one\ntw");
    write_file(path(".f-10.part"), "one\ntw");
    const int descriptor = open_append("f");
    lock_and_cut(path("f"), descriptor, {});
    ::close(descriptor);
    recover_parts(name(), {});
    EXPECT_EQ(content(path("f")), "one\ntw");
    EXPECT_EQ(names(), (Names{".f-10.part", "f"}));
    EXPECT_NE(log().find("does not show where a message ends"), std::string::npos);
}

TEST_F(FileRecoveryTest, PartsAreCutAndFinished) {
    write_file(path(".f-10.part"), "one\ntw");
    write_file(path(".f-11.part"), "whole\n");
    write_file(path(".f-12.part"), "torn first");
    write_file(path(".f-13.part"), "");
    write_file(path(".f-14.1.part"), "numbered\n");
    write_file(path(".g-10.part"), "of another\nconf");
    write_file(path("f-10"), "there already\n");
    recover_parts(name(), lines);
    EXPECT_EQ(names(), (Names{".g-10.part", "f-10", "f-10.1", "f-11", "f-14"}));
    EXPECT_EQ(content(path("f-10")), "there already\n");
    EXPECT_EQ(content(path("f-10.1")), "one\n");
    EXPECT_EQ(content(path("f-11")), "whole\n");
}

TEST_F(FileRecoveryTest, CompressedPartsKeepTheirWholeFramesAtEveryByte) {
    for (const Compression each : {Compression::gzip, Compression::zstd, Compression::lz4}) {
        const auto compressor = Compressor::make(each, 0);
        const std::string frame = text_of((*compressor)->frame(bytes_of("a message\n")));
        const Layout layout{Framing::none, each, "\n"};
        for (std::size_t size = 0; size < frame.size(); ++size) {
            const std::string file = name(each).file("f-10", 0);
            write_file(path(part_name(file)), frame + frame.substr(0, size));
            recover_parts(name(each), layout);
            ASSERT_EQ(names(), Names{file});
            ASSERT_EQ(content(path(file)), frame);
            std::filesystem::remove(path(file));
        }
    }
}

TEST_F(FileRecoveryTest, APartThatIsWrittenStays) {
    write_file(path(".f-10.part"), "one\ntw");
    const int writer = open_append(".f-10.part");
    ASSERT_EQ(::flock(writer, LOCK_EX), 0);
    recover_parts(name(), lines);
    EXPECT_EQ(content(path(".f-10.part")), "one\ntw");
    ::close(writer);
    recover_parts(name(), lines);
    EXPECT_EQ(names(), Names{"f-10"});
}

TEST_F(FileRecoveryTest, ADamagedPartStays) {
    write_file(path(".f-10.part"), "one\n" + std::string(200'000, '\0'));
    recover_parts(name(), lines);
    EXPECT_EQ(names(), Names{".f-10.part"});
    EXPECT_NE(log().find("it stays as it is"), std::string::npos);
}

}  // namespace
}  // namespace flowd::file
