// SPDX-License-Identifier: BSD-3-Clause
// State files: what is written is read again, what is damaged is refused with a sentence, and
// goflow2's own files are understood.
#include "state/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "support/netflow_builder.hpp"

namespace flowd::state {
namespace {

using flow::test::ipv4;

flow::LearntState example() {
    flow::LearntState state;
    state.templates.push_back({.key = {ipv4(192, 0, 2, 1), 0, 9, 7},
                               .id = 256,
                               .options = false,
                               .scope_count = 0,
                               .fields = {{8, 4, 0}, {82, flow::variable_length, 0}, {100, 2, 9}}});
    state.templates.push_back({.key = {ipv4(192, 0, 2, 2), 50000, 10, 0xffffffff},
                               .id = 65535,
                               .options = true,
                               .scope_count = 1,
                               .fields = {{149, 4, 0}, {305, 4, 0}}});
    state.sampling.push_back(
        {.key = {ipv4(192, 0, 2, 1), 0, 9, 7}, .rate = 1000, .samplers = {{1, 100}, {2, 200}}});
    return state;
}

void expect_equal(const flow::LearntState& left, const flow::LearntState& right) {
    ASSERT_EQ(left.templates.size(), right.templates.size());
    for (std::size_t i = 0; i < left.templates.size(); ++i) {
        const flow::LearntTemplate& a = left.templates[i];
        const flow::LearntTemplate& b = right.templates[i];
        EXPECT_EQ(a.key, b.key);
        EXPECT_EQ(a.id, b.id);
        EXPECT_EQ(a.options, b.options);
        EXPECT_EQ(a.scope_count, b.scope_count);
        ASSERT_EQ(a.fields.size(), b.fields.size());
        for (std::size_t field = 0; field < a.fields.size(); ++field) {
            EXPECT_EQ(a.fields[field].id, b.fields[field].id);
            EXPECT_EQ(a.fields[field].length, b.fields[field].length);
            EXPECT_EQ(a.fields[field].enterprise, b.fields[field].enterprise);
        }
    }
    ASSERT_EQ(left.sampling.size(), right.sampling.size());
    for (std::size_t i = 0; i < left.sampling.size(); ++i) {
        EXPECT_EQ(left.sampling[i].key, right.sampling[i].key);
        EXPECT_EQ(left.sampling[i].rate, right.sampling[i].rate);
        ASSERT_EQ(left.sampling[i].samplers.size(), right.sampling[i].samplers.size());
        for (std::size_t each = 0; each < left.sampling[i].samplers.size(); ++each) {
            EXPECT_EQ(left.sampling[i].samplers[each].sampler,
                      right.sampling[i].samplers[each].sampler);
            EXPECT_EQ(left.sampling[i].samplers[each].rate, right.sampling[i].samplers[each].rate);
        }
    }
}

std::string refusal(const std::string& text) {
    const auto state = from_text(text, "x");
    EXPECT_FALSE(state);
    return state ? "" : state.error().sentence;
}

class StateFile : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ =
            std::filesystem::temp_directory_path() / ("flowd-state-" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
        path_ = (folder_ / "state").string();
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_;
    std::string path_;
};

TEST_F(StateFile, IsReadAsItWasWritten) {
    ASSERT_EQ(write(example(), path_).sentence, "");
    const auto state = read(path_);
    ASSERT_TRUE(state) << state.error().sentence;
    expect_equal(*state, example());
}

TEST_F(StateFile, ReplacesTheOldOneAndLeavesNothingBeside) {
    ASSERT_EQ(write(example(), path_).sentence, "");
    ASSERT_EQ(write({}, path_).sentence, "");
    const auto state = read(path_);
    ASSERT_TRUE(state);
    EXPECT_TRUE(state->templates.empty());
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder_}) files += entry.exists();
    EXPECT_EQ(files, 1U);
}

TEST_F(StateFile, ThatDoesNotExistOrIsEmptyIsAnEmptyState) {
    EXPECT_TRUE(read(path_));
    std::ofstream{path_};
    const auto state = read(path_);
    ASSERT_TRUE(state);
    EXPECT_TRUE(state->templates.empty());
}

TEST_F(StateFile, ThatCannotBeWrittenSaysWhere) {
    const Failure failure = write(example(), (folder_ / "none" / "state").string());
    EXPECT_NE(failure.sentence.find("none/state.tmp: No such file or directory"),
              std::string::npos);
}

TEST_F(StateFile, ThatIsNoFileIsRefused) {
    const auto state = read(folder_.string());
    ASSERT_FALSE(state);
    EXPECT_NE(state.error().sentence.find("not a regular file"), std::string::npos);
}

TEST_F(StateFile, OfANewerVersionIsRefusedByItsNumber) {
    EXPECT_EQ(refusal("flowd-state 2 0 0\n"),
              "state.path: x: is of version 2, written by a newer flowd; this one reads up to 1");
}

