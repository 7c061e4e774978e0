// SPDX-License-Identifier: BSD-3-Clause
// Tasks run without the lock: they may take their time.
#include "control/tasks.hpp"

namespace flowd {

bool Tasks::add(Task task) {
    const std::lock_guard lock{mutex_};
    if (closed_) return false;
    waiting_.push_back(std::move(task));
    return true;
}

void Tasks::tick() {
    std::vector<Task> due;
    {
        const std::lock_guard lock{mutex_};
        due.swap(waiting_);
    }
    for (Task& task : due) task(false);
}

void Tasks::close() {
    std::vector<Task> due;
    {
        const std::lock_guard lock{mutex_};
        closed_ = true;
        due.swap(waiting_);
    }
    for (Task& task : due) task(true);
}

}  // namespace flowd
