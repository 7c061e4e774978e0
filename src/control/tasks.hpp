// SPDX-License-Identifier: BSD-3-Clause
// Tasks: how other threads have the main thread do something, and wait for what comes of it.
// Whatever changes while flowd runs is changed there, so that nothing needs a lock.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace flowd {

class Tasks {
public:
    /// Another thread: what `work` returned on the main thread; nothing when that is about to end.
    template <class Work>
    [[nodiscard]] auto run(Work work) -> std::optional<decltype(work())> {
        using Result = decltype(work());
        auto promise = std::make_shared<std::promise<std::optional<Result>>>();
        std::future<std::optional<Result>> result = promise->get_future();
        const auto task = [promise, work = std::move(work)](bool ends) mutable {
            promise->set_value(ends ? std::optional<Result>{} : std::optional<Result>{work()});
        };
        if (!add(task)) return {};
        return result.get();
    }

    /// Main thread, every few milliseconds.
    void tick();
    /// Main thread, at the end: what waits gets nothing, and so does what comes.
    void close();

private:
    using Task = std::function<void(bool ends)>;

    [[nodiscard]] bool add(Task task);

    std::mutex mutex_;  ///< guards all below
    std::vector<Task> waiting_;
    bool closed_ = false;
};

}  // namespace flowd
