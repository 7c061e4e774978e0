// SPDX-License-Identifier: BSD-3-Clause
// Several lanes: messages are written once and copied to each lane that wants them.
#include "worker/outlet.hpp"

#include <algorithm>
#include <cstring>

namespace flowd {

Outlet::Outlet(std::span<const LaneSettings> lanes, FullPolicy policy,
               const std::atomic<bool>& give_up) {
    for (const LaneSettings& lane : lanes) {
        lanes_.push_back({std::make_unique<BatchWriter>(*lane.ring, lane.terminator, policy,
                                                        give_up, lane.keyed),
                          lane.filter});
        filtered_ = filtered_ || !lane.filter.empty();
    }
    if (lanes_.size() == 1 && !filtered_) {
        single_ = lanes_.front().writer.get();
    } else {
        scratch_ = std::make_unique<std::uint8_t[]>(flow::Batch::page_size);
    }
}

void Outlet::choose(const flow::Datagram& datagram) noexcept {
    for (Lane& lane : lanes_) lane.chosen = lane.filter.empty() || lane.filter.takes(datagram);
}

std::uint8_t* Outlet::reserve_scratch(std::size_t size) noexcept {
    if (size > flow::Batch::message_size_max) {
        for (Lane& lane : lanes_) {
            if (!lane.chosen) continue;
            ++lane.offered;
            static_cast<void>(lane.writer->reserve(size));  // counts it
        }
        return nullptr;
    }
    begin_ = scratch_.get();
    return begin_;
}

void Outlet::spread(std::span<std::uint8_t* const> ends, flow::AccountTag account) noexcept {
    for (Lane& lane : lanes_) {
        if (!lane.chosen) continue;
        lane.offered += ends.size();
        const std::uint8_t* from = begin_;
        for (const std::uint8_t* const end : ends) {
            const auto size = static_cast<std::size_t>(end - from);
            if (std::uint8_t* const to = lane.writer->reserve(size); to != nullptr) {
                std::memcpy(to, from, size);
                lane.writer->commit(to + size, account);
            }
            from = end;
        }
    }
    if (!ends.empty()) begin_ = ends.back();
}

}  // namespace flowd
