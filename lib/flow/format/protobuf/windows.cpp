// SPDX-License-Identifier: BSD-3-Clause
// Operations to lanes, one after the other; then eight lanes to a window, or fewer when their bytes
// lie too far apart in the record.
#include "flow/format/protobuf/windows.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

#include "flow/format/protobuf/program.hpp"

namespace flow::protobuf {

namespace {

constexpr std::uint16_t no_byte = UINT16_MAX;
constexpr std::uint8_t continuation_bit = 0x80;

struct Lane {
    using Bytes = std::array<std::uint8_t, lane_size>;

    /// Where the bytes of its value lie, lowest first; no_byte: nowhere. Of a time in its table.
    std::array<std::uint16_t, lane_size> from{no_byte, no_byte, no_byte, no_byte,
                                              no_byte, no_byte, no_byte, no_byte};
    Bytes control{};
    Bytes groups{};
    Bytes fixed{};
    std::uint64_t rest = 0;
    std::uint8_t kept = 0;
    bool number = false;
    bool goes_on = false;
    bool thousandths = false;
    bool millions = false;
    bool time = false;
};

/// Where the tables of one window begin: one, where it covers all lanes, or two.
class Tables {
public:
    /// No table begins behind `last`.
    explicit Tables(std::size_t last) noexcept : last_{last} {}

    /// Whether the bytes of these lanes are all in the tables; if so, these are they.
    [[nodiscard]] bool hold(std::span<const Lane> lanes) noexcept {
        times_ =
            std::any_of(lanes.begin(), lanes.end(), [](const Lane& each) { return each.time; });
        begin_ = {nowhere, nowhere};
        begin_[0] = next(lanes);
        begin_[1] = begin_[0];
        if (covers(lanes)) return true;
        begin_[1] = next(lanes);
        return !times_ && covers(lanes);
    }

    [[nodiscard]] bool times() const noexcept { return times_; }
    [[nodiscard]] bool is_one() const noexcept { return !times_ && begin_[0] == begin_[1]; }
    [[nodiscard]] std::uint16_t offset(std::size_t table) const noexcept {
        return table == 1 && times_ ? 0 : static_cast<std::uint16_t>(begin_[table]);
    }
    /// A byte's place in the two.
    [[nodiscard]] std::uint8_t index(const Lane& lane, std::uint16_t byte) const noexcept {
        if (byte == no_byte) return 0;
        if (lane.time) return static_cast<std::uint8_t>(window_size + byte);
        return static_cast<std::uint8_t>(in(0, byte) ? byte - begin_[0]
                                                     : byte - begin_[1] + window_size);
    }

private:
    static constexpr std::size_t nowhere = no_byte;

    [[nodiscard]] bool in(std::size_t table, std::uint16_t byte) const noexcept {
        return byte >= begin_[table] && byte < begin_[table] + window_size;
    }

    /// The lowest byte of the record that is in no table yet; no_byte: none.
    [[nodiscard]] std::uint16_t missing(std::span<const Lane> lanes) const noexcept {
        std::uint16_t lowest = no_byte;
        for (const Lane& lane : lanes) {
            if (lane.time) continue;
            for (const std::uint16_t byte : lane.from) {
                if (byte != no_byte && !in(0, byte) && !in(1, byte)) {
                    lowest = std::min(lowest, byte);
                }
            }
        }
        return lowest;
    }
    [[nodiscard]] bool covers(std::span<const Lane> lanes) const noexcept {
        return missing(lanes) == no_byte;
    }
    /// Where a table begins that has the lowest byte that is missing.
    [[nodiscard]] std::size_t next(std::span<const Lane> lanes) const noexcept {
        const std::uint16_t lowest = missing(lanes);
        return lowest == no_byte ? 0 : std::min<std::size_t>(lowest, last_);
    }

    std::size_t last_;
    std::array<std::size_t, 2> begin_{};
    bool times_ = false;
};

void put_lane(const Lane& lane, const Tables& tables, std::size_t place, Window& window) noexcept {
    for (std::size_t i = 0; i < lane_size; ++i) {
        const std::size_t at = place * lane_size + i;
        window.index[at] = tables.index(lane, lane.from[i]);
        window.control[at] = lane.control[i];
        window.groups[at] = lane.groups[i];
        window.more[at] = lane.number ? continuation_bit : 0;
        window.least[at] = (lane.kept >> i & 1) != 0 ? always_there : there_if_used;
        window.fixed[at] = lane.fixed[i];
    }
    window.rest[place] = lane.rest;
    window.checked |= lane.rest != 0 && !lane.goes_on;
    window.goes_on |= static_cast<std::uint8_t>(unsigned{lane.goes_on} << place);
    window.thousandths |= static_cast<std::uint8_t>(unsigned{lane.thousandths} << place);
    window.millions |= static_cast<std::uint8_t>(unsigned{lane.millions} << place);
}

/// Takes lanes, and fills windows with them.
class Packer {
public:
    Packer(Windows& windows, std::size_t last_table) noexcept
        : windows_{windows}, last_table_{last_table} {}

