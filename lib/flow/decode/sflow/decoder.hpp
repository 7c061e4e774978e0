// SPDX-License-Identifier: BSD-3-Clause
// sFlow v5 (sflow.org, sFlow Version 5): a header with the agent's address, then samples. Flow
// samples and expanded flow samples are handed on; counter samples, discarded-packet samples and
// those of other formats are no flows: they are passed over, and a sink that counts them is told.
#pragma once

#include <cstdint>
#include <string_view>

#include "flow/base/error.hpp"
#include "flow/model/datagram.hpp"
#include "flow/model/record.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::sflow {

inline constexpr std::uint32_t version = 5;

/// A sample of which no flow is made.
enum class PassedOver : std::uint8_t {
    counters,           ///< format 2: counters of an interface
    expanded_counters,  ///< format 4: the same
    discarded,          ///< format 5 (sFlow Discarded Packet Notification): a packet was dropped
    other,              ///< any other format, and those of other enterprises
};

/// A sink that wants to know of samples that are no flows.
template <class S>
concept PassedOverSink = requires(S& sink, PassedOver what) {
    { sink.passed_over(what) }
    noexcept;
};

/// A sink that may keep samples until it knows that no more of them follow in a datagram.
template <class S>
concept SampleRowSink = requires(S& sink) {
    { sink.end_samples() }
    noexcept;
};

class Decoder {
public:
    static constexpr std::string_view name = "sflow";

    /// sFlow's version has 32 bits, NetFlow's 16: the first two bytes are 0 here and never there.
    [[nodiscard]] static bool claims(Bytes payload) noexcept {
        return payload.size() >= 4 && load_be32(payload.data()) == version;
    }
    [[nodiscard]] static bool accepted(const Protocols& protocols) noexcept {
        return protocols.sflow;
    }
    /// Returns the first thing that was wrong; the samples before it have been handed on. A sample
    /// that is broken inside its own length costs only itself.
    template <RecordSink Sink>
    Error decode(const Datagram& datagram, ExporterIndex exporter, Sink& sink) noexcept {
        wire::Cursor in{datagram.payload};
        in.skip(4);
        const std::uint32_t address_type = in.u32();
        if (in.failed()) return Error::truncated;
        if (address_type != 1 && address_type != 2) return Error::bad_address_type;
        const Address agent = Address::from(in.take(address_type == 1 ? 4 : 16));
        const auto header = in.block<16>();  // sub-agent, sequence number, uptime, sample count
        if (in.failed()) return Error::truncated;
        // It has no time of its own: it was sent when it came.
        constexpr std::uint64_t billion = 1'000'000'000;
        const std::uint64_t received_s = datagram.received_ns / billion;
        sink.begin(
            Origin{.type = FlowType::sflow_5,
                   .sampler = agent,
                   .exporter = exporter,
                   .sequence = header.u32<4>(),
                   .received_ns = datagram.received_ns,
                   .export_seconds = static_cast<std::uint32_t>(received_s),
                   .export_nanoseconds = static_cast<std::uint32_t>(datagram.received_ns % billion),
                   .uptime_ms = header.u32<8>()});
        const Error outcome = decode_samples(in, header.u32<12>(), sink);
        if constexpr (SampleRowSink<Sink>) sink.end_samples();
        return outcome;
    }

private:
    // sFlow v5 §5.3: enterprise 0, format in the low 12 bits; other enterprises give other numbers.
    static constexpr std::uint32_t flow_sample = 1;
    static constexpr std::uint32_t counter_sample = 2;
    static constexpr std::uint32_t expanded_flow_sample = 3;
    static constexpr std::uint32_t expanded_counter_sample = 4;
    static constexpr std::uint32_t discarded_packet = 5;

    template <RecordSink Sink>
    Error decode_samples(wire::Cursor& in, std::uint32_t count, Sink& sink) noexcept {
        Error outcome = Error::none;
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto header = in.block<8>();
            if (in.failed() || header.u32<4>() > in.remaining()) {
                return first_failure(outcome, Error::truncated);
            }
            const Bytes body = in.take(header.u32<4>());
            const std::uint32_t format = header.u32<0>();
            if (format == flow_sample) {
                outcome = first_failure(outcome, decode_flow_sample(body, sink));
            } else if (format == expanded_flow_sample) {
                outcome = first_failure(outcome, decode_expanded_flow_sample(body, sink));
            } else if constexpr (PassedOverSink<Sink>) {
                sink.passed_over(what_is(format));
            }
        }
        return outcome;
    }

    static constexpr PassedOver what_is(std::uint32_t format) noexcept {
        switch (format) {
            case counter_sample: return PassedOver::counters;
            case expanded_counter_sample: return PassedOver::expanded_counters;
            case discarded_packet: return PassedOver::discarded;
            default: return PassedOver::other;
        }
    }

    /// sequence, source id, rate, pool, drops, input, output, record count
    template <RecordSink Sink>
    Error decode_flow_sample(Bytes body, Sink& sink) noexcept {
        wire::Cursor in{body};
        const auto header = in.block<32>();
        if (in.failed()) return Error::bad_sample;
        return sink.sample(FlowSample{.sampling_rate = header.u32<8>(),
                                      .input = header.u32<20>(),
                                      .output = header.u32<24>(),
                                      .record_count = header.u32<28>(),
                                      .records = in.rest()});
    }

    /// sequence, source id (type, index), rate, pool, drops, input and output (format, value),
    /// record count
    template <RecordSink Sink>
    Error decode_expanded_flow_sample(Bytes body, Sink& sink) noexcept {
        wire::Cursor in{body};
        const auto header = in.block<44>();
        if (in.failed()) return Error::bad_sample;
        return sink.sample(FlowSample{.sampling_rate = header.u32<12>(),
                                      .input = header.u32<28>(),
                                      .output = header.u32<36>(),
                                      .record_count = header.u32<40>(),
                                      .records = in.rest(),
                                      .expanded = true});
    }
};

}  // namespace flow::sflow
