// SPDX-License-Identifier: BSD-3-Clause
// The yardstick: the plan interpreter that one writes first. A switch per field, a branch per value
// ("is it zero?", "is it below 128?"), nothing looked up: no exporters, no templates, no checks
// beyond the record count. flowd's whole pipeline must not be slower than this (README.md, "The
// gate"). Its messages have goflow2 v2's field numbers, with times in nanoseconds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/model/template.hpp"

namespace flow::yardstick {

enum class Action : std::uint8_t {
    number_1,
    number_2,
    number_4,
    number_8,
    bytes_4,
    bytes_16,
    ns_of_milliseconds,
    ns_of_uptime,
};

struct Step {
    Action action{};
    std::uint8_t tag_size = 0;
    std::uint16_t offset = 0;
    std::uint32_t tag = 0;  ///< its bytes on the wire, first byte lowest
};

struct Plan {
    std::array<Step, 40> steps{};
    std::size_t step_count = 0;
    std::uint8_t version = 0;
    std::uint16_t ethertype = 0;
    std::uint16_t record_size = 0;
};

/// `version`: 5 or 10. Elements without a field number are passed over.
[[nodiscard]] Plan compile(std::uint8_t version, std::span<const TemplateField> fields) noexcept;

struct Arrival {
    Bytes payload;
    std::uint64_t received_ns = 0;
    std::uint32_t source = 0;  ///< IPv4, its bytes as in memory
};

/// Bytes behind the flows of a datagram that are written too, and that are read behind it.
inline constexpr std::size_t slack = 64;

/// Writes all flows of a datagram, each behind a length prefix of two bytes. Returns the end.
using Encode = std::uint8_t* (*)(const Plan& plan, const Arrival& arrival,
                                 std::uint8_t* to) noexcept;

/// The same source compiled twice; `encode_bmi2` is for CPUs that have BMI2, BMI and LZCNT.
std::uint8_t* encode_bmi2(const Plan& plan, const Arrival& arrival, std::uint8_t* to) noexcept;
std::uint8_t* encode_portable(const Plan& plan, const Arrival& arrival, std::uint8_t* to) noexcept;

/// What this CPU runs.
[[nodiscard]] inline Encode choose() noexcept {
    __builtin_cpu_init();
    return __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("avx2") ? encode_bmi2
                                                                            : encode_portable;
}

}  // namespace flow::yardstick
