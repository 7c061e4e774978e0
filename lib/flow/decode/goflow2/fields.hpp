// SPDX-License-Identifier: BSD-3-Clause
// How goflow2 takes a record of variable length apart (RFC 7011 §7): a field that is longer than
// what is left is what is left, and so are the fields behind it. Only a length that is not there
// ends a record.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/model/record.hpp"
#include "flow/model/template.hpp"

namespace flow::goflow2 {

/// What a record has at least. Fields of variable length count nothing here, although each has a
/// length byte: padding may look like one more record.
[[nodiscard]] inline std::size_t fixed_size(std::span<const TemplateField> fields) noexcept {
    std::size_t size = 0;
    for (const TemplateField& field : fields) {
        if (field.length != variable_length) size += field.length;
    }
    return size;
}

/// Reads the body of a set, at most 64 KiB, field by field.
class FieldReader {
public:
    explicit FieldReader(Bytes body) noexcept : body_{body} {}

    [[nodiscard]] std::size_t remaining() const noexcept { return body_.size() - at_; }

    /// Where each of `fields` lies, from where the reader stands: `extents` has as many. False when
    /// a length is missing; the reader is at the end then.
    [[nodiscard]] bool read(std::span<const TemplateField> fields,
                            std::span<FieldExtent> extents) noexcept {
        start_ = at_;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            std::size_t size = fields[i].length;
            if (size == variable_length && !read_length(size)) return false;
            size = std::min(size, remaining());
            extents[i] = {static_cast<std::uint16_t>(at_ - start_),
                          static_cast<std::uint16_t>(size)};
            at_ += size;
        }
        return true;
    }

    /// The bytes of the fields that were read last.
    [[nodiscard]] Bytes bytes() const noexcept { return body_.subspan(start_, at_ - start_); }

private:
    [[nodiscard]] bool read_length(std::size_t& size) noexcept {
        if (remaining() == 0) return false;
        size = body_[at_++];
        if (size != 255) return true;
        if (remaining() < 2) {
            at_ = body_.size();
            return false;
        }
        size = load_be16(body_.data() + at_);
        at_ += 2;
        return true;
    }

    Bytes body_;
    std::size_t at_ = 0;
    std::size_t start_ = 0;  ///< of the fields that were read last
};

}  // namespace flow::goflow2
