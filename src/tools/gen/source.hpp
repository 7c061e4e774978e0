// SPDX-License-Identifier: BSD-3-Clause
// Source: where frames come from. Two of them: synthetic exporters, and a capture. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tools/gen/capture.hpp"
#include "tools/gen/fleet.hpp"
#include "tools/gen/framer.hpp"
#include "tools/gen/payload.hpp"

namespace flowd::gen {

class Source {
public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;

    /// The frames of the next datagram, in order, until the next call; false: there are no more.
    [[nodiscard]] virtual bool next(Moment now) = 0;
    [[nodiscard]] virtual std::size_t frame_size_max() const noexcept = 0;

    [[nodiscard]] std::span<const std::span<const std::uint8_t>> frames() const noexcept {
        return frames_;
    }
    /// Of the last datagram; a capture's are not known.
    [[nodiscard]] std::uint32_t flows() const noexcept { return flows_; }

protected:
    std::vector<std::span<const std::uint8_t>> frames_;
    std::uint32_t flows_ = 0;
};

class SyntheticSource : public Source {
public:
    SyntheticSource(const FleetPlan& fleet, const FramePlan& frames)
        : fleet_{fleet},
          framer_{frames},
          payload_size_max_{payload_size_max(fleet.records, fleet.storm)} {}

    bool next(Moment now) override {
        const Sent& sent = fleet_.next(now);
        flows_ = sent.flows;
        frames_.clear();
        for (const Payload& frame : framer_.frame(sent)) frames_.push_back(frame.bytes());
        return true;
    }
    std::size_t frame_size_max() const noexcept override {
        return Framer::headers_size_max + payload_size_max_;
    }
    [[nodiscard]] const Fleet& fleet() const noexcept { return fleet_; }

private:
    Fleet fleet_;
    Framer framer_;
    std::size_t payload_size_max_;
};

class CaptureSource : public Source {
public:
    /// `loops` 0: no limit.
    CaptureSource(Capture capture, std::uint64_t loops)
        : capture_{std::move(capture)}, loops_{loops} {}

    bool next(Moment) override {
        if (index_ == capture_.frame_count()) {
            index_ = 0;
            ++loop_;
        }
        if (loops_ != 0 && loop_ == loops_) return false;
        frames_.assign(1, capture_.frame(index_++));
        return true;
    }
    std::size_t frame_size_max() const noexcept override { return capture_.frame_size_max(); }

private:
    Capture capture_;
    std::uint64_t loops_;
    std::uint64_t loop_ = 0;
    std::size_t index_ = 0;
};

}  // namespace flowd::gen
