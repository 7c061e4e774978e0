// SPDX-License-Identifier: BSD-3-Clause
// Operations to sections, one after the other: each joins the open section, or opens a new one.
#include "flow/format/protobuf/sections.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "flow/format/protobuf/program.hpp"

namespace flow::protobuf {

namespace {

/// What lane_tag() has taken out of a tag.
constexpr std::uint32_t more_bits(unsigned tag_size) noexcept {
    return static_cast<std::uint32_t>(0x808080 & low_bits(byte_bits * tag_size));
}

/// A number's tag, plain again.
Tag tag_of(const Operation& operation) noexcept {
    const auto bytes = static_cast<std::uint32_t>(operation.head);
    const bool narrow = operation.code == Code::narrow;
    return {bytes ^ (narrow ? more_bits(operation.head_size) : 0), operation.head_size};
}

struct Literal {
    Tag tag;
    std::uint64_t value = 0;
};

/// Out of its encoded bytes.
Literal literal_of(const Operation& operation) noexcept {
    std::array<std::uint8_t, sizeof operation.head> bytes{};
    std::memcpy(bytes.data(), &operation.head, bytes.size());
    Literal literal{.tag = {.bytes = bytes[0], .size = 1}};
    for (; bytes[literal.tag.size - 1] >= 0x80; ++literal.tag.size) {
        literal.tag.bytes |= std::uint32_t{bytes[literal.tag.size]}
                             << (byte_bits * literal.tag.size);
    }
    for (unsigned i = literal.tag.size; i < operation.size; ++i) {
        literal.value |= std::uint64_t{bytes[i] & 0x7fU}
                         << (varint_group_bits * (i - literal.tag.size));
    }
    return literal;
}

/// Halves, one after the other: what is gathered of a record.
class Halves {
public:
    /// The next one; null when there is none left.
    [[nodiscard]] Half* add() noexcept {
        return count_ == halves_.size() ? nullptr : &halves_[count_++];
    }
    /// Of the one that was added last.
    [[nodiscard]] std::size_t offset() const noexcept { return (count_ - 1) * Half::size; }

    void make_groups(Sections& sections) const noexcept {
        sections.group_count = static_cast<std::uint8_t>((count_ + 1) / 2);
        for (std::size_t i = 0; i < sections.group_count; ++i) {
            sections.groups[i] = make_group(halves_[2 * i], halves_[2 * i + 1]);
        }
    }

private:
    std::array<Half, 2 * Sections::groups_max> halves_{};
    std::size_t count_ = 0;
};

/// The section that is still growing. A head has runs, then pieces; lanes have tags of one size.
struct OpenSection {
    enum class Kind : std::uint8_t { none, head, lanes };

    Kind kind = Kind::none;
    Runs runs = Runs::none;
    std::size_t runs_size = 0;  ///< at most
    unsigned piece_count = 0;
    unsigned tag_size = 0;
    unsigned lane_count = 0;
};

/// Each function is false when there is no room left.
class SectionBuilder {
public:
    explicit SectionBuilder(Sections& sections) noexcept : sections_{sections} {}

    [[nodiscard]] bool add(const Operation& operation, std::uint16_t index) noexcept {
        switch (operation.code) {
            case Code::constants: return add_run(operation);
            case Code::literal: return add_literal(operation);
            case Code::narrow:
            case Code::wide:
            case Code::little: return add_number(operation, index);
            case Code::bytes_4:
            case Code::bytes_16:
            case Code::bytes_n: return add_bytes(operation, operation.head_size, operation.size);
            case Code::custom:
            case Code::custom_little:
            case Code::end: return add_operation(index);
            default: return add_time(operation, index);
        }
    }

    [[nodiscard]] bool finish() noexcept {
        constexpr std::size_t one_byte_max = 127;
        halves_.make_groups(sections_);
        sections_.long_prefix = likely_size_ > one_byte_max;
        Section* const end = append({});
        if (end == nullptr) return false;
        end->write = end_writer();
        return true;
    }

private:
    using Kind = OpenSection::Kind;

