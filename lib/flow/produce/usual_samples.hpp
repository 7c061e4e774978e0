// SPDX-License-Identifier: BSD-3-Clause
// sFlow samples of the usual kind, as records of a template that no exporter has sent: a format's
// program writes them, as it writes NetFlow. Usual is a sampled frame of Ethernet, with a VLAN tag
// or without, and of IP, without options or extension headers, with TCP, UDP or ICMP; and at most
// the VLANs of a switch beside it. All else takes the plain way (sample.hpp), which decides what is
// right.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/model/origin.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/record.hpp"
#include "flow/produce/frames.hpp"
#include "flow/produce/settings.hpp"

namespace flow::produce {

/// Samples that one plan fits: a sum of these.
using SampleShape = std::uint8_t;

namespace sample_shape {
inline constexpr SampleShape ipv6 = 1;
inline constexpr SampleShape icmp = 2;    ///< else it has ports
inline constexpr SampleShape vlans = 4;   ///< of a switch
inline constexpr SampleShape tagged = 8;  ///< where layers are listed; else tags make no difference
inline constexpr SampleShape count = 16;
inline constexpr SampleShape unusual = count;
}  // namespace sample_shape

class UsualSamples {
public:
    static constexpr std::size_t record_size = 104;
    using Record = std::span<std::uint8_t, record_size>;

    /// `frames` are made with the same settings.
    UsualSamples(const Settings& settings, const Frames& frames) noexcept
        : lists_layers_{frames.wants_layers()},
          allowed_{settings.dialect == Dialect::standard && settings.mapping == nullptr} {}

    /// Cold. The plan is direct; its steps are written to `memory`, which must outlive it.
    [[nodiscard]] Plan compile(SampleShape shape,
                               std::span<Step, plan_steps_max> memory) const noexcept;

    /// Before the samples of a datagram. False: all of them take the plain way.
    [[nodiscard]] bool begin(const Origin& origin) noexcept;

    /// Lays out the sample's record. Of an unusual one `record` holds anything. The sampling rate
    /// is left to the origin.
    [[nodiscard]] SampleShape read(const FlowSample& sample, Record record) const noexcept;

private:
    [[nodiscard]] SampleShape read_frame(Bytes sampled, Record record) const noexcept;

    bool lists_layers_;
    bool allowed_;
    std::array<std::uint8_t, 16> times_{};  ///< when the datagram came, as records have it
};

}  // namespace flow::produce
