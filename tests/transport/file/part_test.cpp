// SPDX-License-Identifier: BSD-3-Clause
// A file's life under its hidden name, and the name that it gets: never one that is taken.
#include "transport/file/part.hpp"

#include <unistd.h>

#include <cerrno>

#include "transport/file/scratch.hpp"

namespace flowd::file {
namespace {

using Names = std::vector<std::string>;

class FilePartTest : public ScratchTest {
protected:
    [[nodiscard]] Name name() const { return *Name::make(path("f-%Y"), Compression::none); }
    static void put(const Part& part, std::string_view text) {
        ASSERT_EQ(::write(part.descriptor(), text.data(), text.size()),
                  static_cast<ssize_t>(text.size()));
    }
};

TEST_F(FilePartTest, IsHiddenUntilItIsFinished) {
    Part part{name()};
    ASSERT_EQ(part.begin(0), 0);
    put(part, "a\n");
    EXPECT_EQ(names(), Names{".f-1970.part"});
    EXPECT_EQ(part.finish(true), 0);
    EXPECT_EQ(names(), Names{"f-1970"});
    EXPECT_EQ(content(path("f-1970")), "a\n");
}

TEST_F(FilePartTest, AnEmptyOneLeavesNothing) {
    Part part{name()};
    ASSERT_EQ(part.begin(0), 0);
    EXPECT_EQ(part.finish(false), 0);
    EXPECT_EQ(names(), Names{});
    EXPECT_FALSE(part.is_open());
}

TEST_F(FilePartTest, TakenNamesGetANumber) {
    write_file(path("f-1970"), "finished");
    Part first{name()};
    Part second{name()};
    ASSERT_EQ(first.begin(0), 0);
    ASSERT_EQ(second.begin(0), 0);
    EXPECT_EQ(names(), (Names{".f-1970.1.part", ".f-1970.2.part", "f-1970"}));
    put(first, "1");
    put(second, "2");
    write_file(path("f-1970.1"), "came meanwhile");
    EXPECT_EQ(first.finish(false), 0);
    EXPECT_EQ(second.finish(false), 0);
    EXPECT_EQ(content(path("f-1970")), "finished");
    EXPECT_EQ(content(path("f-1970.1")), "came meanwhile");
    EXPECT_EQ(content(path("f-1970.2")) + content(path("f-1970.3")), "12");
}

TEST_F(FilePartTest, WithoutFolderItSaysWhy) {
    Part part{*Name::make(path("no/f"), Compression::none)};
    EXPECT_EQ(part.begin(0), ENOENT);
    EXPECT_FALSE(part.is_open());
}

}  // namespace
}  // namespace flowd::file
