// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target of sFlow v5. The input is one datagram. Besides the sanitizers, these facts hold: it
// is counted once, every flow is a message in both formats, and without its last byte it gives no
// more flows.
#include <cstdint>
#include <cstdlib>

#include "flow/format/json/formatter.hpp"
#include "flow/format/protobuf/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "support/exact_bytes.hpp"
#include "support/vector_sink.hpp"

namespace {

using namespace flow;

constexpr Schema schema = Schema::all(Profile::goflow2_v1);
constexpr PipelineLimits limits{
    .templates = {.exporters_max = 1, .templates_max = 1, .templates_per_exporter_max = 1},
    .domains = {.domains_max = 4, .domains_per_exporter_max = 4},
    .park = {.bytes_max = 0}};

void require(bool fact) {
    if (!fact) std::abort();
}

struct Outcome {
    Error error = Error::none;
    std::uint64_t flows = 0;
    bool operator==(const Outcome&) const = default;
};

template <class Format>
Outcome process(const Format& format, Bytes payload) {
    test::VectorSink sink;
    Pipeline<Format, test::VectorSink> pipeline{format, sink, limits};
    const test::ExactBytes exact{payload};
    const Error error = pipeline.process(
        {.payload = exact.bytes(), .source = {}, .accepts = {.sflow = true}, .received_ns = 1});
    const PipelineStats& stats = pipeline.stats();
    require(stats.datagrams == 1);
    require(failed(error) ? stats.datagram_drops[static_cast<std::size_t>(error)] == 1
                          : stats.decoded == 1);
    require(stats.flows == sink.messages.size() + stats.flows_too_large);
    return {error, stats.flows};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes payload{data, size};
    const protobuf::Formatter protobuf{schema, protobuf::Framing::length_prefixed};
    const Outcome whole = process(protobuf, payload);
    require(process(json::Formatter{schema}, payload) == whole);
    if (!payload.empty()) {
        require(process(protobuf, payload.first(size - 1)).flows <= whole.flows);
    }
    return 0;
}
