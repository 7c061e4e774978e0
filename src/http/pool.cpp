// SPDX-License-Identifier: BSD-3-Clause
// A queue and its threads.
#include "http/pool.hpp"

#include <pthread.h>

#include <utility>

namespace flowd::http {

void Pool::start(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back([this] { run(); });
        pthread_setname_np(threads_.back().native_handle(), "flowd-http-wait");
    }
}

void Pool::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

bool Pool::ask(Request request, Done done) {
    {
        const std::lock_guard lock{mutex_};
        if (stopping_ || busy_ >= threads_.size()) return false;
        ++busy_;
        jobs_.push_back({std::move(request), std::move(done)});
    }
    changed_.notify_one();
    return true;
}

bool Pool::stopping() const {
    const std::lock_guard lock{mutex_};
    return stopping_;
}

void Pool::run() {
    std::unique_lock lock{mutex_};
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job.request.given_up = [this, left = std::move(job.request.given_up)] {
            return stopping() || (left && left());
        };
        job.done(router_.handle(std::move(job.request)));
        lock.lock();
        --busy_;
    }
}

}  // namespace flowd::http
