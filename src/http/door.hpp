// SPDX-License-Identifier: BSD-3-Clause
// Door: HTTP at one listening socket, by libmicrohttpd: its threads poll, parse and speak TLS, so
// that a client that is slow holds none of them up. The only door to that library.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "flow/model/address.hpp"
#include "http/pool.hpp"
#include "http/router.hpp"
#include "log/failure.hpp"

struct MHD_Daemon;
struct MHD_Connection;

namespace flowd::http {

struct DoorSettings {
    int socket = -1;  ///< listens; the door takes a copy
    bool is_unix = false;
    const std::string* certificate = nullptr;  ///< PEM; null: no TLS
    const std::string* key = nullptr;
    unsigned threads = 1;
    unsigned connections_max = 64;
    unsigned connections_of_client_max = 0;  ///< 0: as many as there are
};

class Door {
public:
    /// Starts to answer, on threads that inherit what the caller's may do. All are borrowed.
    [[nodiscard]] static Outcome<std::unique_ptr<Door>> open(const DoorSettings& settings,
                                                             const Router& router, Pool& pool);
    /// The pool has stopped, so nothing waits any more.
    ~Door();
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    /// Now and then: ends connections whose request does not get complete, or that do not take
    /// their answer.
    void sweep();

    struct Callbacks;  ///< what the library calls

private:
    struct Guest {
        int descriptor = -1;
        flow::Address address{};
        std::uint64_t since_ns = 0;   ///< in this state
        bool idle = false;            ///< has been served, and has begun nothing new
        bool answering = false;       ///< a request is complete
        bool waits = false;           ///< for a handler that takes its time
        std::size_t answer_size = 0;  ///< if it counts, until it is sent
    };

    Door(const DoorSettings& settings, const Router& router, Pool& pool)
        : router_{router}, pool_{pool}, is_unix_{settings.is_unix} {}

    [[nodiscard]] Failure start(const DoorSettings& settings);
    void note_guest(MHD_Connection* connection, bool came);
    /// In which state it is from now on.
    void note(MHD_Connection* connection, const Guest& now);
    /// Whether an answer of this size may wait for its reader besides the others; it counts then.
    [[nodiscard]] bool admits(MHD_Connection* connection, std::size_t size);

    const Router& router_;
    Pool& pool_;
    const bool is_unix_;
    std::atomic<bool> started_{false};  ///< nobody reads complaints any more
    std::string complaint_;             ///< of the library, while it starts
    std::mutex mutex_;
    std::unordered_map<MHD_Connection*, Guest> guests_;  // under mutex_
    MHD_Daemon* daemon_ = nullptr;
};

}  // namespace flowd::http
