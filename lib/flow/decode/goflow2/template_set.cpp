// SPDX-License-Identifier: BSD-3-Clause
// Templates are rare: this need not be fast.
#include "flow/decode/goflow2/template_set.hpp"

#include <algorithm>

namespace flow::goflow2 {

namespace {

constexpr std::uint16_t enterprise_bit = 0x8000;
/// Stands for an enterprise number of 0: a field with one is never IANA's.
constexpr std::uint32_t enterprise_unnamed = UINT32_MAX;

}  // namespace

bool TemplateSetReader::next(TemplateRecord& record) noexcept {
    if (broken_ || in_.remaining() < 4) return false;
    broken_ = !read_header(record);
    for (std::size_t i = 0; i < record.field_count && !broken_; ++i) {
        const TemplateField field = read_field();
        if (i < fields_.size()) fields_[i] = field;
        broken_ = in_.failed();
    }
    record.fields = {fields_.data(), std::min(record.field_count, fields_.size())};
    return !broken_;
}

bool TemplateSetReader::read_header(TemplateRecord& record) noexcept {
    record = {.id = in_.u16()};
    switch (kind_) {
        case TemplateSetKind::netflow9:
        case TemplateSetKind::ipfix: record.field_count = in_.u16(); break;
        case TemplateSetKind::netflow9_options: {
            // Lengths in bytes; a rest of less than a field is not looked at.
            const std::size_t scopes = in_.u16() / 4u;
            const std::size_t options = in_.u16() / 4u;
            record.options = true;
            record.scope_count = static_cast<std::uint16_t>(scopes);
            record.field_count = scopes + options;
            break;
        }
        case TemplateSetKind::ipfix_options:
            record.options = true;
            record.field_count = in_.u16();
            record.scope_count = in_.u16();
            if (record.scope_count > record.field_count) return false;
            break;
    }
    return !in_.failed();
}

TemplateField TemplateSetReader::read_field() noexcept {
    const auto field = in_.block<4>();
    const std::uint16_t id = field.u16<0>();
    const bool ipfix = kind_ == TemplateSetKind::ipfix || kind_ == TemplateSetKind::ipfix_options;
    if (!ipfix || (id & enterprise_bit) == 0) return {id, field.u16<2>(), 0};
    const std::uint32_t enterprise = in_.u32();
    return {static_cast<std::uint16_t>(id & ~enterprise_bit), field.u16<2>(),
            enterprise == 0 ? enterprise_unnamed : enterprise};
}

bool is_whole(Bytes body, TemplateSetKind kind) noexcept {
    TemplateSetReader reader{body, kind};
    TemplateRecord record;
    while (reader.next(record)) continue;
    return !reader.broken();
}

}  // namespace flow::goflow2
