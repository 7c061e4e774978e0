// SPDX-License-Identifier: BSD-3-Clause
// One case of the pipeline benchmark: its datagrams, its format, its kernel.
#include "perf/pipeline/runner.hpp"

#include <algorithm>
#include <string_view>

#include "flow/format/json/formatter.hpp"
#include "flow/format/protobuf/formatter.hpp"
#include "flow/format/text/formatter.hpp"
#include "perf/pipeline/kernel_runner.hpp"
#include "perf/pipeline/more_cases.hpp"
#include "perf/pipeline/pipeline_runner.hpp"
#include "perf/pipeline/verify.hpp"
#include "perf/pipeline/yardstick_runner.hpp"
#include "perf/yardstick/json_writer.hpp"

namespace flow::perf {

namespace {

constexpr Schema schema = Schema::all(Profile::goflow2_v1);

std::string case_name(Input input, std::string_view rest) {
    return std::string{name(input)} + "/" + std::string{rest};
}

void add_protobuf(std::vector<Case>& cases, Input input) {
    using protobuf::Framing;
    for (const Framing framing : {Framing::length_prefixed, Framing::bare}) {
        const bool prefixed = framing == Framing::length_prefixed;
        for (const protobuf::Kernel& kernel : protobuf::kernels()) {
            const std::string format = prefixed ? "protobuf/" : "protobuf-bare/";
            cases.push_back({case_name(input, format + kernel.name), input,
                             maker(protobuf::Formatter{schema, framing, kernel.run}),
                             [framing, run = kernel.run](const Traffic& traffic) {
                                 verify_protobuf(traffic, framing, run);
                             }});
        }
    }
}

void add_kernels(std::vector<Case>& cases, Input input) {
    if (!has_kernel_case(input)) return;
    for (const protobuf::Kernel& kernel : protobuf::kernels()) {
        cases.push_back(
            {kernel_case(input, kernel.name), input,
             [input, run = kernel.run](const Traffic&) -> std::unique_ptr<Runner> {
                 return std::make_unique<KernelRunner>(input, run);
             },
             [run = kernel.run](const Traffic& traffic) { verify_kernel(traffic, run); }});
        cases.back().plain_only = true;
    }
}

}  // namespace

std::string gate_case(Input input) {
    return case_name(input, std::string{"protobuf/"} + protobuf::kernels().back().name);
}

std::string kernel_case(Input input, std::string_view kernel) {
    return case_name(input, std::string{"kernel/"} + std::string{kernel});
}

std::vector<Case> all_cases() {
    std::vector<Case> cases;
    for (const Input input : inputs) {
        add_protobuf(cases, input);
        add_kernels(cases, input);
        cases.push_back({case_name(input, "json"), input, maker(json::Formatter{schema}),
                         [](const Traffic& traffic) { verify_json(traffic); }});
        cases.push_back({case_name(input, naive_json_name), input,
                         maker(yardstick::JsonWriter{schema}), verify_naive_json});
        cases.push_back({case_name(input, "text"), input, maker(text::Formatter{schema}),
                         [](const Traffic& traffic) { verify_text(traffic); }});
        if (!has_yardstick(input)) continue;
        cases.push_back({case_name(input, yardstick_name), input,
                         [input](const Traffic&) -> std::unique_ptr<Runner> {
                             return std::make_unique<YardstickRunner>(input);
                         },
                         verify_yardstick});
        cases.back().plain_only = true;
    }
    add_more_cases(cases);
    return cases;
}

const Case* find_case(const std::vector<Case>& cases, const std::string& name) {
    const auto found = std::find_if(cases.begin(), cases.end(),
                                    [&](const Case& each) { return each.name == name; });
    return found == cases.end() ? nullptr : &*found;
}

}  // namespace flow::perf
