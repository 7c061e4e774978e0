// SPDX-License-Identifier: BSD-3-Clause
// The kernel for AVX-512 with VBMI2: eight lanes at once. vpermi2b gathers the bytes of eight
// values, vpmultishiftqb splits them into groups of seven bits, vplzcntq tells how many are in use,
// and vpcompressb closes the gaps. Nothing depends on a value but how far the next window moves.
#include <immintrin.h>

#include <array>
#include <cstring>
#include <utility>

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

/// What windows hold of the datagram: lanes that are the same for all of its records.
struct Shared {
    using Windows = std::array<Window::Bytes, protobuf::Windows::windows_max>;

    alignas(window_size) Windows fixed;
    alignas(window_size) Windows least;
};

/// `Window::least` of a run of any size: it begins as many bytes before the middle.
alignas(window_size) constexpr auto run_least = [] {
    std::array<std::uint8_t, 2 * window_size> bytes{};
    for (std::size_t i = 0; i < window_size; ++i) {
        bytes[i] = always_there;
        bytes[window_size + i] = there_if_used;
    }
    return bytes;
}();

[[FLOW_AVX512, gnu::always_inline]] inline __m512i load(const void* from) noexcept {
    return _mm512_loadu_si512(from);
}

/// False when a run is longer than usual.
[[FLOW_AVX512]] bool share(const Windows& windows, const Constants& constants,
                           Shared& shared) noexcept {
    for (std::size_t i = 0; i < windows.window_count; ++i) {
        _mm512_store_si512(shared.fixed[i].data(), load(windows.windows[i].fixed.data()));
        _mm512_store_si512(shared.least[i].data(), load(windows.windows[i].least.data()));
    }
    for (std::size_t i = 0; i < windows.run_count; ++i) {
        const Windows::ConstantLanes lanes = windows.constants[i];
        const Constants::Run& run = constants.runs[i];
        if (run.size > lanes.lane_count * lane_size) [[unlikely]]
            return false;
        const std::uint8_t* const least = run_least.data() + window_size - run.size;
        std::uint8_t* const to_fixed = shared.fixed[0].data() + lanes.first_lane * lane_size;
        std::uint8_t* const to_least = shared.least[0].data() + lanes.first_lane * lane_size;
        for (std::size_t at = 0; at < lanes.lane_count * lane_size; at += lane_size) {
            std::memcpy(to_fixed + at, run.bytes.data() + at, lane_size);
            std::memcpy(to_least + at, least + at, lane_size);
        }
    }
    return true;
}

/// What the windows of a program have. A record is too short to ask each of them.
struct Traits {
    bool second_tables = true;
    bool divisions = true;
    Wide wide = Wide::anywhere;
};

/// What is kept of a window for all records of a row: in registers, as far as these go.
struct Held {
    __m512i index;
    __m512i control;
    __m512i beyond;      ///< bits of a value that there is no lane for
    __m512i further;     ///< bits that are in the next lane
    __m512i kept;        ///< lanes that are not divided
    __m512i thousandth;  ///< of the others, as below
    __m512i factor;
};

/// The quotient of a value below 2^42 and 1000 is the high half of a product of 52 bits by 52:
/// exact while value · (thousandth · 1000 − 2^52) is below 2^52.
constexpr long long thousandth = (1LL << 52) / 1000 + 1;
static_assert((thousandth * 1000 - (1LL << 52)) << 42 < 1LL << 52);

[[FLOW_AVX512, gnu::always_inline]] inline Held hold(const Window& window) noexcept {
    const __mmask8 goes_on = _cvtu32_mask8(window.goes_on);
    const __mmask8 thousandths = _cvtu32_mask8(window.thousandths);
    return {
        .index = load(window.index.data()),
        .control = load(window.control.data()),
        .beyond = _mm512_maskz_loadu_epi64(_knot_mask8(goes_on), window.rest.data()),
        .further = _mm512_maskz_loadu_epi64(goes_on, window.rest.data()),
        .kept = _mm512_maskz_set1_epi64(_knot_mask8(thousandths), -1),
        .thousandth = _mm512_maskz_set1_epi64(thousandths, thousandth),
        .factor =
            _mm512_mask_set1_epi64(_mm512_set1_epi64(1), _cvtu32_mask8(window.millions), 1'000'000),
    };
}

