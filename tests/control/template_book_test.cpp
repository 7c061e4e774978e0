// SPDX-License-Identifier: BSD-3-Clause
#include "control/template_book.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "support/netflow_builder.hpp"

namespace flowd {
namespace {

struct Entry {
    unsigned host;
    std::uint32_t domain;
    std::uint16_t id;
    std::uint16_t field;
    bool confirmed;
};

flow::StateKey key_of(unsigned host, std::uint32_t domain) {
    return {flow::test::ipv4(192, 0, 2, host), 0, 9, domain};
}

std::unique_ptr<LearntPage> page_of(const std::vector<Entry>& entries) {
    auto page = std::make_unique<LearntPage>();
    for (const Entry& each : entries) {
        LearntPage::TemplateEntry& entry = page->templates[page->template_count++];
        entry = {};
        entry.key = key_of(each.host, each.domain);
        entry.id = each.id;
        entry.field_count = 1;
        entry.first_field = static_cast<std::uint16_t>(page->field_count);
        entry.confirmed = each.confirmed;
        page->fields[page->field_count++] = {each.field, 4, 0};
    }
    return page;
}

std::vector<ExporterView> exporters_of(std::initializer_list<unsigned> hosts) {
    std::vector<ExporterView> exporters;
    for (const unsigned host : hosts) {
        ExporterView& each = exporters.emplace_back();
        each.address = flow::test::ipv4(192, 0, 2, host);
        for (const std::uint32_t domain : {1U, 2U}) {
            DomainView& view = each.domains.emplace_back();
            view.version = 9;
            view.id = domain;
        }
    }
    return exporters;
}

TEST(TemplateBook, SortsWhatAllWorkersHaveAndPrefersWhatWasHeard) {
    TemplateBook book;
    book.begin();
    book.add(*page_of({{2, 1, 256, 8, true}, {1, 2, 300, 9, true}, {1, 2, 256, 1, false}}));
    book.add(*page_of({{1, 2, 256, 10, true}, {1, 1, 999, 11, true}}));
    EXPECT_TRUE(book.templates().empty()) << "the walk goes on";
    book.end();
    std::vector<unsigned> fields;
    for (const TemplateView& each : book.templates()) {
        fields.push_back(each.layout.fields.at(0).id);
    }
    EXPECT_EQ(fields, (std::vector<unsigned>{11, 10, 9, 8}));
    EXPECT_EQ(book.edition(), 1U);
    book.begin();
    book.end();
    EXPECT_TRUE(book.templates().empty());
}

TEST(TemplateBook, CountsTemplatesOfExportersAndDomains) {
    TemplateBook book;
    book.begin();
    book.add(*page_of({{1, 2, 256, 8, true},
                       {1, 2, 257, 8, true},
                       {2, 1, 256, 8, true},  // of nobody that is shown
                       {3, 1, 256, 8, true},
                       {3, 2, 256, 8, true},
                       {3, 7, 256, 8, true}}));
    book.end();
    std::vector<ExporterView> exporters = exporters_of({1, 3, 4});
    book.annotate(exporters);
    EXPECT_EQ(exporters[0].template_count, 2U);
    EXPECT_EQ(exporters[0].domains[0].template_count, 0U);
    EXPECT_EQ(exporters[0].domains[1].template_count, 2U);
    EXPECT_EQ(exporters[1].template_count, 3U);
    EXPECT_EQ(exporters[1].domains[0].template_count, 1U);
    EXPECT_EQ(exporters[1].domains[1].template_count, 1U);
    EXPECT_EQ(exporters[2].template_count, 0U);
}

TEST(TemplateBook, GivesDomainsTheirSamplers) {
    const auto page = page_of({});
    for (const bool confirmed : {false, true}) {
        LearntPage::SamplingEntry& entry = page->sampling[page->sampling_count++];
        entry.key = key_of(3, 2);
        entry.samplers[0] = {7, confirmed ? 1000U : 1U};
        entry.sampler_count = 1;
        entry.confirmed = confirmed;
    }
    TemplateBook book;
    book.begin();
    book.add(*page);
    book.end();
    std::vector<ExporterView> exporters = exporters_of({1, 3});
    exporters[0].domains[1].samplers.resize(3);  // of another one, before
    book.annotate(exporters);
    EXPECT_TRUE(exporters[0].domains[1].samplers.empty());
    ASSERT_EQ(exporters[1].domains[1].samplers.size(), 1U);
    EXPECT_EQ(exporters[1].domains[1].samplers[0].rate, 1000U);
}

}  // namespace
}  // namespace flowd
