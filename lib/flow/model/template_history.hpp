// SPDX-License-Identifier: BSD-3-Clause
// TemplateHistory: how an exporter has treated one of its templates. Plain values.
#pragma once

#include <cstdint>

namespace flow {

/// Zero where nothing was heard: a template of an earlier run that this one has not met yet.
struct TemplateHistory {
    std::uint32_t first_seen = 0;      ///< UNIX seconds, by receive times
    std::uint32_t last_announced = 0;  ///< its definition came last
    std::uint32_t announcements = 0;   ///< refreshes included
    std::uint32_t changes = 0;         ///< other fields than before
    float refresh_seconds = 0;         ///< between two announcements, smoothed; 0: not known
    bool used = false;                 ///< by data

    [[nodiscard]] bool operator==(const TemplateHistory&) const noexcept = default;

    /// Its definition came. Exporters repeat theirs by time or by number of datagrams, so that
    /// several may come in a second and none for half an hour. What comes sooner than usual counts
    /// more: after an outage, what was usual before is so again after a few.
    void announce(std::uint32_t now_seconds) noexcept {
        if (announcements == 0) {
            first_seen = now_seconds;
        } else {
            const auto passed = static_cast<std::int32_t>(now_seconds - last_announced);
            const float interval = passed > 0 ? static_cast<float>(passed) : 0.0f;
            const float weight = interval < refresh_seconds ? 0.5f : 0.125f;
            refresh_seconds += (interval - refresh_seconds) * (announcements == 1 ? 1.0f : weight);
        }
        last_announced = now_seconds;
        ++announcements;
    }
};

}  // namespace flow
