// SPDX-License-Identifier: BSD-3-Clause
// A made-up observation, whose ledgers are right, and actions that note what they were asked: what
// the server's tests show and the program that serves them.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/source.hpp"

namespace flowd::made_up {

/// `exporters` of them, with two domains, four templates, findings and losses here and there.
[[nodiscard]] Observation observation(std::size_t exporters, std::uint64_t serial = 1);

class Source final : public http::Source {
public:
    explicit Source(Observation first) { set(std::move(first)); }

    [[nodiscard]] std::shared_ptr<const Observation> latest() const override {
        const std::lock_guard lock{mutex_};
        return latest_;
    }
    /// The observation's, until another one is set.
    [[nodiscard]] http::HealthNow health() const override {
        const std::lock_guard lock{mutex_};
        return health_ ? *health_ : http::HealthNow{latest_->health, latest_->health_reason};
    }
    void set_health(http::HealthNow health) {
        const std::lock_guard lock{mutex_};
        health_ = std::move(health);
    }
    void set(Observation observation) {
        const std::lock_guard lock{mutex_};
        latest_ = std::make_shared<const Observation>(std::move(observation));
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Observation> latest_;
    std::optional<http::HealthNow> health_;
};

class Actions final : public http::Actions {
public:
    [[nodiscard]] std::vector<http::SettingView> settings() const override;
    [[nodiscard]] Outcome<config::Reload> reload() override;
    [[nodiscard]] Outcome<std::string> set_log_level(std::string_view level) override;
    /// Waits for that many seconds, or until it is given up.
    [[nodiscard]] Outcome<http::Captured> capture(const http::CaptureOrder& order) override;
    [[nodiscard]] Failure keep(std::uint64_t seconds, std::uint64_t bytes) override;
    [[nodiscard]] http::CaptureView capture_state() const override;

private:
    mutable std::mutex mutex_;
    std::string level_ = "info";
    http::CaptureView state_{};
};

}  // namespace flowd::made_up
