// SPDX-License-Identifier: BSD-3-Clause
// StateKeeper: gives the RX workers what an earlier run has learnt, and saves what this one learns:
// now and then while they run, by their mailboxes, and at the end. Main thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/learnt_union.hpp"
#include "log/failure.hpp"
#include "worker/rx_worker.hpp"

namespace flowd {

class StateKeeper {
public:
    using Workers = std::vector<std::unique_ptr<RxWorker>>;

    /// Without a path nothing is kept. `workers` outlive the keeper.
    StateKeeper(std::string path, std::uint64_t interval_ns, const Workers& workers);

    /// Before the workers run. A file that cannot be understood is moved aside, with a warning, and
    /// a goflow2's is kept beside the new one. Fails when there is no file to be had at that path.
    [[nodiscard]] Failure restore();
    /// While the workers run, every few milliseconds: takes a page, or writes the file. A failure
    /// is logged when it begins and when it ends, and tried again.
    void tick();
    /// After the workers have ended.
    [[nodiscard]] Failure finish();

private:
    [[nodiscard]] Outcome<flow::LearntState> read() const;
    void give(const flow::LearntState& learnt) const;
    [[nodiscard]] std::uint64_t changes() const noexcept;
    void begin();
    void collect();
    [[nodiscard]] Failure write(const flow::LearntState& learnt);

    std::string path_;
    std::uint64_t interval_ns_;
    const Workers& workers_;
    std::optional<LearntUnion> union_;  ///< while pages are collected
    std::size_t worker_ = 0;            ///< whose
    std::uint64_t collected_changes_ = 0;
    std::uint64_t saved_changes_ = 0;
    std::uint64_t saved_ns_ = 0;
    bool failing_ = false;
};

}  // namespace flowd
