// SPDX-License-Identifier: BSD-3-Clause
// The text format: https://prometheus.io/docs/instrumenting/exposition_formats/
#include "http/metrics/exposition.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace flowd::metrics {

namespace {

std::string_view type_name(MetricType type) {
    switch (type) {
        case MetricType::Counter: return "counter";
        case MetricType::Gauge: return "gauge";
        case MetricType::Summary: return "summary";
        default: return "untyped";
    }
}

void write_number(std::string& page, double value) {
    // All whole numbers below are exact in a double and shorter than 16 digits.
    constexpr double whole_most = 1e15;
    const bool is_minus_zero = value == 0 && std::signbit(value);
    std::array<char, 32> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    if (std::abs(value) < whole_most && value == std::trunc(value) && !is_minus_zero) {
        const auto end =
            std::to_chars(digits.begin(), digits.end(), static_cast<std::int64_t>(value));
        page.append(digits.data(), end.ptr);
    } else if (std::isnan(value)) {
        page += "Nan";
    } else if (std::isinf(value)) {
        page += value < 0 ? "-Inf" : "+Inf";
    } else {
        const auto end =
            std::to_chars(digits.begin(), digits.end(), value, std::chars_format::general, 16);
        page.append(digits.data(), end.ptr);
    }
}

void write_escaped(std::string& page, std::string_view value) {
    for (const char each : value) {
        switch (each) {
            case '\\': page += "\\\\"; break;
            case '\n': page += "\\n"; break;
            case '"': page += "\\\""; break;
            default: page += each;
        }
    }
}

/// `name="value"`, behind a comma unless it is the first.
void write_label(std::string& page, const Label& label, bool is_first) {
    if (!is_first) page += ',';
    page += label.name;
    page += "=\"";
    write_escaped(page, label.value);
    page += '"';
}

}  // namespace

SubjectLabels::SubjectLabels(
    std::initializer_list<std::pair<std::string_view, std::string>> labels) {
    for (const auto& [name, value] : labels) push_back(name, value);
}

void SubjectLabels::push_back(std::string_view name, std::string value) {
    write_label(text_, {name, value}, text_.empty());
    labels_.emplace_back(name, std::move(value));
}

void FamilySamples::begin(const Metric& metric) {
    if (!families_.empty() && families_.back().metric.empty()) families_.pop_back();
    prometheus::MetricFamily& family = families_.emplace_back();
    family.name = metric.name;
    family.help = metric.help;
    family.type = metric.type;
}

std::vector<prometheus::MetricFamily> FamilySamples::take() {
    if (!families_.empty() && families_.back().metric.empty()) families_.pop_back();
    return std::move(families_);
}

prometheus::ClientMetric& FamilySamples::next(MoreLabels more) {
    prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
    metric.label.reserve(subject().all().size() + more.size());
    for (const auto& [name, value] : subject().all()) {
        metric.label.push_back({std::string{name}, value});
    }
    for (const Label& each : more) {
        metric.label.push_back({std::string{each.name}, std::string{each.value}});
    }
    return metric;
}

void FamilySamples::put(MoreLabels more, double value) {
    prometheus::ClientMetric& metric = next(more);
    switch (families_.back().type) {
        case MetricType::Counter: metric.counter.value = value; break;
        case MetricType::Gauge: metric.gauge.value = value; break;
        default: metric.untyped.value = value; break;
    }
}

void FamilySamples::put_summary(std::uint64_t count, double sum) {
    prometheus::ClientMetric& metric = next({});
    metric.summary.sample_count = count;
    metric.summary.sample_sum = sum;
}

void TextSamples::begin(const Metric& metric) {
    metric_ = &metric;
    has_head_ = false;
}

void TextSamples::write_head() {
    if (has_head_) return;
    has_head_ = true;
    page_ += "# HELP ";
    page_ += metric_->name;
    page_ += ' ';
    page_ += metric_->help;
    page_ += "\n# TYPE ";
    page_ += metric_->name;
    page_ += ' ';
    page_ += type_name(metric_->type);
    page_ += '\n';
}

void TextSamples::write_line(std::string_view suffix, MoreLabels more, double value) {
    page_ += metric_->name;
    page_ += suffix;
    const std::string_view labels = subject().text();
    if (!labels.empty() || more.size() != 0) {
        page_ += '{';
        page_ += labels;
        bool is_first = labels.empty();
        for (const Label& each : more) {
            write_label(page_, each, is_first);
            is_first = false;
        }
        page_ += '}';
    }
    page_ += ' ';
    write_number(page_, value);
    page_ += '\n';
}

void TextSamples::put(MoreLabels more, double value) {
    write_head();
    write_line("", more, value);
}

void TextSamples::put_summary(std::uint64_t count, double sum) {
    write_head();
    write_line("_count", {}, static_cast<double>(count));
    write_line("_sum", {}, sum);
}

}  // namespace flowd::metrics
