// SPDX-License-Identifier: BSD-3-Clause
// Every datagram of every capture, cut at every byte and with bytes changed in two hundred ways,
// each in heap memory of exactly its size. Nothing may crash or read behind it (the sanitizer build
// sees that), and every datagram is counted in exactly one place. The damage is the same in every
// run; FLOWD_DAMAGE_SEED=number gives another.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "flow/format/json/formatter.hpp"
#include "flow/format/protobuf/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "support/captures.hpp"
#include "support/exact_bytes.hpp"
#include "support/pcap_file.hpp"

namespace flow {
namespace {

using namespace flow::test;

/// Each change costs thirty times as much under AddressSanitizer; the nightly run takes them all.
#ifdef __SANITIZE_ADDRESS__
constexpr bool is_slow = true;
#else
constexpr bool is_slow = false;
#endif

bool is_reduced() { return is_slow && std::getenv("FLOWD_NIGHTLY") == nullptr; }
unsigned changes_per_datagram() { return is_reduced() ? 6 : 200; }
/// A prime, so that the cuts of many datagrams fall everywhere.
std::size_t cut_step() { return is_reduced() ? 29 : 1; }

constexpr Schema schema = Schema::all(Profile::goflow2_v1);
/// Small, so that damage reaches them.
constexpr PipelineLimits limits{
    .templates = {.exporters_max = 32, .templates_max = 256, .templates_per_exporter_max = 64},
    .domains = {.domains_max = 64, .domains_per_exporter_max = 64},
    .park = {.bytes_max = 65'536}};

std::uint64_t seed() {
    const char* const given = std::getenv("FLOWD_DAMAGE_SEED");
    return given == nullptr ? 20'260 : std::strtoull(given, nullptr, 10);
}

/// Counts messages. Each is written where a heap block ends, so that AddressSanitizer sees a write
/// behind what was reserved.
class CountingSink {
public:
    std::uint8_t* reserve(std::size_t size) noexcept {
        if (size > block_size) std::abort();
        begin_ = block_.get() + block_size - size;
        return begin_;
    }
    void commit(const std::uint8_t* end, AccountTag) noexcept {
        if (end < begin_ || end > block_.get() + block_size) std::abort();
        ++messages;
        sum += end == begin_ ? 0 : end[-1];  // reads what was written
    }

    std::uint64_t messages = 0;
    std::uint64_t sum = 0;

private:
    static constexpr std::size_t block_size = 64 * 1024;

    std::unique_ptr<std::uint8_t[]> block_{new std::uint8_t[block_size]};
    std::uint8_t* begin_ = nullptr;
};

template <class Format>
class Victim {
public:
    explicit Victim(const Format& format) : pipeline_{format, sink_, limits} {}

    Error process(const CapturedDatagram& captured, Bytes payload) {
        const ExactBytes exact{payload};
        return pipeline_.process(captured.datagram(exact.bytes()));
    }
    [[nodiscard]] const PipelineStats& stats() const { return pipeline_.stats(); }

    void expect_balance(const std::string& where) const {
        const PipelineStats& stats = pipeline_.stats();
        EXPECT_EQ(stats.datagrams,
                  std::accumulate(stats.datagram_drops.begin(), stats.datagram_drops.end(),
                                  stats.decoded + stats.parked_datagrams))
            << where;
        EXPECT_EQ(stats.flows, sink_.messages + stats.flows_too_large) << where;
        EXPECT_EQ(stats.datagram_drops[0], 0u) << where << ": a drop without a reason";
        EXPECT_LE(pipeline_.templates().size(), limits.templates.templates_max) << where;
        EXPECT_LE(pipeline_.exporters().size(), limits.templates.exporters_max) << where;
    }

private:
    CountingSink sink_;
    Pipeline<Format, CountingSink> pipeline_;
};

template <class Format>
class Damage {
public:
    Damage(const Format& format, const std::vector<CapturedDatagram>& datagrams)
        : victim_{format}, datagrams_{datagrams} {
        for (const CapturedDatagram& each : datagrams) {
            const std::uint64_t before = victim_.stats().templates_learnt;
            static_cast<void>(victim_.process(each, each.payload));
            if (victim_.stats().templates_learnt != before) teachers_.push_back(&each);
        }
    }

    void cut_everywhere() {
        const std::size_t step = cut_step();
        for (const CapturedDatagram& each : datagrams_) {
            for (std::size_t size = 0; size < each.payload.size(); size += step) {
                static_cast<void>(victim_.process(each, Bytes{each.payload}.first(size)));
            }
        }
    }

    void change_bytes() {
        const unsigned changes = changes_per_datagram();
        for (const CapturedDatagram& each : datagrams_) {
            for (unsigned i = 0; i < changes; ++i) {
                std::vector<std::uint8_t> changed = each.payload;
                if (changed.empty()) continue;
                for (std::uint64_t count = 1 + random_() % 6; count > 0; --count) {
                    change(changed[random_() % changed.size()]);
                }
                // Half of the time near the front, where lengths and counts are.
                if (i % 2 == 0)
                    change(changed[random_() % std::min<std::size_t>(64, changed.size())]);
                static_cast<void>(victim_.process(each, changed));
            }
            for (const CapturedDatagram* teacher : teachers_) {
                static_cast<void>(victim_.process(*teacher, teacher->payload));
            }
        }
    }

    void expect_balance(const std::string& where) const { victim_.expect_balance(where); }

private:
    void change(std::uint8_t& byte) {
        constexpr std::array<std::uint8_t, 6> notable{0, 1, 4, 0x7f, 0x80, 0xff};
        const std::uint64_t choice = random_();
        byte = choice % 3 == 0 ? notable[choice / 3 % notable.size()]
                               : static_cast<std::uint8_t>(byte ^ 1u << (choice / 3 % 8));
    }

    Victim<Format> victim_;
    const std::vector<CapturedDatagram>& datagrams_;
    std::vector<const CapturedDatagram*> teachers_;  ///< of templates: repair what damage changed
    std::mt19937_64 random_{seed()};
};

template <class Format>
void damage(const Format& format, const PcapFile& file, const std::string& name) {
    Damage<Format> damage{format, file.datagrams};
    damage.cut_everywhere();
    damage.expect_balance(name + " cut");
    damage.change_bytes();
    damage.expect_balance(name + " changed");
}

class DamagedCapture : public testing::TestWithParam<std::string> {};

TEST_P(DamagedCapture, IsCountedToTheLastDatagram) {
    const PcapFile file = read_pcap(GetParam());
    ASSERT_EQ(file.failure, "");
    const std::string name = std::filesystem::path{GetParam()}.stem();
    damage(protobuf::Formatter{schema, protobuf::Framing::length_prefixed}, file, name);
    damage(json::Formatter{schema}, file, name);
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
    std::string name = std::filesystem::path{info.param}.stem();
    for (char& letter : name) {
        if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '_';
    }
    return name + "_" + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(All, DamagedCapture, testing::ValuesIn(all_captures()), test_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DamagedCapture);

TEST(Damage, HasCapturesToWorkOn) {
    EXPECT_FALSE(all_captures().empty()) << "neither tests/captures nor a corpus was found";
}

}  // namespace
}  // namespace flow
