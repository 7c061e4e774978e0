// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target of NetFlow v5, v9 and IPFIX. The input is a row of datagrams for one pipeline of each
// format, each behind three bytes: who sent it and how many seconds later, and its length. Limits
// are small, so that templates, exporters, domains and the park run out. Besides the sanitizers,
// these facts hold: every datagram is counted once, nothing waits when the run has ended, every
// flow is a message, and the program writes the bytes that the plain way writes.
#include <algorithm>
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
    .templates = {.exporters_max = 3, .templates_max = 6, .templates_per_exporter_max = 4},
    .domains = {.domains_max = 6, .domains_per_exporter_max = 3},
    .park = {.bytes_max = 4096, .age_max_ms = 600'000}};

void require(bool fact) {
    if (!fact) std::abort();
}

template <class Format>
class Subject {
public:
    explicit Subject(const Format& format) : pipeline_{format, sink_, limits} {}

    Error process(const Datagram& datagram) {
        const Error outcome = pipeline_.process(datagram);
        check();
        return outcome;
    }
    [[nodiscard]] const std::vector<VectorSink::Message>& messages() const {
        return sink_.messages;
    }
    void finish() {
        pipeline_.finish();
        check();
        require(pipeline_.stats().parked_datagrams == 0);
        require(pipeline_.stats().parked_bytes == 0);
    }
    void clear() {
        cleared_ += sink_.messages.size();
        sink_.messages.clear();
    }

private:
    void check() const {
        const PipelineStats& stats = pipeline_.stats();
        std::uint64_t datagrams = stats.decoded + stats.parked_datagrams;
        for (const std::uint64_t drops : stats.datagram_drops) datagrams += drops;
        require(stats.datagrams == datagrams);
        require(stats.datagram_drops[0] == 0);
        require(stats.flows == cleared_ + sink_.messages.size() + stats.flows_too_large);
        require(pipeline_.templates().size() <= limits.templates.templates_max);
        require(pipeline_.exporters().size() <= limits.templates.exporters_max);
        for (ExporterIndex i = 0; i <= limits.templates.exporters_max; ++i) {
            require(pipeline_.templates().count_of(i) <=
                    limits.templates.templates_per_exporter_max);
        }
        require(pipeline_.templates().count_of(Exporters::other) == 0);
        require(pipeline_.domains().size() <= limits.domains.domains_max);
        require(stats.parked_bytes <= limits.park.bytes_max);
        require(stats.sequence_lost < std::uint64_t{1} << 60);  // not below nothing
        check_parked(stats);
    }

    static void check_parked(const PipelineStats& stats) {
        const std::uint64_t gone = stats.sets_unparked + stats.sets_expired;
        require(gone <= stats.sets_parked);
        require(stats.parked_datagrams <= stats.sets_parked - gone);
        require((stats.parked_bytes == 0) == (stats.sets_parked == gone));
    }

    VectorSink sink_;
    Pipeline<Format, VectorSink> pipeline_;
    std::uint64_t cleared_ = 0;
};

void require_equal(const std::vector<VectorSink::Message>& left,
                   const std::vector<VectorSink::Message>& right) {
    require(left.size() == right.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
        require(left[i].account == right[i].account);
        require(std::ranges::equal(left[i].bytes(), right[i].bytes()));
    }
}

Address source(std::uint8_t number) {
    const std::uint8_t octets[] = {192, 0, 2, number};
    return Address::from(octets);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const protobuf::Formatter portable{schema, protobuf::Framing::length_prefixed,
                                       protobuf::kernels().front().run};
    const protobuf::Formatter fastest{schema, protobuf::Framing::length_prefixed};
    Subject program{portable};
    Subject same_program{fastest};
    Subject plain{test::PlainFormatter{portable}};
    Subject json{json::Formatter{schema}};
    std::uint64_t now = 1'700'000'000;

    Bytes rest{data, size};
    while (rest.size() >= 3) {
        const std::size_t length = load_be16(rest.data() + 1);
        now += rest[0] >> 4 << 8;
        const Address from = source(rest[0] & 7);
        rest = rest.subspan(3);
        const ExactBytes payload{rest.first(std::min(length, rest.size()))};
        rest = rest.subspan(payload.bytes().size());

        const Datagram datagram{
            .payload = payload.bytes(), .source = from, .received_ns = now * 1'000'000'000};
        const Error outcome = program.process(datagram);
        require(outcome < Error::count_);
        require(same_program.process(datagram) == outcome);
        require(plain.process(datagram) == outcome);
        require(json.process(datagram) == outcome);
        require_equal(program.messages(), plain.messages());
        require_equal(program.messages(), same_program.messages());
        for (const VectorSink::Message& line : json.messages()) {
            require(line.size >= 2 && line.bytes().front() == '{' && line.bytes().back() == '}');
        }
        program.clear();
        same_program.clear();
        plain.clear();
        json.clear();
    }
    program.finish();
    same_program.finish();
    plain.finish();
    json.finish();
    return 0;
}
