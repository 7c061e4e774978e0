// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target of NetFlow v1, v5, v7 and v8. The input is one datagram; so that mutations need not
// find the version and the scheme, it is also tried with each of them written over its own. Besides
// the sanitizers, these facts hold: a datagram is counted once, every flow is a message, there are
// no more flows than records fit, and programs write the bytes that the plain way writes.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "flow/format/json/formatter.hpp"
#include "flow/format/protobuf/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "support/exact_bytes.hpp"
#include "support/plain_formatter.hpp"
#include "support/vector_sink.hpp"

namespace {

using namespace flow;
using test::ExactBytes;
using test::VectorSink;

constexpr Schema schema = Schema::all(Profile::goflow2_v1);
constexpr PipelineLimits limits{
    .templates = {.exporters_max = 1, .templates_max = 1, .templates_per_exporter_max = 1},
    .domains = {.domains_max = 4, .domains_per_exporter_max = 4},
    .park = {.bytes_max = 0}};
constexpr std::size_t header_size_min = 16;
constexpr std::size_t record_size_min = 28;
constexpr std::size_t scheme_offset = 22;

void require(bool fact) {
    if (!fact) std::abort();
}

template <class Format>
class Subject {
public:
    explicit Subject(const Format& format) : pipeline_{format, sink_, limits} {}

    Error process(Bytes payload) {
        sink_.messages.clear();
        const PipelineStats before = pipeline_.stats();
        const Error outcome = pipeline_.process(
            {.payload = payload, .source = {}, .accepts = {.netflow5 = true}, .received_ns = 1});
        const PipelineStats& after = pipeline_.stats();
        const std::size_t flows = after.flows - before.flows;
        const std::size_t drops = after.datagram_drops[static_cast<std::size_t>(outcome)] -
                                  before.datagram_drops[static_cast<std::size_t>(outcome)];
        require(after.datagrams == before.datagrams + 1);
        require(failed(outcome) ? drops == 1 : after.decoded == before.decoded + 1);
        require(flows == sink_.messages.size());
        require(flows == 0 || header_size_min + flows * record_size_min <= payload.size());
        return outcome;
    }
    [[nodiscard]] const std::vector<VectorSink::Message>& messages() const {
        return sink_.messages;
    }

private:
    VectorSink sink_;
    Pipeline<Format, VectorSink> pipeline_;
};

struct Subjects {
    protobuf::Formatter format{schema, protobuf::Framing::length_prefixed};
    Subject<protobuf::Formatter> program{format};
    Subject<test::PlainFormatter<protobuf::Formatter>> plain{test::PlainFormatter{format}};
    Subject<json::Formatter> json{json::Formatter{schema}};

    void process(Bytes bytes) {
        const ExactBytes payload{bytes};
        const Error outcome = program.process(payload.bytes());
        require(plain.process(payload.bytes()) == outcome);
        require(json.process(payload.bytes()) == outcome);
        require(json.messages().size() == program.messages().size());
        require(std::ranges::equal(program.messages(), plain.messages(),
                                   [](const auto& left, const auto& right) {
                                       return std::ranges::equal(left.bytes(), right.bytes());
                                   }));
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Subjects subjects;
    subjects.process({data, size});
    if (size < 2) return 0;
    std::vector<std::uint8_t> copy{data, data + size};
    copy[0] = 0;
    for (const std::uint8_t version : std::array<std::uint8_t, 4>{1, 5, 7, 8}) {
        copy[1] = version;
        subjects.process(copy);
    }
    if (size <= scheme_offset) return 0;
    for (unsigned scheme = 0; scheme <= 15; ++scheme) {
        copy[scheme_offset] = static_cast<std::uint8_t>(scheme);
        subjects.process(copy);
    }
    return 0;
}
