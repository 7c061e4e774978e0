// SPDX-License-Identifier: BSD-3-Clause
// What the naive interpreter runs: one step a field, made once a template.
#include "perf/yardstick/interpreter.hpp"

namespace flow::yardstick {

namespace {

/// goflow2 v2's number of a column, by information element; 0: none.
constexpr std::uint32_t field_number(std::uint16_t element) noexcept {
    switch (element) {
        case 1: return 9;
        case 2: return 10;
        case 4: return 20;
        case 5: return 23;
        case 6: return 26;
        case 7: return 21;
        case 8:
        case 27: return 6;
        case 9:
        case 29: return 16;
        case 10: return 18;
        case 11: return 22;
        case 12:
        case 28: return 7;
        case 13:
        case 30: return 17;
        case 14: return 19;
        case 15:
        case 62: return 12;
        case 16: return 14;
        case 17: return 15;
        case 22:
        case 152: return 111;
        case 21:
        case 153: return 112;
        case 31: return 37;
        case 52: return 25;
        case 54: return 35;
        case 58: return 33;
        case 59: return 34;
        case 89: return 24;
        default: return 0;
    }
}

Action action_for(const TemplateField& field) noexcept {
    switch (field.id) {
        case 8:
        case 12:
        case 15: return Action::bytes_4;
        case 27:
        case 28:
        case 62: return Action::bytes_16;
        case 21:
        case 22: return Action::ns_of_uptime;
        case 152:
        case 153: return Action::ns_of_milliseconds;
        default: break;
    }
    return field.length == 1   ? Action::number_1
           : field.length == 2 ? Action::number_2
           : field.length == 4 ? Action::number_4
                               : Action::number_8;
}

void add(Plan& plan, Action action, std::uint32_t number, std::size_t offset) noexcept {
    const bool bytes = action == Action::bytes_4 || action == Action::bytes_16;
    const std::uint32_t key = number << 3 | (bytes ? 2 : 0);
    plan.steps[plan.step_count++] = {.action = action,
                                     .tag_size = static_cast<std::uint8_t>(key < 0x80 ? 1 : 2),
                                     .offset = static_cast<std::uint16_t>(offset),
                                     .tag = key < 0x80 ? key : (key & 0x7f) | 0x80 | key >> 7 << 8};
}

}  // namespace

Plan compile(std::uint8_t version, std::span<const TemplateField> fields) noexcept {
    constexpr std::uint16_t icmp_type_and_code = 139;
    Plan plan{.version = version, .ethertype = 0x0800};
    std::size_t offset = 0;
    for (const TemplateField& field : fields) {
        if (field.id == 27) plan.ethertype = 0x86dd;
        if (field.id == icmp_type_and_code) {
            add(plan, Action::number_1, 31, offset);
            add(plan, Action::number_1, 32, offset + 1);
        } else if (const std::uint32_t number = field_number(field.id); number != 0) {
            add(plan, action_for(field), number, offset);
        }
        offset += field.length;
    }
    plan.record_size = static_cast<std::uint16_t>(offset);
    return plan;
}

}  // namespace flow::yardstick
