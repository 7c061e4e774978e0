// SPDX-License-Identifier: BSD-3-Clause
// The threads of handlers that take their time, a capture for instance: those of the doors stay
// free for everybody else.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "http/router.hpp"

namespace flowd::http {

class Pool {
public:
    using Done = std::function<void(Response)>;

    explicit Pool(const Router& router) : router_{router} {}
    ~Pool() { stop(); }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// Threads inherit what the caller's may do. May throw std::system_error.
    void start(std::size_t threads);
    /// What is being answered is answered; handlers that wait are told to give up.
    void stop();
    /// Any thread: `done` is called by one of the pool's. The request's `given_up`, which may be
    /// null, tells whether its client has left. False: all of them are busy, or it stops.
    [[nodiscard]] bool ask(Request request, Done done);

private:
    struct Job {
        Request request;
        Done done;
    };

    void run();
    [[nodiscard]] bool stopping() const;

    const Router& router_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> jobs_;   // under mutex_
    std::size_t busy_ = 0;   // under mutex_: jobs that wait or are being answered
    bool stopping_ = false;  // under mutex_
    std::vector<std::thread> threads_;
};

}  // namespace flowd::http