    /// Lanes that are to be in one window. False when there are too many.
    [[nodiscard]] bool add(std::span<const Lane> together) noexcept {
        if (fits(together)) return true;
        return finish() && fits(together);
    }

    /// Where the lane is that was added last.
    [[nodiscard]] std::size_t place() const noexcept {
        return windows_.window_count * window_lanes + count_ - 1;
    }

    /// Writes the window that is being filled. False when there are too many.
    [[nodiscard]] bool finish() noexcept {
        if (count_ == 0) return true;
        if (windows_.window_count == windows_.windows.size()) return false;
        Tables tables{last_table_};
        static_cast<void>(tables.hold(lanes()));
        Window& window = windows_.windows[windows_.window_count++];
        window = Window{};
        window.least.fill(there_if_used);
        window.first_table = tables.offset(0);
        window.second_table = tables.offset(1);
        window.times = tables.times();
        for (std::size_t i = 0; i < count_; ++i) put_lane(lanes_[i], tables, i, window);
        window.one_table = tables.is_one();
        count_ = 0;
        return true;
    }

private:
    [[nodiscard]] std::span<const Lane> lanes() const noexcept {
        return std::span{lanes_}.first(count_);
    }

    [[nodiscard]] bool fits(std::span<const Lane> more) noexcept {
        if (count_ + more.size() > window_lanes) return false;
        std::copy(more.begin(), more.end(), lanes_.begin() + static_cast<std::ptrdiff_t>(count_));
        count_ += more.size();
        if (Tables{last_table_}.hold(lanes())) return true;
        count_ -= more.size();
        return false;
    }

    Windows& windows_;
    std::size_t last_table_;
    std::array<Lane, window_lanes> lanes_;
    std::size_t count_ = 0;
};

/// Operations to lanes. Each function is false when lanes cannot do it, or there are too many.
class Translator {
public:
    Translator(Windows& windows, std::size_t last_table) noexcept
        : windows_{windows}, packer_{windows, last_table} {}

    [[nodiscard]] bool add(const Operation& operation) noexcept {
        switch (operation.code) {
            case Code::constants: return add_constants(operation);
            case Code::literal: return add_bytes(operation, operation.size, 0);
            case Code::narrow:
            case Code::wide:
            case Code::little: return add_number(operation);
            case Code::bytes_4:
            case Code::bytes_16:
            case Code::bytes_n: return add_bytes(operation, operation.head_size, operation.size);
            case Code::custom:
            case Code::custom_little:
            case Code::end: return false;  // a zero that is written is no lane
            default: return add_time(operation);
        }
    }

    [[nodiscard]] bool finish() noexcept { return packer_.finish(); }

private:
    static constexpr unsigned group_bits = 7;

    /// Lanes without bytes of the record: they fit every window, so they lie side by side.
    [[nodiscard]] bool add_constants(const Operation& operation) noexcept {
        const std::size_t count = (operation.head_size + lane_size - 1u) / lane_size;
        for (std::size_t i = 0; i < count; ++i) {
            if (!packer_.add(std::array<Lane, 1>{})) return false;
            if (i != 0) continue;
            windows_.constants[windows_.run_count++] = {static_cast<std::uint16_t>(packer_.place()),
                                                        static_cast<std::uint16_t>(count)};
        }
        return true;
    }

    /// The first `head_size` bytes of the head, then `size` of the record.
    [[nodiscard]] bool add_bytes(const Operation& operation, std::size_t head_size,
                                 std::size_t size) noexcept {
        std::array<std::uint8_t, sizeof operation.head> head;
        std::memcpy(head.data(), &operation.head, head.size());
        const std::size_t all = head_size + size;
        for (std::size_t first = 0; first < all; first += lane_size) {
            Lane lane;
            for (std::size_t i = first; i < std::min(first + lane_size, all); ++i) {
                const std::size_t at = i - first;
                lane.kept |= static_cast<std::uint8_t>(1U << at);
                if (i < head_size) {
                    lane.fixed[at] = head[i];
                    continue;
                }
                lane.from[at] = static_cast<std::uint16_t>(operation.offset + i - head_size);
                lane.control[at] = static_cast<std::uint8_t>(8 * at);
                lane.groups[at] = 0xff;
            }
            if (!packer_.add(std::span{&lane, 1})) return false;
        }
        return true;
    }

