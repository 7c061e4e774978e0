// SPDX-License-Identifier: BSD-3-Clause
// Sampled packets into a Flow, by the shard's reading: sFlow's raw headers and IPFIX's frame
// sections.
#pragma once

#include "flow/model/flow.hpp"
#include "flow/packet/dissect.hpp"
#include "flow/produce/lists.hpp"
#include "flow/produce/settings.hpp"

namespace flow::produce {

class Frames {
public:
    explicit Frames(const Settings& settings) noexcept : dialect_{settings.dialect} {}

    /// Fills the columns of the layers that are there, and leaves the others.
    void fill(Flow& flow, Bytes sampled, packet::FirstLayer first, Lists& lists) const noexcept;

private:
    Dialect dialect_;
};

}  // namespace flow::produce
