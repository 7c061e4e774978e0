// SPDX-License-Identifier: BSD-3-Clause
// Sampled packets into a Flow, by the shard's reading: sFlow's raw headers and IPFIX's frame
// sections. Also what a mapping file takes out of them, bit by bit.
#pragma once

#include "flow/base/slots.hpp"
#include "flow/model/flow.hpp"
#include "flow/packet/dissect.hpp"
#include "flow/packet/layers.hpp"
#include "flow/produce/lists.hpp"
#include "flow/produce/settings.hpp"

namespace flow::produce {

/// One per shard. Walks through all layers only where the schema or the mapping asks for them.
class Frames {
public:
    explicit Frames(const Settings& settings) noexcept;

    /// Whether all layers are walked through, for their columns.
    [[nodiscard]] bool wants_layers() const noexcept { return wants_layers_; }

    /// Fills the columns of the layers that are there, and leaves the others; goflow2 v1 clears
    /// those of IP, transport and MPLS. The flow borrows from `sampled` and `lists`.
    void fill(Flow& flow, Bytes sampled, packet::FirstLayer first, Lists& lists) noexcept;

private:
    /// A LayerMapping with how it writes its destination.
    struct Row {
        LayerMapping mapping;
        Transform transform;
    };

    void fill_by_v1(Flow& flow, Bytes sampled, Lists& lists) noexcept;
    void fill_lists(Flow& flow, Lists& lists) const noexcept;
    void map_layers(Flow& flow, Bytes sampled, Lists& lists) const noexcept;
    void map_row(Flow& flow, const Row& row, Bytes sampled, std::size_t offset,
                 Lists& lists) const noexcept;
    void map_v1_rows(Flow& flow, Bytes sampled, bool of_frame, Lists& lists) const noexcept;

    Dialect dialect_;
    bool wants_layers_ = false;
    Slots<Row> rows_;
    std::size_t row_count_ = 0;
    Slots<packet::PortRule> ports_;
    packet::Headers headers_;
    packet::Layers layers_;
};

}  // namespace flow::produce
