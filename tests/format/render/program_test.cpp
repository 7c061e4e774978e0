// SPDX-License-Identifier: BSD-3-Clause
// Programs of lines: which plans become one, and a line by hand. That every program writes what the
// plain way writes is tests/pipeline/record_writer_test.cpp.
#include "flow/format/render/program.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "flow/base/cpu.hpp"
#include "flow/format/json/formatter.hpp"
#include "support/byte_builder.hpp"

namespace flow::render {
namespace {

using test::ByteBuilder;

std::unique_ptr<Program> compile(const Schema& schema, const std::vector<Step>& steps) {
    auto program = std::make_unique<Program>();
    json::Formatter{schema}.compile({.steps = steps, .direct = true}, *program);
    return program;
}

std::string run(const Schema& schema, const std::vector<Step>& steps, const ByteBuilder& record,
                RunProgram kernel) {
    const json::Formatter format{schema, kernel};
    const auto program = compile(schema, steps);
    EXPECT_TRUE(program->usable);
    const auto constants = std::make_unique<Constants>();
    format.begin(Origin{.type = FlowType::ipfix, .sampler = {}, .sequence = 7}, *constants);
    const ByteBuilder padded = ByteBuilder{record}.fill(record_padding, 0xa5);
    std::vector<std::uint8_t> memory(program->row_size(1, 0));
    MessageRow messages;
    messages.to = memory.data();
    format.run(*program, *constants, Origin{}, {padded.bytes().data(), record.bytes().size(), 1},
               messages);
    EXPECT_LE(messages.ends[0], memory.data() + program->message_size_max);
    return {memory.data(), messages.ends[0]};
}

const std::vector<Step> some_steps{
    {.column = Column::bytes, .transform = Transform::number, .offset = 0, .size = 8},
    {.column = Column::proto, .transform = Transform::number, .offset = 8, .size = 1},
    {.column = Column::src_addr, .transform = Transform::bytes, .offset = 9, .size = 4},
    {.column = Column::etype, .transform = Transform::constant, .operand = 0x0800},
};

TEST(RenderProgram, IsUsableForTheColumnsOfBothProfiles) {
    for (const Profile profile : {Profile::goflow2_v1, Profile::goflow2_v2}) {
        Schema schema = Schema::all(profile);
        EXPECT_TRUE(compile(schema, some_steps)->usable);
        for (std::size_t i = 0; i < column_count; ++i) {
            if (column_table[i].own()) schema.add(static_cast<Column>(i));
        }
        EXPECT_TRUE(compile(schema, some_steps)->usable) << "flowd's own columns";
    }
}

TEST(RenderProgram, WritesALine) {
    Schema schema = Schema::all(Profile::goflow2_v1);
    schema.clear_line();
    for (const Column column : {Column::type, Column::sequence_num, Column::bytes, Column::as_path,
                                Column::proto, Column::src_addr, Column::etype}) {
        const ColumnField field = schema.field(column);
        ASSERT_TRUE(schema.add_item({.column = column, .render = field.render, .key = field.key}));
    }
    const ByteBuilder record = ByteBuilder{}.u64(123'456'789'012).u8(17).raw({10, 0, 200, 1});
    const std::string line = R"({"Type":"IPFIX","SequenceNum":7,"Bytes":123456789012,"AsPath":[],)"
                             R"("Proto":17,"SrcAddr":"10.0.200.1","Etype":2048})";
    EXPECT_EQ(run(schema, some_steps, record, run_portable), line);
    if (has_fast_bmi2()) {
        EXPECT_EQ(run(schema, some_steps, record, run_avx2), line);
    }
}

TEST(RenderProgram, LeavesLongLinesToThePlainWay) {
    Schema schema = Schema::all(Profile::goflow2_v1);
    schema.add(Column::interface_name);
    const std::vector<Step> steps{
        {.column = Column::interface_name, .transform = Transform::bytes, .size = 2800}};
    EXPECT_FALSE(compile(schema, steps)->usable);
}

}  // namespace
}  // namespace flow::render
