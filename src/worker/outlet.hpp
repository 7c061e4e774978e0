// SPDX-License-Identifier: BSD-3-Clause
// Outlet: where an RX worker's messages go: into the batches of one transport, or, copied, into
// those of several, each with its own terminator, keys and filter. So a slow transport holds up no
// other. Used by one RX worker only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "flow/base/bytes.hpp"
#include "flow/model/batch.hpp"
#include "flow/model/datagram.hpp"
#include "worker/batch_writer.hpp"
#include "worker/lane_filter.hpp"

namespace flowd {

/// One transport's way out of an RX worker.
struct LaneSettings {
    BatchRing* ring = nullptr;
    std::string_view terminator{};  ///< at most BatchWriter::terminator_size_max bytes
    bool keyed = false;
    LaneFilter filter{};
};

/// A MessageSink (flow/pipeline/message_sink.hpp) that keeps keys and hears of datagrams.
class Outlet {
public:
    Outlet(std::span<const LaneSettings> lanes, FullPolicy policy,
           const std::atomic<bool>& give_up);

    /// The datagram that the next messages come from.
    void begin(const flow::Datagram& datagram) noexcept {
        if (single_ == nullptr && filtered_) choose(datagram);
    }
    [[nodiscard]] std::uint8_t* reserve(std::size_t size) noexcept {
        return single_ != nullptr ? single_->reserve(size) : reserve_scratch(size);
    }
    void commit(std::uint8_t* end, flow::AccountTag account) noexcept {
        if (single_ != nullptr) return single_->commit(end, account);
        spread(std::span{&end, 1}, account);
    }
    void commit(std::span<std::uint8_t* const> ends, flow::AccountTag account) noexcept {
        if (single_ != nullptr) return single_->commit(ends, account);
        spread(ends, account);
    }
    void set_key(flow::Bytes key) noexcept {
        for (Lane& lane : lanes_) lane.writer->set_key(key);
    }
    [[nodiscard]] std::size_t gap() const noexcept {
        return single_ != nullptr ? single_->gap() : 0;
    }

    /// A message that is larger than any may be is lost.
    void refuse() noexcept {
        if (single_ != nullptr) return single_->refuse();
        for (Lane& lane : lanes_) {
            if (!lane.chosen) continue;
            ++lane.offered;
            lane.writer->refuse();
        }
    }
    /// Running totals of all lanes together.
    [[nodiscard]] flow::SinkCounts counts() const noexcept {
        if (single_ != nullptr) return single_->counts();
        flow::SinkCounts sum;
        for (std::size_t i = 0; i < lanes_.size(); ++i) {
            const flow::SinkCounts each = counts(i);
            sum.offered += each.offered;
            sum.published += each.published;
            sum.too_large += each.too_large;
            sum.ring_full += each.ring_full;
        }
        return sum;
    }

    // As BatchWriter has them, for all.
    void flush() noexcept {
        for (Lane& lane : lanes_) lane.writer->flush();
    }
    void tell() noexcept {
        for (Lane& lane : lanes_) lane.writer->tell();
    }
    void give_way() noexcept {
        for (Lane& lane : lanes_) lane.writer->give_way();
    }
    [[nodiscard]] bool untold() const noexcept {
        for (const Lane& lane : lanes_) {
            if (lane.writer->untold()) return true;
        }
        return false;
    }

    [[nodiscard]] std::size_t lane_count() const noexcept { return lanes_.size(); }
    [[nodiscard]] const BatchWriter& writer(std::size_t lane) const noexcept {
        return *lanes_[lane].writer;
    }
    /// Of one lane: offered are those that were meant for it.
    [[nodiscard]] flow::SinkCounts counts(std::size_t lane) const noexcept {
        flow::SinkCounts counts = lanes_[lane].writer->counts();
        if (single_ == nullptr) counts.offered = lanes_[lane].offered;
        return counts;
    }
    [[nodiscard]] std::uint64_t offered(std::size_t lane) const noexcept {
        return counts(lane).offered;
    }
    [[nodiscard]] bool is_single() const noexcept { return single_ != nullptr; }

private:
    struct Lane {
        std::unique_ptr<BatchWriter> writer;
        LaneFilter filter;
        bool chosen = true;  ///< by the present datagram
        std::uint64_t offered = 0;
    };

    void choose(const flow::Datagram& datagram) noexcept;
    [[nodiscard]] std::uint8_t* reserve_scratch(std::size_t size) noexcept;
    void spread(std::span<std::uint8_t* const> ends, flow::AccountTag account) noexcept;

    std::vector<Lane> lanes_;
    BatchWriter* single_ = nullptr;  ///< the only lane, when it takes all
    bool filtered_ = false;
    std::unique_ptr<std::uint8_t[]> scratch_;  ///< several lanes: messages are written here first
    std::uint8_t* begin_ = nullptr;            ///< of the next message in it
};

}  // namespace flowd
