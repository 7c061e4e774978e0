// SPDX-License-Identifier: BSD-3-Clause
// The kernel for AVX-512 with VBMI2: eight lanes at once. vpermi2b gathers the bytes of eight
// values, vpmultishiftqb splits them into groups of seven bits, vplzcntq tells how many are in use,
// and vpcompressb closes the gaps. Nothing depends on a value but how far the next window moves.
#include <immintrin.h>

#include <array>
#include <cstring>
#include <type_traits>

#include "flow/format/protobuf/program.hpp"
#include "flow/format/protobuf/times.hpp"

#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC 12's own headers: bug 105593

// Not a compiler's flag for this file: inline functions of headers would be compiled with it, and
// the linker may choose these for everyone.
#define FLOW_AVX512                                                                          \
    gnu::target(                                                                             \
        "avx512f,avx512bw,avx512dq,avx512cd,avx512vl,avx512ifma,avx512vbmi,avx512vbmi2,bmi," \
        "bmi2,lzcnt,popcnt")

namespace flow::protobuf {

namespace {

/// A window's bytes in a row, and how many they are.
struct Packed {
    __m512i bytes;
    std::size_t size;
};

/// What windows hold of the datagram: lanes that are the same for all of its records.
struct Shared {
    alignas(window_size) std::array<Window::Bytes, Windows::windows_max> fixed;
    std::array<std::uint64_t, Windows::windows_max> kept;
};

/// False when a run is longer than usual.
bool share(const Windows& windows, const Constants& constants, Shared& shared) noexcept {
    for (std::size_t i = 0; i < windows.window_count; ++i) {
        shared.fixed[i] = windows.windows[i].fixed;
        shared.kept[i] = windows.windows[i].kept;
    }
    for (std::size_t i = 0; i < windows.run_count; ++i) {
        const Windows::ConstantLanes lanes = windows.constants[i];
        const Constants::Run& run = constants.runs[i];
        if (run.size > lanes.lane_count * lane_size) [[unlikely]]
            return false;
        std::memcpy(shared.fixed[0].data() + lanes.first_lane * lane_size, run.bytes.data(),
                    lanes.lane_count * lane_size);
        const std::uint64_t kept =
            run.size == window_size ? ~std::uint64_t{0} : (std::uint64_t{1} << run.size) - 1;
        const std::size_t window = lanes.first_lane / window_lanes;
        const std::size_t shift = lanes.first_lane % window_lanes * lane_size;
        shared.kept[window] |= kept << shift;
        if (shift + run.size > window_size) {
            shared.kept[window + 1] |= kept >> (window_size - shift);
        }
    }
    return true;
}

[[FLOW_AVX512, gnu::always_inline]] inline __m512i load(const void* from) noexcept {
    return _mm512_loadu_si512(from);
}

/// The two tables that a record of up to 128 bytes is in, and its times.
class NearTables {
public:
    [[FLOW_AVX512, gnu::always_inline]] NearTables(const Windows& windows,
                                                   const std::uint8_t* record,
                                                   const TimeTable& times) noexcept
        : first_{load(record)},
          last_{load(record + windows.far_table)},
          times_{load(times.data())} {}

    [[FLOW_AVX512, gnu::always_inline]] __m512i gather(const Window& window,
                                                       __m512i index) const noexcept {
        if (!window.times) return _mm512_permutex2var_epi8(first_, index, last_);
        if (window.first_table == 0) return _mm512_permutex2var_epi8(first_, index, times_);
        return _mm512_permutex2var_epi8(last_, index, times_);
    }

private:
    __m512i first_;
    __m512i last_;
    __m512i times_;
};

/// Of a longer one each window has its own.
class FarTables {
public:
    FarTables(const Windows&, const std::uint8_t* record, const TimeTable& times) noexcept
        : record_{record}, times_{reinterpret_cast<const std::uint8_t*>(times.data())} {}

