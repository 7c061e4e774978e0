// SPDX-License-Identifier: BSD-3-Clause
// The ledger of a pipeline against a slow recount, datagram by datagram, of random traffic:
// damaged, lost, late and double datagrams, data before its template, tables that are too small.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "flow/format/protobuf/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "flow/pipeline/raw_pipeline.hpp"
#include "handover_traffic.hpp"
#include "support/accounts.hpp"
#include "support/vector_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;

constexpr Schema schema = Schema::all(Profile::goflow2_v1);
const protobuf::Formatter format{schema, protobuf::Framing::bare};
constexpr std::uint64_t second = 1'000'000'000;

/// A sink with little room, that tells what it did.
class TightSink {
public:
    explicit TightSink(std::uint64_t seed) : random_{seed} {}

    std::uint8_t* reserve(std::size_t size) noexcept {
        const std::uint64_t what = random_() % 16;
        if (what == 0) ++counts_.ring_full;
        if (what == 1) ++counts_.too_large;
        if (what < 2) {
            ++counts_.offered;
            return nullptr;
        }
        return kept.reserve(size);
    }
    void commit(std::uint8_t* end, AccountTag account) noexcept {
        kept.commit(end, account);
        ++counts_.offered;
        ++counts_.published;
    }
    void refuse() noexcept {
        ++counts_.offered;
        ++counts_.too_large;
    }
    [[nodiscard]] SinkCounts counts() const noexcept { return counts_; }

    VectorSink kept;

private:
    std::mt19937_64 random_;
    SinkCounts counts_;
};
static_assert(CountingSink<TightSink> && RefusingSink<TightSink>);

/// No datagram is cut so short that its domain is not in it.
AccountName name_of(const Sent& sent) {
    const StateKey& key = sent.key;
    return {key.exporter, key.port, key.version, key.domain};
}

/// Sets by id, with what is left of a set that is cut.
void count_sets(const Sent& sent, AccountCounts& counts) {
    const bool netflow9 = sent.key.version == 9;
    if (!netflow9 && sent.key.version != 10) return;
    const std::vector<std::uint8_t>& payload = sent.payload;
    const auto number = [&](std::size_t at) {
        return std::size_t{payload[at]} << 8 | payload[at + 1];
    };
    const std::size_t announced = netflow9 ? payload.size() : number(2);
    const std::size_t end = std::min(announced, payload.size());
    for (std::size_t at = netflow9 ? 20 : 16; at + 4 <= end; at += number(at + 2)) {
        const std::size_t id = number(at);
        std::size_t kind = 2;
        if (id < 256) kind = id % 2;
        counts.sets[kind] += 1;
    }
}

struct Setting {
    std::uint64_t seed = 0;
    bool key_has_port = false;
    std::uint32_t exporters_max = 64;
    std::uint32_t domains_max = 256;
};

template <class Tested>
class Recount {
public:
    Recount(const Setting& setting, const auto& shape)
        : random_{setting.seed},
          streams_{random_streams(random_, setting.key_has_port)},
          sink_{setting.seed},
          pipeline_{shape, produce::Settings{.schema = schema}, sink_, limits_of(setting)} {}

    void run(std::size_t steps) {
        for (std::size_t step = 0; step < steps; ++step) {
            const std::uint64_t pause = random_() % 40 == 0 ? 20 : random_() % 2;
            now_ns_ += pause * second + random_() % 1000;
            Sent sent = streams_[random_() % streams_.size()].next(random_, now_ns_);
            if (random_() % 30 == 0) continue;  // lost on the way
            if (random_() % 40 == 0) sent.payload[0] = 99;
            process(sent);
            if (random_() % 40 == 0) process(sent);
            if (step % 64 == 0) expect_balance();
        }
        pipeline_.finish();
        expect_balance();
    }

    void process(const Sent& sent) {
        const std::size_t messages = sink_.kept.messages.size();
        const std::uint64_t flows = pipeline_.stats().flows;
        const SinkCounts before = sink_.counts();
        const Error outcome = pipeline_.process(sent.datagram());
        AccountName name = name_of(sent);
        if (outcome == Error::unknown_protocol) name.version = 0, name.domain = 0;
        if (name.version == 0 && !seen_[sent.key.exporter.octets[3]]) name = {};
        if (outcome != Error::unknown_protocol) seen_[sent.key.exporter.octets[3]] = true;
        AccountCounts& counts = expected_[name];
        ++counts.datagrams;
        counts.payload_bytes += sent.payload.size();
        counts.flows += pipeline_.stats().flows - flows;
        counts.offered += sink_.counts().offered - before.offered;
        counts.published += sink_.kept.messages.size() - messages;
        counts.too_large += sink_.counts().too_large - before.too_large;
        counts.ring_full += sink_.counts().ring_full - before.ring_full;
        if (outcome != Error::unknown_protocol) count_sets(sent, counts);
        for (std::size_t i = messages; i < sink_.kept.messages.size(); ++i) {
            expect_tag(sink_.kept.messages[i].account, name);
        }
    }

