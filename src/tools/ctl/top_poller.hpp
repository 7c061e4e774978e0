// SPDX-License-Identifier: BSD-3-Clause
// TopPoller: asks flowd at intervals in a thread of its own, so that keys are answered while flowd
// is slow. The client is the thread's alone while it lives.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "tools/ctl/client.hpp"
#include "tools/ctl/top_model.hpp"

namespace flowd::ctl {

/// One round of questions, in the thread of the caller.
[[nodiscard]] Report ask(Client& client, const Question& question);

class TopPoller {
public:
    TopPoller(Client& client, double delay_seconds, Question question);
    ~TopPoller();
    TopPoller(const TopPoller&) = delete;
    TopPoller& operator=(const TopPoller&) = delete;

    /// A question that differs from the last is asked at once, even when paused.
    void set(const Question& question, bool paused);
    /// The newest report, once.
    [[nodiscard]] std::optional<Report> take();
    /// Readable when there is one.
    [[nodiscard]] int file() const noexcept { return event_; }

private:
    void run();

    Client& client_;
    double delay_;
    int event_;
    std::mutex mutex_;  ///< guards all below
    std::condition_variable changed_;
    Question question_;
    bool is_new_ = true;
    bool paused_ = false;
    bool stops_ = false;
    std::optional<Report> report_;
    std::thread thread_;  ///< last: it uses all above
};

}  // namespace flowd::ctl
