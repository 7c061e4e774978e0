// SPDX-License-Identifier: BSD-3-Clause
// TemplateBook: the templates and samplers that all RX workers have learnt, as they are shown. A
// walk over the workers fills it page by page; until it has ended, the one before is shown. The
// observer's thread.
#pragma once

#include <cstdint>
#include <vector>

#include "metrics/observation.hpp"
#include "worker/learnt_page.hpp"

namespace flowd {

class TemplateBook {
public:
    // A walk.
    void begin() noexcept;
    void add(const LearntPage& page);
    void end();

    /// By exporter, version, domain, id.
    [[nodiscard]] const std::vector<TemplateView>& templates() const noexcept { return views_; }
    /// Counts the walks that have ended.
    [[nodiscard]] std::uint64_t edition() const noexcept { return edition_; }
    /// Numbers of templates, and samplers, of exporters that are sorted by address, and their
    /// domains by version and number.
    void annotate(std::vector<ExporterView>& exporters) const;

private:
    struct Entry {
        LearntPage::TemplateEntry head;
        std::uint32_t first_field;
    };

    void write(const Entry& entry, TemplateView& view) const;

    std::vector<Entry> entries_;
    std::vector<flow::TemplateField> fields_;
    std::vector<LearntPage::SamplingEntry> found_sampling_;
    std::vector<TemplateView> views_;
    std::vector<LearntPage::SamplingEntry> sampling_;  ///< by exporter, version, domain
    std::uint64_t edition_ = 0;
};

}  // namespace flowd
