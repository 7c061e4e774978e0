// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target of goflow2's own readings. The input is a row of datagrams for the strict decoders of
// both releases, each behind three bytes as in netflow_fuzz.cpp: who sent it, and its length.
// Besides the sanitizers, these facts hold: what is handed on lies inside the datagram; no datagram
// gives more flows than bytes; a record is read with the template that was taught last under its
// slot.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "flow/decode/goflow2/decoders.hpp"
#include "support/exact_bytes.hpp"

namespace {

using namespace flow;
using test::ExactBytes;

constexpr TemplateLimits limits{
    .exporters_max = 3, .templates_max = 6, .templates_per_exporter_max = 4};

void require(bool fact) {
    if (!fact) std::abort();
}

/// Keeps the shape of what it was taught, and holds everything else against it.
class CheckingSink {
public:
    void expect(Bytes payload) {
        payload_ = payload;
        flows_ = 0;
        begun_ = false;
    }
    [[nodiscard]] std::size_t flows() const { return flows_; }

    void begin(const Origin&) noexcept {
        require(!begun_);
        begun_ = true;
    }
    void learn(const Template& layout) noexcept {
        require(layout.slot < shapes_.size());
        require(layout.scope_count <= layout.fields.size());
        shapes_[layout.slot] = {true,      layout.options,     layout.variable,
                                layout.id, layout.record_size, layout.fields.size()};
    }
    void records(const Template& layout, const RecordRun& run) noexcept {
        check(layout, run.bytes);
        require(!layout.variable && run.count > 0);
        require(run.bytes.size() == std::size_t{run.count} * layout.record_size);
        flows_ += run.count;
    }
    void record(const Template& layout, const Record& record) noexcept {
        check(layout, record.bytes);
        require(layout.variable && record.extents.size() == layout.fields.size());
        for (const FieldExtent& extent : record.extents) {
            require(std::size_t{extent.offset} + extent.size <= record.bytes.size());
        }
        ++flows_;
    }
    Error sample(const FlowSample& sample) noexcept {
        require(begun_);
        check_inside(sample.records);
        require(sample.record_count <= sample.records.size() / 8);
        ++flows_;
        return Error::none;
    }

private:
    struct Shape {
        bool known = false;
        bool options = false;
        bool variable = false;
        std::uint16_t id = 0;
        std::uint16_t record_size = 0;
        std::size_t field_count = 0;

        bool operator==(const Shape&) const = default;
    };

    void check(const Template& layout, Bytes bytes) {
        require(begun_ && !layout.options);
        const Shape shape{true,      layout.options,     layout.variable,
                          layout.id, layout.record_size, layout.fields.size()};
        require(layout.slot < shapes_.size() && shapes_[layout.slot] == shape);
        check_inside(bytes);
    }
    void check_inside(Bytes bytes) {
        if (bytes.empty()) return;
        require(bytes.data() >= payload_.data());
        require(bytes.data() + bytes.size() <= payload_.data() + payload_.size());
    }

    std::array<Shape, limits.templates_max + 2> shapes_{};
    Bytes payload_;
    std::size_t flows_ = 0;
    bool begun_ = false;
};
static_assert(RecordSink<CheckingSink>);

class Subject {
public:
    explicit Subject(Dialect dialect)
        : decoders_{templates_,
                    {.dialect = dialect,
                     .templates_max = limits.templates_max,
                     .sampling_rates_max = 3,
                     .netflow5_slot = limits.templates_max,
                     .empty_slot = limits.templates_max + 1,
                     .hash_seed = 1}} {
        decoders_.teach(sink_);
    }

    void process(const Datagram& datagram, ExporterIndex exporter) {
        sink_.expect(datagram.payload);
        const Error outcome = decode(datagram, exporter);
        require(outcome < Error::count_);
        require(sink_.flows() <= datagram.payload.size());
        require(templates_.size() <= limits.templates_max);
        require(templates_.count_of(exporter) <= limits.templates_per_exporter_max);
    }
    void forget(ExporterIndex exporter) { templates_.forget(exporter); }

private:
    Error decode(const Datagram& datagram, ExporterIndex exporter) {
        const Bytes payload = datagram.payload;
        if (goflow2::IpfixDecoder::claims(payload)) {
            return decoders_.ipfix.decode(datagram, exporter, sink_);
        }
        if (goflow2::Netflow9Decoder::claims(payload)) {
            return decoders_.netflow9.decode(datagram, exporter, sink_);
        }
        if (goflow2::Netflow5Decoder::claims(payload)) {
            return decoders_.netflow5.decode(datagram, exporter, sink_);
        }
        if (goflow2::SflowDecoder::claims(payload)) {
            return decoders_.sflow.decode(datagram, exporter, sink_);
        }
        return Error::unknown_protocol;
    }

    TemplateStore templates_{limits, 1};
    CheckingSink sink_;
    goflow2::Decoders decoders_;
};

Address source(std::uint8_t number) {
    const std::uint8_t octets[] = {192, 0, 2, number};
    return Address::from(octets);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Subject first{Dialect::goflow2_v1};
    Subject second{Dialect::goflow2_v2};
    Bytes rest{data, size};
    while (rest.size() >= 3) {
        const std::uint8_t who = rest[0] & 3;
        const bool is_gone = (rest[0] & 0xfc) == 0xfc;
        const std::size_t length = load_be16(rest.data() + 1);
        rest = rest.subspan(3);
        const ExactBytes payload{rest.first(std::min(length, rest.size()))};
        rest = rest.subspan(payload.bytes().size());
        if (is_gone) {
            first.forget(who);
            second.forget(who);
        }
        const Datagram datagram{.payload = payload.bytes(), .source = source(who)};
        first.process(datagram, who);
        second.process(datagram, who);
    }
    // The same bytes as one datagram.
    const ExactBytes whole{Bytes{data, size}};
    first.process({.payload = whole.bytes(), .source = source(1)}, 1);
    second.process({.payload = whole.bytes(), .source = source(1)}, 1);
    return 0;
}
