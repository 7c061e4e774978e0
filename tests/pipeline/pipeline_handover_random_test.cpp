// SPDX-License-Identifier: BSD-3-Clause
// One pipeline that gets every datagram, against two between which exporters and domains move all
// the time: the same flows, in the same order per domain, and the same counters in sum.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "flow/format/protobuf/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "handover_traffic.hpp"
#include "support/accounts.hpp"
#include "support/parsed_flow.hpp"
#include "support/vector_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;

constexpr Schema schema = Schema::all(Profile::goflow2_v1);
const protobuf::Formatter format{schema, protobuf::Framing::bare};

using Tested = Pipeline<protobuf::Formatter, VectorSink>;

struct Setting {
    std::uint64_t seed = 0;
    bool key_has_port = false;
    bool across_domains = false;  ///< rates of a whole exporter: it moves as a whole then
};

constexpr std::uint64_t second = 1'000'000'000;

std::vector<std::uint64_t> numbers_of(const PipelineStats& stats) {
    std::vector<std::uint64_t> all{stats.datagrams,
                                   stats.payload_bytes,
                                   stats.decoded,
                                   stats.parked_datagrams,
                                   stats.sets_parked,
                                   stats.sets_unparked,
                                   stats.sets_expired,
                                   stats.parked_bytes,
                                   stats.sequence_lost,
                                   stats.sequence_late,
                                   stats.sequence_duplicates,
                                   stats.sequence_resets,
                                   stats.exporters_evicted,
                                   stats.templates_evicted,
                                   stats.domains_evicted,
                                   stats.flows,
                                   stats.flows_too_large,
                                   stats.templates_learnt,
                                   stats.counter_samples,
                                   stats.discarded_samples,
                                   stats.other_samples};
    all.insert(all.end(), stats.datagram_drops.begin(), stats.datagram_drops.end());
    return all;
}

/// Flows by exporter and stream, in order.
std::map<std::string, std::vector<std::string>> flows_of(const VectorSink& sink) {
    std::map<std::string, std::vector<std::string>> flows;
    for (const VectorSink::Message& message : sink.messages) {
        const flowpb::FlowMessage flow = parse_flow(message.bytes());
        std::string key = std::to_string(flow.type()) + ' ' + flow.sampler_address() + ' ';
        if (flow.type() == flowpb::FlowMessage::SFLOW_5) {
            key += std::to_string(flow.sampling_rate());
        } else if (flow.type() == flowpb::FlowMessage::NETFLOW_V5) {
            key += std::to_string(flow.packets() >> 20);
        } else {
            key += std::to_string(flow.src_port());
        }
        flows[key].emplace_back(message.bytes().begin(), message.bytes().end());
    }
    return flows;
}

class Movers {
public:
    explicit Movers(const Setting& setting)
        : setting_{setting},
          random_{setting.seed},
          streams_{random_streams(random_, setting.key_has_port)},
          owners_(streams_.size()) {
        for (std::size_t& owner : owners_) owner = random_() % 2;
        limits_.template_key =
            setting.key_has_port ? TemplateKey::address_port : TemplateKey::address;
        limits_.sampling.across_domains = setting.across_domains;
        if (setting.across_domains) {  // an exporter is one worker's
            for (std::size_t i = 1; i < streams_.size(); ++i) {
                if (same_exporter(i, i - 1)) owners_[i] = owners_[i - 1];
            }
        }
        truth_ = std::make_unique<Tested>(format, schema, truth_sink_, limits_);
        for (auto& shard : shards_) {
            shard = std::make_unique<Tested>(format, schema, sink_, limits_);
        }
        restore();
    }

    void run(std::size_t steps) {
        for (std::size_t step = 0; step < steps; ++step) {
            if (!moving()) {
                const std::uint64_t pause = random_() % 40 == 0 ? 20 : random_() % 2;
                now_ns_ += pause * second + random_() % 1000;
                if (random_() % 5 == 0) start_move();
            } else if (random_() % 2 == 0) {
                move_on();
            }
            const std::size_t which = random_() % streams_.size();
            const Sent sent = streams_[which].next(random_, now_ns_);
            if (random_() % 30 == 0) continue;  // lost on the way
            static_cast<void>(truth_->process(sent.datagram()));
            if (moving() && leaving_[which]) {
                held_.push_back(sent);
            } else {
                static_cast<void>(shards_[owners_[which]]->process(sent.datagram()));
            }
            expect_balance();
        }
        while (moving()) move_on();
        truth_->finish();
        for (auto& shard : shards_) shard->finish();
    }

