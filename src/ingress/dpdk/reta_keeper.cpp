// SPDX-License-Identifier: BSD-3-Clause
// From counts to entries.
#include "ingress/dpdk/reta_keeper.hpp"

#include <utility>

#include "log/log.hpp"

namespace flowd::dpdk {

RetaKeeper::RetaKeeper(std::uint16_t port_id, std::string label, const RetaTally& tally,
                       std::vector<std::uint16_t> worker_of_queue)
    : port_id_{port_id},
      label_{std::move(label)},
      tally_{tally},
      worker_of_queue_{std::move(worker_of_queue)},
      before_(tally.size()),
      now_(tally.size()),
      owned_(tally.size()) {}

void RetaKeeper::look() {
    if (failures_ == failures_max) return;
    tally_.read(now_);
    for (std::size_t i = 0; i < now_.size(); ++i) owned_[i] = now_[i] - before_[i];  // wraps
    std::swap(before_, now_);
    const auto reta = read_reta(port_id_);
    if (!reta) {
        ++failures_;
        return log::info("dpdk: port " + label_ + ": " + reta.error().sentence);
    }
    const auto changes = plan_reta(*reta, owned_, tally_.worker_count(), worker_of_queue_);
    if (changes.empty()) return;
    if (const Failure failure = write_reta(port_id_, changes, reta->size());
        flowd::failed(failure)) {
        ++failures_;
        return log::warn("dpdk: port " + label_ + ": " + failure.sentence);
    }
    failures_ = 0;
    rewritten_ += changes.size();
    log::debug("dpdk: port " + label_ + ": " + std::to_string(changes.size()) +
               " entries of its redirection table lead to the owners of their exporters now");
}

}  // namespace flowd::dpdk
