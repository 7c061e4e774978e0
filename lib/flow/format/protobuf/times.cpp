// SPDX-License-Identifier: BSD-3-Clause
// One loop for each kind of time.
#include "flow/format/protobuf/times.hpp"

#include <cstddef>
#include <utility>

#include "flow/base/bytes.hpp"
#include "flow/model/time.hpp"

namespace flow::protobuf {

namespace {

using Compute = void (*)(const TimeField& field, const Origin& origin, const RecordRow& records,
                         TimeTable* tables, std::size_t place) noexcept;

template <Transform Unit>
void compute(const TimeField& field, const Origin& origin, const RecordRow& records,
             TimeTable* tables, std::size_t place) noexcept {
    // A copy, so that the compiler knows it does not change under the loop.
    const Origin constant = origin;
    const std::uint8_t* from = records.first + field.offset;
    for (std::size_t i = 0; i < records.count; ++i, from += records.size) {
        tables[i][place] = time_value(Unit, load_be64(from) >> field.down, constant);
    }
}

template <std::size_t... Kinds>
constexpr auto make_computes(std::index_sequence<Kinds...>) noexcept {
    return std::array<Compute, sizeof...(Kinds)>{compute<transform_of_time(Kinds)>...};
}
constexpr auto computes = make_computes(std::make_index_sequence<time_kind_count>{});

}  // namespace

void compute_times(std::span<const TimeField> fields, const Origin& origin,
                   const RecordRow& records, TimeTable* tables) noexcept {
    for (std::size_t place = 0; place < fields.size(); ++place) {
        const TimeField& field = fields[place];
        computes[kind_of_time(field)](field, origin, records, tables, place);
    }
}

}  // namespace flow::protobuf
