// SPDX-License-Identifier: BSD-3-Clause
// Mailboxes of those who run, the state itself of those who have ended.
#include "control/template_walk.hpp"

#include <algorithm>

namespace flowd {

TemplateWalk::TemplateWalk(const Workers& workers, TemplateBook& book)
    : workers_{workers}, book_{book}, walked_(workers.size()) {}

void TemplateWalk::begin() {
    if (is_under_way_) return;
    is_under_way_ = true;
    book_.begin();
    std::fill(walked_.begin(), walked_.end(), false);
    for (const auto& worker : workers_) {
        // One that ended in the walk before never gave its last page.
        if (!worker->done()) worker->observed().ask();
    }
}

void TemplateWalk::go_on() {
    if (!is_under_way_) return;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        if (walked_[i]) continue;
        if (workers_[i]->done()) {
            take_all(*workers_[i]);  // what was taken before counts once
            walked_[i] = true;
        } else {
            walked_[i] = take_page(*workers_[i]);
        }
    }
    if (std::find(walked_.begin(), walked_.end(), false) != walked_.end()) return;
    is_under_way_ = false;
    book_.end();
}

void TemplateWalk::finish() {
    book_.begin();
    for (const auto& worker : workers_) take_all(*worker);
    book_.end();
    is_under_way_ = false;
}

/// True: it was the last.
bool TemplateWalk::take_page(RxWorker& worker) {
    const LearntPage* const page = worker.observed().page();
    if (page == nullptr) return false;
    book_.add(*page);
    const bool last = page->last;
    worker.observed().next();
    return last;
}

void TemplateWalk::take_all(const RxWorker& worker) {
    LearntWalk walk;
    do {
        fill(*page_, walk, worker.state());
        book_.add(*page_);
    } while (!page_->last);
}

}  // namespace flowd
