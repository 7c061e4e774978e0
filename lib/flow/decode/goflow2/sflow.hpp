// SPDX-License-Identifier: BSD-3-Clause
// sFlow v5 (sflow.org, sFlow Version 5) as goflow2 takes it. 1.3.7 leaves out a sample that it
// cannot read; 2.2.6 then gives up the datagram, so that it is looked at as a whole before any
// sample is handed on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "flow/base/error.hpp"
#include "flow/decode/goflow2/datagram_size.hpp"
#include "flow/decode/goflow2/sflow_records.hpp"
#include "flow/model/datagram.hpp"
#include "flow/model/dialect.hpp"
#include "flow/model/record.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::goflow2 {

class SflowDecoder {
public:
    static constexpr std::string_view name = "sflow";
    static constexpr std::uint32_t version = 5;

    explicit SflowDecoder(Dialect dialect) noexcept : dialect_{dialect} {}

    [[nodiscard]] static bool claims(Bytes payload) noexcept {
        return payload.size() >= 4 && load_be32(payload.data()) == version;
    }
    [[nodiscard]] static bool accepted(const Protocols& protocols) noexcept {
        return protocols.sflow;
    }

    template <RecordSink Sink>
    Error decode(const Datagram& datagram, ExporterIndex exporter, Sink& sink) noexcept {
        wire::Cursor in{received(datagram.payload)};
        in.skip(4);
        const std::uint32_t address_type = in.u32();
        if (in.failed()) return Error::truncated;
        if (address_type != 1 && address_type != 2) return Error::bad_address_type;
        const Address agent = Address::from(in.take(address_type == 1 ? 4 : 16));
        const auto header = in.block<16>();  // sub-agent, sequence number, uptime, sample count
        if (in.failed()) return Error::truncated;
        const std::uint32_t sample_count = header.u32<12>();
        if (sample_count > (is_v2() ? 1000u : 512u)) return Error::bad_sample;
        const Error outcome = for_each_sample(in.rest(), sample_count, [&](const Sample& sample) {
            return is_v2() ? check(sample) : Error::none;
        });
        if (failed(outcome)) return outcome;
        sink.begin(Origin{.type = FlowType::sflow_5,
                          .sampler = agent,
                          .exporter = exporter,
                          .sequence = header.u32<4>(),
                          .received_ns = datagram.received_ns,
                          .uptime_ms = header.u32<8>()});
        return for_each_sample(in.rest(), sample_count,
                               [&](const Sample& sample) { return hand_on(sample, sink); });
    }

private:
    // sFlow v5 §5.3. The whole word is compared: other enterprises give other numbers.
    static constexpr std::uint32_t flow_sample = 1;
    static constexpr std::uint32_t counter_sample = 2;
    static constexpr std::uint32_t expanded_flow_sample = 3;
    static constexpr std::uint32_t expanded_counter_sample = 4;
    static constexpr std::uint32_t discarded_packet = 5;

    struct Sample {
        std::uint32_t format = 0;
        Bytes body;
    };

    [[nodiscard]] bool is_v2() const noexcept { return dialect_ == Dialect::goflow2_v2; }
    [[nodiscard]] std::uint32_t records_max() const noexcept { return is_v2() ? 1000 : 8192; }

    /// Where goflow2 stops without a word: at fewer bytes than a header, and at a sample that is
    /// longer than what is left. Returns the first failure, and goes on behind it.
    template <class Visit>
    static Error for_each_sample(Bytes samples, std::uint32_t count, Visit visit) noexcept {
        Error outcome = Error::none;
        wire::Cursor in{samples};
        for (std::uint32_t i = 0; i < count && in.remaining() >= 8; ++i) {
            const auto header = in.block<8>();
            if (header.u32<4>() > in.remaining()) break;
            const Bytes body = in.take(header.u32<4>());
            outcome = first_failure(outcome, visit(Sample{header.u32<0>(), body}));
        }
        return outcome;
    }

    /// The same for the records of a sample. Returns how many there are; `visit(format, body)` says
    /// whether to go on.
    template <class Visit>
    static std::uint32_t for_each_record(Bytes records, std::uint32_t count, Visit visit) noexcept {
        wire::Cursor in{records};
        std::uint32_t i = 0;
        for (; i < count && in.remaining() >= 8; ++i) {
            const auto header = in.block<8>();
            if (header.u32<4>() > in.remaining()) break;
            if (!visit(header.u32<0>(), in.take(header.u32<4>()))) break;
        }
        return i;
    }

    /// What 2.2.6 cannot read in a sample.
    [[nodiscard]] static Error check(const Sample& sample) noexcept {
        wire::Cursor in{sample.body};
        switch (sample.format) {
            case flow_sample: in.skip(28); break;
            case counter_sample: in.skip(8); break;
            case expanded_flow_sample: in.skip(40); break;
            case expanded_counter_sample: in.skip(12); break;
            case discarded_packet: in.skip(28); break;
            default: return Error::bad_sample;
        }
        const std::uint32_t count = in.u32();
        if (in.failed()) return Error::bad_sample;
        // Of an expanded flow sample goflow2 asks for memory for any number of records. No more are
        // looked at than there are.
        if (count > 1000 && sample.format != expanded_flow_sample) return Error::bad_sample;
        const bool counters =
            sample.format == counter_sample || sample.format == expanded_counter_sample;
        bool whole = true;
        static_cast<void>(for_each_record(in.rest(), count, [&](std::uint32_t format, Bytes body) {
            whole = counters ? counter_record_is_whole(format, body)
                             : flow_record_is_whole(format, body);
            return whole;
        }));
        return whole ? Error::none : Error::bad_record;
    }

    template <RecordSink Sink>
    Error hand_on(const Sample& sample, Sink& sink) noexcept {
        wire::Cursor in{sample.body};
        FlowSample flow;
        if (sample.format == flow_sample) {
            // sequence, source id, rate, pool, drops, input, output, record count
            const auto header = in.block<32>();
            flow.sampling_rate = header.u32<8>();
            flow.input = header.u32<20>();
            flow.output = header.u32<24>();
            flow.record_count = header.u32<28>();
        } else if (sample.format == expanded_flow_sample) {
            // sequence, source id (type, index), rate, pool, drops, input and output (format,
            // value), record count
            const auto header = in.block<44>();
            flow.sampling_rate = header.u32<12>();
            flow.input = header.u32<28>();
            flow.output = header.u32<36>();
            flow.record_count = header.u32<40>();
        } else {
            return Error::none;
        }
        if (in.failed()) return Error::bad_sample;
        if (flow.record_count > records_max() && !is_v2()) return Error::bad_sample;
        flow.records = in.rest();
        flow.record_count = for_each_record(flow.records, flow.record_count,
                                            [](std::uint32_t, Bytes) { return true; });
        return sink.sample(flow);
    }

    Dialect dialect_;
};

}  // namespace flow::goflow2
