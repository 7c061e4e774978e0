// SPDX-License-Identifier: BSD-3-Clause
// Record: bytes that a template lays out, still on the wire. What a decoder hands on.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/base/error.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/template.hpp"

namespace flow {

/// Where a field of a variable-length record lies, from the start of the record.
struct FieldExtent {
    std::uint16_t offset = 0;
    std::uint16_t size = 0;
};

/// One record of variable length: every field's place has been checked against `bytes`.
struct Record {
    Bytes bytes;
    std::span<const FieldExtent> extents;  ///< one per field of the template
};

/// Records of fixed length, one after another: `bytes` is a whole number of them.
struct RecordRun {
    Bytes bytes;
    std::uint32_t count = 0;
};

/// One sFlow sample (flow or expanded flow, sFlow v5 spec §5.3): the header's numbers and its
/// records, unread.
struct FlowSample {
    std::uint32_t sampling_rate = 0;
    std::uint32_t input = 0;  ///< ifIndex; 0: none, or several
    std::uint32_t output = 0;
    std::uint32_t record_count = 0;  ///< as announced; `records` may hold fewer
    Bytes records;
    bool expanded = false;  ///< the format with wide interface numbers
};

/// Takes what decoders find. `begin` comes before the records of a datagram; templates are learnt
/// before the records that use them. Nothing that is passed outlives the call.
template <class S>
concept RecordSink = requires(S& sink, const Origin& origin, const Template& layout,
                              const Record& record, const RecordRun& run,
                              const FlowSample& sample) {
    { sink.begin(origin) }
    noexcept;
    { sink.learn(layout) }
    noexcept;
    { sink.records(layout, run) }
    noexcept;
    { sink.record(layout, record) }
    noexcept;
    { sink.sample(sample) }
    noexcept;
};

}  // namespace flow
