// SPDX-License-Identifier: BSD-3-Clause
// Times of a row are those that time_value() gives for each record.
#include "flow/format/protobuf/times.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <random>
#include <vector>

#include "flow/base/bytes.hpp"
#include "flow/model/time.hpp"

namespace flow::protobuf {
namespace {

TEST(Times, OfEveryKindAreThoseOfThePlainWay) {
    constexpr std::size_t record_size = 24;
    Origin origin;
    origin.export_seconds = 1'700'000'000;
    origin.export_nanoseconds = 123'456'789;
    origin.uptime_ms = 77'000;
    std::mt19937_64 random{5};
    std::vector<std::uint8_t> records(row_records_max * record_size + record_padding);
    for (std::uint8_t& byte : records) byte = static_cast<std::uint8_t>(random());
    const auto windows = std::make_unique<Windows>();
    constexpr auto first = static_cast<int>(Transform::s_of_uptime);
    constexpr auto last = static_cast<int>(Transform::ns_of_export);
    for (int kind = first; kind <= last; ++kind) {
        for (const unsigned size : {1U, 4U, 8U}) {
            windows->time_count = 2;
            for (std::uint16_t place = 0; place < 2; ++place) {
                windows->times[place] = {
                    static_cast<std::uint16_t>(3 + 8 * place),
                    static_cast<std::uint8_t>(64 - 8 * size),
                    static_cast<std::uint8_t>(static_cast<int>(Code::s_of_uptime) + kind - first)};
            }
            std::array<TimeTable, row_records_max> tables{};
            compute_times(windows->time_fields(), origin,
                          {records.data(), record_size, row_records_max}, tables.data());
            for (std::size_t i = 0; i < row_records_max; ++i) {
                for (std::size_t place = 0; place < 2; ++place) {
                    const std::uint8_t* from = &records[i * record_size + 3 + 8 * place];
                    const std::uint64_t value = load_be64(from) >> (64 - 8 * size);
                    ASSERT_EQ(tables[i][place],
                              time_value(static_cast<Transform>(kind), value, origin))
                        << "transform " << kind << ", " << size << " bytes, record " << i;
                }
            }
        }
    }
}

}  // namespace
}  // namespace flow::protobuf