    void expect_every_account() const {
        const Accounts accounts = accounts_of(pipeline_.ledger());
        for (const auto& [name, expected] : expected_) {
            const auto found = accounts.find(name);
            ASSERT_NE(found, accounts.end()) << "version " << int{name.version};
            const AccountCounts& counts = found->second.counts;
            EXPECT_EQ(counts.datagrams, expected.datagrams);
            EXPECT_EQ(counts.payload_bytes, expected.payload_bytes);
            EXPECT_EQ(counts.flows, expected.flows);
            EXPECT_EQ(counts.offered, expected.offered);
            EXPECT_EQ(counts.published, expected.published);
            EXPECT_EQ(counts.too_large, expected.too_large);
            EXPECT_EQ(counts.ring_full, expected.ring_full);
            EXPECT_EQ(counts.sets[0], expected.sets[0]);
            EXPECT_EQ(counts.sets[1], expected.sets[1]);
            EXPECT_EQ(counts.sets[2] + counts.sets[3], expected.sets[2]);
            EXPECT_EQ(found->second.local_port, 2055);
            if (name.version == 9 || name.version == 10) {
                EXPECT_EQ(counts.set_records[2], expected.flows);
            }
        }
    }

    /// All rows together are the pipeline's own counters.
    void expect_sums() const {
        const AccountCounts sum = sum_of(accounts_of(pipeline_.ledger()));
        const PipelineStats& stats = pipeline_.stats();
        EXPECT_GT(stats.flows, 500U) << "or this says little";
        EXPECT_EQ(sum.datagrams, stats.datagrams);
        EXPECT_EQ(sum.payload_bytes, stats.payload_bytes);
        EXPECT_EQ(sum.decoded, stats.decoded);
        EXPECT_EQ(sum.parked, stats.parked_datagrams);
        EXPECT_EQ(sum.drops, stats.datagram_drops);
        EXPECT_EQ(sum.flows, stats.flows);
        EXPECT_EQ(sum.offered, sink_.counts().offered);
        EXPECT_EQ(sum.published, sink_.counts().published);
        EXPECT_EQ(sum.sequence_lost, stats.sequence_lost);
        EXPECT_EQ(sum.sequence_late, stats.sequence_late);
        EXPECT_EQ(sum.sequence_duplicates, stats.sequence_duplicates);
        EXPECT_EQ(sum.sequence_resets, stats.sequence_resets);
        EXPECT_EQ(sum.sets_parked, stats.sets_parked);
        EXPECT_EQ(sum.sets_unparked, stats.sets_unparked);
        EXPECT_EQ(sum.sets_expired, stats.sets_expired);
    }

    [[nodiscard]] const PipelineStats& stats() const { return pipeline_.stats(); }

private:
    static PipelineLimits limits_of(const Setting& setting) {
        PipelineLimits limits{.templates = {.exporters_max = setting.exporters_max,
                                            .templates_max = 1024,
                                            .templates_per_exporter_max = 64},
                              .domains = {.domains_max = setting.domains_max}};
        limits.template_key =
            setting.key_has_port ? TemplateKey::address_port : TemplateKey::address;
        return limits;
    }

    /// At once: rows may get other owners.
    void expect_tag(AccountTag tag, const AccountName& name) const {
        Account account;
        ASSERT_TRUE(pipeline_.ledger().read(row_of(tag), account));
        EXPECT_EQ(account.epoch, epoch_of(tag));
        if (row_of(tag) == 0 || account.name == name) return;
        AccountName exporters = name;  // where there is no room for the domain
        exporters.version = 0;
        exporters.domain = 0;
        EXPECT_EQ(account.name, exporters);
    }

    void expect_balance() const {
        pipeline_.ledger().for_each(
            [](std::uint32_t, const Account& account) { ASSERT_TRUE(balanced(account.counts)); });
    }

    std::mt19937_64 random_;
    std::vector<Stream> streams_;
    TightSink sink_;
    Tested pipeline_;
    std::uint64_t now_ns_ = 1'700'000'000 * second;
    std::map<AccountName, AccountCounts, NameOrder> expected_;
    std::array<bool, 256> seen_{};  ///< exporters, by the last octet
};

using Flows = Recount<Pipeline<protobuf::Formatter, TightSink>>;
using Raw = Recount<RawPipeline<TightSink>>;

class PipelineLedger : public testing::TestWithParam<std::uint64_t> {};

