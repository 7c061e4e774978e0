// SPDX-License-Identifier: BSD-3-Clause
// A choice, not a product: every input in protobuf and JSON; every output of one input of each
// kind; every shape of traffic with the inputs that it means something for.
#include "perf/pipeline/more_cases.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "flow/format/json/formatter.hpp"
#include "flow/format/protobuf/formatter.hpp"
#include "flow/format/text/formatter.hpp"
#include "flow/model/mapping.hpp"
#include "perf/pipeline/pipeline_runner.hpp"
#include "perf/pipeline/verify.hpp"

namespace flow::perf {

namespace {

using produce::Settings;
using Shape = void (*)(TrafficOptions&);

constexpr Schema v1 = Schema::all(Profile::goflow2_v1);
constexpr Schema v2 = Schema::all(Profile::goflow2_v2);

// --- outputs ------------------------------------------------------------------------------------

/// Six columns, as a user picks them who only counts.
constexpr Schema selected = [] {
    Schema schema = v1;
    schema.clear_line();
    for (const Column column : {Column::time_received, Column::src_addr, Column::dst_addr,
                                Column::bytes, Column::packets, Column::sampling_rate}) {
        const ColumnField field = schema.field(column);
        static_cast<void>(
            schema.add_item({.column = column, .render = field.render, .key = field.key}));
    }
    return schema;
}();

/// Two columns of a mapping file's own, filled from records and from sampled packets.
constexpr Schema mapped = [] {
    using enum CustomColumn::Type;
    Schema schema = v1;
    static_cast<void>(schema.add_custom({.name = "status", .number = 5001, .type = varint}));
    static_cast<void>(schema.add_custom({.name = "hop", .number = 5002, .type = bytes}));
    static_cast<void>(schema.add_item(
        {.column = custom_column(0), .render = Render::number, .key = "status", .always = false}));
    return schema;
}();

const Mapping& mapping() {
    static const Mapping rows{
        .fields = {{.version = 9, .id = 89, .destination = custom_column(0)},
                   {.version = 10, .id = 89, .destination = custom_column(0)},
                   {.version = 9, .id = 15, .destination = custom_column(1)},
                   {.version = 10, .id = 15, .destination = custom_column(1)}},
        // The IPv4 header's TTL.
        .layers = {{.layer = {.by = LayerSelector::By::network},
                    .offset = 64,
                    .length = 8,
                    .destination = custom_column(0)}},
        .ports = {}};
    return rows;
}

struct Output {
    std::string_view name;  ///< behind the format's
    Settings settings;
    bool ledger = true;
};

void add_protobuf(std::vector<Case>& cases, const std::string& name, Input input,
                  const Output& output, Shape shape) {
    constexpr auto framing = protobuf::Framing::length_prefixed;
    for (const protobuf::Kernel& kernel : protobuf::kernels()) {
        cases.push_back({name + "/protobuf" + std::string{output.name} + "/" + kernel.name, input,
                         maker(protobuf::Formatter{output.settings.schema, framing, kernel.run},
                               output.settings, output.ledger),
                         [settings = output.settings, run = kernel.run](const Traffic& traffic) {
                             verify_protobuf(traffic, framing, run, settings);
                         }});
        cases.back().shape = shape;
    }
}

void add_json(std::vector<Case>& cases, const std::string& name, Input input, const Output& output,
              Shape shape) {
    cases.push_back(
        {name + "/json" + std::string{output.name}, input,
         maker(json::Formatter{output.settings.schema}, output.settings),
         [settings = output.settings](const Traffic& traffic) { verify_json(traffic, settings); }});
    cases.back().shape = shape;
}

void add_text(std::vector<Case>& cases, const std::string& name, Input input,
              const Output& output) {
    cases.push_back(
        {name + "/text" + std::string{output.name}, input,
         maker(text::Formatter{output.settings.schema}, output.settings),
         [settings = output.settings](const Traffic& traffic) { verify_text(traffic, settings); }});
}

void add_outputs(std::vector<Case>& cases, Input input) {
    const std::string name{perf::name(input)};
    const Output second{"-v2", {.schema = v2}};
    add_protobuf(cases, name, input, second, nullptr);
    add_json(cases, name, input, second, nullptr);
    add_text(cases, name, input, second);
    add_protobuf(cases, name, input, {"-without-ledger", {.schema = v1}, false}, nullptr);
    const Output mapped_output{"-mapped", {.schema = mapped, .mapping = &mapping()}};
    add_protobuf(cases, name, input, mapped_output, nullptr);
    add_json(cases, name, input, mapped_output, nullptr);
    const Output selected_output{"-selected", {.schema = selected}};
    add_json(cases, name, input, selected_output, nullptr);
    add_text(cases, name, input, selected_output);
}

// --- shapes of traffic --------------------------------------------------------------------------

struct NamedShape {
    std::string_view suffix;
    Shape apply;
    bool needs_templates = false;
};

constexpr std::array<NamedShape, 7> shapes{{
    {"-one", [](TrafficOptions& options) { options.records = 1; }},
    {"-mixed", [](TrafficOptions& options) { options.mixed_percent = 5; }},
    {"-exporters-1", [](TrafficOptions& options) { options.exporter_count = 1; }},
    {"-exporters-5000", [](TrafficOptions& options) { options.exporter_count = 5000; }},
    {"-exporters-5000-templates-4",
     [](TrafficOptions& options) {
         options.exporter_count = 5000;
         options.templates = 4;
     },
     true},
    {"-templates-64",
     [](TrafficOptions& options) {
         options.exporter_count = 64;
         options.templates = 64;
     },
     true},
    {"-layouts-4096",
     [](TrafficOptions& options) {
         options.exporter_count = 64;
         options.templates = 64;
         options.layouts = 4096;
     },
     true},
}};

void add_shapes(std::vector<Case>& cases, Input input) {
    const bool templates =
        protocol(input) == Protocol::netflow9 || protocol(input) == Protocol::ipfix;
    for (const NamedShape& shape : shapes) {
        if (shape.needs_templates && !templates) continue;
        if (shape.suffix == "-mixed" && input == Input::netflow5) continue;  // has no other sets
        const std::string name = std::string{perf::name(input)} + std::string{shape.suffix};
        add_protobuf(cases, name, input, {"", {.schema = v1}}, shape.apply);
        if (shape.suffix == "-one") {
            add_json(cases, name, input, {"", {.schema = v1}}, shape.apply);
        }
    }
}

}  // namespace

void add_more_cases(std::vector<Case>& cases) {
    for (const Input input : all_inputs()) {
        if (std::ranges::find(inputs, input) != inputs.end()) continue;  // runner.cpp has it
        const std::string name{perf::name(input)};
        add_protobuf(cases, name, input, {"", {.schema = v1}}, nullptr);
        add_json(cases, name, input, {"", {.schema = v1}}, nullptr);
    }
    for (const Input input : {Input::ipfix_ipv4, Input::netflow9, Input::sflow}) {
        add_outputs(cases, input);
    }
    for (const Input input : {Input::netflow5, Input::netflow9, Input::ipfix_ipv4, Input::sflow}) {
        add_shapes(cases, input);
    }
}

}  // namespace flow::perf
