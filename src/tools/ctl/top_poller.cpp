// SPDX-License-Identifier: BSD-3-Clause
// A mailbox of one report: the newest is what counts.
#include "tools/ctl/top_poller.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "tools/ctl/session.hpp"

namespace flowd::ctl {

Report ask(Client& client, const Question& question) {
    Report report;
    report.question = question;
    const auto get = [&](const std::string& target, Json& into) {
        if (!report.failure.empty() || target.empty()) return;
        Outcome<Answer> answer = client.ask({.target = target});
        Reply reply = reply_of(std::move(answer), client.endpoint().url);
        if (reply.status == Status::fine) {
            into = std::move(reply.json);
        } else {
            report.failure = std::move(reply.sentence);
            report.outcome = reply.status;
        }
    };
    get("/api/status?history=0", report.status);
    // While an X-ray is open nobody sees the list.
    get(question.xray.empty() ? question.exporters : question.xray,
        question.xray.empty() ? report.exporters : report.xray);
    return report;
}

TopPoller::TopPoller(Client& client, double delay_seconds, Question question)
    : client_{client},
      delay_{delay_seconds},
      event_{eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)},
      question_{std::move(question)},
      thread_{[this] { run(); }} {}

TopPoller::~TopPoller() {
    {
        const std::lock_guard lock{mutex_};
        stops_ = true;
    }
    changed_.notify_one();
    thread_.join();
    ::close(event_);
}

void TopPoller::set(const Question& question, bool paused) {
    const std::lock_guard lock{mutex_};
    if (question_ == question && paused_ == paused) return;
    is_new_ = is_new_ || !(question_ == question) || (paused_ && !paused);
    question_ = question;
    paused_ = paused;
    changed_.notify_one();
}

std::optional<Report> TopPoller::take() {
    std::uint64_t count = 0;
    if (::read(event_, &count, sizeof count) < 0) return {};
    const std::lock_guard lock{mutex_};
    return std::exchange(report_, {});
}

void TopPoller::run() {
    std::unique_lock lock{mutex_};
    while (!stops_) {
        is_new_ = false;
        const Question question = question_;
        lock.unlock();
        Report report = ask(client_, question);
        lock.lock();
        report_ = std::move(report);
        const std::uint64_t one = 1;
        if (::write(event_, &one, sizeof one) < 0) return;  // cannot be full
        const auto due = std::chrono::steady_clock::now() + std::chrono::duration<double>{delay_};
        while (!stops_ && !is_new_) {
            if (paused_) {
                changed_.wait(lock);
            } else if (changed_.wait_until(lock, due) == std::cv_status::timeout) {
                break;
            }
        }
    }
}

}  // namespace flowd::ctl