TEST_P(PipelineLedger, HasWhatASlowRecountHas) {
    Flows recount{{.seed = GetParam(), .key_has_port = false}, format};
    recount.run(4000);
    recount.expect_every_account();
    recount.expect_sums();
    EXPECT_GT(recount.stats().sets_unparked, 0U);
    EXPECT_GT(recount.stats().sets_expired, 0U);
    EXPECT_GT(recount.stats().sequence_late, 0U);
}

TEST_P(PipelineLedger, LosesNothingWhereTablesAreTooSmall) {
    Flows recount{{.seed = GetParam(), .exporters_max = 3, .domains_max = 4}, format};
    recount.run(8000);
    recount.expect_sums();
    EXPECT_GT(recount.stats().domains_evicted, 0U);
}

TEST_P(PipelineLedger, TakesRawMessagesForFlows) {
    Raw recount{{.seed = GetParam()}, raw::Shape{}};
    recount.run(3000);
    recount.expect_sums();
}

INSTANTIATE_TEST_SUITE_P(Seeds, PipelineLedger, testing::Range<std::uint64_t>(1, 7));

TEST(PipelineLedgerFlood, SurvivesSpoofedSources) {
    VectorSink sink;
    Pipeline<protobuf::Formatter, VectorSink> pipeline{
        format, sink, {.templates = {.exporters_max = 16}, .domains = {.domains_max = 16}}};
    constexpr unsigned count = 20'000;
    for (unsigned i = 0; i < count; ++i) {
        ByteBuilder out = netflow5_message({.count = 1, .sequence = i});
        add_netflow5_record(out, 5);
        Datagram given = datagram(out.bytes());
        given.source = ipv4(10, i >> 16, i >> 8 & 255, i & 255);
        ASSERT_EQ(pipeline.process(given), Error::none);
    }
    const Accounts accounts = accounts_of(pipeline.ledger());
    EXPECT_LE(accounts.size(), 1U + 16 + 16);
    const AccountCounts sum = sum_of(accounts);
    EXPECT_EQ(sum.datagrams, count);
    EXPECT_EQ(sum.flows, count);
    for (const auto& [name, account] : accounts) EXPECT_TRUE(balanced(account.counts));
}

TEST(PipelineLedgerRates, SaysWhereTheRateIsFrom) {
    VectorSink sink;
    Pipeline<protobuf::Formatter, VectorSink> pipeline{format, sink, {}};
    const auto said = [&](std::uint8_t version) {
        for (const auto& [name, account] : accounts_of(pipeline.ledger())) {
            if (name.version == version) {
                return std::pair{account.sampling_rate, account.sampling_source};
            }
        }
        return std::pair{0U, sampling::Source::none};
    };
    using sampling::Source;
    ByteBuilder v5 = netflow5_message({.count = 1, .sampling = 100});
    add_netflow5_record(v5, 5);
    EXPECT_EQ(pipeline.process(datagram(v5.bytes())), Error::none);
    EXPECT_EQ(said(5), (std::pair{100U, Source::header}));

    const ByteBuilder vlans = tagged(1001, ByteBuilder{}.u32(10).u32(0).u32(20).u32(0).bytes());
    const ByteBuilder sample = flow_sample({.sampling_rate = 512}, vlans.bytes());
    const ByteBuilder sflow = sflow_message({}, tagged(1, sample.bytes()).bytes());
    EXPECT_EQ(pipeline.process(datagram(sflow.bytes())), Error::none);
    EXPECT_EQ(said(sflow_domain_version), (std::pair{512U, Source::record}));

    const Fields scopes{{1, 4}};
    const Fields rate{{34, 4}};
    ByteBuilder sets = set(3, ipfix_options_record(400, scopes, rate).bytes());
    sets.bytes(set(400, ByteBuilder{}.u32(1).u32(77).bytes()).bytes());
    EXPECT_EQ(pipeline.process(datagram(ipfix_message({}, sets.bytes()).bytes())), Error::none);
    EXPECT_EQ(said(10), (std::pair{77U, Source::options}));
}

TEST(PipelineLedgerOff, CountsWhatItCountsWithout) {
    VectorSink sink;
    Pipeline<protobuf::Formatter, VectorSink> pipeline{format, sink, {.ledger = false}};
    ByteBuilder v5 = netflow5_message({.count = 1});
    add_netflow5_record(v5, 5);
    EXPECT_EQ(pipeline.process(datagram(v5.bytes())), Error::none);
    EXPECT_EQ(pipeline.stats().decoded, 1U);
    EXPECT_FALSE(pipeline.ledger().enabled());
    ASSERT_EQ(sink.messages.size(), 1U);
    EXPECT_NE(sink.messages[0].account, 0U);
}

}  // namespace
}  // namespace flow
