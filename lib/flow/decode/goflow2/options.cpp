// SPDX-License-Identifier: BSD-3-Clause
// A record is its scopes, then its options: each part is read on its own, and only if the fixed
// fields of that part fit.
#include "flow/decode/goflow2/options.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "flow/decode/goflow2/fields.hpp"
#include "flow/decode/templates/store.hpp"

namespace flow::goflow2 {

namespace {

constexpr std::array<std::uint16_t, 3> rate_elements{305, 50, 34};

class OptionsReader {
public:
    OptionsReader(const Template& layout, Bytes body) noexcept
        : in_{body},
          scopes_{
              layout.fields.first(std::min<std::size_t>(layout.scope_count, layout.fields.size()))},
          options_{layout.fields.subspan(scopes_.size())},
          scopes_size_{fixed_size(scopes_)},
          options_size_{fixed_size(options_)} {}

    /// False at the end. Where goflow2 would read empty records for ever is an end, too.
    [[nodiscard]] bool next() noexcept {
        if (in_.remaining() == 0 || in_.remaining() < scopes_size_ + options_size_) return false;
        const std::size_t before = in_.remaining();
        broken_ |= !in_.read(scopes_, extents_);
        whole_ = in_.remaining() >= options_size_;
        if (whole_ && !in_.read(options_, extents_)) {
            broken_ = true;
            whole_ = false;
        }
        return in_.remaining() < before;
    }

    /// A field of the options, or null. Enterprise fields are not IANA's.
    [[nodiscard]] const FieldExtent* find(std::uint16_t id) const noexcept {
        for (std::size_t i = 0; whole_ && i < options_.size(); ++i) {
            if (options_[i].id == id && options_[i].enterprise == 0) return &extents_[i];
        }
        return nullptr;
    }

    [[nodiscard]] Bytes bytes() const noexcept { return in_.bytes(); }
    [[nodiscard]] bool broken() const noexcept { return broken_; }
    [[nodiscard]] bool endless() const noexcept { return scopes_size_ + options_size_ == 0; }

private:
    FieldReader in_;
    std::span<const TemplateField> scopes_;
    std::span<const TemplateField> options_;
    std::size_t scopes_size_;
    std::size_t options_size_;
    bool whole_ = false;
    bool broken_ = false;
    std::array<FieldExtent, template_fields_max> extents_;
};

}  // namespace

FoundRate find_rate(const Template& layout, Bytes body) noexcept {
    OptionsReader reader{layout, body};
    while (reader.next()) {
        for (const std::uint16_t id : rate_elements) {
            const FieldExtent* const extent = reader.find(id);
            if (extent == nullptr) continue;
            if (extent->size < 4) return {.found = true, .too_short = true};
            return {.found = true, .rate = load_be32(reader.bytes().data() + extent->offset)};
        }
    }
    return {};
}

bool options_are_broken(const Template& layout, Bytes body) noexcept {
    OptionsReader reader{layout, body};
    while (reader.next()) continue;
    return reader.broken() || (layout.variable && reader.endless());
}

}  // namespace flow::goflow2
