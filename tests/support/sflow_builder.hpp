// SPDX-License-Identifier: BSD-3-Clause
// Datagrams of sFlow v5 for tests: records go into samples, samples into a datagram. Counts and
// lengths are right unless the test says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "byte_builder.hpp"

namespace flow::test {

/// A record or a sample: format, length, body. The length may lie.
inline ByteBuilder tagged(std::uint32_t format, Bytes body,
                          std::optional<std::uint32_t> length = {}) {
    ByteBuilder out;
    out.u32(format).u32(length.value_or(static_cast<std::uint32_t>(body.size())));
    return out.bytes(body);
}

struct SflowSample {
    std::uint32_t sampling_rate = 512;
    std::uint32_t input = 3;
    std::uint32_t output = 4;
    std::uint32_t record_count = 1;
};

/// The body of a flow sample (format 1).
inline ByteBuilder flow_sample(const SflowSample& sample, Bytes records) {
    ByteBuilder out;
    out.u32(1).u32(3).u32(sample.sampling_rate).u32(1000).u32(0);
    return out.u32(sample.input).u32(sample.output).u32(sample.record_count).bytes(records);
}

/// The body of an expanded flow sample (format 3).
inline ByteBuilder expanded_flow_sample(const SflowSample& sample, Bytes records) {
    ByteBuilder out;
    out.u32(1).u32(0).u32(3).u32(sample.sampling_rate).u32(1000).u32(0);
    out.u32(0).u32(sample.input).u32(0).u32(sample.output).u32(sample.record_count);
    return out.bytes(records);
}

struct SflowHeader {
    std::uint32_t sequence = 80;
    std::uint32_t sample_count = 1;
};

/// Agent 10.0.0.254, uptime 5,000 ms.
inline ByteBuilder sflow_message(const SflowHeader& header, Bytes samples) {
    ByteBuilder out;
    out.u32(5).u32(1).raw({10, 0, 0, 254}).u32(0).u32(header.sequence).u32(5000);
    return out.u32(header.sample_count).bytes(samples);
}

/// A raw header record (format 1) of header protocol `protocol`: the frame's bytes, padded to four.
inline ByteBuilder raw_header(std::uint32_t protocol, std::uint32_t frame_length, Bytes frame) {
    ByteBuilder body;
    body.u32(protocol).u32(frame_length).u32(4).u32(frame.size()).bytes(frame);
    body.fill((4 - frame.size() % 4) % 4);
    return tagged(1, body.bytes());
}

}  // namespace flow::test