    [[FLOW_AVX512, gnu::always_inline]] __m512i gather(const Window& window,
                                                       __m512i index) const noexcept {
        const std::uint8_t* const second = window.times ? times_ : record_ + window.second_table;
        return _mm512_permutex2var_epi8(load(record_ + window.first_table), index, load(second));
    }

private:
    const std::uint8_t* record_;
    const std::uint8_t* times_;
};

/// Values below 2^42 become thousandths in `lanes`. The quotient is the high half of a product of
/// 52 bits by 52: exact while value · (factor · 1000 − 2^52) is below 2^52.
[[FLOW_AVX512, gnu::always_inline]] inline __m512i divide_by_1000(__m512i values,
                                                                  unsigned lanes) noexcept {
    constexpr long long factor = (1LL << 52) / 1000 + 1;
    static_assert((factor * 1000 - (1LL << 52)) << 42 < 1LL << 52);
    const __mmask8 mask = _cvtu32_mask8(lanes);
    const __m512i others = _mm512_maskz_mov_epi64(_knot_mask8(mask), values);
    return _mm512_mask_madd52hi_epu64(others, mask, values, _mm512_set1_epi64(factor));
}

/// What is kept in registers of a window, for all records of a row.
struct Held {
    __m512i index;
    __m512i control;
};

/// `beyond` collects what lanes have no room for.
template <class Tables>
[[FLOW_AVX512, gnu::always_inline]] inline Packed pack(const Window& window, const Held& held,
                                                       const Window::Bytes& fixed,
                                                       std::uint64_t kept, const Tables& tables,
                                                       __m512i& beyond) noexcept {
    __m512i values = tables.gather(window, held.index);
    if (window.checked) {
        beyond = _mm512_or_si512(beyond, _mm512_and_si512(values, load(window.beyond.data())));
    }
    if (window.thousandths != 0) values = divide_by_1000(values, window.thousandths);
    if (window.millions != 0) {
        values = _mm512_mask_mullo_epi64(values, _cvtu32_mask8(window.millions), values,
                                         _mm512_set1_epi64(1'000'000));
    }
    __m512i groups = _mm512_and_si512(_mm512_multishift_epi64_epi8(held.control, values),
                                      load(window.groups.data()));
    if (window.goes_on != 0) {
        // Where the next lane has something, this one is full, with a continuation bit at its end.
        const __mmask8 next = _kshiftri_mask8(_mm512_test_epi64_mask(groups, groups), 1);
        groups = _mm512_mask_or_epi64(groups, _kand_mask8(next, _cvtu32_mask8(window.goes_on)),
                                      groups, _mm512_set1_epi64(INT64_MIN));
    }
    // Ones below the highest bit in use: the top one of each byte is its continuation bit. A byte
    // with neither this nor a group is not in use.
    const __m512i below = _mm512_maskz_srlv_epi64(window.numbers, _mm512_set1_epi64(INT64_MAX),
                                                  _mm512_lzcnt_epi64(groups));
    constexpr int a_or_b_and_c = 0xf8;
    const __m512i varints =
        _mm512_ternarylogic_epi64(groups, below, _mm512_set1_epi8(INT8_MIN), a_or_b_and_c);
    const __mmask64 mask =
        _kor_mask64(_mm512_test_epi8_mask(varints, varints), _cvtu64_mask64(kept));
    const __m512i bytes = _mm512_xor_si512(varints, load(fixed.data()));
    return {_mm512_maskz_compress_epi8(mask, bytes),
            static_cast<std::size_t>(_mm_popcnt_u64(_cvtmask64_u64(mask)))};
}

/// The canonical length: two bytes from 128 on. More than 16 KiB are more than windows hold.
[[gnu::always_inline]] inline std::uint8_t* put_prefix(Framing framing, std::size_t size,
                                                       std::uint8_t* to) noexcept {
    if (framing == Framing::bare) return to;
    // The bits from the seventh on move up by one, and the first byte says that they follow.
    const bool two = size >= 0x80;
    const auto prefix =
        static_cast<std::uint16_t>(two ? size + (size & ~std::size_t{0x7f}) + 0x80 : size);
    std::memcpy(to, &prefix, sizeof prefix);
    return to + 1 + two;
}

/// What a row of records needs.
struct Job {
    const Windows& windows;
    const Shared& shared;
    const TimeTable* times;
};

/// The pieces of one message.
template <std::size_t Count>
struct Message {
    std::array<Packed, Count> pieces;
    std::size_t size = 0;
};

/// Where it ends.
template <std::size_t Count>
[[FLOW_AVX512, gnu::always_inline]] inline std::uint8_t* join(const Message<Count>& message,
                                                              std::size_t count, Framing framing,
                                                              std::uint8_t* to) noexcept {
    to = put_prefix(framing, message.size, to);
#pragma GCC unroll 8
    for (std::size_t j = 0; j < count; ++j) {
        _mm512_storeu_si512(to, message.pieces[j].bytes);
        to += message.pieces[j].size;
    }
    return to;
}

/// `Count` windows, in registers; 0: as many as there are, in memory. False when a record has a
/// number that is too large for its lane: the messages are then good for nothing.
template <std::size_t Count, bool Near>
[[FLOW_AVX512]] bool run_windows(const Job& job, const RecordRow& records,
                                 MessageRow& messages) noexcept {
    constexpr std::size_t room = Count == 0 ? Windows::windows_max : Count;
    const Windows& windows = job.windows;
    const Shared& shared = job.shared;
    const std::size_t count = Count == 0 ? windows.window_count : Count;
    std::array<Held, Count> held;
#pragma GCC unroll 8
    for (std::size_t j = 0; j < Count; ++j) {
        const Window& window = windows.windows[j];
        held[j] = {load(window.index.data()), load(window.control.data())};
    }
    const Framing framing = messages.framing;
    const std::size_t gap = messages.gap;
    const std::size_t record_count = records.count;
    const std::size_t record_size = records.size;
    __m512i beyond = _mm512_setzero_si512();
    const std::uint8_t* record = records.first;
    std::uint8_t* to = messages.to;
    // A message is joined while the next one is being packed: where it goes depends on the sizes of
    // all before it, and nothing should wait for these.
    Message<room> last;
    for (std::size_t i = 0; i < record_count; ++i, record += record_size) {
        const std::conditional_t<Near, NearTables, FarTables> tables{windows, record, job.times[i]};
        Message<room> message;
#pragma GCC unroll 8
        for (std::size_t j = 0; j < count; ++j) {
            const Window& window = windows.windows[j];
            const Held parts =
                Count == 0 ? Held{load(window.index.data()), load(window.control.data())} : held[j];
            message.pieces[j] =
                pack(window, parts, shared.fixed[j], shared.kept[j], tables, beyond);
            message.size += message.pieces[j].size;
        }
        if (i != 0) {
            to = join(last, count, framing, to);
            messages.ends[i - 1] = to;
            to += gap;
        }
        last = message;
    }
    messages.ends[record_count - 1] = join(last, count, framing, to);
    return _mm512_test_epi64_mask(beyond, beyond) == 0;
}

using RunWindows = bool (*)(const Job&, const RecordRow&, MessageRow&) noexcept;
constexpr std::array<RunWindows, 8> near_by_count{
    run_windows<0, true>, run_windows<1, true>, run_windows<2, true>, run_windows<3, true>,
    run_windows<4, true>, run_windows<5, true>, run_windows<6, true>, run_windows<7, true>};

}  // namespace

void run_avx512(const Program& program, const Constants& constants, const Origin& origin,
                const RecordRow& records, MessageRow& messages) noexcept {
    const Windows& windows = program.windows;
    Shared shared;
    if (windows.window_count == 0 || !share(windows, constants, shared)) [[unlikely]] {
        return run_avx2(program, constants, origin, records, messages);
    }
    alignas(window_size) std::array<TimeTable, row_records_max> times;
    compute_times(windows.time_fields(), origin, records, times.data());
    const Job job{windows, shared, times.data()};
    const std::size_t index =
        windows.window_count < near_by_count.size() ? windows.window_count : 0;
    const RunWindows run = windows.near ? near_by_count[index] : run_windows<0, false>;
    if (!run(job, records, messages)) [[unlikely]]
        run_avx2(program, constants, origin, records, messages);
}

}  // namespace flow::protobuf

#undef FLOW_AVX512