/// Lanes' values.
template <bool SecondTable>
[[FLOW_AVX512, gnu::always_inline]] inline __m512i gather(const Window& window, __m512i index,
                                                          const std::uint8_t* record,
                                                          const TimeTable& times) noexcept {
    const __m512i first = load(record + window.first_table);
    if (!SecondTable || window.one_table) return _mm512_permutexvar_epi8(index, first);
    const auto* const second =
        window.times ? reinterpret_cast<const std::uint8_t*>(times.data()) : record;
    return _mm512_permutex2var_epi8(first, index, load(second + window.second_table));
}

/// a | (b & c)
[[FLOW_AVX512, gnu::always_inline]] inline __m512i or_and(__m512i a, __m512i b,
                                                          __m512i c) noexcept {
    return _mm512_ternarylogic_epi64(a, b, c, 0xf8);
}

/// A window's bytes in a row, and how many they are.
struct Packed {
    __m512i bytes;
    std::size_t size;
};

/// `beyond` collects what lanes have no room for. `wide`: it may have wide lanes.
template <Traits Has>
[[FLOW_AVX512, gnu::always_inline]] inline Packed pack(
    const Window& window, const Held& held, const Window::Bytes& fixed, const Window::Bytes& least,
    bool wide, const std::uint8_t* record, const TimeTable& times, __m512i& beyond) noexcept {
    __m512i values = gather<Has.second_tables>(window, held.index, record, times);
    if (window.checked) beyond = or_and(beyond, values, held.beyond);
    // Where few windows have wide lanes, a branch that always goes the same way is cheaper.
    constexpr bool ask = Has.wide == Wide::anywhere;
    if (Has.divisions && (!ask || window.thousandths != 0)) {
        values =
            _mm512_madd52hi_epu64(_mm512_and_si512(values, held.kept), values, held.thousandth);
    }
    if (wide && (!ask || window.millions != 0)) values = _mm512_mullo_epi64(values, held.factor);
    __m512i groups = _mm512_and_si512(_mm512_multishift_epi64_epi8(held.control, values),
                                      load(window.groups.data()));
    if (wide && (!ask || window.goes_on != 0)) {
        // A lane whose number goes on is full, with a continuation bit at its end.
        groups = _mm512_mask_or_epi64(groups, _mm512_test_epi64_mask(values, held.further), groups,
                                      _mm512_set1_epi64(INT64_MIN));
    }
    // Ones below the highest bit in use: the top one of each byte is its continuation bit. A byte
    // with neither this nor a group is not in use.
    const __m512i below =
        _mm512_srlv_epi64(_mm512_set1_epi64(INT64_MAX), _mm512_lzcnt_epi64(groups));
    const __m512i varints = or_and(groups, below, load(window.more.data()));
    const __mmask64 mask = _mm512_cmpge_epu8_mask(varints, load(least.data()));
    const __m512i bytes = _mm512_xor_si512(varints, load(fixed.data()));
    return {_mm512_maskz_compress_epi8(mask, bytes),
            static_cast<std::size_t>(_mm_popcnt_u64(_cvtmask64_u64(mask)))};
}

/// The canonical length: two bytes from 128 on. More than 16 KiB are more than windows hold.
[[gnu::always_inline]] inline std::uint8_t* put_prefix(Framing framing, std::size_t size,
                                                       std::uint8_t* to) noexcept {
    if (framing == Framing::bare) return to;
    // The bits from the seventh on move up by one, and the first byte says that they follow. Not a
    // comparison: the compiler would make it a branch, and sizes about 128 are common.
    const std::size_t two = (std::size_t{0x7f} - size) >> 63;
    const auto prefix = static_cast<std::uint16_t>(size + (size & ~std::size_t{0x7f}) + (two << 7));
    std::memcpy(to, &prefix, sizeof prefix);
    return to + 1 + two;
}

/// What a row of records needs.
struct Job {
    const Windows& windows;
    const Shared& shared;
    const TimeTable* times;
};

