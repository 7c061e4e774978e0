// SPDX-License-Identifier: BSD-3-Clause
// What is measured: a whole pipeline, or the yardstick, over all datagrams of an input. Virtual
// once per pass, so that benchmarks, the gate and callgrind share the cases.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "perf/support/traffic.hpp"

namespace flow::perf {

class Runner {
public:
    Runner() = default;
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;
    virtual ~Runner() = default;

    /// Every datagram once, all flows written.
    virtual void pass(const Traffic& traffic) = 0;
    /// What the last pass wrote.
    [[nodiscard]] virtual std::uint64_t byte_count() const = 0;
};

/// `make` takes the templates out of the traffic, so that a pass holds data only. `verify` ends the
/// program when an answer is wrong.
struct Case {
    std::string name;  ///< input/format/kernel
    Input input{};
    std::function<std::unique_ptr<Runner>(const Traffic&)> make;
    std::function<void(const Traffic&)> verify;
    /// Does without a decoder: for TrafficOptions::plain() only.
    bool plain_only = false;
    /// What the case's name says about the traffic; null: nothing.
    void (*shape)(TrafficOptions&) = nullptr;

    [[nodiscard]] TrafficOptions traffic_options(TrafficOptions options) const {
        if (shape != nullptr) shape(options);
        return options;
    }
    [[nodiscard]] bool takes(const TrafficOptions& options) const {
        return !plain_only || options.plain();
    }
};

inline constexpr const char* yardstick_name = "yardstick";
inline constexpr const char* naive_json_name = "naive-json";
/// The format that the gate measures, in its fastest kernel.
[[nodiscard]] std::string gate_case(Input input);
/// The kernel alone, without a pipeline around it.
[[nodiscard]] std::string kernel_case(Input input, std::string_view kernel);

[[nodiscard]] std::vector<Case> all_cases();

/// Null when there is no such case.
[[nodiscard]] const Case* find_case(const std::vector<Case>& cases, const std::string& name);

}  // namespace flow::perf
