// SPDX-License-Identifier: BSD-3-Clause
// The socket's file: mode, group, stale ones, others' files.
#include "http/unix_socket.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace flowd::http {
namespace {

class UnixSocketTest : public testing::Test {
protected:
    UnixSocketTest() {
        std::string name =
            (std::filesystem::temp_directory_path() / "flowd-socket-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        path_ = folder_ + "/flowd.sock";
    }
    ~UnixSocketTest() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string complaint() const {
        const auto opened = UnixSocket::listen_at(path_);
        return opened ? "" : opened.error().sentence;
    }

    std::string folder_;
    std::string path_;
};

TEST_F(UnixSocketTest, IsForUserAndGroupOnly) {
    auto opened = UnixSocket::listen_at(path_);
    ASSERT_TRUE(opened) << opened.error().sentence;
    struct stat file {};
    ASSERT_EQ(::stat(path_.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 07777, 0660U);
    struct stat folder {};
    ASSERT_EQ(::stat(folder_.c_str(), &folder), 0);
    EXPECT_EQ(file.st_gid, folder.st_gid);
}

TEST_F(UnixSocketTest, IsTakenAwayAtTheEnd) {
    auto opened = UnixSocket::listen_at(path_);
    ASSERT_TRUE(opened);
    opened->remove();
    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixSocketTest, AnotherFlowdsIsLeftAlone) {
    auto opened = UnixSocket::listen_at(path_);
    ASSERT_TRUE(opened);
    EXPECT_EQ(complaint(), "http.socket: " + path_ + ": another flowd answers there");
    std::filesystem::remove(path_);
    auto next = UnixSocket::listen_at(path_);
    ASSERT_TRUE(next);
    opened->remove();  // the file is not its own any more
    EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(UnixSocketTest, AStaleOneIsReplaced) {
    {
        auto opened = UnixSocket::listen_at(path_);
        ASSERT_TRUE(opened);
    }  // closed, as by a crash: the file stays
    ASSERT_TRUE(std::filesystem::exists(path_));
    EXPECT_EQ(complaint(), "");
}

TEST_F(UnixSocketTest, NoOtherKindOfFileIsTouched) {
    std::ofstream{path_} << "precious";
    EXPECT_EQ(complaint(), "http.socket: " + path_ + ": is there and is no socket");
    EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(UnixSocketTest, ALongNameAndAMissingFolderAreSaid) {
    path_ = folder_ + "/absent/flowd.sock";
    EXPECT_EQ(complaint(), "http.socket: " + path_ + ": No such file or directory (errno 2)");
    path_ = folder_ + '/' + std::string(120, 'x');
    EXPECT_TRUE(
        complaint().ends_with("is longer than the 107 bytes that the name of a socket has"));
}

}  // namespace
}  // namespace flowd::http