TEST_F(StateFile, CutOrChangedAnywhereIsRefused) {
    const std::string text = to_text(example());
    for (std::size_t size = 1; size < text.size(); ++size) {
        EXPECT_NE(refusal(text.substr(0, size)), "") << size;
    }
    const std::size_t body = text.find('\n') + 1;
    for (std::size_t at = body; at < text.size(); ++at) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_NE(refusal(changed).find("checksum"), std::string::npos) << at;
    }
}

TEST_F(StateFile, OfAnotherProgramIsRefused) {
    EXPECT_NE(refusal("hello\n").find("not a state file"), std::string::npos);
    EXPECT_NE(refusal("{\"a\":").find("neither"), std::string::npos);
}

TEST_F(StateFile, OfGoflow2V1IsRead) {
    const auto state = from_text(
        R"({"templates":[{"Key":{"TemplateKey":"192.0.2.9","Version":9,"ObsDomainId":3,)"
        R"("TemplateId":260},"Data":{"Type":"TemplateRecord","Data":{"TemplateId":260,)"
        R"("FieldCount":2,"Fields":[{"PenProvided":false,"Type":8,"Length":4,"Pen":0},)"
        R"({"PenProvided":true,"Type":5,"Length":2,"Pen":9}]}}},)"
        R"({"Key":{"TemplateKey":"2001:db8::1","Version":10,"ObsDomainId":1,"TemplateId":261},)"
        R"("Data":{"Type":"IPFIXOptionsTemplateRecord","Data":{"TemplateId":261,"FieldCount":2,)"
        R"("ScopeFieldCount":1,"Options":[{"Type":305,"Length":4}],)"
        R"("Scopes":[{"Type":149,"Length":4}]}}},{"Key":{"TemplateKey":"no address"}}]})",
        "x");
    ASSERT_TRUE(state);
    ASSERT_EQ(state->templates.size(), 2U);
    EXPECT_EQ(state->templates[0].key, (flow::StateKey{ipv4(192, 0, 2, 9), 0, 9, 3}));
    EXPECT_EQ(state->templates[0].fields[1].enterprise, 9U);
    EXPECT_TRUE(state->templates[1].options);
    EXPECT_EQ(state->templates[1].scope_count, 1U);
    EXPECT_EQ(state->templates[1].fields[0].id, 149U);
    EXPECT_EQ(state->templates[1].fields[1].id, 305U);
}

TEST_F(StateFile, OfLaterGoflow2IsRead) {
    const std::string record =
        R"({"template-id":256,"field-count":1,"fields":[{"pen-provided":false,"type":8,)"
        R"("length":4,"pen":0}]})";
    const auto state = from_text(R"({"192.0.2.9:50000":{"9/3/256":)" + record +
                                     R"(},"[2001:db8::1]:2055":{"10/5/256":)" + record +
                                     R"(},"junk":{"9/3/256":)" + record + "}}",
                                 "x");
    ASSERT_TRUE(state);
    ASSERT_EQ(state->templates.size(), 2U);
    EXPECT_EQ(state->templates[0].key, (flow::StateKey{ipv4(192, 0, 2, 9), 50000, 9, 3}));
    EXPECT_EQ(state->templates[1].key.version, 10);
    EXPECT_EQ(state->templates[1].key.domain, 5U);
}

TEST_F(StateFile, OfGoflow2KeepsTheEnterpriseBitOfOptionsOutOfTheElement) {
    const auto state = from_text(
        R"({"192.0.2.9:50000":{"10/3/257":{"template-id":257,"scope-field-count":1,)"
        R"("scopes":[{"type":149,"length":4}],"options":[{"pen-provided":true,"type":32868,)"
        R"("length":4,"pen":9}]}}})",
        "x");
    ASSERT_TRUE(state);
    ASSERT_EQ(state->templates.size(), 1U);
    EXPECT_EQ(state->templates[0].fields[1].id, 100U);
    EXPECT_EQ(state->templates[0].fields[1].enterprise, 9U);
}

TEST_F(StateFile, IsMovedAsideInThePlaceOfAnother) {
    std::ofstream{path_} << "new";
    const std::string aside = path_ + ".aside";
    std::ofstream{aside} << "old";
    ASSERT_FALSE(failed(move_aside(path_, aside)));
    EXPECT_FALSE(std::filesystem::exists(path_));
    std::string text;
    std::getline(std::ifstream{aside}, text);
    EXPECT_EQ(text, "new");
    EXPECT_TRUE(failed(move_aside(path_, aside))) << "it is not there";
    std::filesystem::create_directory(path_);
    EXPECT_TRUE(failed(move_aside(path_, aside))) << "no regular file";
    EXPECT_TRUE(std::filesystem::exists(aside));
}

TEST_F(StateFile, IsTellableFromGoflow2s) {
    EXPECT_FALSE(is_goflow2(path_)) << "it is not there";
    ASSERT_FALSE(failed(write(example(), path_)));
    EXPECT_FALSE(is_goflow2(path_));
    std::ofstream{path_} << "{}";
    EXPECT_TRUE(is_goflow2(path_));
}

}  // namespace
}  // namespace flowd::state
