// SPDX-License-Identifier: BSD-3-Clause
// flowd's one HTTP server: a door (libmicrohttpd) at each address and at the UNIX socket, and a
// keeper, the thread that opens them and looks after them. Debian's civetweb has neither IPv6 nor
// UNIX sockets, and a thread for each connection.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/door.hpp"
#include "http/listen.hpp"
#include "http/pool.hpp"
#include "http/router.hpp"
#include "http/unix_socket.hpp"
#include "log/failure.hpp"

namespace flowd::http {

struct ServerSettings {
    std::string listen{};       ///< Options::listen
    bool listen_given = false;  ///< by a person: a start without it is a failure
    std::string socket{};       ///< socket_path(); empty: none
    bool socket_given = false;  ///< likewise
    std::string tls_certificate{};
    std::string tls_key{};
    std::size_t connections_max = 64;
    std::size_t threads = 4;
    /// Run by each thread first: there it gives up capabilities. Null: nothing.
    std::function<void()> prepare_thread{};
};

class Server {
public:
    /// Notes the CPUs that the process may use now: made before a thread is pinned.
    Server(ServerSettings settings, Router router);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds ports and reads the key, with the rights that flowd was started with. An address
    /// that nobody chose and that is taken is a warning.
    [[nodiscard]] Failure open();
    /// Opens the UNIX socket, which belongs to who flowd is by now, and starts to answer.
    [[nodiscard]] Failure start();
    /// Logs where it answers: when the rest of the start has gone well, too.
    void say_places() const;
    /// Ends all threads and connections; the socket's file is gone afterwards. May be called twice.
    void stop();

    /// Where it listens: "127.0.0.1:8080".
    [[nodiscard]] std::vector<std::string> places() const;
    /// The first one's; 0: none.
    [[nodiscard]] std::uint16_t port() const noexcept;
    [[nodiscard]] const Router& router() const noexcept { return router_; }

private:
    [[nodiscard]] Failure read_certificate();
    [[nodiscard]] Failure open_socket();
    [[nodiscard]] Failure open_doors();
    [[nodiscard]] Failure open_door(int socket, bool is_unix);
    void prepare_thread() const;
    void keep();

    const ServerSettings settings_;
    const Router router_;
    std::vector<std::uint64_t> usable_cpus_;  ///< a cpu_set_t's words
    std::vector<ListenSocket> listeners_;
    UnixSocket unix_socket_;
    std::string certificate_;
    std::string key_;

    Pool pool_;
    std::vector<std::unique_ptr<Door>> doors_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;          // under mutex_
    std::promise<Failure> started_;  ///< the keeper's word
    std::thread keeper_;
};

}  // namespace flowd::http
