// SPDX-License-Identifier: BSD-3-Clause
// Exporters take turns by their weights, an exporter's domains one after the other.
#include "tools/gen/fleet.hpp"

#include <algorithm>

namespace flowd::gen {

namespace {

bool has_templates(Protocol protocol) noexcept {
    return protocol == Protocol::netflow9 || protocol == Protocol::ipfix;
}

bool is_multiple(std::uint32_t count, std::uint32_t of) noexcept {
    return of != 0 && count % of == 0;
}

}  // namespace

Fleet::Fleet(const FleetPlan& plan)
    : plan_{plan}, turns_(plan.exporters), random_state_{plan.seed} {
    domains_.reserve(std::size_t{plan.exporters} * plan.domains);
    for (std::uint32_t exporter = 1; exporter <= plan.exporters; ++exporter) {
        for (std::uint32_t number = 1; number <= plan.domains; ++number) {
            // Layouts differ between domains too: the wrong domain's template shows.
            domains_.push_back(
                {.exporter = exporter, .number = number, .generation = exporter + number});
        }
    }
    if (plan.weights != Weights::zipf) return;
    double sum = 0;
    for (std::uint32_t exporter = 1; exporter <= plan.exporters; ++exporter) {
        sum += 1.0 / exporter;
        shares_.push_back(sum);
    }
}

/// Marsaglia's xorshift64.
std::uint64_t Fleet::random() noexcept {
    random_state_ ^= random_state_ << 13;
    random_state_ ^= random_state_ >> 7;
    random_state_ ^= random_state_ << 17;
    return random_state_;
}

std::uint32_t Fleet::choose() noexcept {
    if (plan_.weights == Weights::zipf) {
        constexpr double range = 0x1p53;
        const double point = static_cast<double>(random() >> 11) / range * shares_.back();
        const auto found = std::upper_bound(shares_.begin(), shares_.end(), point);
        return static_cast<std::uint32_t>(
            std::min<std::ptrdiff_t>(found - shares_.begin(), plan_.exporters - 1));
    }
    const bool has_elephant = plan_.weights == Weights::elephant && plan_.exporters > 1;
    if (has_elephant && sent_count_ % 2 == 0) return 0;
    if (next_exporter_ >= plan_.exporters) next_exporter_ = 0;
    if (has_elephant && next_exporter_ == 0) next_exporter_ = 1;
    return next_exporter_++;
}

Protocol Fleet::protocol_of(std::uint32_t exporter) const noexcept {
    return plan_.mixed ? static_cast<Protocol>((exporter - 1) % 4) : plan_.protocol;
}

std::uint8_t Fleet::address_of(std::uint32_t exporter,
                               std::array<std::uint8_t, 16>& address) const noexcept {
    const bool is_v6 = plan_.ipv6 && exporter % 2 == 0;
    const std::size_t end = is_v6 ? 16 : 4;
    address = is_v6 ? std::array<std::uint8_t, 16>{0x20, 0x01, 0x0d, 0xb8}
                    : std::array<std::uint8_t, 16>{10};
    for (std::size_t i = 0; i < 3; ++i) {
        address[end - 1 - i] = static_cast<std::uint8_t>(exporter >> (8 * i));
    }
    return static_cast<std::uint8_t>(end);
}

const Sent& Fleet::next(Moment now) {
    const std::uint32_t index = choose();
    ++sent_count_;
    std::uint32_t& turn = turns_[index];
    Domain& domain = domains_[std::size_t{index} * plan_.domains + turn];
    if (++turn == plan_.domains) turn = 0;

    sent_.exporter = domain.exporter;
    sent_.protocol = protocol_of(domain.exporter);
    sent_.address_size = address_of(domain.exporter, sent_.address);
    constexpr std::uint32_t stable_first = 40000;
    constexpr std::uint32_t stable_count = 20000;
    sent_.port = static_cast<std::uint16_t>(plan_.random_ports
                                                ? 1024 + random() % 64000
                                                : stable_first + domain.exporter % stable_count);
    Request request{.protocol = sent_.protocol,
                    .records = plan_.records,
                    .exporter = sent_.source(),
                    .unix_seconds = now.unix_seconds,
                    .uptime_ms = now.uptime_ms};
    if (has_templates(sent_.protocol)) {
        request.storm = plan_.storm;
        const bool redefine =
            domain.datagrams != 0 && is_multiple(domain.datagrams, plan_.redefine_every);
        if (redefine) ++domain.generation;
        request.announce = redefine || domain.datagrams == 0 ||
                           is_multiple(domain.datagrams, plan_.template_every);
    }
    const std::uint32_t before = domain.flows;
    write_datagram(request, domain, payload_);
    sent_.payload = payload_.bytes();
    sent_.flows = domain.flows - before;
    return sent_;
}

}  // namespace flowd::gen
