// SPDX-License-Identifier: BSD-3-Clause
// Plan to program, once per template; and the datagram's constants, once per datagram.
#include <algorithm>
#include <cassert>

#include "flow/format/protobuf/formatter.hpp"

namespace flow::protobuf {

namespace {

/// Columns that hold the same value in every flow of a NetFlow or IPFIX datagram.
constexpr bool is_constant(Column column) noexcept {
    switch (column) {
        case Column::type:
        case Column::time_received:
        case Column::sequence_num:
        case Column::sampling_rate:
        case Column::sampler_address:
        case Column::observation_domain_id: return true;
        default: return false;
    }
}

/// Type, receive time, sequence number and rate are neighbours in goflow2's schema, the others
/// stand alone.
static_assert(4 * field_size_max <= Constants::run_size_max);

std::uint64_t mask_of(const Step& step) noexcept {
    const unsigned width = info(step.column).kind == Kind::u32 ? 32 : 64;
    const unsigned bits = std::min<unsigned>(step.bits, width);
    return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

Operation number_operation(const Step& step, Tag tag) noexcept {
    return {.code = is_time(step.transform) ? Code::time : Code::number,
            .down = static_cast<std::uint8_t>(64 - 8 * step.size + step.shift),
            .transform = step.transform,
            .offset = step.offset,
            .size = step.size,
            .tag = tag,
            .operand = mask_of(step)};
}

Operation bytes_operation(const Step& step, Tag tag) noexcept {
    const Code code = step.size == 4    ? Code::bytes_4
                      : step.size == 16 ? Code::bytes_16
                                        : Code::bytes_n;
    return {.code = code, .offset = step.offset, .size = step.size, .tag = tag};
}

Operation literal_operation(const Step& step, Tag tag) noexcept {
    std::array<std::uint8_t, field_size_max> encoded{};
    const std::uint8_t* const end = put_field(encoded.data(), tag, step.operand);
    Operation operation{.code = Code::literal,
                        .size = static_cast<std::uint16_t>(end - encoded.data())};
    std::memcpy(&operation.operand, encoded.data(), sizeof operation.operand);
    return operation;
}

/// A field of no bytes is a value of 0, which protobuf leaves out.
bool writes_nothing(const Step& step) noexcept {
    return step.size == 0 && step.transform != Transform::constant;
}

}  // namespace

void Formatter::compile(const Plan& plan, Program& program) const noexcept {
    assert(plan.direct);
    program.operation_count = 0;
    std::size_t size = prefix_size_max + field_size_max + Constants::run_size_max;
    std::uint16_t runs = 0;
    bool in_run = false;
    const auto add = [&](const Operation& operation) {
        program.operations[program.operation_count++] = operation;
        size += field_size_max + (operation.code == Code::bytes_n ? operation.size : 16u);
    };
    for (const Field& field : fields()) {
        if (is_constant(field.column)) {
            if (!in_run) add({.code = Code::constants, .size = runs++});
            in_run = true;
            size += field_size_max;
            continue;
        }
        in_run = false;
        const auto step = std::find_if(plan.steps.begin(), plan.steps.end(), [&](const Step& each) {
            return each.column == field.column;
        });
        if (step == plan.steps.end() || writes_nothing(*step)) continue;
        if (step->transform == Transform::constant) {
            add(literal_operation(*step, field.tag));
        } else if (step->transform == Transform::bytes) {
            add(bytes_operation(*step, field.tag));
        } else {
            add(number_operation(*step, field.tag));
        }
    }
    program.size_max = static_cast<std::uint32_t>(size);
}

void Formatter::begin(const Origin& origin, Constants& constants) const noexcept {
    std::size_t runs = 0;
    std::uint8_t* at = nullptr;
    const auto put = [&](const Field& field) {
        switch (field.column) {
            case Column::type:
                return put_field(at, field.tag, static_cast<std::uint64_t>(origin.type));
            case Column::time_received:
                return put_field(at, field.tag, origin.received_ns / 1'000'000'000);
            case Column::sequence_num: return put_field(at, field.tag, origin.sequence);
            case Column::sampling_rate: return put_field(at, field.tag, origin.sampling_rate);
            case Column::observation_domain_id:
                return put_field(at, field.tag, origin.observation_domain);
            default: break;
        }
        const Bytes sampler = origin.sampler.bytes();
        if (sampler.empty()) return at;
        std::uint8_t* const to = put_tag(at, field.tag);
        *to = static_cast<std::uint8_t>(sampler.size());
        std::memcpy(to + 1, sampler.data(), sampler.size());
        return to + 1 + sampler.size();
    };
    for (std::size_t i = 0; i < field_count_; ++i) {
        if (!is_constant(fields_[i].column)) {
            at = nullptr;
            continue;
        }
        if (at == nullptr) at = constants.runs[runs++].bytes.data();
        at = put(fields_[i]);
        Constants::Run& run = constants.runs[runs - 1];
        run.size = static_cast<std::uint32_t>(at - run.bytes.data());
    }
}

}  // namespace flow::protobuf
