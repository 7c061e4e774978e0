// SPDX-License-Identifier: BSD-3-Clause
// The templates of one shard (RFC 7011 §8, RFC 3954 §7), shared by NetFlow v9 and IPFIX. Keyed by
// exporter address, version, observation domain (v9: source id) and template id. All memory is
// reserved at start; full means refuse.
#pragma once

#include <cstdint>
#include <span>

#include "flow/base/index_table.hpp"
#include "flow/base/result.hpp"
#include "flow/base/slots.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/template.hpp"

namespace flow {

/// Most fields that a template may have; a 1,500-byte datagram holds 370 of four bytes, real ones
/// have up to 100.
inline constexpr std::size_t template_fields_max = 256;

struct TemplateLimits {
    std::uint32_t exporters_max = 16384;
    std::uint32_t templates_max = 16384;
    std::uint32_t templates_per_exporter_max = 1024;
};

/// Whose template ids these are.
struct Domain {
    ExporterIndex exporter = 0;
    std::uint32_t id = 0;      ///< observation domain or source id
    std::uint8_t version = 0;  ///< 9 or 10

    [[nodiscard]] bool operator==(const Domain&) const noexcept = default;
};

/// What a template record says, before it is stored.
struct TemplateDefinition {
    std::uint16_t id = 0;
    bool options = false;
    std::span<const TemplateField> fields{};
    std::uint16_t scope_count = 0;  ///< options: how many of the fields are scopes
};

class TemplateStore {
public:
    TemplateStore(const TemplateLimits& limits, std::uint64_t seed) noexcept;

    struct Learnt {
        const Template* layout = nullptr;
        bool changed = false;  ///< new, or other fields than before; false for a mere refresh
    };
    /// Stores or replaces. Refuses with bad_template (id below 256, no field, a record of no bytes)
    /// or template_limit; what was there before stays.
    [[nodiscard]] Result<Learnt> put(const Domain& domain,
                                     const TemplateDefinition& definition) noexcept;

    /// Null when the template is not known.
    [[nodiscard]] const Template* find(const Domain& domain, std::uint16_t id) const noexcept;

    /// Withdrawal of one template (RFC 7011 §8.1); nothing happens when it is not known.
    void withdraw(const Domain& domain, std::uint16_t id) noexcept;
    /// Withdrawal of all templates, or all options templates, of a domain.
    void withdraw_all(const Domain& domain, bool options) noexcept;
    /// The exporter is gone, and all it taught.
    void forget(ExporterIndex exporter) noexcept;

    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint32_t count_of(ExporterIndex exporter) const noexcept {
        return chains_[exporter].count;
    }

private:
    struct Entry {
        Template layout;
        Domain domain;
        std::uint32_t next_plus_one;  ///< of the same exporter, or of the free ones; 0: the last
    };
    struct Fields {
        TemplateField of[template_fields_max];
    };
    /// The templates of one exporter, as a list. Zeroed memory is an empty one.
    struct Chain {
        std::uint32_t first_plus_one;
        std::uint32_t count;
    };

    [[nodiscard]] std::uint64_t hash_of(const Domain& domain, std::uint16_t id) const noexcept;
    [[nodiscard]] std::uint32_t index_of(const Domain& domain, std::uint16_t id) const noexcept;
    [[nodiscard]] std::uint32_t allocate() noexcept;
    template <class Predicate>
    void remove_if(ExporterIndex exporter, Predicate predicate) noexcept;

    TemplateLimits limits_;
    Slots<Entry> entries_;
    Slots<Fields> fields_;
    Slots<Chain> chains_;  ///< by exporter
    IndexTable table_;
    std::uint64_t seed_;
    std::uint32_t free_plus_one_ = 0;
    std::uint32_t fresh_ = 0;  ///< entries that were never used start here
    std::uint32_t size_ = 0;
};

}  // namespace flow
