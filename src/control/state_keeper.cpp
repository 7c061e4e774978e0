// SPDX-License-Identifier: BSD-3-Clause
// One page per tick and worker, so that neither side ever waits for the other.
#include "control/state_keeper.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

#include "log/log.hpp"
#include "state/file.hpp"
#include "worker/clock.hpp"

namespace flowd {

StateKeeper::StateKeeper(std::string path, std::uint64_t interval_ns, const Workers& workers)
    : path_{std::move(path)}, interval_ns_{interval_ns}, workers_{workers} {}

Failure StateKeeper::restore() {
    if (path_.empty()) return {};
    const Outcome<flow::LearntState> learnt = read();
    if (!learnt) return learnt.error();
    give(*learnt);
    saved_changes_ = changes();
    saved_ns_ = monotonic_ns();
    // Whether the file can be written is better known now than after a day.
    return state::write(*learnt, path_);
}

Outcome<flow::LearntState> StateKeeper::read() const {
    Outcome<flow::LearntState> learnt = state::read(path_);
    if (!learnt) {
        const std::string kept = path_ + ".unread";
        if (failed(state::move_aside(path_, kept))) return learnt.error();
        log::warn(learnt.error().sentence + ": moved to " + kept + ", starting with nothing");
        return flow::LearntState{};
    }
    if (!state::is_goflow2(path_)) return learnt;
    const std::string kept = path_ + ".goflow2";
    if (const Failure failure = state::move_aside(path_, kept); failed(failure)) return failure;
    log::info("state.path: " + path_ + ": goflow2's templates are read, its file is now " + kept);
    return learnt;
}

void StateKeeper::give(const flow::LearntState& learnt) const {
    const std::size_t count = learnt.templates.size() + learnt.sampling.size();
    if (count == 0) return;
    const auto now = static_cast<std::uint32_t>(std::time(nullptr));
    std::size_t refused = 0;
    for (const auto& worker : workers_) refused = std::max(refused, worker->restore(learnt, now));
    log::info("state.path: " + path_ + ": " + std::to_string(learnt.templates.size()) +
              " templates, sampling rates of " + std::to_string(learnt.sampling.size()) +
              " domains");
    if (refused > 0) {
        log::warn("state.path: " + path_ + ": " + std::to_string(refused) + " of " +
                  std::to_string(count) +
                  " entries are left out: beyond a limit, without the port that templates.key "
                  "asks for, or no template");
    }
}

std::uint64_t StateKeeper::changes() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& worker : workers_) sum += worker->progress().learnt.get();
    return sum;
}

void StateKeeper::tick() {
    if (path_.empty()) return;
    if (union_) return collect();
    const std::uint64_t now = monotonic_ns();
    if (now - saved_ns_ < interval_ns_ || changes() == saved_changes_) return;
    saved_ns_ = now;
    begin();
}

void StateKeeper::begin() {
    const auto ended = [](const auto& worker) { return worker->done(); };
    if (std::any_of(workers_.begin(), workers_.end(), ended)) return;  // finish() has it all
    collected_changes_ = changes();
    union_.emplace();
    worker_ = 0;
    workers_.front()->mailbox().ask();
}

void StateKeeper::collect() {
    LearntMailbox& mailbox = workers_[worker_]->mailbox();
    const LearntPage* const page = mailbox.page();
    if (page == nullptr) return;  // or never: the worker has ended, and finish() comes
    union_->add(*page);
    const bool last = page->last;
    mailbox.next();
    if (!last) return;
    if (++worker_ < workers_.size()) return workers_[worker_]->mailbox().ask();
    const bool was_failing = failing_;
    const Failure failure = write(union_->state());
    union_.reset();
    if (failing_ && !was_failing) log::error(failure.sentence + "; trying again");
    if (was_failing && !failing_) log::info("state.path: " + path_ + ": written again");
}

Failure StateKeeper::write(const flow::LearntState& learnt) {
    Failure failure = state::write(learnt, path_);
    failing_ = failed(failure);
    if (!failing_) saved_changes_ = collected_changes_;
    return failure;
}

Failure StateKeeper::finish() {
    if (path_.empty()) return {};
    collected_changes_ = changes();
    if (collected_changes_ == saved_changes_) return {};
    union_.emplace();
    const auto page = std::make_unique<LearntPage>();
    for (const auto& worker : workers_) {
        LearntWalk walk;
        do {
            fill(*page, walk, worker->state());
            union_->add(*page);
        } while (!page->last);
    }
    return write(union_->state());
}

}  // namespace flowd
