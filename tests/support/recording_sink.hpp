// SPDX-License-Identifier: BSD-3-Clause
// A RecordSink that copies everything a decoder hands on, in the order of arrival.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "flow/base/bytes.hpp"
#include "flow/model/record.hpp"

namespace flow::test {

class RecordingSink {
public:
    struct LearntTemplate {
        Template layout;  ///< its `fields` are not valid any more
        std::vector<TemplateField> fields;
    };
    struct SeenRecord {
        std::uint16_t template_id = 0;
        std::vector<std::uint8_t> bytes;
        std::vector<FieldExtent> extents;  ///< empty: of fixed length
    };
    struct SeenSample {
        FlowSample header;  ///< its `records` are not valid any more
        std::vector<std::uint8_t> records;
    };

    void begin(const Origin& origin) noexcept { origins.push_back(origin); }
    void learn(const Template& layout) noexcept {
        learnt.push_back({layout, {layout.fields.begin(), layout.fields.end()}});
    }
    void records(const Template& layout, const RecordRun& run) noexcept {
        if (run.count == 0 || run.bytes.size() != std::size_t{run.count} * layout.record_size) {
            std::abort();
        }
        for (std::uint32_t i = 0; i < run.count; ++i) {
            const Bytes one =
                run.bytes.subspan(std::size_t{i} * layout.record_size, layout.record_size);
            seen.push_back({layout.id, {one.begin(), one.end()}, {}});
        }
    }
    void record(const Template& layout, const Record& record) noexcept {
        for (const FieldExtent& extent : record.extents) {
            if (extent.offset + extent.size > record.bytes.size()) std::abort();
        }
        seen.push_back({layout.id,
                        {record.bytes.begin(), record.bytes.end()},
                        {record.extents.begin(), record.extents.end()}});
    }
    Error sample(const FlowSample& sample) noexcept {
        samples.push_back({sample, {sample.records.begin(), sample.records.end()}});
        return sample_outcome;
    }

    std::vector<Origin> origins;
    std::vector<LearntTemplate> learnt;
    std::vector<SeenRecord> seen;
    std::vector<SeenSample> samples;
    Error sample_outcome = Error::none;  ///< what `sample` answers
};

static_assert(RecordSink<RecordingSink>);

}  // namespace flow::test
