// SPDX-License-Identifier: BSD-3-Clause
// Metric: one declaration makes a metric's name, type, help and labels, its series in a scrape and
// its line in the README. The tables of rows are in rows_*.cpp and goflow2.cpp; nothing else names
// a metric.
#pragma once

#include <prometheus/metric_type.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flowd::metrics {

using prometheus::MetricType;

struct Metric {
    std::string_view name;
    MetricType type = MetricType::Gauge;
    std::string_view unit;    ///< of the value; empty: none
    std::string_view labels;  ///< all that its series may have, "transport, reason"
    std::string_view help;
};

struct Label {
    std::string_view name;
    std::string_view value;
};
using MoreLabels = std::initializer_list<Label>;

/// The labels that name a source, kept, and as they stand in the text format: they are written as
/// often as there are metrics of it.
class SubjectLabels {
public:
    SubjectLabels() = default;
    SubjectLabels(std::initializer_list<std::pair<std::string_view, std::string>> labels);
    void push_back(std::string_view name, std::string value);

    [[nodiscard]] const std::vector<std::pair<std::string_view, std::string>>& all()
        const noexcept {
        return labels_;
    }
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

private:
    std::vector<std::pair<std::string_view, std::string>> labels_;
    std::string text_;
};

/// Where readers of rows put values. What becomes of them: exposition.hpp.
class Samples {
public:
    virtual ~Samples() = default;

    /// The values of one metric come next.
    virtual void begin(const Metric& metric) = 0;
    /// Whose they are. Borrowed until the next call.
    void about(const SubjectLabels& labels) noexcept { subject_ = &labels; }

    template <class Number>
    void add(Number value) {
        put({}, static_cast<double>(value));
    }
    /// With labels of its own besides.
    template <class Number>
    void add(MoreLabels more, Number value) {
        put(more, static_cast<double>(value));
    }
    /// Of a metric of type Summary. Quantiles are nowhere known.
    template <class Number>
    void add_summary(std::uint64_t count, Number sum) {
        put_summary(count, static_cast<double>(sum));
    }

protected:
    virtual void put(MoreLabels more, double value) = 0;
    virtual void put_summary(std::uint64_t count, double sum) = 0;
    [[nodiscard]] const SubjectLabels& subject() const noexcept { return *subject_; }

private:
    const SubjectLabels* subject_ = nullptr;
};

template <class Source>
struct Row {
    Metric metric;
    /// Adds nothing where the source has no such value.
    void (*read)(const Source&, Samples&);
};

/// A source and the labels that name it.
template <class Source>
struct Subject {
    SubjectLabels labels;
    const Source* source = nullptr;
};

/// One family per row, in the order of the rows.
template <class Source>
void read_rows(std::span<const Row<Source>> rows, const std::vector<Subject<Source>>& subjects,
               Samples& out) {
    for (const Row<Source>& row : rows) {
        out.begin(row.metric);
        for (const Subject<Source>& subject : subjects) {
            out.about(subject.labels);
            row.read(*subject.source, out);
        }
    }
}

}  // namespace flowd::metrics
