// SPDX-License-Identifier: BSD-3-Clause
// The strict decoders of one dialect over a sink that records, for tests.
#pragma once

#include <initializer_list>

#include "flow/decode/goflow2/decoders.hpp"
#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/recording_sink.hpp"

namespace flow::goflow2 {

class StrictDecoders {
public:
    static constexpr std::uint32_t templates_max = 16;

    explicit StrictDecoders(Dialect dialect)
        : decoders_{templates,
                    {.dialect = dialect,
                     .templates_max = templates_max,
                     .sampling_rates_max = 8,
                     .netflow5_slot = templates_max,
                     .empty_slot = templates_max + 1,
                     .hash_seed = 1}} {
        decoders_.teach(sink);
        sink = {};
    }

    /// By whichever decoder claims it. What was recorded before is gone.
    Error decode(Bytes payload, ExporterIndex exporter = 1) {
        sink = {};
        const test::ExactBytes exact{payload};
        const Datagram datagram = test::datagram(exact.bytes());
        if (Netflow9Decoder::claims(exact.bytes())) {
            return decoders_.netflow9.decode(datagram, exporter, sink);
        }
        if (IpfixDecoder::claims(exact.bytes())) {
            return decoders_.ipfix.decode(datagram, exporter, sink);
        }
        if (Netflow5Decoder::claims(exact.bytes())) {
            return decoders_.netflow5.decode(datagram, exporter, sink);
        }
        if (SflowDecoder::claims(exact.bytes())) {
            return decoders_.sflow.decode(datagram, exporter, sink);
        }
        return Error::unknown_protocol;
    }

    /// A NetFlow v9 datagram of these sets, with their number in its header.
    Error netflow9(std::initializer_list<test::ByteBuilder> sets) {
        return netflow9(sets, static_cast<unsigned>(sets.size()));
    }
    Error netflow9(std::initializer_list<test::ByteBuilder> sets, unsigned count) {
        test::ByteBuilder wire = test::netflow9_message({.count = count});
        for (const test::ByteBuilder& each : sets) wire.bytes(each.bytes());
        return decode(wire.bytes());
    }
    Error ipfix(std::initializer_list<test::ByteBuilder> sets,
                const test::IpfixHeader& header = {}) {
        test::ByteBuilder wire;
        for (const test::ByteBuilder& each : sets) wire.bytes(each.bytes());
        return decode(test::ipfix_message(header, wire.bytes()).bytes());
    }

    TemplateStore templates{
        {.exporters_max = 4, .templates_max = templates_max, .templates_per_exporter_max = 12}, 1};
    test::RecordingSink sink;

private:
    Decoders decoders_;
};

inline constexpr Dialect both_dialects[] = {Dialect::goflow2_v1, Dialect::goflow2_v2};

}  // namespace flow::goflow2
