// SPDX-License-Identifier: BSD-3-Clause
// prometheus-cpp's own serializer is the judge: what it makes of the families has to be the text.
#include "http/metrics/exposition.hpp"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <functional>
#include <limits>
#include <random>

#include "http/metrics/made_up.hpp"
#include "http/metrics/page.hpp"

namespace flowd::metrics {
namespace {

using Fill = std::function<void(Samples&)>;

std::string ours(const Fill& fill) {
    std::string text;
    TextSamples samples{text};
    fill(samples);
    return text;
}

std::string theirs(const Fill& fill) {
    FamilySamples samples;
    fill(samples);
    return prometheus::TextSerializer{}.Serialize(samples.take());
}

constexpr Metric gauge{"flowd_number", MetricType::Gauge, "", "", "A number."};

Fill number(double value, const Metric& metric = gauge) {
    return [value, &metric](Samples& out) {
        const SubjectLabels nobody;
        out.begin(metric);
        out.about(nobody);
        out.add(value);
    };
}

TEST(Exposition, EveryNumberIsWrittenAsTheSerializerDoes) {
    using Limits = std::numeric_limits<double>;
    for (const double value :
         {0.0, -0.0, 1.0, -1.0, 0.1, 1.0 / 3, 1e14, 999'999'999'999'999.0, 1e15, 1e15 + 1, 1e16,
          1.5e300, -2.5e-7, 1799996400.25, Limits::infinity(), -Limits::infinity(),
          Limits::quiet_NaN(), Limits::max(), Limits::denorm_min()}) {
        EXPECT_EQ(ours(number(value)), theirs(number(value))) << value;
    }
}

TEST(Exposition, RandomNumbersAreWrittenAsTheSerializerDoes) {
    std::mt19937_64 random{1};
    for (int i = 0; i < 20'000; ++i) {
        double value = static_cast<double>(random() >> random() % 64);
        if (i % 2 == 0) value /= 1000;
        if (i % 3 == 0) value = -value;
        ASSERT_EQ(ours(number(value)), theirs(number(value)));
    }
}

TEST(Exposition, EveryTypeIsWrittenAsTheSerializerDoes) {
    for (const MetricType type : {MetricType::Counter, MetricType::Untyped, MetricType::Gauge}) {
        Metric metric = gauge;
        metric.type = type;
        EXPECT_EQ(ours(number(12, metric)), theirs(number(12, metric)));
    }
}

TEST(Exposition, LabelsOfTheSubjectComeFirstAndValuesAreEscaped) {
    const Fill fill = [](Samples& out) {
        const SubjectLabels subject{{"quoted", "say \"a\\b\"\nand c"}, {"plain", "x"}};
        const SubjectLabels nobody;
        out.begin(gauge);
        out.about(subject);
        out.add(1);
        out.add({{"more", "\"y\""}, {"still", "z"}}, 2);
        out.about(nobody);
        out.add({{"more", "alone"}}, 3);
    };
    EXPECT_EQ(ours(fill), theirs(fill));
    EXPECT_NE(ours(fill).find(R"({quoted="say \"a\\b\"\nand c",plain="x",more="\"y\"",still="z"})"),
              std::string::npos);
}

TEST(Exposition, SummariesHaveACountAndASum) {
    const Fill fill = [](Samples& out) {
        const Metric metric{"flow_size_bytes", MetricType::Summary, "", "", "Sizes."};
        const SubjectLabels subject{{"name", "NetFlow"}};
        out.begin(metric);
        out.about(subject);
        out.add_summary(3, 4200);
    };
    EXPECT_EQ(ours(fill), theirs(fill));
    EXPECT_NE(ours(fill).find("flow_size_bytes_sum{name=\"NetFlow\"} 4200\n"), std::string::npos);
}

TEST(Exposition, MetricsWithoutValuesAreLeftOut) {
    const Fill fill = [](Samples& out) {
        out.begin(gauge);
        number(1)(out);
        out.begin(gauge);
    };
    EXPECT_EQ(ours(fill), theirs(fill));
    EXPECT_EQ(ours(fill), ours(number(1)));
}

TEST(Exposition, AWholePageIsTheSerializers) {
    const Observation seen = test::made_up(20);
    const ProcessView process;
    for (const bool goflow2 : {false, true}) {
        const MetricsSettings settings{.exporters_max = 10, .goflow2 = goflow2};
        const Collector collector{seen, process, settings};
        const std::string page = prometheus::TextSerializer{}.Serialize(collector.Collect());
        EXPECT_EQ(metrics_page(seen, process, settings), page);
    }
}

}  // namespace
}  // namespace flowd::metrics
