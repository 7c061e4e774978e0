// SPDX-License-Identifier: BSD-3-Clause
// What NetFlow v9 and IPFIX share: a message is a row of sets, and a data set is a row of records
// that a template lays out (RFC 3954 §5, RFC 7011 §3.3). Stops at the first bad length; what came
// before has been handed on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/base/error.hpp"
#include "flow/decode/deviation.hpp"
#include "flow/decode/templates/store.hpp"
#include "flow/model/record.hpp"
#include "flow/wire/cursor.hpp"

namespace flow {

/// Where each field of a record of variable length lies, and how long the record is.
class VariableLayout {
public:
    /// Measures the record at the front of `bytes`; truncated when it does not end inside.
    [[nodiscard]] Error measure(const Template& layout, Bytes bytes) noexcept {
        wire::Cursor in{bytes};
        for (std::size_t i = 0; i < layout.fields.size(); ++i) {
            std::size_t size = layout.fields[i].length;
            if (size == variable_length) {
                size = in.u8();
                if (size == 255) size = in.u16();  // RFC 7011 §7
            }
            extents_[i] = {static_cast<std::uint16_t>(bytes.size() - in.remaining()),
                           static_cast<std::uint16_t>(size)};
            in.skip(size);
            if (in.failed()) return Error::truncated;
        }
        record_ = {bytes.first(bytes.size() - in.remaining()),
                   {extents_.data(), layout.fields.size()}};
        return Error::none;
    }

    [[nodiscard]] const Record& record() const noexcept { return record_; }

private:
    std::array<FieldExtent, template_fields_max> extents_{};
    Record record_{};
};

struct DataSetOutcome {
    Error error = Error::none;
    std::uint32_t record_count = 0;  ///< that were handed on
};

/// Hands on the records of a data set. A rest shorter than a record is padding (RFC 7011 §3.3.1).
/// `Sink` has RecordSink's `records` and `record`.
template <class Sink>
DataSetOutcome decode_data_set(const Template& layout, Bytes body, VariableLayout& variable,
                               Sink& sink) noexcept {
    DataSetOutcome outcome;
    if (!layout.variable) {
        outcome.record_count = static_cast<std::uint32_t>(body.size() / layout.record_size);
        if (outcome.record_count == 0) return outcome;
        const std::size_t size = std::size_t{outcome.record_count} * layout.record_size;
        sink.records(layout, RecordRun{body.first(size), outcome.record_count});
        return outcome;
    }
    while (body.size() >= layout.record_size) {
        outcome.error = variable.measure(layout, body);
        if (failed(outcome.error)) return outcome;
        sink.record(layout, variable.record());
        ++outcome.record_count;
        body = body.subspan(variable.record().bytes.size());
    }
    return outcome;
}

/// Walks the sets: `visit(id, body)` for each, its failures remembered and passed over. A set that
/// announces more than is there is visited with what is there. `note(Deviation)` for bad lengths.
template <class Visit, class Note>
[[gnu::always_inline]] inline Error for_each_set(Bytes sets, Visit visit, Note note) noexcept {
    Error outcome = Error::none;
    wire::Cursor in{sets};
    while (in.remaining() >= 4) {
        const auto header = in.block<4>();
        const std::uint16_t id = header.u16<0>();
        const std::size_t length = header.u16<2>();
        // Some exporters pad the message itself with zeros: no set has id 0 and length 0.
        if (id == 0 && length == 0) return outcome;
        if (length < 4) {
            note(Deviation::set_length_bad);
            return first_failure(outcome, Error::bad_set_length);
        }
        const bool cut = length - 4 > in.remaining();
        const Bytes body = in.take(cut ? in.remaining() : length - 4);
        outcome = first_failure(outcome, visit(id, body));
        if (cut) {
            note(Deviation::set_cut);
            return first_failure(outcome, Error::truncated);
        }
    }
    return outcome;
}
template <class Visit>
Error for_each_set(Bytes sets, Visit visit) noexcept {
    return for_each_set(sets, visit, [](Deviation) {});
}

}  // namespace flow
