// SPDX-License-Identifier: BSD-3-Clause
// Runs a program: one loop over its pieces, compiled once for every CPU and once for those with
// AVX2 and BMI2. The pieces are the same for every record, so their dispatch is predicted.
#include "flow/base/bytes.hpp"
#include "flow/base/cpu.hpp"
#include "flow/format/render/address.hpp"
#include "flow/format/render/copy.hpp"
#include "flow/format/render/decimal.hpp"
#include "flow/format/render/list.hpp"
#include "flow/format/render/names.hpp"
#include "flow/format/render/program.hpp"
#include "flow/format/render/value.hpp"
#include "flow/model/time.hpp"

namespace flow::render {

namespace {

[[gnu::always_inline]] inline std::uint64_t field_of(const Piece& piece,
                                                     const std::uint8_t* record) noexcept {
    return load_be64(record + piece.offset) >> piece.down;
}

[[gnu::always_inline]] inline std::uint64_t number_of(const Piece& piece,
                                                      const std::uint8_t* record) noexcept {
    return (field_of(piece, record) & piece.mask) | piece.operand;
}

[[gnu::always_inline]] inline std::uint64_t little_of(const Piece& piece,
                                                      const std::uint8_t* record) noexcept {
    std::uint64_t value;
    std::memcpy(&value, record + piece.offset, sizeof value);
    return value & piece.mask;
}

template <Transform Unit>
[[gnu::always_inline]] inline std::uint64_t time_of(const Piece& piece, const std::uint8_t* record,
                                                    const Origin& origin) noexcept {
    return time_value(Unit, field_of(piece, record), origin) & piece.mask;
}

[[gnu::always_inline]] inline std::uint64_t any_time_of(const Piece& piece,
                                                        const std::uint8_t* record,
                                                        const Origin& origin) noexcept {
    return time_value(piece.transform, field_of(piece, record), origin) & piece.mask;
}

/// The renderings that few lines have.
[[gnu::noinline]] std::uint8_t* put_rare(const Piece& piece, const std::uint8_t* record,
                                         const Origin& origin, std::uint8_t* to) noexcept {
    const auto put = [&](std::uint64_t number, Bytes bytes) {
        return put_value(to, piece.render, piece.kind, {number, bytes});
    };
    switch (piece.code) {
        case Code::octets: {
            const Bytes field{record + piece.offset, piece.size};
            std::uint8_t* const end = octet_items(to, field);
            end[-1] = ']';  // in place of the last comma
            return end;
        }
        case Code::named_time: return put(any_time_of(piece, record, origin), {});
        case Code::named_little: return put(little_of(piece, record), {});
        case Code::bytes: return put(0, {record + piece.offset, piece.size});
        case Code::network: {
            const Piece& address = *(&piece + 1);
            return put_network(to, {record + address.offset, address.size},
                               number_of(piece, record));
        }
        case Code::icmp_name:
            return put_icmp_name(to, number_of(piece, record), number_of(*(&piece + 1), record),
                                 piece.otherwise ? "unknown" : "");
        default: return put(number_of(piece, record), {});
    }
}

[[gnu::always_inline]] inline std::uint8_t* run_record(const Program& program,
                                                       const Constants& constants,
                                                       const Origin& origin,
                                                       const std::uint8_t* record,
                                                       std::uint8_t* to) noexcept {
    for (const Piece* piece = program.pieces.data();; ++piece) {
        to = copy_wide(to, program.text.data() + piece->literal, piece->literal_size);
        switch (piece->code) {
            case Code::end: return to;
            case Code::constants: {
                const Constants::Run& run = constants.runs[piece->offset];
                to = copy_wide(to, constants.text.data() + run.begin, run.size);
                break;
            }
            case Code::octet:
                to = decimal_octet(to, static_cast<std::uint8_t>(number_of(*piece, record)));
                break;
            case Code::number: to = decimal(to, number_of(*piece, record)); break;
            case Code::s_of_ms:
                to = decimal(to, time_of<Transform::s_of_milliseconds>(*piece, record, origin));
                break;
            case Code::s_of_uptime:
                to = decimal(to, time_of<Transform::s_of_uptime>(*piece, record, origin));
                break;
            case Code::ms_of_uptime:
                to = decimal(to, time_of<Transform::ms_of_uptime>(*piece, record, origin));
                break;
            case Code::time: to = decimal(to, any_time_of(*piece, record, origin)); break;
            case Code::mac: to = mac(to, number_of(*piece, record)); break;
            case Code::ipv4: to = ipv4(to, record + piece->offset); break;
            case Code::ipv6: to = ipv6(to, record + piece->offset); break;
            case Code::network:
            case Code::icmp_name:
                to = put_rare(*piece, record, origin, to);
                ++piece;  // their second value
                break;
            default: to = put_rare(*piece, record, origin, to); break;
        }
    }
}

[[gnu::always_inline]] inline void run_row(const Program& program, const Constants& constants,
                                           const Origin& origin, const RecordRow& records,
                                           MessageRow& messages) noexcept {
    const std::uint8_t* record = records.first;
    std::uint8_t* to = messages.to;
    for (std::size_t i = 0; i < records.count; ++i, record += records.size) {
        std::uint8_t* const end = run_record(program, constants, origin, record, to);
        messages.ends[i] = end;
        to = end + messages.gap;
    }
}

}  // namespace

void run_portable(const Program& program, const Constants& constants, const Origin& origin,
                  const RecordRow& records, MessageRow& messages) noexcept {
    run_row(program, constants, origin, records, messages);
}

[[gnu::target("avx2,bmi,bmi2,lzcnt,movbe")]] void run_avx2(const Program& program,
                                                           const Constants& constants,
                                                           const Origin& origin,
                                                           const RecordRow& records,
                                                           MessageRow& messages) noexcept {
    run_row(program, constants, origin, records, messages);
}

RunProgram choose_kernel() noexcept { return has_fast_bmi2() ? run_avx2 : run_portable; }

}  // namespace flow::render
