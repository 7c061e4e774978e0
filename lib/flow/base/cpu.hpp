// SPDX-License-Identifier: BSD-3-Clause
// What the CPU has beyond x86-64-v2, for kernels that are chosen at start.
#pragma once

namespace flow {

/// AVX2 and BMI2. AMD before Zen 3 has pdep in microcode, at 18 cycles and more.
[[nodiscard]] inline bool has_fast_bmi2() noexcept {
    __builtin_cpu_init();
    return __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("avx2") && !__builtin_cpu_is("znver1") &&
           !__builtin_cpu_is("znver2");
}

/// With VBMI2 and all else that kernels for it take.
[[nodiscard]] inline bool has_avx512() noexcept {
    return has_fast_bmi2() && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512ifma") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
}

}  // namespace flow
