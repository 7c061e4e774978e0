// SPDX-License-Identifier: BSD-3-Clause
// What is removed: the oldest, as long as a limit is passed, and nothing that is not ours.
#include "transport/file/retention.hpp"

#include "transport/file/scratch.hpp"

namespace flowd::file {
namespace {

using Names = std::vector<std::string>;
using namespace std::chrono_literals;

class FileRetentionTest : public ScratchTest {
protected:
    FileRetentionTest() {
        // Three of ours, 10 bytes each, the later the younger; and what is not ours, very old.
        for (int hour = 1; hour <= 3; ++hour) {
            make("f-0" + std::to_string(hour), std::chrono::hours{4 - hour});
        }
        make("f-04.gz", 1000h);
        make(".f-05.part", 1000h);
        make("f-25", 1000h);
    }
    void make(const std::string& name, std::chrono::hours age) {
        write_file(path(name), "0123456789");
        std::filesystem::last_write_time(path(name),
                                         std::filesystem::file_time_type::clock::now() - age);
    }
    [[nodiscard]] Names left(const Keep& keep) {
        const Name name = *Name::make(path("f-%H"), Compression::none);
        EXPECT_FALSE(failed(retain(name, keep, std::chrono::system_clock::now())));
        Names ours;
        for (const std::string& each : names()) {
            if (name.stem_of(each)) ours.push_back(each);
        }
        EXPECT_EQ(names().size(), ours.size() + 3) << "something else is gone";
        return ours;
    }
};

TEST_F(FileRetentionTest, WithoutLimitsEverythingStays) {
    EXPECT_EQ(left({}), (Names{"f-01", "f-02", "f-03"}));
}

TEST_F(FileRetentionTest, TheOldestGoUntilTheRestFits) {
    EXPECT_EQ(left({.bytes = 30}), (Names{"f-01", "f-02", "f-03"}));
    EXPECT_EQ(left({.bytes = 29}), (Names{"f-02", "f-03"}));
    EXPECT_EQ(left({.bytes = 1}), (Names{"f-03"})) << "the newest stays";
}

TEST_F(FileRetentionTest, WhatIsTooOldGoes) {
    EXPECT_EQ(left({.age = 150min}), (Names{"f-02", "f-03"}));
    EXPECT_EQ(left({.age = 1min}), Names{});
}

TEST_F(FileRetentionTest, FoldersOfThatNameStay) {
    std::filesystem::create_directory(path("f-00"));
    EXPECT_EQ(left({.age = 1min}), Names{"f-00"});
}

}  // namespace
}  // namespace flowd::file
