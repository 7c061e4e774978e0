// SPDX-License-Identifier: BSD-3-Clause
// Plan to program, once per template: the blank line with the values that a record puts in. And
// the datagram's constants, once per datagram.
#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <string_view>

#include "flow/base/bits.hpp"
#include "flow/format/render/line.hpp"
#include "flow/format/render/list.hpp"
#include "flow/format/render/value.hpp"
#include "flow/model/origin_number.hpp"

namespace flow::render {

/// A program on its way. What finds no room makes it unusable.
class ProgramWriter {
public:
    explicit ProgramWriter(Program& program) noexcept : program_{program} {
        program.piece_count = 0;
        program.text_size = 0;
        program.message_size_max = 0;
        program.usable = true;
    }

    void text(std::string_view text) noexcept {
        if (text.size() > Program::text_size_max - program_.text_size) return give_up();
        std::copy(text.begin(), text.end(), program_.text.begin() + program_.text_size);
        program_.text_size += static_cast<std::uint32_t>(text.size());
    }
    void text(const std::uint8_t* begin, const std::uint8_t* end) noexcept {
        text({reinterpret_cast<const char*>(begin), static_cast<std::size_t>(end - begin)});
    }
    /// `size_max`: of its value.
    void piece(Piece piece, std::size_t size_max) noexcept {
        if (program_.piece_count == Program::pieces_max) return give_up();
        piece.literal = static_cast<std::uint16_t>(literal_);
        piece.literal_size = static_cast<std::uint16_t>(program_.text_size - literal_);
        literal_ = program_.text_size;
        program_.pieces[program_.piece_count++] = piece;
        size_max_ += size_max;
    }
    void give_up() noexcept { program_.usable = false; }
    void finish() noexcept {
        piece({.code = Code::end}, 0);
        size_max_ += program_.text_size;
        if (size_max_ > Program::line_size_max) return give_up();
        program_.message_size_max = static_cast<std::uint32_t>(size_max_);
    }

