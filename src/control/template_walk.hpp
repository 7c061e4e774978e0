// SPDX-License-Identifier: BSD-3-Clause
// TemplateWalk: asks all RX workers for what they have learnt, page by page and all of them at
// once, and puts it into the book. Neither side ever waits for the other. The observer's thread.
#pragma once

#include <memory>
#include <vector>

#include "control/template_book.hpp"
#include "worker/rx_worker.hpp"

namespace flowd {

class TemplateWalk {
public:
    using Workers = std::vector<std::unique_ptr<RxWorker>>;

    /// Both outlive the walk.
    TemplateWalk(const Workers& workers, TemplateBook& book);

    /// Unless one is under way.
    void begin();
    /// Every few milliseconds while it is under way.
    void go_on();
    [[nodiscard]] bool is_under_way() const noexcept { return is_under_way_; }
    /// All at once, when all workers have ended.
    void finish();

private:
    [[nodiscard]] bool take_page(RxWorker& worker);
    void take_all(const RxWorker& worker);

    const Workers& workers_;
    TemplateBook& book_;
    std::vector<bool> walked_;  ///< by worker
    bool is_under_way_ = false;
    std::unique_ptr<LearntPage> page_ = std::make_unique<LearntPage>();
};

}  // namespace flowd