    /// Of a varint: ports and counters, flags and zeros.
    static constexpr unsigned likely_number_size = 2;

    [[nodiscard]] Section& last() noexcept {
        return sections_.sections[sections_.section_count - 1u];
    }
    /// A new section, of which `what` is known; null when there is no room.
    [[nodiscard]] Section* append(const OpenSection& what) noexcept {
        if (sections_.section_count == sections_.sections.size()) return nullptr;
        open_ = what;
        piece_ = nullptr;
        ++sections_.section_count;
        last() = {};
        return &last();
    }

    [[nodiscard]] bool add_operation(std::uint16_t index) noexcept {
        Section* const section = append({});
        if (section == nullptr) return false;
        section->write = operation_writer();
        section->operation = index;
        likely_size_ += lane_size;
        return true;
    }

    /// Runs without anything between them are copied as one.
    [[nodiscard]] bool add_run(const Operation& operation) noexcept {
        likely_size_ += operation.head_size / 2u;
        const bool joins = open_.kind == Kind::head && open_.runs != Runs::none &&
                           open_.piece_count == 0 &&
                           sections_.heads[sections_.head_count - 1u].count < 2;
        if (!joins) {
            Section* const section = append({.kind = Kind::head});
            if (section == nullptr) return false;
            section->runs_at = static_cast<std::uint16_t>(sections_.head_count * sizeof(HeadRuns));
            sections_.heads[sections_.head_count++] = {static_cast<std::uint8_t>(operation.offset),
                                                       0};
        }
        ++sections_.heads[sections_.head_count - 1u].count;
        open_.runs_size += operation.size;
        open_.runs = open_.runs_size <= HeadRuns::usual_size ? Runs::usual : Runs::long_ones;
        last().write = head_writer(open_.runs, 0);
        return true;
    }

    /// A piece that is still empty; null when there is no room.
    [[nodiscard]] Half* add_piece() noexcept {
        const bool joins = open_.kind == Kind::head && open_.piece_count < Section::pieces_max;
        if (!joins && append({.kind = Kind::head}) == nullptr) return nullptr;
        piece_ = halves_.add();
        if (piece_ == nullptr) return nullptr;
        last().write = head_writer(open_.runs, ++open_.piece_count);
        return piece_;
    }

    template <class Append>
    [[nodiscard]] bool append_to_piece(Append append_byte) noexcept {
        if (piece_ == nullptr || !append_byte(*piece_)) {
            if (add_piece() == nullptr || !append_byte(*piece_)) return false;
        }
        last().piece_sizes[open_.piece_count - 1u] = static_cast<std::uint8_t>(piece_->used());
        return true;
    }

    /// The first `head_size` bytes of the head, then `size` of the record.
    [[nodiscard]] bool add_bytes(const Operation& operation, std::size_t head_size,
                                 std::size_t size) noexcept {
        likely_size_ += head_size + size;
        for (std::size_t i = 0; i < head_size; ++i) {
            const auto byte = static_cast<std::uint8_t>(operation.head >> (byte_bits * i));
            if (!append_to_piece([byte](Half& half) { return half.append(byte); })) return false;
        }
        for (std::size_t i = 0; i < size; ++i) {
            const auto from = static_cast<std::uint16_t>(operation.offset + i);
            if (!append_to_piece([from](Half& half) { return half.append_from(from); })) {
                return false;
            }
        }
        return true;
    }

    [[nodiscard]] bool add_literal(const Operation& operation) noexcept {
        if (operation.size == 0) return true;  // a value of 0
        if (open_.kind == Kind::head) return add_bytes(operation, operation.size, 0);
        const Literal literal = literal_of(operation);
        return add_lane(literal.tag, {}, literal.value);
    }