    /// Nothing but what opens a line.
    [[nodiscard]] bool has_only(std::size_t open_size) const noexcept {
        return program_.piece_count == 0 && program_.text_size == open_size;
    }

private:
    Program& program_;
    std::size_t literal_ = 0;
    std::size_t size_max_ = 0;
};

namespace {

constexpr std::size_t sampler_size_max = 16;

const Step* find_step(const Plan& plan, Column column) noexcept {
    const auto found = std::find_if(plan.steps.begin(), plan.steps.end(),
                                    [&](const Step& step) { return step.column == column; });
    return found == plan.steps.end() ? nullptr : &*found;
}

/// A field of no bytes is a value of 0 or an empty one.
bool fills_nothing(const Step& step) noexcept {
    return step.size == 0 && step.transform != Transform::constant &&
           step.transform != Transform::ns_of_export;
}

/// Reads a number; without a step, 0. False when it takes more than a load, a shift and a mask.
bool read_number(const Step* step, Piece& piece) noexcept {
    if (step == nullptr) return true;
    if (step->transform == Transform::constant) {
        piece.operand = step->operand;
        return true;
    }
    if (step->transform != Transform::number) return false;
    if (step->size == 0) return true;
    const unsigned column_bits =
        !is_custom(step->column) && info(step->column).kind == Kind::u32 ? 32 : 64;
    piece.offset = step->offset;
    piece.down = static_cast<std::uint8_t>(64 - 8 * step->size + step->shift);
    piece.mask = low_bits(std::min({8U * step->size, unsigned{step->bits}, column_bits}));
    return true;
}

Code code_of_time(Transform transform) noexcept {
    switch (transform) {
        case Transform::s_of_milliseconds: return Code::s_of_ms;
        case Transform::s_of_uptime: return Code::s_of_uptime;
        case Transform::ms_of_uptime: return Code::ms_of_uptime;
        case Transform::s_of_seconds:
        case Transform::ms_of_milliseconds: return Code::number;
        default: return Code::time;
    }
}

/// What is not loaded as a big-endian number is decided by the transform.
bool read_other_number(const Step& step, Piece& piece) noexcept {
    const bool custom = is_custom(step.column);
    piece.offset = step.offset;
    piece.mask = !custom && piece.kind == Kind::u32 ? low_bits(32) : low_bits(64);
    if (step.transform == Transform::number_little) {
        piece.mask &= low_bits(8U * step.size);
        piece.code = Code::named_little;
        return true;
    }
    if (!is_time(step.transform) || is_goflow2_time(step.transform) || custom) return false;
    piece.transform = step.transform;
    piece.down = static_cast<std::uint8_t>(step.size == 0 ? 0 : 64 - 8 * step.size);
    piece.code = piece.render == Render::number ? code_of_time(step.transform) : Code::named_time;
    return true;
}

Code code_of_number(const Piece& piece) noexcept {
    constexpr std::uint64_t octet_max = 0xff;
    switch (piece.render) {
        case Render::number:
            return (piece.mask | piece.operand) <= octet_max ? Code::octet : Code::number;
        case Render::mac: return Code::mac;
        default: return Code::named;
    }
}

Code code_of_bytes(Render render, std::size_t size) noexcept {
    const bool is_ip = render == Render::ip || render == Render::ip_as_is;
    if (is_ip && size == 4) return Code::ipv4;
    return render == Render::ip && size == 16 ? Code::ipv6 : Code::bytes;
}

/// Renderings of lists have no value of their own for a 0, as the blank line has it.
bool is_of_list(Render render) noexcept {
    return render == Render::number_list || render == Render::ip_list ||
           render == Render::layer_list;
}

/// A value; for networks and ICMP names, two.
struct Values {
    Piece first;
    Piece second;
    bool has_second = false;
};

/// Of a column with a step, or of a rendering that is written without one. False: the plain way.
bool make_values(const Plan& plan, Column column, const Step* step, Values& values) noexcept {
    Piece& piece = values.first;
    switch (piece.render) {
        case Render::network: {
            const Step* const address = find_step(plan, address_of_network(column));
            piece.code = Code::network;
            values.has_second = true;
            if (address != nullptr) {
                if (address->transform != Transform::bytes) return false;
                values.second = {.offset = address->offset, .size = address->size};
            }
            return read_number(step, piece);
        }
        case Render::icmp_name:
        case Render::icmp_name_or_unknown:
            piece.code = Code::icmp_name;
            piece.otherwise = piece.render == Render::icmp_name_or_unknown;
            values.has_second = true;
            return read_number(find_step(plan, Column::proto), piece) &&
                   read_number(find_step(plan, Column::icmp_type), values.second);
        default: break;
    }
    if (step != nullptr && step->transform == Transform::bytes) {
        if (piece.kind != Kind::bytes) return false;
        piece.code = code_of_bytes(piece.render, step->size);
        piece.offset = step->offset;
        piece.size = step->size;
        return true;
    }
    if (!holds_number(piece.kind)) return false;
    if (!is_custom(column) && is_of_list(piece.render)) return false;
    if (!read_number(step, piece)) return read_other_number(*step, piece);
    piece.code = code_of_number(piece);
    return true;
}

}  // namespace

/// Neighbours that the datagram decides share a run. Too much of them, or a rendering that takes
/// the record too, leaves this schema to the plain way.
[[gnu::cold]] void Line::make_runs() noexcept {
    std::size_t size = 0;
    for (std::size_t i = 0; i < hole_count_; ++i) {
        const Hole& hole = holes_[i];
        if (is_custom(hole.column) || !is_of_datagram(hole.column)) continue;
        const bool begins = i == 0 || run_count_ == 0 || runs_[run_count_ - 1].end != i;
        if (begins) {
            if (run_count_ == runs_.size()) return;
            runs_[run_count_++] = {.begin = i, .end = i, .size_max = 0};
        }
        Run& run = runs_[run_count_ - 1];
        const std::size_t from = begins ? hole.begin : holes_[i - 1].end;
        const std::size_t one = value_size_max(hole.render, hole.kind, sampler_size_max) +
                                (hole.end - from) + quote_size_;
        run.end = i + 1;
        run.size_max += one;
        size += one;
        const bool alone = hole.render != Render::network && hole.render != Render::icmp_name &&
                           hole.render != Render::icmp_name_or_unknown;
        if (!alone || is_of_list(hole.render) || size > Constants::text_size_max) return;
    }
    compiles_ = true;
}

void Line::begin(const Origin& origin, Constants& constants) const noexcept {
    if (!compiles_) return;
    std::uint8_t* to = constants.text.data();
    const auto text = [&](std::size_t begin, std::size_t end) {
        std::memcpy(to, blank_.data() + begin, end - begin);
        to += end - begin;
    };
    for (std::size_t r = 0; r < run_count_; ++r) {
        const Run& run = runs_[r];
        const std::uint8_t* const start = to;
        for (std::size_t i = run.begin; i < run.end; ++i) {
            const Hole& hole = holes_[i];
            if (i != run.begin) text(holes_[i - 1].end, hole.begin);
            const bool is_bytes = hole.kind == Kind::bytes;
            const Value value{is_bytes ? 0 : origin_number(hole.column, origin),
                              is_bytes ? origin.sampler.bytes() : Bytes{}};
            const bool empty = value.number == 0 && value.bytes.empty();
            if (empty && hole.way != Way::computed) {
                text(hole.begin, hole.end);
            } else if (hole.way == Way::number) {
                to = decimal(to, value.number);
            } else if (hole.way == Way::byte_list) {
                to = octet_items(to, value.bytes);
                to[-1] = ']';
            } else {
                to = put_value(to, hole.render, hole.kind, value);
                if (hole.quoted) to = quote(to);
            }
        }
        constants.runs[r] = {static_cast<std::uint32_t>(start - constants.text.data()),
                             static_cast<std::uint32_t>(to - start)};
    }
}

[[gnu::cold]] bool Line::is_blank(const Hole& hole, const Step* step) noexcept {
    if (hole.way == Way::custom) return step == nullptr;
    if (hole.way == Way::computed) return false;
    return step == nullptr || fills_nothing(*step);
}

/// The value of a hole, and its marks where the blank line has none.
[[gnu::cold]] void Line::add_value(const Plan& plan, const Hole& hole, const Step* step,
                                   ProgramWriter& writer) const noexcept {
    const std::string_view quote{quote_.data(), quote_size_};
    const bool custom = hole.way == Way::custom;
    const bool list = hole.way == Way::byte_list;
    Values values{.first = {.render = hole.render, .kind = hole.kind}, .second = {}};
    if (!make_values(plan, hole.column, step, values)) return writer.give_up();
    if (list) values.first.code = Code::octets;
    if (custom && hole.array) writer.text("[");
    if (custom && hole.quoted) writer.text(quote);
    const std::size_t byte_count = step == nullptr ? 0 : step->size;
    const std::size_t bracket = 1;
    writer.piece(values.first, value_size_max(hole.render, hole.kind, byte_count) + bracket);
    if (values.has_second) writer.piece(values.second, 0);
    if (hole.quoted && !list) writer.text(quote);
    if (custom && hole.array) writer.text("]");
}

[[gnu::cold]] void Line::compile(const Plan& plan, Program& program) const noexcept {
    assert(plan.direct);
    ProgramWriter writer{program};
    if (!compiles_) return writer.give_up();
    const std::uint8_t* const blank = blank_.data();
    std::size_t from = 0;
    std::size_t run = 0;
    for (std::size_t i = 0; i < hole_count_; ++i) {
        const Hole& hole = holes_[i];
        if (run < run_count_ && runs_[run].begin == i) {
            writer.text(blank + from, blank + hole.begin);
            writer.piece({.code = Code::constants, .offset = static_cast<std::uint16_t>(run)},
                         runs_[run].size_max);
            i = runs_[run++].end - 1;
            from = holes_[i].end;
            continue;
        }
        const Step* const step = find_step(plan, hole.column);
        if (is_blank(hole, step)) {
            if (!hole.optional) continue;
            // Without the key; what follows needs no joint when nothing has come before.
            writer.text(blank + from, blank + hole.begin - hole.key_size);
            from = hole.end;
            if (writer.has_only(open_size_) && from + between_size_ < blank_size_) {
                from += between_size_;
            }
            continue;
        }
        writer.text(blank + from, blank + hole.begin);
        from = hole.end;
        add_value(plan, hole, step, writer);
    }
    writer.text(blank + from, blank + blank_size_);
    writer.finish();
}

}  // namespace flow::render
