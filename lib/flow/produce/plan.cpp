// SPDX-License-Identifier: BSD-3-Clause
// From fields to steps: the mapping file's and the built-in ones, in the order in which they run.
#include "flow/produce/plan.hpp"

#include <algorithm>

#include "flow/produce/elements.hpp"
#include "flow/produce/mapping.hpp"
#include "flow/produce/steps.hpp"

namespace flow::produce {

namespace {

// Of a field the plan keeps two built-in steps and a mapped one at most: all others have one step
// for their column.
static_assert(plan_steps_max >= 3 * 256 + column_count);

bool applies(Versions versions, std::uint8_t version) noexcept {
    switch (versions) {
        case Versions::netflow: return version != 10;
        case Versions::netflow5: return version < 9;
        case Versions::netflow9: return version == 9;
        case Versions::ipfix: return version == 10;
        case Versions::learnt: return version >= 9;
        case Versions::any: break;
    }
    return true;
}

bool has_address(const Template& layout) noexcept {
    const auto is_address = [](const TemplateField& field) {
        const std::uint16_t id = field.id;
        return field.enterprise == 0 && (id == 8 || id == 12 || id == 27 || id == 28);
    };
    return std::any_of(layout.fields.begin(), layout.fields.end(), is_address);
}

bool has_number(const Template& layout, std::uint16_t id) noexcept {
    return std::any_of(layout.fields.begin(), layout.fields.end(), [id](const TemplateField& each) {
        return each.enterprise == 0 && each.id == id &&
               (each.length == variable_length || each.length <= 8);
    });
}

/// One end of a flow: starts have even numbers, ends odd ones.
bool has_uptime(const Template& layout, bool start) noexcept {
    return has_number(layout, start ? 22 : 21);
}
bool has_absolute_time(const Template& layout, bool start) noexcept {
    for (std::uint16_t id = 150; id < 160; ++id) {
        if ((id % 2 == 0) == start && has_number(layout, id)) return true;
    }
    return false;
}

/// An end of a flow has one clock. In NetFlow v9 that is the uptime, for exporters put zeros into
/// the absolute times beside it; in IPFIX the absolute time, for few say what their uptime counts
/// from.
bool is_other_clock(const Template& layout, const Element& element) noexcept {
    const bool start = element.id % 2 == 0;
    switch (element.transform) {
        case Transform::s_of_init:
        case Transform::ms_of_init:
        case Transform::ns_of_init:
            return !has_number(layout, 160) || has_absolute_time(layout, start);
        case Transform::init_time:
            return (!has_uptime(layout, true) || has_absolute_time(layout, true)) &&
                   (!has_uptime(layout, false) || has_absolute_time(layout, false));
        default:
            return element.versions == Versions::learnt && layout.version == 9 &&
                   has_uptime(layout, start);
    }
}

bool readable(Transform transform, std::uint16_t size) noexcept {
    return !reads_number(transform) || size == variable_length || size <= 8;
}

/// One template on its way.
class Compiler {
public:
    Compiler(const Template& layout, const Settings& settings, Steps& steps) noexcept
        : layout_{layout}, settings_{settings}, reading_{settings.reading()}, steps_{steps} {}

    void run() noexcept {
        add_default_times();
        for (std::uint8_t turn = 0; turn < turns; ++turn) {
            if (turn == 0 || (turns_seen_ >> turn & 1) != 0) add_fields(turn);
        }
    }

private:
    /// goflow2 v2 has a flow without times begin and end when it was exported.
    void add_default_times() noexcept {
        for (const Column column : {Column::time_flow_start_ns, Column::time_flow_end_ns}) {
            if (!settings_.schema.has(column)) continue;
            steps_.add(Step{.column = column, .transform = Transform::ns_of_export});
        }
    }

    void add_fields(std::uint8_t turn) noexcept {
        std::uint32_t offset = 0;
        for (std::size_t i = 0; i < layout_.fields.size(); ++i) {
            const TemplateField& field = layout_.fields[i];
            const Step place{.field = static_cast<std::uint16_t>(i),
                             .offset = static_cast<std::uint16_t>(offset),
                             .size = field.length};
            add_mapped(field, place, turn);
            if (field.enterprise == 0) add_built_in(field, place, turn);
            offset += field.length == variable_length ? 0 : field.length;
        }
    }

    /// Before the built-in step of the same field. What belongs to the datagram comes last of all:
    /// the user's word stands against the exporter's.
    void add_mapped(const TemplateField& field, const Step& place, std::uint8_t turn) noexcept {
        if (turn != 0 && turn != turn_mapping) return;
        std::optional<Step> step = mapped_step(settings_, layout_.version, field);
        if (!step || !readable(step->transform, field.length)) return;
        const bool late = is_of_datagram(step->column);
        if (late) turns_seen_ |= 1u << turn_mapping;
        if (late != (turn == turn_mapping)) return;
        step->field = place.field;
        step->offset = place.offset;
        step->size = place.size;
        steps_.add(*step);
    }

    void add_built_in(const TemplateField& field, const Step& place, std::uint8_t turn) noexcept {
        for (const Element& element : elements(field.id)) {
            if (!wanted(element) || !readable(element.transform, field.length)) continue;
            turns_seen_ |= 1u << element.turn;
            if (element.turn != turn) continue;
            Step step = place;
            step.column = element.column;
            step.transform = element.transform;
            step.shift = element.shift;
            step.bits = element.bits;
            step.operand = element.operand;
            steps_.add(step);
        }
    }

    /// An address says what an IP version (element 60) could, and says it better: exporters send
    /// versions that contradict it. A sampled frame fills columns of every profile.
    [[nodiscard]] bool wanted(const Element& element) const noexcept {
        if ((element.readings & reading_) == 0) return false;
        if (!applies(element.versions, layout_.version)) return false;
        if (is_other_clock(layout_, element)) return false;
        if (element.transform == Transform::etype_of_version) {
            return settings_.dialect != Dialect::standard || !has_address(layout_);
        }
        return element.transform == Transform::frame_section ||
               settings_.schema.has(element.column);
    }

    const Template& layout_;
    const Settings& settings_;
    Readings reading_;
    Steps& steps_;
    unsigned turns_seen_ = 0;
};

}  // namespace

Plan compile(const Template& layout, const Settings& settings,
             std::span<Step, plan_steps_max> memory) noexcept {
    Steps steps{memory};
    Compiler{layout, settings, steps}.run();
    const bool ordered = steps.make_direct();
    return {.steps = steps.all(), .direct = ordered && !layout.variable};
}

Plan compile(const Template& layout, std::span<Step, plan_steps_max> memory) noexcept {
    static constexpr Settings settings;
    return compile(layout, settings, memory);
}

}  // namespace flow::produce
