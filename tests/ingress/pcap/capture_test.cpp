// SPDX-License-Identifier: BSD-3-Clause
// Captures made here, byte by byte: both formats, every link type, and files that are none.
#include "ingress/pcap/capture.hpp"

#include <gtest/gtest.h>

#include "capture_file.hpp"

namespace flowd::pcap {
namespace {

using flow::packet::LinkType;
using test::CaptureFile;

constexpr std::uint64_t second_ns = 1'000'000'000;

struct LinkCase {
    std::uint32_t number;  // as files have it: LINKTYPE_…
    LinkType link;
};

TEST(Capture, CountsPacketsAndBytesAndFindsTheLargest) {
    const CaptureFile file;
    file.write(CaptureFile::header(1) + CaptureFile::packet(10, 5, std::string(60, 'a')) +
               CaptureFile::packet(11, 6, std::string(1400, 'b')) +
               CaptureFile::packet(12, 999'999, std::string(80, 'c')));
    const auto capture = inspect(file.path());
    ASSERT_TRUE(capture) << capture.error().sentence;
    EXPECT_EQ(capture->packet_count, 3U);
    EXPECT_EQ(capture->captured_size, 1540U);
    EXPECT_EQ(capture->largest_size, 1400U);
    EXPECT_EQ(capture->first_ns, 10 * second_ns + 5'000);
    EXPECT_EQ(capture->last_ns, 12 * second_ns + 999'999'000);
    EXPECT_EQ(capture->link, LinkType::ethernet);
    EXPECT_EQ(capture->warning, "");
    EXPECT_TRUE(capture->times_ns.empty());
}

TEST(Capture, GivesEveryTimeWhenAsked) {
    const CaptureFile file;
    file.write(CaptureFile::header(1) + CaptureFile::packet(2, 0, "x") +
               CaptureFile::packet(1, 7, "y"));
    const auto capture = inspect(file.path(), Detail::times);
    ASSERT_TRUE(capture);
    EXPECT_EQ(capture->times_ns,
              (std::vector<std::uint64_t>{2 * second_ns, 1 * second_ns + 7'000}));
}

TEST(Capture, KeepsNanosecondsWhereTheFileHasThem) {
    const CaptureFile file;
    file.write(CaptureFile::header(1, CaptureFile::nanoseconds) +
               CaptureFile::packet(3, 123'456'789, "x"));
    const auto capture = inspect(file.path());
    ASSERT_TRUE(capture);
    EXPECT_EQ(capture->first_ns, 3 * second_ns + 123'456'789);
}

TEST(Capture, KnowsItsLinkTypes) {
    const CaptureFile file;
    for (const auto [number, link] :
         {LinkCase{1, LinkType::ethernet}, LinkCase{101, LinkType::raw_ip},
          LinkCase{12, LinkType::raw_ip}, LinkCase{228, LinkType::raw_ip},
          LinkCase{229, LinkType::raw_ip}, LinkCase{113, LinkType::linux_sll},
          LinkCase{276, LinkType::linux_sll2}, LinkCase{0, LinkType::null_loopback},
          LinkCase{108, LinkType::null_loopback}}) {
        file.write(CaptureFile::header(number) + CaptureFile::packet(1, 0, "x"));
        const auto capture = inspect(file.path());
        ASSERT_TRUE(capture) << number << ": " << capture.error().sentence;
        EXPECT_EQ(capture->link, link) << number;
    }
}

TEST(Capture, NamesALinkTypeThatItCannotRead) {
    const CaptureFile file;
    file.write(CaptureFile::header(105) + CaptureFile::packet(1, 0, "x"));
    const auto capture = inspect(file.path());
    ASSERT_FALSE(capture);
    EXPECT_EQ(capture.error().sentence.find(file.path() + ": link type IEEE802_11, number 105"), 0U)
        << capture.error().sentence;
}

TEST(Capture, ReadsPcapng) {
    const CaptureFile file;
    file.write(CaptureFile::ng_header(113) + CaptureFile::ng_packet(1'500'000, "abcdef") +
               CaptureFile::ng_packet(2'500'000, "gh"));
    const auto capture = inspect(file.path());
    ASSERT_TRUE(capture) << capture.error().sentence;
    EXPECT_EQ(capture->link, LinkType::linux_sll);
    EXPECT_EQ(capture->packet_count, 2U);
    EXPECT_EQ(capture->largest_size, 6U);
    EXPECT_EQ(capture->first_ns, 1'500'000'000U);
    EXPECT_EQ(capture->last_ns, 2'500'000'000U);
}

TEST(Capture, ReadsPcapngInNanoseconds) {
    const CaptureFile file;
    file.write(CaptureFile::ng_header(1, CaptureFile::nanoseconds) +
               CaptureFile::ng_packet(1'500'000'001, "abcdef"));
    const auto capture = inspect(file.path());
    ASSERT_TRUE(capture) << capture.error().sentence;
    EXPECT_EQ(capture->first_ns, 1'500'000'001U);
}

TEST(Capture, CutAnywhereCountsWhatIsWholeAndWarns) {
    const std::string header = CaptureFile::header(1);
    const std::string packet = CaptureFile::packet(1, 0, std::string(50, 'x'));
    const std::string whole = header + packet + packet;
    const CaptureFile file;
    for (std::size_t size = header.size(); size < whole.size(); ++size) {
        file.write(whole.substr(0, size));
        const auto capture = inspect(file.path());
        ASSERT_TRUE(capture) << size;
        EXPECT_EQ(capture->packet_count, (size - header.size()) / packet.size()) << size;
        const bool between = size == header.size() + packet.size();
        EXPECT_EQ(capture->warning.empty(), between) << size << ": " << capture->warning;
    }
}

TEST(Capture, WithoutPacketsIsAWarning) {
    const CaptureFile file;
    file.write(CaptureFile::header(1));
    const auto capture = inspect(file.path());
    ASSERT_TRUE(capture);
    EXPECT_EQ(capture->packet_count, 0U);
    EXPECT_EQ(capture->warning, file.path() + ": the capture holds no packets");
}

TEST(Capture, CutInsideItsHeaderIsNone) {
    const CaptureFile file;
    const std::string header = CaptureFile::header(1);
    for (std::size_t size = 1; size < header.size(); ++size) {
        file.write(header.substr(0, size));
        const auto capture = inspect(file.path());
        ASSERT_FALSE(capture) << size;
        EXPECT_EQ(capture.error().sentence.find(file.path() + ": not a capture: "), 0U) << size;
    }
}

TEST(Capture, MissingEmptyForeignAndDirectoriesAreSentences) {
    const CaptureFile file;
    const auto missing = inspect(file.path() + ".missing");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().sentence, file.path() + ".missing: No such file or directory");
    file.write("");
    const auto empty = inspect(file.path());
    ASSERT_FALSE(empty);
    EXPECT_EQ(empty.error().sentence, file.path() + ": the file is empty");
    file.write("this is a text and no capture at all, however long it is\n");
    const auto foreign = inspect(file.path());
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().sentence.find(file.path() + ": not a capture: "), 0U);
    const auto directory = inspect(testing::TempDir());
    ASSERT_FALSE(directory);
    EXPECT_EQ(directory.error().sentence, testing::TempDir() + ": not a regular file");
}

}  // namespace
}  // namespace flowd::pcap
