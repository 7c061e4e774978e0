// SPDX-License-Identifier: BSD-3-Clause
// The running server: requests in pieces and in advance, slow and greedy clients, limits, the
// socket, the end.
#include "http/server.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "http/message.hpp"

namespace flowd::http {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

const std::string get = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";

class ServerTest : public testing::Test {
protected:
    ServerTest() {
        std::string name = (std::filesystem::temp_directory_path() / "flowd-http-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~ServerTest() override {
        server_.reset();
        std::filesystem::remove_all(folder_);
    }

    Router router() {
        Router made{Access{Access::Settings{}}};
        made.add({"GET", "/hello", Audience::everyone,
                  [](const Request&) { return text_response(200, "hello\n"); }});
        made.add({"GET", "/large", Audience::everyone,
                  [](const Request&) { return text_response(200, std::string(8'000'000, 'x')); }});
        made.add({"GET", "/huge", Audience::everyone,
                  [](const Request&) { return text_response(200, std::string(32'000'000, 'x')); }});
        made.add({"POST", "/echo", Audience::everyone,
                  [](const Request& request) { return text_response(200, request.body); }});
        made.add({"GET", "/who", Audience::everyone, [](const Request& request) {
                      return text_response(200, request.client.is_socket     ? "socket\n"
                                                : request.client.is_loopback ? "loopback\n"
                                                                             : "other\n");
                  }});
        made.add({"GET", "/seen", Audience::viewers,
                  [](const Request&) { return text_response(200, "seen\n"); }});
        made.add({"POST", "/change", Audience::changers,
                  [](const Request&) { return text_response(200, "changed\n"); }});
        made.add({"GET", "/cpus", Audience::everyone, [](const Request&) {
                      cpu_set_t cpus;
                      CPU_ZERO(&cpus);
                      ::sched_getaffinity(0, sizeof cpus, &cpus);
                      return text_response(200, std::to_string(CPU_COUNT(&cpus)) + "\n");
                  }});
        made.add({.method = "GET",
                  .path = "/wait",
                  .audience = Audience::everyone,
                  .handler =
                      [this](const Request& request) {
                          ++waiting_;
                          while (!request.given_up() && !released_) {
                              std::this_thread::sleep_for(1ms);
                          }
                          --waiting_;
                          return text_response(200, "waited\n");
                      },
                  .waits = true});
        made.add({"GET", "/slow", Audience::everyone, [this](const Request&) {
                      ++waiting_;
                      while (!released_) std::this_thread::sleep_for(1ms);
                      return text_response(200, "slow\n");
                  }});
        return made;
    }

    void start(ServerSettings settings = {}) {
        settings.listen = "127.0.0.1:0";
        settings.listen_given = true;
        settings.socket = folder_ + "/s";
        settings.socket_given = true;
        server_ = std::make_unique<Server>(std::move(settings), router());
        ASSERT_EQ(server_->open().sentence, "");
        ASSERT_EQ(server_->start().sentence, "");
        port_ = server_->port();
    }

    std::string ask(const std::string& request) {
        TestClient client{port_};
        client.send(request);
        return client.response(!request.starts_with("HEAD"));
    }

    std::string folder_;
    std::atomic<int> waiting_{0};
    std::atomic<bool> released_{false};
    std::unique_ptr<Server> server_;
    std::uint16_t port_ = 0;
};

bool is_ok(const std::string& response) { return response.starts_with("HTTP/1.1 200 OK\r\n"); }

TEST_F(ServerTest, AnswersOneAfterAnotherOnOneConnection) {
    start();
    TestClient client{port_};
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(client.send(get));
        EXPECT_TRUE(is_ok(client.response()));
    }
}

TEST_F(ServerTest, AnswersWhatWasSentInAdvanceInOrder) {
    start();
    TestClient client{port_};
    const std::string post = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n";
    client.send(post + "one" + get + post + "two" + "GET /hello HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(client.response().ends_with("\r\n\r\none"));
    EXPECT_TRUE(client.response().ends_with("\r\n\r\nhello\n"));
    EXPECT_TRUE(client.response().ends_with("\r\n\r\ntwo"));
    EXPECT_TRUE(client.response().ends_with("\r\n\r\nhello\n"));
    EXPECT_TRUE(client.is_closed(20'000));
}

TEST_F(ServerTest, ARequestMayComeByteByByte) {
    start();
    TestClient client{port_};
    const std::string request =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody";
    for (const char c : request) {
        ASSERT_TRUE(client.send({&c, 1}));
        std::this_thread::sleep_for(200us);
    }
    EXPECT_TRUE(client.response().ends_with("\r\n\r\nbody"));
}

TEST_F(ServerTest, AClientMayCloseItsSideAfterItsRequest) {
    start();
    TestClient client{port_};
    client.send(get);
    client.shut();
    EXPECT_TRUE(is_ok(client.response()));
}

TEST_F(ServerTest, HeadHasNoBody) {
    start();
    TestClient client{port_};
    client.send("HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\n" + get);
    EXPECT_NE(client.response(false).find("Content-Length: 6"), std::string::npos);
    EXPECT_TRUE(client.response().ends_with("\r\n\r\nhello\n"));
}

TEST_F(ServerTest, AClientThatWaitsToBeToldGoesOn) {
    start();
    TestClient client{port_};
    client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: "
        "100-continue\r\n\r\n");
    EXPECT_EQ(client.response(false), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ok");
    EXPECT_TRUE(client.response().ends_with("\r\n\r\nok"));
}

TEST_F(ServerTest, WhatIsTooLargeIsRefusedAndTheResponseArrives) {
    start();
    for (const std::size_t size : {5'000, 40'000}) {  // beyond a target, beyond a head
        EXPECT_TRUE(ask("GET /" + std::string(size, 'x') + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .starts_with("HTTP/1.1 4"))
            << size;
    }
    EXPECT_TRUE(
        ask("GET /hello HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n")
            .starts_with("HTTP/1.1 4"));
    const std::string post = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: ";
    EXPECT_TRUE(ask(post + "65537\r\n\r\n").starts_with("HTTP/1.1 413 "));
    EXPECT_TRUE(ask(post + "99999999999999999999\r\n\r\n").starts_with("HTTP/1.1 4"));
    const std::string body(65'536, 'x');
    EXPECT_TRUE(ask(post + "65536\r\n\r\n" + body).ends_with(body));
    const std::string chunk = "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
    EXPECT_TRUE(ask("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" +
                    chunk + chunk + chunk + "0\r\n\r\n")
                    .starts_with("HTTP/1.1 413 "));
}

TEST_F(ServerTest, ALargeResponseReachesASlowReader) {
    start();
    TestClient client{port_};
    client.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    std::this_thread::sleep_for(300ms);
    EXPECT_EQ(client.response().size() / 1'000'000, 8U);
}

TEST_F(ServerTest, ARequestThatDoesNotComeInTimeEndsItsConnection) {
    start();
    const auto begin = Clock::now();
    TestClient silent{port_};
    TestClient half{port_};
    half.send("GET /hello HTTP/1.1\r\nHost: localhost\r\nX: ");
    TestClient served{port_};
    served.send(get);
    EXPECT_TRUE(is_ok(served.response()));
    EXPECT_TRUE(half.is_closed(60'000));
    EXPECT_TRUE(silent.is_closed(60'000));
    EXPECT_GE(Clock::now() - begin, 8s);
    served.send(get);  // between two requests there is more time
    EXPECT_TRUE(is_ok(served.response()));
}

TEST_F(ServerTest, SlowClientsTakeTheServerFromNobody) {
    start({.connections_max = 16, .threads = 2});
    std::vector<std::unique_ptr<TestClient>> slow;
    for (int i = 0; i < 200; ++i) {
        slow.push_back(std::make_unique<TestClient>(port_, std::uint8_t{2}));
        slow.back()->send("GET /hello HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
        if (i % 20 != 0) continue;
        TestClient served{port_};
        served.send(get);
        // Sooner than the server gives up a slow one.
        EXPECT_TRUE(is_ok(served.response(true, 8'000))) << i;
    }
    // Another client's connection stays, however many the greedy one opens.
    TestClient other{port_, 3};
    other.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n");
    for (int i = 0; i < 100; ++i) {
        slow.push_back(std::make_unique<TestClient>(port_, std::uint8_t{2}));
        slow.back()->send("G");
    }
    EXPECT_TRUE(other.send("\r\n"));
    EXPECT_TRUE(is_ok(other.response()));
}

TEST_F(ServerTest, ReadersThatDoNotReadTakeTheServerFromNobody) {
    start({.connections_max = 8, .threads = 2});
    std::vector<std::unique_ptr<TestClient>> lazy;
    for (int i = 0; i < 20; ++i) {
        lazy.push_back(std::make_unique<TestClient>(port_, std::uint8_t{2}));
        lazy.back()->send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    EXPECT_TRUE(is_ok(ask(get)));
}

TEST_F(ServerTest, LargeAnswersThatNobodyTakesHaveALimit) {
    start({.connections_max = 64, .threads = 2});
    std::vector<std::unique_ptr<TestClient>> lazy;
    const auto served = [&](std::uint8_t from, int count) {
        int good = 0;
        for (int i = 0; i < count; ++i) {
            lazy.push_back(std::make_unique<TestClient>(port_, from));
            lazy.back()->send("GET /huge HTTP/1.1\r\nHost: localhost\r\n\r\n");
            const std::string head = lazy.back()->response(false);
            if (is_ok(head)) {
                ++good;
            } else {
                EXPECT_TRUE(head.starts_with("HTTP/1.1 503 ")) << head;
                EXPECT_NE(head.find("Retry-After: 30\r\n"), std::string::npos);
            }
        }
        return good;
    };
    EXPECT_EQ(served(2, 10), 6) << "three quarters of 256 MiB";
    EXPECT_EQ(served(3, 4), 2) << "the rest";
    EXPECT_EQ(served(4, 1), 0);
    EXPECT_TRUE(is_ok(ask(get))) << "small ones do not count";
    lazy.clear();
    TestClient reads{port_, 5};
    const auto is_read = [&reads] {
        reads.send("GET /huge HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return reads.response().size() > 32'000'000U;
    };
    const auto end = Clock::now() + 60s;
    bool again = false;
    while (!(again = is_read()) && Clock::now() < end) std::this_thread::sleep_for(10ms);
    ASSERT_TRUE(again) << "what its reader has left no longer counts";
    while (served(2, 1) == 0 && Clock::now() < end) std::this_thread::sleep_for(10ms);
    EXPECT_LT(Clock::now(), end);
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(is_read()) << i;
}

TEST_F(ServerTest, HandlersThatWaitLeaveThreadsForTheOthers) {
    start({.threads = 3});
    std::vector<std::unique_ptr<TestClient>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<TestClient>(port_));
        clients.back()->send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    while (waiting_ < 3) std::this_thread::sleep_for(1ms);
    const auto refused = [&clients] {
        return std::find_if(clients.begin(), clients.end(), [](const auto& each) {
            return each->response(true, 1).starts_with("HTTP/1.1 503 ");
        });
    };
    auto busy = refused();
    while (busy == clients.end()) busy = refused();
    clients.erase(busy);
    EXPECT_TRUE(is_ok(ask(get)));
    released_ = true;
    for (const auto& client : clients) EXPECT_TRUE(is_ok(client->response()));
}

TEST_F(ServerTest, AClientThatLeavesEndsTheHandlerThatWaitsForIt) {
    start({.threads = 2});
    const std::string wait = "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const auto reaches = [this](int count) {
        const auto end = Clock::now() + 60s;
        while (waiting_ != count && Clock::now() < end) std::this_thread::sleep_for(1ms);
        return waiting_ == count;
    };
    for (const bool over_socket : {false, true}) {
        {
            TestClient leaves = over_socket ? TestClient{folder_ + "/s"} : TestClient{port_};
            leaves.send(wait);
            ASSERT_TRUE(reaches(1));
        }
        ASSERT_TRUE(reaches(0)) << over_socket;
    }
    TestClient stays{port_};
    stays.send(wait + get);
    ASSERT_TRUE(reaches(1));
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(waiting_, 1) << "what was sent in advance is no farewell";
    released_ = true;
    EXPECT_TRUE(stays.response().ends_with("waited\n"));
    EXPECT_TRUE(stays.response().ends_with("hello\n"));
}

TEST_F(ServerTest, AnAnswerThatTakesLongHoldsUpNobodyAtTheSocket) {
    start();
    TestClient slow{folder_ + "/s"};
    slow.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
    while (waiting_ == 0) std::this_thread::sleep_for(1ms);
    TestClient other{folder_ + "/s"};
    other.send(get);
    EXPECT_TRUE(other.response().ends_with("hello\n"));
    released_ = true;
    EXPECT_TRUE(slow.response().ends_with("slow\n"));
}

TEST_F(ServerTest, KnowsWhoSpeaksHttp10) {
    start();
    EXPECT_TRUE(ask("GET /seen HTTP/1.1\r\nHost: localhost\r\n\r\n").ends_with("seen\n"));
    EXPECT_EQ(ask("GET /seen HTTP/1.0\r\nHost: localhost\r\n\r\n").substr(9, 3), "403");
}

TEST_F(ServerTest, ItsEndEndsHandlersThatWait) {
    start();
    TestClient client{port_};
    client.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
    while (waiting_ == 0) std::this_thread::sleep_for(1ms);
    server_->stop();  // else it would wait for ever
    EXPECT_FALSE(TestClient{port_}.connected());
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/s"));
    server_->stop();
}

TEST_F(ServerTest, KnowsWhoCameOverTheSocket) {
    start();
    EXPECT_TRUE(ask("GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n").ends_with("loopback\n"));
    TestClient client{folder_ + "/s"};
    client.send("GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(client.response().ends_with("socket\n"));
    client.send("POST /change HTTP/1.1\r\nHost: flowd\r\n\r\n");
    EXPECT_TRUE(client.response().ends_with("changed\n"));
}

TEST_F(ServerTest, NoHeaderMakesAClientTheSockets) {
    start();
    for (const char* header :
         {"X-Flowd-Socket: 1", "Forwarded: for=unix", "X-Forwarded-For: 127.0.0.1",
          "Authorization: Bearer ", "Authorization: Bearer x"}) {
        const std::string request =
            std::string{"POST /change HTTP/1.1\r\nHost: localhost\r\n"} + header + "\r\n\r\n";
        EXPECT_TRUE(ask(request).starts_with("HTTP/1.1 403 ")) << header;
    }
}

TEST_F(ServerTest, TheSocketIsServedWithoutAnyPort) {
    server_ = std::make_unique<Server>(
        ServerSettings{.listen = "", .socket = folder_ + "/s", .socket_given = true}, router());
    ASSERT_EQ(server_->open().sentence, "");
    ASSERT_EQ(server_->start().sentence, "");
    EXPECT_EQ(server_->port(), 0);
    TestClient client{folder_ + "/s"};
    client.send(get);
    EXPECT_TRUE(is_ok(client.response()));
}

TEST_F(ServerTest, ATakenAddressIsAFailureOnlyWhenSomebodyChoseIt) {
    start();
    const std::string taken = "127.0.0.1:" + std::to_string(port_);
    Server chosen{{.listen = taken, .listen_given = true, .socket = ""}, router()};
    EXPECT_EQ(chosen.open().sentence, "http.listen: " + taken +
                                          ": Address already in use (errno 98); -http.listen sets "
                                          "another address");
    Server usual{{.listen = taken, .listen_given = false, .socket = ""}, router()};
    EXPECT_EQ(usual.open().sentence, "");
    EXPECT_EQ(usual.start().sentence, "");
    EXPECT_TRUE(usual.places().empty());
}

TEST_F(ServerTest, ItsThreadsRunWhereTheProcessMayNotWhereAThreadIsPinned) {
    cpu_set_t usable;
    CPU_ZERO(&usable);
    ASSERT_EQ(::sched_getaffinity(0, sizeof usable, &usable), 0);
    if (CPU_COUNT(&usable) < 2) GTEST_SKIP() << "one CPU is no choice";
    server_ = std::make_unique<Server>(
        ServerSettings{.listen = "127.0.0.1:0", .listen_given = true, .socket = ""}, router());
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu) {
        if (CPU_ISSET(cpu, &usable)) CPU_SET(cpu, &one);
    }
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    const Failure opened = server_->open();
    const Failure started = server_->start();
    ::sched_setaffinity(0, sizeof usable, &usable);
    ASSERT_EQ(opened.sentence + started.sentence, "");
    port_ = server_->port();
    EXPECT_TRUE(ask("GET /cpus HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .ends_with("\r\n\r\n" + std::to_string(CPU_COUNT(&usable)) + "\n"));
}

TEST_F(ServerTest, ItsThreadsInheritWhatTheFirstOneGaveUp) {
    std::atomic<int> prepared{0};
    start({.threads = 3, .prepare_thread = [&prepared] {
               ++prepared;
               cpu_set_t cpus;
               CPU_ZERO(&cpus);
               ::sched_getaffinity(0, sizeof cpus, &cpus);
               while (CPU_COUNT(&cpus) > 1) {
                   int last = CPU_SETSIZE - 1;
                   while (!CPU_ISSET(last, &cpus)) --last;
                   CPU_CLR(last, &cpus);
               }
               ::sched_setaffinity(0, sizeof cpus, &cpus);
           }});
    EXPECT_EQ(prepared, 1);
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(ask("GET /cpus HTTP/1.1\r\nHost: localhost\r\n\r\n").ends_with("\r\n\r\n1\n"));
    }
}

}  // namespace
}  // namespace flowd::http