    void expect_equal() const {
        const auto truth = flows_of(truth_sink_);
        const auto moved = flows_of(sink_);
        const PipelineStats& all = truth_->stats();
        EXPECT_GT(truth_sink_.messages.size(), 500u) << "or this says little";
        for (const std::uint64_t each : {all.sets_unparked, all.sets_expired, all.sequence_lost,
                                         all.sequence_late, all.sequence_duplicates}) {
            EXPECT_GT(each, 0u) << "so do these";
        }
        EXPECT_EQ(truth_sink_.messages.size(), sink_.messages.size());
        for (const auto& [key, flows] : truth) {
            const auto found = moved.find(key);
            ASSERT_NE(found, moved.end());
            EXPECT_TRUE(flows == found->second);
        }
        const auto expected = numbers_of(truth_->stats());
        const auto a = numbers_of(shards_[0]->stats());
        const auto b = numbers_of(shards_[1]->stats());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            EXPECT_EQ(a[i] + b[i], expected[i]) << "counter " << i;
        }
        expect_equal_accounts();
        EXPECT_LT(shards_[0]->stats().sequence_lost, 1u << 30) << "it did not get below zero";
        EXPECT_LT(shards_[1]->stats().sequence_lost, 1u << 30);
        EXPECT_EQ(
            truth_->templates().size(),
            shards_[0]->templates().size() + shards_[1]->templates().size() - unmoved_copies());
    }

    /// The accounts of both shards together.
    void expect_equal_accounts() const {
        const Accounts truth = accounts_of(truth_->ledger());
        std::array<Accounts, 2> moved;
        for (std::size_t i = 0; i < 2; ++i) moved[i] = accounts_of(shards_[i]->ledger());
        for (const auto& [name, account] : truth) {
            const AccountCounts sum = sum_of(moved[0][name].counts, moved[1][name].counts);
            EXPECT_EQ(test::numbers_of(sum), test::numbers_of(account.counts))
                << "domain " << name.domain << " of version " << int{name.version};
        }
    }

    std::size_t sets_moved = 0;
    std::size_t pages = 0;
    std::size_t moves_of_several_pages = 0;

