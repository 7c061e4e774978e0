// SPDX-License-Identifier: BSD-3-Clause
// Plan to program, once per template; and the datagram's constants, once per datagram.
#include <algorithm>
#include <cassert>
#include <span>

#include "flow/format/protobuf/formatter.hpp"
#include "flow/model/origin_number.hpp"

namespace flow::protobuf {

namespace {

constexpr std::size_t constants_in(Profile profile) noexcept {
    std::size_t count = 0;
    for (std::size_t i = 0; i < column_count; ++i) {
        const bool known = column_table[i].in(profile).number != 0;
        count += known && is_of_datagram(static_cast<Column>(i)) ? 1 : 0;
    }
    return count;
}
static_assert(constants_in(Profile::goflow2_v1) <= Constants::runs_max &&
                  constants_in(Profile::goflow2_v2) <= Constants::runs_max,
              "each constant may stand alone");

// A field of a run may be the sampler's address: tag, length and 16 bytes.
static_assert((Constants::run_fields_max - 1) * field_size_max + 4 + 1 + 16 <=
                  Constants::run_size_max &&
              Constants::run_size_max == window_size && Constants::runs_max == Windows::runs_max);

Code time_code(Transform transform) noexcept {
    const auto distance = static_cast<int>(transform) - static_cast<int>(Transform::s_of_uptime);
    return static_cast<Code>(static_cast<int>(Code::s_of_uptime) + distance);
}
static_assert(static_cast<int>(Code::ns_of_export) - static_cast<int>(Code::s_of_uptime) ==
                  static_cast<int>(Transform::ns_of_export) -
                      static_cast<int>(Transform::s_of_uptime),
              "the times of Code and Transform go in step");

/// How far the eight loaded bytes go down until the field stands at the bottom. A step without a
/// field (ns_of_export) loads for nothing.
constexpr std::uint8_t down_of(const Step& step) noexcept {
    return step.size == 0 ? 0 : static_cast<std::uint8_t>(64 - 8 * step.size + step.shift);
}

Operation number_operation(const Step& step, Tag tag) noexcept {
    Operation operation{.code = is_time(step.transform) ? time_code(step.transform) : Code::wide,
                        .down = down_of(step),
                        .head_size = static_cast<std::uint8_t>(tag.size),
                        .offset = step.offset,
                        .size = step.size,
                        .head = tag.bytes};
    if (is_time(step.transform)) return operation;
    // The value's bits: those of the field, those that the step wants, those of the column's type.
    const bool custom = is_custom(step.column);
    const unsigned column_bits = !custom && info(step.column).kind == Kind::u32 ? 32 : 64;
    const unsigned bits = std::min({8u * step.size, unsigned{step.bits}, column_bits});
    operation.groups = low_bits(bits);
    if (step.transform == Transform::number_little) {
        operation.code = custom ? Code::custom_little : Code::little;
        return operation;
    }
    if (custom) {
        operation.code = Code::custom;
        return operation;
    }
    if (bits > 32) return operation;
    operation.code = Code::narrow;
    operation.groups = PortableSpread::spread(low_bits(bits)) << (8 * tag.size);
    operation.head = lane_tag(tag);
    return operation;
}

Operation bytes_operation(const Step& step, Tag tag) noexcept {
    std::array<std::uint8_t, sizeof(Operation::head)> head{};
    const std::uint8_t* const end = put_varint(put_tag(head.data(), tag), step.size);
    Operation operation{.code = step.size == 4    ? Code::bytes_4
                                : step.size == 16 ? Code::bytes_16
                                                  : Code::bytes_n,
                        .head_size = static_cast<std::uint8_t>(end - head.data()),
                        .offset = step.offset,
                        .size = step.size};
    std::memcpy(&operation.head, head.data(), sizeof operation.head);
    return operation;
}

Operation literal_operation(const Step& step, Tag tag) noexcept {
    std::array<std::uint8_t, field_size_max> encoded{};
    const std::uint8_t* const end = put_field(encoded.data(), tag, step.operand);
    Operation operation{.code = Code::literal,
                        .size = static_cast<std::uint16_t>(end - encoded.data())};
    std::memcpy(&operation.head, encoded.data(), sizeof operation.head);
    return operation;
}

Operation operation_of(const Step& step, Tag tag) noexcept {
    switch (step.transform) {
        case Transform::constant: return literal_operation(step, tag);
        case Transform::bytes: return bytes_operation(step, tag);
        default: return number_operation(step, tag);
    }
}

/// What Plan.direct promises.
[[maybe_unused]] bool is_direct(const Step& step) noexcept {
    switch (step.transform) {
        case Transform::constant:
        case Transform::bytes:
        case Transform::ns_of_export: return true;
        case Transform::number:
            return step.size <= 8 && (step.size == 0 || step.shift < 8 * step.size);
        case Transform::number_little: return step.shift == 0 && step.size <= 8;
        default:
            return is_time(step.transform) && !is_goflow2_time(step.transform) && step.size > 0 &&
                   step.size <= 8;
    }
}

/// Bytes that a column of the datagram takes at most, its tag apart.
constexpr std::size_t constant_size_max(Column column) noexcept {
    switch (column) {
        case Column::type: return 2;
        case Column::time_received:  // 64 bits of nanoseconds
        case Column::sequence_num:
        case Column::observation_domain_id: return 5;
        case Column::sampler_address: return 1 + 16;
        default: return varint_size_max;
    }
}

/// Bytes that an operation writes at most.
std::size_t operation_size_max(const Operation& operation) noexcept {
    switch (operation.code) {
        case Code::constants:
        case Code::literal: return operation.size;
        case Code::bytes_4:
        case Code::bytes_16:
        case Code::bytes_n: return operation.head_size + std::size_t{operation.size};
        case Code::narrow: return operation.head_size + 5;
        default: return operation.head_size + varint_size_max;
    }
}

/// A field of no bytes is a value of 0, which protobuf leaves out.
bool writes_nothing(const Step& step) noexcept {
    return step.size == 0 && step.transform != Transform::constant &&
           step.transform != Transform::ns_of_export;
}

}  // namespace

void Formatter::compile(const Plan& plan, Program& program) const noexcept {
    assert(plan.direct && std::all_of(plan.steps.begin(), plan.steps.end(), is_direct));
    program.operation_count = 0;
    std::uint16_t run_count = 0;
    const auto add = [&](const Operation& operation) {
        assert(program.operation_count + 1 < program.operations.size());
        program.operations[program.operation_count++] = operation;
    };
    Operation* run = nullptr;
    for (const Field& field : fields()) {
        if (field.begins_run) {
            add({.code = Code::constants, .offset = run_count++});
            run = &program.operations[program.operation_count - 1];
        }
        if (is_of_datagram(field.column)) {
            constexpr std::size_t usual_rate_size = 4;
            const std::size_t size_max = constant_size_max(field.column);
            const bool is_rate = field.column == Column::sampling_rate;
            run->size = static_cast<std::uint16_t>(run->size + field.tag.size + size_max);
            run->head_size = static_cast<std::uint8_t>(run->head_size + field.tag.size +
                                                       (is_rate ? usual_rate_size : size_max));
            continue;
        }
        const auto step = std::find_if(plan.steps.begin(), plan.steps.end(), [&](const Step& each) {
            return each.column == field.column;
        });
        if (step == plan.steps.end() || writes_nothing(*step)) continue;
        add(operation_of(*step, field.tag));
    }
    for (const Step& step : plan.steps) {  // in their order, behind all that is known
        if (is_custom(step.column))
            add(operation_of(step, customs_[custom_index(step.column)].tag));
    }
    program.operations[program.operation_count] = {.code = Code::end};
    std::size_t size = prefix_size_max;
    for (std::size_t i = 0; i < program.operation_count; ++i) {
        size += operation_size_max(program.operations[i]);
    }
    program.message_size_max = static_cast<std::uint32_t>(size);
    std::size_t extent = 0;
    for (const Step& step : plan.steps) {
        extent = std::max(extent, std::size_t{step.offset} + step.size);
    }
    make_sections(program);
    make_windows(program, extent);
}

void Formatter::begin(const Origin& origin, Constants& constants) const noexcept {
    if (spread_by_bmi2_) {
        encode_constants<Bmi2Spread>(origin, constants);
    } else {
        encode_constants<PortableSpread>(origin, constants);
    }
}

template <class Spread>
void Formatter::encode_constants(const Origin& origin, Constants& constants) const noexcept {
    const Bytes sampler = origin.sampler.bytes();
    Constants::Run* run = nullptr;
    std::size_t run_count = 0;
    std::uint8_t* begin = nullptr;
    std::uint8_t* at = nullptr;
    for (const Field& field : std::span{fields_of_datagram_}.first(field_of_datagram_count_)) {
        if (field.begins_run) {
            if (run != nullptr) run->size = static_cast<std::uint32_t>(at - begin);
            run = &constants.runs[run_count++];
            begin = at = run->bytes.data();
        }
        if (field.column != Column::sampler_address) {
            at = put_field<Spread>(at, field.tag, origin_number(field.column, origin));
        } else if (!sampler.empty()) {
            std::uint8_t* const to = put_tag(at, field.tag);
            *to = static_cast<std::uint8_t>(sampler.size());
            std::memcpy(to + 1, sampler.data(), sampler.size());
            at = to + 1 + sampler.size();
        }
    }
    if (run != nullptr) run->size = static_cast<std::uint32_t>(at - begin);
}

}  // namespace flow::protobuf
