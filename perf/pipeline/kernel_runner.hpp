// SPDX-License-Identifier: BSD-3-Clause
// A kernel by itself: the datagram's constants and its rows of records, into as much memory as a
// pipeline's batches. It looks nothing up and keeps no slots, as the yardstick does not, and writes
// the same columns: those of goflow2 v2. IPFIX only.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "flow/base/bytes.hpp"
#include "flow/format/protobuf/formatter.hpp"
#include "flow/model/batch.hpp"
#include "flow/pipeline/message_sink.hpp"
#include "flow/produce/producer.hpp"
#include "perf/pipeline/runner.hpp"
#include "perf/support/require.hpp"
#include "perf/support/sinks.hpp"

namespace flow::perf {

inline constexpr Schema kernel_schema = Schema::all(Profile::goflow2_v2);

[[nodiscard]] inline bool has_kernel_case(Input input) noexcept {
    return input == Input::ipfix_ipv4 || input == Input::ipfix_ipv6;
}

class KernelRunner final : public Runner {
public:
    KernelRunner(Input input, protobuf::RunProgram kernel)
        : format_{kernel_schema, protobuf::Framing::length_prefixed, kernel},
          record_size_{record_size(input)},
          records_offset_{records_offset(input)},
          header_size_{records_offset(input) - 4} {
        std::array<Step, plan_steps_max> steps;
        const Plan plan = produce::Producer{produce::Settings{.schema = kernel_schema}}.compile(
            {.version = 10,
             .record_size = static_cast<std::uint16_t>(record_size_),
             .fields = fields(input)},
            steps);
        require(plan.direct, "a plan that compiles");
        format_.compile(plan, *program_);
    }

    void pass(const Traffic& traffic) override {
        sink_.reset();
        for (const Datagram& datagram : traffic.datagrams) encode(datagram, sink_);
    }
    [[nodiscard]] std::uint64_t byte_count() const override { return sink_.byte_count(); }

    /// All flows of a datagram.
    void encode(const Datagram& datagram, MessageSink auto& sink) noexcept {
        const std::uint8_t* const header = datagram.payload.data();  // RFC 7011 §3.1
        origin_ = {.type = FlowType::ipfix,
                   .sampler = datagram.source,
                   .sequence = load_be32(header + 8),
                   .observation_domain = load_be32(header + 12),
                   .received_ns = datagram.received_ns,
                   .export_seconds = load_be32(header + 4)};
        format_.begin(origin_, constants_);
        const std::size_t records_size = load_be16(header + header_size_ + 2) - 4U;  // of the set
        RecordRow rest{header + records_offset_, record_size_, records_size / record_size_};
        while (rest.count > 0) {
            const RecordRow row = rest.first_of(row_records_max);
            rest = rest.behind(row);
            messages_.to = sink.reserve(program_->row_size(row.count, 0));
            format_.run(*program_, constants_, origin_, row, messages_);
            commit_row(sink, std::span{messages_.ends}.first(row.count), 0);
        }
    }

private:
    protobuf::Formatter format_;
    std::unique_ptr<protobuf::Program> program_ = std::make_unique<protobuf::Program>();
    std::size_t record_size_;
    std::size_t records_offset_;
    std::size_t header_size_;
    Origin origin_;
    protobuf::Constants constants_;
    protobuf::MessageRow messages_;
    PageRotation sink_;
};

}  // namespace flow::perf
