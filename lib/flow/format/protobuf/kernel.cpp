// SPDX-License-Identifier: BSD-3-Clause
// The kernels: one loop over a program's operations, compiled once for every CPU and once for those
// with BMI2.
#include <array>

#include "flow/base/cpu.hpp"
#include "flow/format/protobuf/operations.hpp"
#include "flow/format/protobuf/program.hpp"

namespace flow::protobuf {

namespace {

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

constexpr std::array all_kernels{Kernel{"portable", run_portable}, Kernel{"bmi2", run_bmi2},
                                 Kernel{"avx2", run_avx2}, Kernel{"avx512", run_avx512}};

}  // namespace

[[gnu::target("bmi,bmi2,lzcnt,movbe")]] void run_bmi2(const Program& program,
                                                      const Constants& constants,
                                                      const Origin& origin,
                                                      const RecordRow& records,
                                                      MessageRow& messages) noexcept {
    run_row<Bmi2Spread>(program, constants, origin, records, messages);
}

std::span<const Kernel> kernels() noexcept {
    const std::size_t count = has_avx512() ? 4 : has_fast_bmi2() ? 3 : 1;
    return std::span{all_kernels}.first(count);
}

RunProgram find_kernel(std::string_view name) noexcept {
    for (const Kernel& kernel : kernels()) {
        if (kernel.name == name) return kernel.run;
    }
    return nullptr;
}

bool needs_bmi2(RunProgram kernel) noexcept { return kernel != run_portable; }

RunProgram choose_kernel() noexcept { return kernels().back().run; }

}  // namespace flow::protobuf
