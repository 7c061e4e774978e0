// SPDX-License-Identifier: BSD-3-Clause
// Real workers on prepared datagrams, and real files.
#include "control/state_keeper.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "flow/format/json/formatter.hpp"
#include "state/file.hpp"
#include "support/netflow_builder.hpp"
#include "worker/workers.hpp"

namespace flowd {
namespace {

using flow::test::ByteBuilder;
using Worker = FormattingRxWorker<flow::json::Formatter>;

constexpr std::uint64_t at_once = 0;

/// NetFlow v9: one template with this id and fields of this element.
std::vector<std::uint8_t> teaching(unsigned id, std::uint16_t element = 8) {
    const flow::test::Fields fields{{element, 4}};
    ByteBuilder message = flow::test::netflow9_message();
    message.bytes(flow::test::set(0, flow::test::template_record(id, fields).bytes()).bytes());
    return {message.bytes().begin(), message.bytes().end()};
}

class StateKeeperTest : public testing::Test {
protected:
    StateKeeperTest() {
        std::string name = (std::filesystem::temp_directory_path() / "flowd-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        path_ = (folder_ / "state").string();
    }
    ~StateKeeperTest() override {
        stop();
        std::filesystem::remove_all(folder_);
    }

    void add_worker(std::vector<flow::Datagram> datagrams) {
        rings_.push_back(std::move(*BatchRing::create(4)));
        ingresses_.push_back(std::make_unique<test::PreparedIngress>(std::move(datagrams), true));
        RxSettings settings;
        settings.limits.templates = {.exporters_max = 8, .templates_max = 8};
        workers_.push_back(std::make_unique<Worker>(
            flow::json::Formatter{flow::Schema::all(flow::Profile::goflow2_v1)}, *ingresses_.back(),
            test::one_lane(*rings_.back()), settings, flags_));
    }
    void start() {
        for (const auto& worker : workers_) threads_.emplace_back([&worker] { worker->run(); });
    }
    void stop() {
        flags_.stop.store(true, std::memory_order_relaxed);
        for (std::thread& thread : threads_) thread.join();
        threads_.clear();
    }
    /// Ticks until the file has so many templates.
    bool saved(StateKeeper& keeper, std::size_t count) {
        for (int i = 0; i < 60'000; ++i) {
            keeper.tick();
            const auto learnt = state::read(path_);
            if (learnt && learnt->templates.size() == count) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
        return false;
    }
    void write_text(const std::string& text) const { std::ofstream{path_} << text; }
    std::string text_of(const std::string& path) const {
        std::ifstream file{path};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    std::filesystem::path folder_;
    std::string path_;
    StopFlags flags_;
    std::vector<std::unique_ptr<BatchRing>> rings_;
    std::vector<std::unique_ptr<test::PreparedIngress>> ingresses_;
    StateKeeper::Workers workers_;
    std::vector<std::thread> threads_;
    const std::vector<std::uint8_t> first_ = teaching(256);
    const std::vector<std::uint8_t> second_ = teaching(257);
};

TEST_F(StateKeeperTest, SavesWhileWorkersRun) {
    add_worker({flow::test::datagram(first_)});
    add_worker({flow::test::datagram(second_)});
    StateKeeper keeper{path_, at_once, workers_};
    ASSERT_FALSE(failed(keeper.restore()));
    EXPECT_TRUE(std::filesystem::exists(path_)) << "a path that cannot be written is known at once";
    start();
    EXPECT_TRUE(saved(keeper, 2));
}

TEST_F(StateKeeperTest, SavesTheRestAtTheEnd) {
    add_worker({flow::test::datagram(first_), flow::test::datagram(second_)});
    StateKeeper keeper{path_, UINT64_MAX, workers_};
    ASSERT_FALSE(failed(keeper.restore()));
    start();
    stop();
    EXPECT_EQ(state::read(path_)->templates.size(), 0u);
    ASSERT_FALSE(failed(keeper.finish()));
    EXPECT_EQ(state::read(path_)->templates.size(), 2u);
}

TEST_F(StateKeeperTest, WritesNothingWhenNothingChanges) {
    add_worker({});
    StateKeeper keeper{path_, at_once, workers_};
    ASSERT_FALSE(failed(keeper.restore()));
    std::filesystem::remove(path_);
    start();
    for (int i = 0; i < 20; ++i) keeper.tick();
    stop();
    ASSERT_FALSE(failed(keeper.finish()));
    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(StateKeeperTest, GivesEveryWorkerAllThatIsThere) {
    {
        add_worker({flow::test::datagram(first_)});
        StateKeeper keeper{path_, UINT64_MAX, workers_};
        ASSERT_FALSE(failed(keeper.restore()));
        start();
        stop();
        ASSERT_FALSE(failed(keeper.finish()));
    }
    flags_.stop.store(false, std::memory_order_relaxed);
    workers_.clear();
    const auto changed = teaching(256, 12);
    add_worker({});
    add_worker({flow::test::datagram(changed)});
    StateKeeper keeper{path_, UINT64_MAX, workers_};
    ASSERT_FALSE(failed(keeper.restore()));
    for (const auto& worker : workers_) {
        EXPECT_EQ(worker->pipeline_stats().templates_restored, 1u);
        EXPECT_EQ(worker->state().templates.size(), 1u);
    }
    start();
    stop();
    ASSERT_FALSE(failed(keeper.finish()));
    const auto learnt = state::read(path_);
    ASSERT_EQ(learnt->templates.size(), 1u);
    EXPECT_EQ(learnt->templates[0].fields[0].id, 12) << "what was heard, not what was restored";
}

TEST_F(StateKeeperTest, MovesAsideWhatItCannotRead) {
    for (const char* text : {"nonsense", "flowd-state 99 0 0\n", "flowd-state 1 1234 3\nabc"}) {
        workers_.clear();
        add_worker({});
        write_text(text);
        StateKeeper keeper{path_, at_once, workers_};
        EXPECT_FALSE(failed(keeper.restore())) << text;
        EXPECT_EQ(text_of(path_ + ".unread"), text);
        EXPECT_TRUE(state::read(path_)) << "a new one, of nothing";
    }
}

TEST_F(StateKeeperTest, KeepsGoflow2sFile) {
    const std::string theirs =
        R"({"192.0.2.1:2055": {"9/1/256": {"template-id": 256, "field-count": 1, "fields": )"
        R"([{"type": 8, "length": 4}]}}})";
    write_text(theirs);
    add_worker({});
    StateKeeper keeper{path_, at_once, workers_};
    ASSERT_FALSE(failed(keeper.restore()));
    EXPECT_EQ(workers_[0]->pipeline_stats().templates_restored, 1u);
    EXPECT_EQ(text_of(path_ + ".goflow2"), theirs);
    EXPECT_FALSE(state::is_goflow2(path_));
    EXPECT_EQ(state::read(path_)->templates.size(), 1u);
}

TEST_F(StateKeeperTest, RefusesAPathWhereNoFileCanBe) {
    add_worker({});
    std::filesystem::create_directory(path_);
    EXPECT_TRUE(failed(StateKeeper(path_, at_once, workers_).restore()));
    EXPECT_TRUE(std::filesystem::is_directory(path_));
    EXPECT_TRUE(failed(StateKeeper(path_ + "/no/such", at_once, workers_).restore()));
}

TEST_F(StateKeeperTest, WithoutAPathDoesNothing) {
    add_worker({flow::test::datagram(first_)});
    StateKeeper keeper{"", at_once, workers_};
    EXPECT_FALSE(failed(keeper.restore()));
    start();
    keeper.tick();
    stop();
    EXPECT_FALSE(failed(keeper.finish()));
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(StateKeeperTest, TriesAgainWhenTheFileCannotBeWritten) {
    add_worker({flow::test::datagram(first_)});
    StateKeeper keeper{path_, at_once, workers_};
    ASSERT_FALSE(failed(keeper.restore()));
    std::filesystem::create_directory(path_ + ".tmp");  // where the new file is written
    start();
    for (int i = 0; i < 200; ++i) {
        keeper.tick();
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    EXPECT_EQ(state::read(path_)->templates.size(), 0u);
    std::filesystem::remove(path_ + ".tmp");
    EXPECT_TRUE(saved(keeper, 1));
}

}  // namespace
}  // namespace flowd