    [[nodiscard]] bool add_number(const Operation& operation) noexcept {
        Lane value;
        for (std::size_t i = 0; i < operation.size; ++i) {
            const bool little = operation.code == Code::little;
            const std::size_t at = little ? i : operation.size - 1u - i;
            value.from[i] = static_cast<std::uint16_t>(operation.offset + at);
        }
        const unsigned field_bits = 8u * operation.size;
        const unsigned shift = operation.down - (64 - field_bits);
        const auto wanted = static_cast<unsigned>(std::popcount(operation.groups));
        const unsigned bits = std::min(wanted, field_bits - shift);
        // Counters and times have eight bytes and do not use them all; addresses of Ethernet do.
        return add_varint(value, operation, shift, bits, bits <= 48);
    }

    [[nodiscard]] bool add_time(const Operation& operation) noexcept {
        // A lane computes with all of its bytes: the field must fill it.
        const bool fills = operation.size == lane_size;
        const bool is_value = operation.code == Code::s_of_seconds ||
                              operation.code == Code::ms_of_milliseconds ||
                              (operation.code == Code::s_of_milliseconds && fills);
        if (is_value) {
            Operation number = operation;
            number.groups = ~std::uint64_t{0};
            return add_number(number);
        }
        if (operation.code == Code::ns_of_milliseconds && fills) {
            Lane value;
            value.millions = true;
            for (std::size_t i = 0; i < lane_size; ++i) {
                value.from[i] = static_cast<std::uint16_t>(operation.offset + lane_size - 1 - i);
            }
            return add_varint(value, operation, 0, 64, true);
        }
        if (windows_.time_count == windows_.times.size()) return false;
        Lane value;
        value.time = true;
        for (std::size_t i = 0; i < lane_size; ++i) {
            value.from[i] = static_cast<std::uint16_t>(windows_.time_count * lane_size + i);
        }
        windows_.times[windows_.time_count++] = {operation.offset, operation.down,
                                                 static_cast<std::uint8_t>(operation.code)};
        return add_varint(value, operation, 0, 64, operation.code >= Code::ns_of_uptime);
    }

    /// Tag and varint of `bits` bits, from bit `shift` of the value on, in one lane, or if need be
    /// and `may_go_on` in two.
    [[nodiscard]] bool add_varint(const Lane& value, const Operation& operation, unsigned shift,
                                  unsigned bits, bool may_go_on) noexcept {
        const Tag tag{static_cast<std::uint32_t>(operation.head), operation.head_size};
        const std::uint64_t head = operation.code == Code::narrow ? operation.head : lane_tag(tag);
        std::array<Lane, 2> lanes{value, value};
        std::memcpy(lanes[0].fixed.data(), &head, tag.size);
        const unsigned groups = (bits + group_bits - 1) / group_bits;
        const auto first_groups = static_cast<unsigned>(lane_size - tag.size);
        const bool goes_on = groups > first_groups && may_go_on;
        for (unsigned group = 0; group < (goes_on ? groups : std::min(groups, first_groups));
             ++group) {
            const bool first = group < first_groups;
            Lane& lane = lanes[first ? 0 : 1];
            const std::size_t at = first ? tag.size + group : group - first_groups;
            const unsigned from = group * group_bits;
            lane.control[at] = static_cast<std::uint8_t>(shift + from);
            lane.groups[at] =
                static_cast<std::uint8_t>(low_bits(std::min(group_bits, bits - from)));
        }
        lanes[0].number = lanes[1].number = true;
        lanes[0].goes_on = goes_on;
        lanes[0].thousandths = operation.code == Code::s_of_milliseconds && !value.time;
        const unsigned room = lanes[0].thousandths ? 42 : first_groups * group_bits;
        lanes[0].rest = low_bits(shift + bits) & ~low_bits(shift + room);
        return packer_.add(std::span{lanes}.first(goes_on ? 2 : 1));
    }

    Windows& windows_;
    Packer packer_;
};

/// What the kernel asks once.
void summarize(Windows& windows) noexcept {
    windows.second_tables = windows.divisions = false;
    windows.wide = Wide::nowhere;
    for (std::size_t i = 0; i < windows.window_count; ++i) {
        const Window& window = windows.windows[i];
        windows.second_tables |= !window.one_table;
        windows.divisions |= window.thousandths != 0;
        if ((window.millions | window.goes_on) == 0) continue;
        windows.wide = i + 1 == windows.window_count ? std::max(windows.wide, Wide::at_the_end)
                                                     : Wide::anywhere;
    }
}

}  // namespace

void make_windows(Program& program, std::size_t extent) noexcept {
    Windows& windows = program.windows;
    windows.window_count = windows.time_count = windows.run_count = 0;
    Translator translator{windows, extent <= window_size ? 0 : extent - window_size};
    for (std::size_t i = 0; i < program.operation_count; ++i) {
        if (translator.add(program.operations[i])) continue;
        windows.window_count = 0;
        return;
    }
    if (!translator.finish()) windows.window_count = 0;
    summarize(windows);
}

}  // namespace flow::protobuf
