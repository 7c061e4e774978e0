// SPDX-License-Identifier: BSD-3-Clause
// How lanes and pieces become a group. A slow gatherer does with a group what kernels do.
#include "flow/format/protobuf/gather.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <vector>

namespace flow::protobuf {
namespace {

/// Each byte of it is its own offset.
std::vector<std::uint8_t> counting_record() {
    std::vector<std::uint8_t> record(128);
    std::iota(record.begin(), record.end(), std::uint8_t{0});
    return record;
}

struct Gathered {
    GatherGroup::Bytes bytes{};
    bool beyond = false;
};

Gathered gather(const GatherGroup& group, const std::vector<std::uint8_t>& record) {
    const bool low_whole =
        group.kind != GatherGroup::high_whole && group.kind != GatherGroup::scattered;
    const bool high_whole =
        group.kind != GatherGroup::low_whole && group.kind != GatherGroup::scattered;
    GatherGroup::Bytes loaded;
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        const bool high = i >= Half::size;
        const std::size_t half = high ? 2 : 0;
        const std::size_t place = i % Half::size;
        const bool second = !(high ? high_whole : low_whole) && place >= lane_size;
        const std::size_t from = group.offsets[half + (second ? 1 : 0)];
        loaded[i] = record.at(from + (second ? place - lane_size : place));
    }
    Gathered gathered;
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        const std::size_t half = i / Half::size * Half::size;
        const bool none = (group.index[i] & 0x80) != 0;
        const std::uint8_t byte = none ? 0 : loaded[half + group.index[i]];
        gathered.bytes[i] = static_cast<std::uint8_t>((byte & group.bits[i]) | group.fixed[i]);
        gathered.beyond |= (loaded[i] & group.beyond[i]) != 0;
    }
    return gathered;
}

std::uint64_t lane_of(const Gathered& gathered, std::size_t lane) {
    std::uint64_t value;
    std::memcpy(&value, &gathered.bytes[lane * lane_size], sizeof value);
    return value;
}

constexpr Tag one_byte = make_tag(9, WireType::varint);
constexpr Tag two_bytes = make_tag(20, WireType::varint);
constexpr Tag three_bytes = make_tag(3000, WireType::varint);

/// What stands in a lane for a tag and a value.
std::uint64_t lane(Tag tag, std::uint64_t value) {
    return (lane_tag(tag) ^ Half::counted_bit) | value << (8 * tag.size);
}

TEST(Gather, PutsALaneLowestByteFirstBehindItsTag) {
    Half low;
    low.put_lane(0, one_byte, {.offset = 3, .size = 4, .bits = 32}, 0);
    low.put_lane(1, two_bytes, {.offset = 7, .size = 2, .bits = 16}, 0);
    Half high;
    high.put_lane(0, three_bytes, {.offset = 1, .little = true, .size = 3, .bits = 24}, 0);
    high.put_lane(1, two_bytes, {}, 0x0800);
    const GatherGroup group = make_group(low, high);
    EXPECT_EQ(group.kind, GatherGroup::plain);
    const Gathered gathered = gather(group, counting_record());
    EXPECT_EQ(lane_of(gathered, 0), lane(one_byte, 0x03040506));
    EXPECT_EQ(lane_of(gathered, 1), lane(two_bytes, 0x0708));
    EXPECT_EQ(lane_of(gathered, 2), lane(three_bytes, 0x030201));
    EXPECT_EQ(lane_of(gathered, 3), lane(two_bytes, 0x0800));
}

TEST(Gather, KeepsTheBitsThatCount) {
    Half low;
    low.put_lane(0, two_bytes, {.offset = 100, .size = 2, .bits = 12}, 0);
    const GatherGroup group = make_group(low, {});
    EXPECT_EQ(group.kind, GatherGroup::whole);
    EXPECT_EQ(lane_of(gather(group, counting_record()), 0), lane(two_bytes, 0x6465 & 0xfff));
}

TEST(Gather, LoadsFarLanesApart) {
    const NumberSource near{.offset = 4, .size = 2, .bits = 16};
    const NumberSource far{.offset = 90, .size = 2, .bits = 16};
    Half together;
    together.put_lane(0, two_bytes, near, 0);
    together.put_lane(1, two_bytes, {.offset = 18, .size = 2, .bits = 16}, 0);
    Half apart;
    apart.put_lane(0, two_bytes, far, 0);
    apart.put_lane(1, two_bytes, near, 0);
    EXPECT_EQ(make_group(together, apart).kind, GatherGroup::low_whole);
    EXPECT_EQ(make_group(apart, together).kind, GatherGroup::high_whole);
    EXPECT_EQ(make_group(together, together).kind, GatherGroup::plain);
    const GatherGroup group = make_group(apart, apart);
    EXPECT_EQ(group.kind, GatherGroup::scattered);
    const Gathered gathered = gather(group, counting_record());
    EXPECT_EQ(lane_of(gathered, 2), lane(two_bytes, 0x5a5b));
    EXPECT_EQ(lane_of(gathered, 3), lane(two_bytes, 0x0405));
}

TEST(Gather, NothingOfTheRecordIsNoGroup) {
    EXPECT_EQ(make_group({}, {}).kind, GatherGroup::nothing);
}

TEST(Gather, SeesWhatIsBeyondALane) {
    Half low;
    low.put_lane(0, one_byte, {.offset = 8, .size = 8, .bits = 64}, 0);
    const GatherGroup group = make_group(low, {});
    std::vector<std::uint8_t> record(128);
    for (unsigned bit = 0; bit < 64; ++bit) {
        record.assign(record.size(), 0);
        record[15 - bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_EQ(gather(group, record).beyond, bit >= lane_room(1)) << "bit " << bit;
    }
}

TEST(Gather, APieceEndsBeforeABytesThatIsTooFar) {
    Half half;
    EXPECT_TRUE(half.append(0x32));
    EXPECT_TRUE(half.append_from(20));
    EXPECT_TRUE(half.append_from(35));
    EXPECT_FALSE(half.append_from(36));
    EXPECT_FALSE(half.append_from(19));
    EXPECT_EQ(half.used(), 3U);
    const Gathered gathered = gather(make_group(half, {}), counting_record());
    EXPECT_EQ(gathered.bytes[0], 0x32);
    EXPECT_EQ(gathered.bytes[1], 20);
    EXPECT_EQ(gathered.bytes[2], 35);
}

TEST(Gather, APieceHasSixteenBytes) {
    Half half;
    for (std::uint16_t i = 0; i < Half::size; ++i) EXPECT_TRUE(half.append_from(i));
    EXPECT_FALSE(half.append(0));
    EXPECT_FALSE(half.append_from(3));
}

}  // namespace
}  // namespace flow::protobuf
