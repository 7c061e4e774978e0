// SPDX-License-Identifier: BSD-3-Clause
// What makes room for what.
#include "control/capture/kept_datagrams.hpp"

#include <algorithm>

namespace flowd {

void KeptDatagrams::add(const TappedDatagram& datagram) {
    const std::uint64_t cost = datagram.payload.size() + overhead;
    while (!kept_.empty() && bytes_ + cost > limits_.bytes) {
        lost_until_ns_ = std::max(lost_until_ns_, kept_.front().datagram.received_ns);
        drop_oldest();
    }
    if (bytes_ + cost > limits_.bytes) {
        lost_until_ns_ = std::max(lost_until_ns_, datagram.received_ns);
        return;
    }
    kept_.push_back({datagram, {datagram.payload.begin(), datagram.payload.end()}});
    bytes_ += cost;
}

void KeptDatagrams::expire(std::uint64_t now_ns) {
    const std::uint64_t age_max_ns = limits_.seconds * 1'000'000'000;
    while (!kept_.empty()) {
        const auto age = static_cast<std::int64_t>(now_ns - kept_.front().datagram.received_ns);
        if (age <= static_cast<std::int64_t>(age_max_ns)) return;
        drop_oldest();
    }
}

void KeptDatagrams::clear() {
    kept_.clear();
    bytes_ = 0;
    lost_until_ns_ = 0;
}

void KeptDatagrams::drop_oldest() {
    bytes_ -= kept_.front().payload.size() + overhead;
    kept_.pop_front();
}

}  // namespace flowd