    [[nodiscard]] bool add_lane(Tag tag, const NumberSource& source,
                                std::uint64_t literal = 0) noexcept {
        const bool joins = open_.kind == Kind::lanes && open_.tag_size == tag.size &&
                           open_.lane_count < section_lanes_max(tag.size);
        if (!joins && append({.kind = Kind::lanes, .tag_size = tag.size}) == nullptr) return false;
        lane_ = open_.lane_count++ % 2;
        if (lane_ == 0) lanes_ = halves_.add();
        if (lanes_ == nullptr) return false;
        lanes_->put_lane(lane_, tag, source, literal);
        last().write = lanes_writer(tag.size, open_.lane_count);
        likely_size_ += tag.size + likely_number_size;
        return true;
    }

    /// Whole bytes of a number, if a lane has room for it.
    [[nodiscard]] bool add_number(const Operation& operation, std::uint16_t index) noexcept {
        const unsigned shift = operation.down - (64 - byte_bits * operation.size);
        const auto wanted = static_cast<unsigned>(std::popcount(operation.groups));
        const unsigned bits = std::min(wanted, byte_bits * operation.size - shift);
        const Tag tag = tag_of(operation);
        // Counters and times have eight bytes and do not use them all; addresses of Ethernet do.
        constexpr unsigned mac_bits = 48;
        const bool fits = bits <= lane_room(tag.size) || (bits > mac_bits && tag.size <= 2);
        if (!fits || shift % byte_bits != 0) return add_operation(index);
        const bool little = operation.code == Code::little;
        const unsigned size = (bits + byte_bits - 1) / byte_bits;
        const unsigned skipped = shift / byte_bits;
        const unsigned before = little ? skipped : operation.size - skipped - size;
        return add_lane(tag, {.offset = static_cast<std::uint16_t>(operation.offset + before),
                              .little = little,
                              .size = size,
                              .bits = bits});
    }

    [[nodiscard]] bool add_time(const Operation& operation, std::uint16_t index) noexcept {
        if (operation.code == Code::s_of_seconds || operation.code == Code::ms_of_milliseconds) {
            Operation number = operation;
            number.groups = low_bits(byte_bits * operation.size);
            return add_number(number, index);
        }
        if (sections_.time_count == sections_.times.size()) return add_operation(index);
        const Tag tag = tag_of(operation);
        const bool piece = operation.code >= Code::ns_of_uptime;
        if (piece) {
            if (add_piece() == nullptr) return false;
            piece_ = nullptr;  // it is full
            const std::size_t size = tag.size + Sections::nanoseconds_size;
            last().piece_sizes[open_.piece_count - 1u] = static_cast<std::uint8_t>(size);
            likely_size_ += size;
        } else {
            constexpr unsigned more_than_a_number = 3;
            likely_size_ += more_than_a_number;
            if (!add_lane(tag, {})) return false;
        }
        const std::size_t at = halves_.offset() + (piece ? 0 : lane_ * lane_size);
        sections_.times[sections_.time_count++] = {
            .field = {operation.offset, operation.down, static_cast<std::uint8_t>(operation.code)},
            .at = static_cast<std::uint16_t>(at),
            .tag_size = static_cast<std::uint8_t>(tag.size),
            .piece = piece,
            .tag =
                piece ? tag.bytes : static_cast<std::uint32_t>(lane_tag(tag) ^ Half::counted_bit)};
        return true;
    }

    Sections& sections_;
    Halves halves_;
    OpenSection open_;
    Half* piece_ = nullptr;  ///< that may still grow
    Half* lanes_ = nullptr;  ///< with the last lane
    std::size_t lane_ = 0;   ///< its place in there
    std::size_t likely_size_ = 0;
};

}  // namespace

void make_sections(Program& program) noexcept {
    constexpr std::size_t two_byte_prefix_end = 0x4000;
    Sections& sections = program.sections;
    sections.group_count = sections.section_count = 0;
    sections.time_count = sections.head_count = 0;
    sections.usable = false;
    if (program.message_size_max >= two_byte_prefix_end) return;
    SectionBuilder builder{sections};
    for (std::size_t i = 0; i < program.operation_count; ++i) {
        if (!builder.add(program.operations[i], static_cast<std::uint16_t>(i))) return;
    }
    sections.usable = builder.finish();
}

}  // namespace flow::protobuf