private:
    [[nodiscard]] bool moving() const { return !leaving_.empty(); }
    [[nodiscard]] bool same_exporter(std::size_t a, std::size_t b) const {
        return streams_[a].key().exporter == streams_[b].key().exporter &&
               streams_[a].key().port == streams_[b].key().port;
    }

    /// What a run before has left is given to all, as the daemon does it.
    void restore() {
        const auto when = static_cast<std::uint32_t>(now_ns_ / second);
        for (const Stream& stream : streams_) {
            if (stream.key().version != 9 && stream.key().version != 10) continue;
            if (random_() % 2 == 0) continue;
            const LearntTemplate layout{
                .key = stream.key(), .id = 256, .fields = {{7, 2}, {11, 2}, {4, 1}}};
            const LearntSampling rate{.key = stream.key(), .rate = 7};
            for (Tested* const each : {truth_.get(), shards_[0].get(), shards_[1].get()}) {
                EXPECT_EQ(each->restore(layout, when), Error::none);
                EXPECT_TRUE(each->restore(rate, when));
            }
        }
    }

    /// Templates that were restored and belong to the other shard: nothing has moved there.
    [[nodiscard]] std::size_t unmoved_copies() const {
        std::size_t count = 0;
        for (std::size_t shard = 0; shard < 2; ++shard) {
            const ShardState& state = shards_[shard]->state();
            state.visit_templates(0, UINT32_MAX, [&](const StateKey& key, const Template&, bool) {
                for (std::size_t i = 0; i < streams_.size(); ++i) {
                    if (streams_[i].key() == key && owners_[i] != shard) ++count;
                }
            });
        }
        return count;
    }

    void start_move() {
        const std::size_t chosen = random_() % streams_.size();
        const bool whole = setting_.across_domains || random_() % 3 == 0;
        const std::size_t from = owners_[chosen];
        leaving_.assign(streams_.size(), false);
        for (std::size_t i = 0; i < streams_.size(); ++i) {
            const bool same = whole ? same_exporter(i, chosen) : i == chosen;
            leaving_[i] = owners_[i] == from && (same || (!whole && random_() % 8 == 0));
        }
        giver_ = from;
        walk_ = {};
        pages_of_move_ = 0;
        HandoverWalk forgetting;
        while (!shards_[1 - from]->forget(forgetting,
                                          [&](const StateKey& key) { return leaves(key); })) {
        }
    }

    [[nodiscard]] bool leaves(const StateKey& key) const {
        for (std::size_t i = 0; i < streams_.size(); ++i) {
            if (leaving_[i] && streams_[i].key() == key) return true;
        }
        return false;
    }

    void move_on() {
        shards_[giver_]->give(*page_, walk_, [&](const StateKey& key) { return leaves(key); });
        ++pages;
        ++pages_of_move_;
        page_->for_each([&]<class Record>(const Record&, Bytes) {
            if (Record::kind == handover::Kind::set) ++sets_moved;
        });
        EXPECT_EQ(shards_[1 - giver_]->take(*page_), HandoverRefusals{});
        if (!page_->last) return;
        if (pages_of_move_ > 1) ++moves_of_several_pages;
        for (std::size_t i = 0; i < streams_.size(); ++i) {
            if (leaving_[i]) owners_[i] = 1 - giver_;
        }
        for (const Sent& sent : held_) {
            static_cast<void>(shards_[1 - giver_]->process(sent.datagram()));
        }
        held_.clear();
        leaving_.clear();
        expect_balance();
    }

    void expect_balance() const {
        std::uint64_t left = held_.size();
        std::uint64_t right = 0;
        std::uint64_t sets = 0;
        for (const auto& shard : shards_) {
            const PipelineStats& stats = shard->stats();
            left += stats.datagrams;
            const std::uint64_t here =
                std::accumulate(stats.datagram_drops.begin(), stats.datagram_drops.end(),
                                stats.decoded + stats.parked_datagrams);
            ASSERT_EQ(stats.datagrams + stats.adopted, here + stats.handed_on);
            right += here;
            sets += stats.sets_parked - stats.sets_unparked - stats.sets_expired;
        }
        ASSERT_EQ(left, right + held_.size());
        for (const auto& shard : shards_) {
            shard->ledger().for_each([](std::uint32_t, const Account& account) {
                ASSERT_TRUE(balanced(account.counts));
            });
        }
        ASSERT_LT(sets, 1u << 20) << "it did not get below zero";
    }

    Setting setting_;
    std::mt19937_64 random_;
    std::vector<Stream> streams_;
    std::vector<std::size_t> owners_;
    PipelineLimits limits_{
        .templates = {.exporters_max = 64, .templates_max = 1024, .templates_per_exporter_max = 64},
        .domains = {.domains_max = 16'384},  // no account is given to another
        .park = {.bytes_max = std::size_t{64} << 20}};
    VectorSink truth_sink_;
    VectorSink sink_;  ///< of both: the order between them is known
    std::unique_ptr<Tested> truth_;
    std::array<std::unique_ptr<Tested>, 2> shards_;
    std::uint64_t now_ns_ = 1'700'000'000 * second;

    // Of the move that goes on.
    std::vector<bool> leaving_;  ///< by stream; empty: none
    std::size_t giver_ = 0;
    HandoverWalk walk_;
    std::size_t pages_of_move_ = 0;
    std::unique_ptr<HandoverPage> page_ = std::make_unique<HandoverPage>();
    std::deque<Sent> held_;
};

class PipelineHandoverRandom : public testing::TestWithParam<Setting> {};

TEST_P(PipelineHandoverRandom, AgreesWithOnePipelineThatHasAll) {
    Movers movers{GetParam()};
    movers.run(3000);
    movers.expect_equal();
    EXPECT_GT(movers.sets_moved, 20u);
    EXPECT_GT(movers.moves_of_several_pages, 2u);
}

std::vector<Setting> settings() {
    std::vector<Setting> all;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        all.push_back(
            {.seed = seed, .key_has_port = seed % 2 == 0, .across_domains = seed % 3 == 0});
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Seeds, PipelineHandoverRandom, testing::ValuesIn(settings()),
                         [](const auto& each) { return std::to_string(each.param.seed); });

}  // namespace
}  // namespace flow
