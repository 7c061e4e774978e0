// SPDX-License-Identifier: BSD-3-Clause
// The kernels: one loop over a program's operations, compiled once for every CPU and once for those
// with BMI2.
#include <array>
#include <cstring>

#include "flow/base/bytes.hpp"
#include "flow/format/protobuf/program.hpp"
#include "flow/model/time.hpp"

namespace flow::protobuf {

namespace {

/// Tag and length, then `size` bytes.
[[gnu::always_inline]] inline std::uint8_t* run_bytes(const Operation& operation,
                                                      const std::uint8_t* from, std::size_t size,
                                                      std::uint8_t* to) noexcept {
    std::memcpy(to, &operation.head, sizeof operation.head);
    std::memcpy(to + operation.head_size, from, size);
    return to + operation.head_size + size;
}

[[gnu::always_inline]] inline std::uint8_t* run_constants(const Constants::Run& run,
                                                          std::uint8_t* to) noexcept {
    constexpr std::size_t usual = 32;
    std::memcpy(to, run.bytes.data(), usual);
    if (run.size > usual) [[unlikely]] {
        std::memcpy(to + usual, run.bytes.data() + usual, run.bytes.size() - usual);
    }
    return to + run.size;
}

[[gnu::always_inline]] inline std::uint64_t load(const Operation& operation,
                                                 const std::uint8_t* from) noexcept {
    return load_be64(from) >> operation.down;
}

template <class Spread>
[[gnu::always_inline]] inline std::uint8_t* run_narrow(const Operation& operation,
                                                       const std::uint8_t* from,
                                                       std::uint8_t* to) noexcept {
    const std::uint64_t groups =
        Spread::spread(load(operation, from), operation.groups, operation.head_size);
    return put_lane(to, groups, operation.head);
}

template <class Spread>
[[gnu::always_inline]] inline std::uint8_t* run_wide(const Operation& operation,
                                                     std::uint64_t value,
                                                     std::uint8_t* to) noexcept {
    const Tag tag{static_cast<std::uint32_t>(operation.head), operation.head_size};
    return put_field<Spread>(to, tag, value);
}

/// A little-endian number of `operation.size` bytes.
[[gnu::always_inline]] inline std::uint64_t load_little(const Operation& operation,
                                                        const std::uint8_t* from) noexcept {
    std::uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return value << operation.down >> operation.down;
}

/// Tag and varint, 0 too: a custom column says that its field was there.
inline std::uint8_t* run_custom(const Operation& operation, std::uint64_t value,
                                std::uint8_t* to) noexcept {
    const Tag tag{static_cast<std::uint32_t>(operation.head), operation.head_size};
    return put_varint(put_tag(to, tag), value);
}

template <class Spread, Transform Unit>
[[gnu::always_inline]] inline std::uint8_t* run_time(const Operation& operation,
                                                     const Origin& origin, const std::uint8_t* from,
                                                     std::uint8_t* to) noexcept {
    return run_wide<Spread>(operation, time_value(Unit, load(operation, from), origin), to);
}

template <class Spread>
[[gnu::always_inline]] inline std::uint8_t* run_operation(const Operation& operation,
                                                          const Constants& constants,
                                                          const Origin& origin,
                                                          const std::uint8_t* from,
                                                          std::uint8_t* to) noexcept {
    using enum Transform;
    switch (operation.code) {
        case Code::wide:
            return run_wide<Spread>(operation, load(operation, from) & operation.groups, to);
        case Code::bytes_4: return run_bytes(operation, from, 4, to);
        case Code::bytes_16: return run_bytes(operation, from, 16, to);
        case Code::bytes_n: return run_bytes(operation, from, operation.size, to);
        case Code::constants: return run_constants(constants.runs[operation.offset], to);
        case Code::literal:
            std::memcpy(to, &operation.head, sizeof operation.head);
            return to + operation.size;
        case Code::s_of_uptime: return run_time<Spread, s_of_uptime>(operation, origin, from, to);
        case Code::ms_of_uptime: return run_time<Spread, ms_of_uptime>(operation, origin, from, to);
        case Code::s_of_seconds: return run_time<Spread, s_of_seconds>(operation, origin, from, to);
        case Code::ms_of_seconds:
            return run_time<Spread, ms_of_seconds>(operation, origin, from, to);
        case Code::s_of_milliseconds:
            return run_time<Spread, s_of_milliseconds>(operation, origin, from, to);
        case Code::ms_of_milliseconds:
            return run_time<Spread, ms_of_milliseconds>(operation, origin, from, to);
        case Code::s_of_ntp: return run_time<Spread, s_of_ntp>(operation, origin, from, to);
        case Code::ms_of_ntp: return run_time<Spread, ms_of_ntp>(operation, origin, from, to);
        case Code::s_of_delta_us:
            return run_time<Spread, s_of_delta_us>(operation, origin, from, to);
        case Code::ms_of_delta_us:
            return run_time<Spread, ms_of_delta_us>(operation, origin, from, to);
        case Code::ns_of_uptime: return run_time<Spread, ns_of_uptime>(operation, origin, from, to);
        case Code::ns_of_seconds:
            return run_time<Spread, ns_of_seconds>(operation, origin, from, to);
        case Code::ns_of_milliseconds:
            return run_time<Spread, ns_of_milliseconds>(operation, origin, from, to);
        case Code::ns_of_ntp: return run_time<Spread, ns_of_ntp>(operation, origin, from, to);
        case Code::ns_of_delta_us:
            return run_time<Spread, ns_of_delta_us>(operation, origin, from, to);
        case Code::ns_of_export: return run_time<Spread, ns_of_export>(operation, origin, from, to);
        case Code::little:
            return run_wide<Spread>(operation, load_little(operation, from) & operation.groups, to);
        case Code::custom:
            return run_custom(operation, load(operation, from) & operation.groups, to);
        case Code::custom_little:
            return run_custom(operation, load_little(operation, from) & operation.groups, to);
        case Code::narrow:
        case Code::end: break;  // run() has taken them
    }
    __builtin_unreachable();
}

template <class Spread>
[[gnu::always_inline]] inline std::uint8_t* run(const Program& program, const Constants& constants,
                                                const Origin& origin, const std::uint8_t* record,
                                                std::uint8_t* to) noexcept {
    const Operation* operation = program.operations.data();
    for (;;) {
        // Most fields are narrow and neighbours: they need no dispatch.
        while (operation->code == Code::narrow) {
            to = run_narrow<Spread>(*operation, record + operation->offset, to);
            ++operation;
        }
        if (operation->code == Code::end) return to;
        to = run_operation<Spread>(*operation, constants, origin, record + operation->offset, to);
        ++operation;
    }
}

template <class Spread>
[[gnu::always_inline]] inline void run_row(const Program& program, const Constants& constants,
                                           const Origin& origin, const RecordRow& records,
                                           MessageRow& messages) noexcept {
    const std::uint8_t* record = records.first;
    std::uint8_t* to = messages.to;
    for (std::size_t i = 0; i < records.count; ++i, record += records.size) {
        std::uint8_t* const begin = message_begin(messages.framing, to);
        to = finish_message(messages.framing, to,
                            run<Spread>(program, constants, origin, record, begin));
        messages.ends[i] = to;
        to += messages.gap;
    }
}

void run_portable(const Program& program, const Constants& constants, const Origin& origin,
                  const RecordRow& records, MessageRow& messages) noexcept {
    run_row<PortableSpread>(program, constants, origin, records, messages);
}

/// AMD before Zen 3 has pdep in microcode, at 18 cycles and more.
bool has_fast_bmi2() noexcept {
    __builtin_cpu_init();
    return __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("avx2") && !__builtin_cpu_is("znver1") &&
           !__builtin_cpu_is("znver2");
}

bool has_avx512() noexcept {
    return has_fast_bmi2() && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512ifma") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
}

constexpr std::array all_kernels{Kernel{"portable", run_portable}, Kernel{"bmi2", run_bmi2},
                                 Kernel{"avx512", run_avx512}};

}  // namespace

[[gnu::target("bmi,bmi2,lzcnt,movbe")]] void run_bmi2(const Program& program,
                                                      const Constants& constants,
                                                      const Origin& origin,
                                                      const RecordRow& records,
                                                      MessageRow& messages) noexcept {
    run_row<Bmi2Spread>(program, constants, origin, records, messages);
}

std::span<const Kernel> kernels() noexcept {
    const std::size_t count = has_avx512() ? 3 : has_fast_bmi2() ? 2 : 1;
    return std::span{all_kernels}.first(count);
}

RunProgram find_kernel(std::string_view name) noexcept {
    for (const Kernel& kernel : kernels()) {
        if (kernel.name == name) return kernel.run;
    }
    return nullptr;
}

RunProgram choose_kernel() noexcept { return kernels().back().run; }

}  // namespace flow::protobuf
