// SPDX-License-Identifier: BSD-3-Clause
// goflow2's own readings of all protocols, faults included, for `-strict`: README.md has the table.
// They hand on what goflow2 would have made flows of, in its order. What differs behind that
// (times, numbers, sampled frames) is the producer's, which has the same Dialect.
#pragma once

#include "flow/decode/goflow2/messages.hpp"
#include "flow/decode/goflow2/netflow.hpp"
#include "flow/decode/goflow2/netflow5.hpp"
#include "flow/decode/goflow2/settings.hpp"
#include "flow/decode/goflow2/sflow.hpp"
#include "flow/decode/templates/store.hpp"
#include "flow/model/record.hpp"

namespace flow::goflow2 {

/// One per shard; never shared, never locked. All memory is reserved by the constructor, and not
/// touched before the first datagram.
class Decoders {
    Messages messages_;

public:
    Decoders(TemplateStore& templates, const Settings& settings) noexcept
        : messages_{templates, settings},
          netflow5{settings},
          netflow9{messages_},
          ipfix{messages_, settings.dialect},
          sflow{settings.dialect} {}

    Decoders(const Decoders&) = delete;
    Decoders& operator=(const Decoders&) = delete;

    /// Teaches the sink the built-in templates; before the first datagram.
    template <RecordSink Sink>
    void teach(Sink& sink) const noexcept {
        sink.learn(netflow5.layout());
        sink.learn(messages_.empty_layout());
    }

    Netflow5Decoder netflow5;
    Netflow9Decoder netflow9;
    IpfixDecoder ipfix;
    SflowDecoder sflow;
};

}  // namespace flow::goflow2
