// SPDX-License-Identifier: BSD-3-Clause
// Examiner: the part of an observation that is about how exporters behave: copies the traits of all
// RX workers, and gives each exporter its X-ray and its diagnosis. The observer's thread; workers
// do not notice. Of very many exporters some thousand are diagnosed at a time, in turns, and the
// others keep what was said of them before.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <tuple>
#include <vector>

#include "metrics/diagnosis.hpp"
#include "metrics/exporter_counts.hpp"
#include "metrics/observation.hpp"
#include "worker/rx_worker.hpp"

namespace flowd {

class Examiner {
public:
    using Workers = std::vector<std::unique_ptr<RxWorker>>;
    static constexpr std::size_t at_a_time = 1000;
    /// What has come in one to two periods is judged, so that a finding ends so soon.
    static constexpr std::uint32_t period_seconds = 300;
    /// Of an exporter that sends less than `period_datagrams` in one, a period is longer.
    static constexpr std::uint32_t period_seconds_max = 1800;
    static constexpr std::uint64_t period_datagrams = 30;

    /// `keeps_templates`: they survive a restart.
    explicit Examiner(bool keeps_templates = false) : keeps_templates_{keeps_templates} {}

    /// `observation` has its exporters with their domains, by address, and its templates, by
    /// exporter. Fills in skews, sizes, reassembled, X-rays and findings.
    void examine(const Workers& workers, Observation& observation);
    /// The same of traits that somebody else has copied.
    void examine(const std::vector<flow::Traits>& traits, Observation& observation);

private:
    /// An exporter: the size of its address, the address, the port.
    using Who = std::tuple<std::uint8_t, std::array<std::uint8_t, 16>, std::uint16_t>;
    struct Verdict {
        Who whose{};
        bool known = false;
        bool has_before = false;
        ExporterCounts before{};  ///< one to two periods ago
        ExporterCounts middle{};  ///< at the end of the last period; seconds 0: none has ended
        Xray xray{};
        std::vector<Finding> findings{};
    };

    [[nodiscard]] static Who who(const flow::Address& address, std::uint16_t port);
    [[nodiscard]] static Who who(const flow::Traits& traits);
    [[nodiscard]] static Who who(const ExporterView& view);
    [[nodiscard]] static Who who(const TemplateView& view);
    template <class Each>
    [[nodiscard]] static std::span<const Each> rows_of(const std::vector<Each>& all,
                                                       const Who& whose);
    void sort(const std::vector<flow::Traits>& traits);
    void judge(const Evidence& evidence, Verdict& verdict) const;
    void keep_verdicts(const std::vector<ExporterView>& exporters);

    bool keeps_templates_;
    std::size_t turn_ = 0;
    std::vector<Verdict> verdicts_;  ///< in the order of the exporters

    // Memory for the next time.
    std::vector<flow::Traits> traits_;
    std::vector<flow::Traits> sorted_;
    std::vector<std::uint32_t> order_;
};

}  // namespace flowd
