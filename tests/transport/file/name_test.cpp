// SPDX-License-Identifier: BSD-3-Clause
// Names of rotated files: what a time makes of a pattern, and which files a pattern could have
// made.
#include "transport/file/name.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace flowd::file {
namespace {

constexpr std::time_t noon = 1'767'269'105;  // 2026-01-01T12:05:05Z

Name made(const std::string& path, Compression compression = Compression::none) {
    const auto name = Name::make(path, compression);
    EXPECT_TRUE(name) << name.error().sentence;
    return *name;
}

TEST(FileName, TimeStandsWhereThePatternSaysInUtc) {
    const Name name = made("/var/log/flows-%Y%m%d-%H%M%S.json");
    EXPECT_EQ(name.folder(), "/var/log");
    EXPECT_EQ(name.stem(noon), "flows-20260101-120505.json");
    EXPECT_EQ(name.path("x"), "/var/log/x");
    EXPECT_EQ(made("%F_%T-%j").stem(noon), "2026-01-01_12:05:05-001");
    EXPECT_EQ(made("100%%-%H").stem(noon), "100%-12");
}

TEST(FileName, WithoutConversionATimeIsAdded) {
    EXPECT_EQ(made("flows").stem(noon), "flows.20260101T120505Z");
    EXPECT_EQ(made("100%%").stem(noon), "100%.20260101T120505Z");
    EXPECT_EQ(made("flows").folder(), ".");
    EXPECT_EQ(made("/flows").path("x"), "/x");
}

TEST(FileName, NumberAndExtensionComeLast) {
    const Name name = made("f-%H", Compression::zstd);
    EXPECT_EQ(name.file("f-12", 0), "f-12.zst");
    EXPECT_EQ(name.file("f-12", 3), "f-12.3.zst");
    EXPECT_EQ(made("f-%H.gz", Compression::gzip).file("f-12", 0), "f-12.gz");
    EXPECT_EQ(made("f.gz", Compression::gzip).file("f.1", 0), "f.1.gz");
}

TEST(FileName, KnowsItsOwnFilesAndNoOthers) {
    const Name name = made("f-%Y%m%d-%H.json", Compression::gzip);
    for (const auto* const own :
         {"f-20260101-12.json.gz", "f-20260101-12.json.1.gz", "f-20260101-12.json.4711.gz"}) {
        EXPECT_EQ(name.stem_of(own), "f-20260101-12.json") << own;
    }
    for (const auto* const other :
         {"", ".gz", "f-20260101-12.json", "f-20260101-12.json.zst", "f-20261301-12.json.gz",
          "f-20260100-12.json.gz", "f-20260101-24.json.gz", "f-2026010a-12.json.gz",
          "g-20260101-12.json.gz", "f-20260101-12.json.0.gz", "f-20260101-12.json.01.gz",
          "f-20260101-12.json.x.gz", "f-20260101-12.json..gz", "f-20260101-12.json.1.1.gz",
          ".f-20260101-12.json.gz.part", "f-20260101-12.json.gz.gz", "f-20260101-1"}) {
        EXPECT_FALSE(name.stem_of(other)) << other;
    }
    EXPECT_FALSE(made("flows").stem_of("flows"));
    EXPECT_FALSE(made("flows").stem_of("flows.1"));
    EXPECT_TRUE(made("flows").stem_of("flows.20260101T120505Z.1"));
}

TEST(FileName, EveryNameItMakesIsItsOwn) {
    for (const auto* const pattern : {"f", "%Y%m%d%H%M%S", "%G-%V-%u%w", "%C%y%j-%R", "a%%b%T"}) {
        const Name name = made(pattern, Compression::lz4);
        for (std::time_t time = 0; time < 2'000'000'000; time += 40'000'003) {
            const std::string stem = name.stem(time);
            EXPECT_EQ(name.stem_of(name.file(stem, 0)), stem);
            EXPECT_EQ(name.stem_of(name.file(stem, 12)), stem);
        }
    }
}

TEST(FileName, HiddenNamesGoThereAndBack) {
    EXPECT_EQ(part_name("f.json"), ".f.json.part");
    EXPECT_EQ(file_of_part(".f.json.part"), "f.json");
    for (const auto* const other : {"", ".part", "..part", "f.part", ".f", ".f.parts"}) {
        const auto file = file_of_part(other);
        EXPECT_TRUE(!file || file->empty()) << other;
    }
}

TEST(FileName, WhatCannotBeANameIsASentence) {
    for (const auto& [path, part] :
         {std::pair{"a/%Y/f", "that of its folder may not"}, std::pair{"f-%s", "\"%s\" is none of"},
          std::pair{"f-%", "\"%\" is none of"}, std::pair{"folder/", "has no file name"}}) {
        const auto name = Name::make(path, Compression::none);
        ASSERT_FALSE(name) << path;
        EXPECT_NE(name.error().sentence.find(part), std::string::npos) << name.error().sentence;
    }
}

}  // namespace
}  // namespace flowd::file
