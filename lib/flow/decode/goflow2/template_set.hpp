// SPDX-License-Identifier: BSD-3-Clause
// The templates of a set as goflow2 reads them (RFC 3954 §5.2 and §6.1, RFC 7011 §3.4): records
// while four bytes are left, any id, any number of fields; a withdrawal is a template without
// fields. One broken record spoils the set.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/decode/templates/store.hpp"
#include "flow/model/template.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::goflow2 {

enum class TemplateSetKind : std::uint8_t {
    netflow9,
    netflow9_options,
    ipfix,
    ipfix_options,
};

struct TemplateRecord {
    std::uint16_t id = 0;
    bool options = false;
    std::uint16_t scope_count = 0;
    /// As announced. `fields` has no more than template_fields_max of them.
    std::size_t field_count = 0;
    std::span<const TemplateField> fields{};
};

class TemplateSetReader {
public:
    TemplateSetReader(Bytes body, TemplateSetKind kind) noexcept : in_{body}, kind_{kind} {}

    /// False at the end of the set, and when the next record is broken. The fields are valid until
    /// the next call.
    [[nodiscard]] bool next(TemplateRecord& record) noexcept;
    [[nodiscard]] bool broken() const noexcept { return broken_; }

private:
    [[nodiscard]] bool read_header(TemplateRecord& record) noexcept;
    [[nodiscard]] TemplateField read_field() noexcept;

    wire::Cursor in_;
    TemplateSetKind kind_;
    bool broken_ = false;
    std::array<TemplateField, template_fields_max> fields_{};
};

/// Whether every record of the set can be read.
[[nodiscard]] bool is_whole(Bytes body, TemplateSetKind kind) noexcept;

}  // namespace flow::goflow2
