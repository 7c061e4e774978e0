// SPDX-License-Identifier: BSD-3-Clause
// What was decoded, not what it means: a datagram's own structure as one JSON value, in goflow2
// v2's names (its `-produce raw`). Tolerant: what does not parse ends the list that it is in.
#pragma once

#include "flow/base/bytes.hpp"
#include "flow/decode/templates/sets.hpp"
#include "flow/decode/templates/store.hpp"
#include "flow/raw/json_writer.hpp"

namespace flow::raw {

/// NetFlow v5; `payload` has at least its header.
void write_netflow5(JsonWriter& out, Bytes payload) noexcept;

/// NetFlow v9 and IPFIX; `payload` has at least the header. Sets whose template is not in
/// `templates` are written undecoded. `layout` is scratch memory.
void write_netflow9(JsonWriter& out, Bytes payload, const TemplateStore& templates,
                    ExporterIndex exporter, VariableLayout& layout) noexcept;
void write_ipfix(JsonWriter& out, Bytes payload, const TemplateStore& templates,
                 ExporterIndex exporter, VariableLayout& layout) noexcept;

/// sFlow v5; `payload` has at least the header.
void write_sflow(JsonWriter& out, Bytes payload) noexcept;

/// The record of an sFlow sample, from its data format on (sFlow v5 §5.3); see sflow_records.cpp.
void write_sflow_record(JsonWriter& out, std::uint32_t format, Bytes body, bool counters) noexcept;

}  // namespace flow::raw