/// `Count` windows, in registers; 0: as many as there are, in memory. False when a record has a
/// number that is too large for its lane: the messages are then good for nothing.
template <std::size_t Count, Traits Has>
[[FLOW_AVX512]] bool run_windows(const Job& job, const RecordRow& records,
                                 MessageRow& messages) noexcept {
    constexpr std::size_t room = Count == 0 ? Windows::windows_max : Count;
    const Windows& windows = job.windows;
    const Shared& shared = job.shared;
    const std::size_t count = Count == 0 ? windows.window_count : Count;
    std::array<Held, Count> held;
#pragma GCC unroll 8
    for (std::size_t j = 0; j < Count; ++j) held[j] = hold(windows.windows[j]);
    const Framing framing = messages.framing;
    const std::size_t gap = messages.gap;
    const std::size_t record_size = records.size;
    __m512i beyond = _mm512_setzero_si512();
    const std::uint8_t* record = records.first;
    std::uint8_t* to = messages.to;
    for (std::size_t i = 0; i < records.count; ++i, record += record_size) {
        std::array<Packed, room> pieces;
        std::size_t size = 0;
#pragma GCC unroll 8
        for (std::size_t j = 0; j < count; ++j) {
            const Window& window = windows.windows[j];
            const bool wide =
                Has.wide == Wide::anywhere || (Has.wide == Wide::at_the_end && j + 1 == Count);
            pieces[j] = pack<Has>(window, Count == 0 ? hold(window) : held[j], shared.fixed[j],
                                  shared.least[j], wide, record, job.times[i], beyond);
            size += pieces[j].size;
        }
        to = put_prefix(framing, size, to);
#pragma GCC unroll 8
        for (std::size_t j = 0; j < count; ++j) {
            _mm512_storeu_si512(to, pieces[j].bytes);
            to += pieces[j].size;
        }
        messages.ends[i] = to;
        to += gap;
    }
    return _mm512_test_epi64_mask(beyond, beyond) == 0;
}

using RunWindows = bool (*)(const Job&, const RecordRow&, MessageRow&) noexcept;
constexpr std::size_t held_windows_max = 6;
using RunByCount = std::array<RunWindows, held_windows_max>;

template <Traits Has, std::size_t... Counts>
constexpr RunByCount run_by_count(std::index_sequence<Counts...>) noexcept {
    return {run_windows<Counts + 1, Has>...};
}
template <Traits Has>
constexpr RunByCount run_with = run_by_count<Has>(std::make_index_sequence<held_windows_max>{});

/// By second tables, divisions and wide lanes at the end, a bit each.
constexpr std::array<RunByCount, 8> runs{
    run_with<Traits{false, false, Wide::nowhere}>,
    run_with<Traits{true, false, Wide::nowhere}>,
    run_with<Traits{false, true, Wide::nowhere}>,
    run_with<Traits{true, true, Wide::nowhere}>,
    run_with<Traits{false, false, Wide::at_the_end}>,
    run_with<Traits{true, false, Wide::at_the_end}>,
    run_with<Traits{false, true, Wide::at_the_end}>,
    run_with<Traits{true, true, Wide::at_the_end}>,
};

[[nodiscard]] RunWindows choose(const Windows& windows) noexcept {
    if (windows.window_count > held_windows_max) return run_windows<0, Traits{}>;
    const RunByCount& by_count =
        windows.wide == Wide::anywhere
            ? run_with<Traits{}>
            : runs[(windows.second_tables ? 1U : 0U) | (windows.divisions ? 2U : 0U) |
                   (windows.wide == Wide::at_the_end ? 4U : 0U)];
    return by_count[windows.window_count - 1];
}

}  // namespace

void run_avx512(const Program& program, const Constants& constants, const Origin& origin,
                const RecordRow& records, MessageRow& messages) noexcept {
    const Windows& windows = program.windows;
    records.prefetch();
    Shared shared;
    if (windows.window_count == 0 || !share(windows, constants, shared)) [[unlikely]] {
        return run_avx2(program, constants, origin, records, messages);
    }
    alignas(window_size) std::array<TimeTable, row_records_max> times;
    compute_times(windows.time_fields(), origin, records, times.data());
    const Job job{windows, shared, times.data()};
    if (!choose(windows)(job, records, messages)) [[unlikely]]
        run_avx2(program, constants, origin, records, messages);
}

}  // namespace flow::protobuf

#undef FLOW_AVX512
