// SPDX-License-Identifier: BSD-3-Clause
// The kernel for AVX2 with BMI2. For a few records at once vpshufb gathers what their messages are
// made of into scratch memory; then each message is written, section by section: runs and pieces
// are copied, and a lane is spread by pdep, measured by lzcnt and stored whole. Nothing depends on
// a value but how far the next lane moves. Each section has a function of its own, which calls that
// of the next one last: a jump that is predicted by where it is.
#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "flow/format/protobuf/operations.hpp"
#include "flow/format/protobuf/program.hpp"
#include "flow/format/protobuf/times.hpp"
#include "flow/model/time.hpp"

// Not a compiler's flag for this file: see kernel_avx512.cpp.
#define FLOW_AVX2_TARGET target("avx2,bmi,bmi2,lzcnt,movbe")
#define FLOW_AVX2 gnu::FLOW_AVX2_TARGET

namespace flow::protobuf {

namespace {

/// What is gathered before the first message is written: enough for the loads to find what was
/// stored in the first-level cache, not in the store buffer.
constexpr std::size_t scratch_size = 3840;
static_assert(scratch_size >= Sections::gathered_size_max);

[[FLOW_AVX2, gnu::always_inline]] inline __m256i load(const void* from) noexcept {
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

[[FLOW_AVX2, gnu::always_inline]] inline void store(void* to, __m256i bytes) noexcept {
    _mm256_storeu_si256(static_cast<__m256i*>(to), bytes);
}

template <bool Whole>
[[FLOW_AVX2, gnu::always_inline]] inline __m128i load_half(const std::uint8_t* low,
                                                           const std::uint8_t* high) noexcept {
    if constexpr (Whole) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(low));
    return _mm_castps_si128(
        _mm_loadh_pi(_mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(low))),
                     reinterpret_cast<const __m64*>(high)));
}

/// One group of all records. False when a number is beyond its lane.
template <bool LowWhole, bool HighWhole, bool Plain>
[[FLOW_AVX2, gnu::always_inline]] inline bool gather_group(const GatherGroup& group,
                                                           const RecordRow& records,
                                                           std::uint8_t* to,
                                                           std::size_t stride) noexcept {
    const __m256i index = load(group.index.data());
    const __m256i bits = load(group.bits.data());
    const __m256i fixed = load(group.fixed.data());
    __m256i all = _mm256_setzero_si256();
    std::array<const std::uint8_t*, 4> from;
    for (std::size_t i = 0; i < from.size(); ++i) from[i] = records.first + group.offsets[i];
    // Otherwise the compiler makes one of the other, by two instructions a record.
    asm("" : "+r"(from[0]), "+r"(from[2]));
    std::size_t at = 0;
    const auto gather_next = [&]() __attribute__((FLOW_AVX2_TARGET, always_inline)) {
        const __m256i bytes = _mm256_inserti128_si256(
            _mm256_castsi128_si256(load_half<LowWhole>(from[0] + at, from[1] + at)),
            load_half<HighWhole>(from[2] + at, from[3] + at), 1);
        __m256i values = _mm256_shuffle_epi8(bytes, index);
        if constexpr (!Plain) {
            all = _mm256_or_si256(all, bytes);
            values = _mm256_and_si256(values, bits);
        }
        store(to, _mm256_or_si256(values, fixed));
        at += records.size;
        to += stride;
    };
    for (std::size_t pairs = records.count / 2; pairs > 0; --pairs) {
        gather_next();
        gather_next();
    }
    if (records.count % 2 != 0) gather_next();
    return Plain || _mm256_testz_si256(all, load(group.beyond.data())) != 0;
}

[[FLOW_AVX2]] bool gather(const Sections& sections, const RecordRow& records, std::uint8_t* to,
                          std::size_t stride) noexcept {
    bool fits = true;
    for (std::size_t i = 0; i < sections.group_count; ++i, to += GatherGroup::size) {
        const GatherGroup& group = sections.groups[i];
        switch (group.kind) {
            case GatherGroup::nothing: break;
            case GatherGroup::plain:
                gather_group<true, true, true>(group, records, to, stride);
                break;
            case GatherGroup::whole:
                fits &= gather_group<true, true, false>(group, records, to, stride);
                break;
            case GatherGroup::high_whole:
                fits &= gather_group<false, true, false>(group, records, to, stride);
                break;
            case GatherGroup::low_whole:
                fits &= gather_group<true, false, false>(group, records, to, stride);
                break;
            case GatherGroup::scattered:
                fits &= gather_group<false, false, false>(group, records, to, stride);
                break;
        }
    }
    return fits;
}

/// One time of all records, into their lanes or pieces. Returns what does not fit.
template <Transform Unit>
[[FLOW_AVX2]] std::uint64_t place_time(const TimePlace& place, const Origin& origin,
                                       const RecordRow& records, std::uint8_t* to,
                                       std::size_t stride) noexcept {
    const Origin constant = origin;  // the compiler knows that this does not change under the loop
    const std::uint8_t* from = records.first + place.field.offset;
    const std::uint64_t tag = place.tag;
    const unsigned tag_bits = byte_bits * place.tag_size;
    const unsigned room = lane_room(place.tag_size);
    const unsigned down = place.field.down;
    std::uint8_t* const end = to + records.count * stride;
    std::uint64_t beyond = 0;
    for (; to != end; to += stride, from += records.size) {
        const std::uint64_t time = time_value(Unit, load_be64(from) >> down, constant);
        if constexpr (Unit < Transform::ns_of_uptime) {
            const std::uint64_t lane = time << tag_bits | tag;
            std::memcpy(to, &lane, sizeof lane);
            beyond |= time >> room;
        } else {
            // Eight groups of seven bits, and a last byte without a continuation bit.
            const std::uint64_t groups = _pdep_u64(time, 0x7f7f7f7f7f7f7f7f) | 0x8080808080808080;
            const std::uint64_t last = time >> 56;
            std::memcpy(to, &tag, sizeof tag);
            std::memcpy(to + tag_bits / byte_bits, &groups, sizeof groups);
            to[tag_bits / byte_bits + sizeof groups] = static_cast<std::uint8_t>(last);
            beyond |= (last - 1) | last;  // below 128: last is 1 to 127
        }
    }
    return Unit < Transform::ns_of_uptime ? beyond : beyond >> 7;
}

using PlaceTime = std::uint64_t (*)(const TimePlace&, const Origin&, const RecordRow&,
                                    std::uint8_t*, std::size_t) noexcept;

template <std::size_t... Kinds>
constexpr auto make_place_times(std::index_sequence<Kinds...>) noexcept {
    return std::array<PlaceTime, sizeof...(Kinds)>{place_time<transform_of_time(Kinds)>...};
}
constexpr auto place_time_by_kind = make_place_times(std::make_index_sequence<time_kind_count>{});

/// Puts times where lanes and pieces want them. False when one does not fit.
[[gnu::always_inline]] inline bool place_times(const Sections& sections, const Origin& origin,
                                               const RecordRow& records, std::uint8_t* to,
                                               std::size_t stride) noexcept {
    std::uint64_t beyond = 0;
    for (std::size_t i = 0; i < sections.time_count; ++i) {
        const TimePlace& place = sections.times[i];
        beyond |= place_time_by_kind[kind_of_time(place.field)](place, origin, records,
                                                                to + place.at, stride);
    }
    return beyond == 0;
}

/// By the number of leading zero bits of a lane, its tag included: its continuation bits, and one
/// bit more (counted_bit), so that it has as many bits as the lane has bytes in use. 0 for a lane
/// with nothing behind its tag: proto3 leaves defaults out. A second table for the sizes would be a
/// second load, and loads and stores are what lanes wait for.
template <unsigned TagSize>
constexpr std::array<std::uint64_t, 65> make_more() noexcept {
    std::array<std::uint64_t, 65> more{};
    for (std::size_t zeros = 0; zeros < 64 - byte_bits * TagSize; ++zeros) {
        more[zeros] = lane_table.more[zeros] | Half::counted_bit;
    }
    return more;
}

template <unsigned TagSize>
constexpr std::array<std::uint64_t, 65> more_of = make_more<TagSize>();

template <unsigned TagSize>
[[FLOW_AVX2, gnu::always_inline]] inline std::uint8_t* write_lane(const std::uint8_t* from,
                                                                  std::uint8_t* to) noexcept {
    constexpr std::uint64_t tag_bits = low_bits(byte_bits * TagSize);
    std::uint64_t lane;
    std::memcpy(&lane, from, sizeof lane);
    const std::uint64_t spread = _pdep_u64(lane, 0x7f7f7f7f7f7f7f7f | tag_bits);
    // As assembly: the compiler clears the registers before, for CPUs of 2013.
    std::uint64_t zeros;
    asm("lzcnt %1, %0" : "=r"(zeros) : "r"(spread) : "cc");
    const std::uint64_t more = more_of<TagSize>[zeros];
    const std::uint64_t varint = spread ^ more;
    std::memcpy(to, &varint, sizeof varint);
    std::uint64_t size;
    asm("popcnt %1, %0" : "=r"(size) : "r"(more) : "cc");
    return to + size;
}

/// Lanes and pieces begin at the next half each.
constexpr std::size_t whole_halves(std::size_t size) noexcept {
    return (size + Half::size - 1) / Half::size * Half::size;
}

}  // namespace

/// What the messages of a row are written from.
struct SectionJob {
    SectionJob(const Program& made, const Constants& encoded, const Origin& shared) noexcept
        : program{made}, constants{encoded}, origin{shared} {}

    std::array<HeadRuns, Windows::runs_max> runs;
    const std::uint8_t* record = nullptr;  ///< of this message
    const Program& program;
    const Constants& constants;
    const Origin& origin;
};

namespace {

/// The last call of a section's function: a jump.
[[gnu::always_inline]] inline std::uint8_t* write_next(const Section* section,
                                                       const std::uint8_t* from, std::uint8_t* to,
                                                       const SectionJob& job) noexcept {
    return section[1].write(section + 1, from, to, job);
}

template <unsigned TagSize, unsigned Count>
[[FLOW_AVX2]] std::uint8_t* write_lanes(const Section* section, const std::uint8_t* from,
                                        std::uint8_t* to, const SectionJob& job) noexcept {
#pragma GCC unroll 16
    for (unsigned i = 0; i < Count; ++i) to = write_lane<TagSize>(from + i * lane_size, to);
    return write_next(section, from + whole_halves(Count * lane_size), to, job);
}

template <Runs How, unsigned PieceCount>
std::uint8_t* write_head(const Section* section, const std::uint8_t* from, std::uint8_t* to,
                         const SectionJob& job) noexcept {
    if constexpr (How != Runs::none) {
        const auto* const all = reinterpret_cast<const std::uint8_t*>(job.runs.data());
        const auto* const runs = reinterpret_cast<const HeadRuns*>(all + section->runs_at);
        const std::uint8_t* const bytes = runs->bytes.data();
        std::memcpy(to, bytes, HeadRuns::usual_size);
        if constexpr (How == Runs::long_ones) {
            for (std::size_t i = HeadRuns::usual_size; i < runs->size; i += HeadRuns::usual_size) {
                std::memcpy(to + i, bytes + i, HeadRuns::usual_size);
            }
        }
        to += runs->size;
    }
#pragma GCC unroll 3
    for (unsigned i = 0; i < PieceCount; ++i) {
        std::memcpy(to, from + i * Half::size, Half::size);
        to += section->piece_sizes[i];
    }
    return write_next(section, from + PieceCount * Half::size, to, job);
}

[[FLOW_AVX2]] std::uint8_t* write_operation(const Section* section, const std::uint8_t* from,
                                            std::uint8_t* to, const SectionJob& job) noexcept {
    const Operation& operation = job.program.operations[section->operation];
    const std::uint8_t* const field = job.record + operation.offset;
    to = operation.code == Code::narrow
             ? run_narrow<Bmi2Spread>(operation, field, to)
             : run_operation<Bmi2Spread>(operation, job.constants, job.origin, field, to);
    return write_next(section, from, to, job);
}

std::uint8_t* write_end(const Section*, const std::uint8_t*, std::uint8_t* to,
                        const SectionJob&) noexcept {
    return to;
}

template <unsigned TagSize, std::size_t... Indexes>
constexpr auto lanes_writers(std::index_sequence<Indexes...>) noexcept {
    return std::array<WriteSection, sizeof...(Indexes)>{
        write_lanes<TagSize, static_cast<unsigned>(Indexes) + 1>...};
}

template <unsigned TagSize>
constexpr auto lanes_writers_of =
    lanes_writers<TagSize>(std::make_index_sequence<section_lanes_max(TagSize)>{});

template <Runs How>
constexpr std::array<WriteSection, Section::pieces_max + 1> head_writers_of{
    write_head<How, 0>, write_head<How, 1>, write_head<How, 2>, write_head<How, 3>};

/// Writes the length before a message that begins one or two bytes behind `to`, and moves it when
/// that was the wrong guess; the next one is better. Returns the end.
[[gnu::always_inline]] inline std::uint8_t* put_prefix(std::uint8_t* to, std::size_t& prefix_size,
                                                       std::uint8_t* end) noexcept {
    const auto size = static_cast<std::size_t>(end - to) - prefix_size;
    const std::size_t needed = size < 0x80 ? 1 : 2;
    if (needed != prefix_size) [[unlikely]] {
        std::memmove(to + needed, to + prefix_size, size);
        prefix_size = needed;
        end = to + needed + size;
    }
    if (needed == 1) {
        *to = static_cast<std::uint8_t>(size);
    } else {
        const auto prefix = static_cast<std::uint16_t>(size + (size & ~std::size_t{0x7f}) + 0x80);
        std::memcpy(to, &prefix, sizeof prefix);
    }
    return end;
}

/// Where the messages of a row go.
struct Output {
    MessageRow& row;
    std::uint8_t* to;
    std::size_t done;         ///< messages that have been written
    std::size_t prefix_size;  ///< that the next one is likely to need
};

template <Framing Framed>
void write_messages(SectionJob& job, const RecordRow& records, const std::uint8_t* from,
                    std::size_t stride, Output& output) noexcept {
    const std::size_t gap = output.row.gap;
    const Section* const first = job.program.sections.sections.data();
    const std::uint8_t* const from_end = from + records.count * stride;
    const std::size_t record_size = records.size;
    job.record = records.first;
    std::uint8_t** end = output.row.ends.data() + output.done;
    std::uint8_t* to = output.to;
    std::size_t prefix_size = Framed == Framing::bare ? 0 : output.prefix_size;
    for (; from != from_end; from += stride) {
        std::uint8_t* const begin = to;
        to = first->write(first, from, to + prefix_size, job);
        if constexpr (Framed != Framing::bare) to = put_prefix(begin, prefix_size, to);
        *end++ = to;
        to += gap;
        job.record += record_size;
    }
    output.to = to;
    output.done += records.count;
    output.prefix_size = prefix_size;
}

/// For records with numbers that lanes and pieces have no room for.
[[gnu::cold, gnu::noinline]] void write_without_lanes(const SectionJob& job,
                                                      const RecordRow& records,
                                                      Output& output) noexcept {
    MessageRow row;
    row.to = output.to;
    row.gap = output.row.gap;
    row.framing = output.row.framing;
    run_bmi2(job.program, job.constants, job.origin, records, row);
    for (std::size_t i = 0; i < records.count; ++i) output.row.ends[output.done++] = row.ends[i];
    output.to = row.ends[records.count - 1] + row.gap;
}

[[gnu::noinline]] void run_chunks(SectionJob& job, RecordRow rest, MessageRow& messages) noexcept {
    alignas(GatherGroup::size) std::array<std::uint8_t, scratch_size> scratch;
    const Sections& sections = job.program.sections;
    // Without a group too it is how records are counted.
    const std::size_t stride = std::max<std::size_t>(sections.group_count, 1) * GatherGroup::size;
    const std::size_t chunk_max = scratch.size() / stride;
    Output output{messages, messages.to, 0, sections.long_prefix ? 2U : 1U};
    const auto write = messages.framing == Framing::bare ? write_messages<Framing::bare>
                                                         : write_messages<Framing::length_prefixed>;
    while (rest.count > 0) {
        const RecordRow chunk = rest.first_of(chunk_max);
        rest = rest.behind(chunk);
        const bool gathered = gather(sections, chunk, scratch.data(), stride);
        const bool placed = place_times(sections, job.origin, chunk, scratch.data(), stride);
        if (gathered && placed) [[likely]] {
            write(job, chunk, scratch.data(), stride, output);
        } else {
            write_without_lanes(job, chunk, output);
        }
    }
}

/// Once for the rows of a datagram.
void join_runs(const Sections& sections, const Constants& constants,
               std::array<HeadRuns, Windows::runs_max>& heads) noexcept {
    for (std::size_t i = 0; i < sections.head_count; ++i) {
        HeadRuns& head = heads[i];
        head.size = 0;
        const RunRange range = sections.heads[i];
        for (std::size_t k = 0; k < range.count; ++k) {
            const Constants::Run& run = constants.runs[range.first + k];
            std::memcpy(head.bytes.data() + head.size, run.bytes.data(), run.bytes.size());
            head.size += run.size;
        }
    }
}

}  // namespace

WriteSection head_writer(Runs runs, unsigned piece_count) noexcept {
    switch (runs) {
        case Runs::usual: return head_writers_of<Runs::usual>[piece_count];
        case Runs::long_ones: return head_writers_of<Runs::long_ones>[piece_count];
        default: return head_writers_of<Runs::none>[piece_count];
    }
}

WriteSection lanes_writer(unsigned tag_size, unsigned count) noexcept {
    switch (tag_size) {
        case 1: return lanes_writers_of<1>[count - 1];
        case 2: return lanes_writers_of<2>[count - 1];
        default: return lanes_writers_of<3>[count - 1];
    }
}

WriteSection operation_writer() noexcept { return write_operation; }
WriteSection end_writer() noexcept { return write_end; }

void run_avx2(const Program& program, const Constants& constants, const Origin& origin,
              const RecordRow& records, MessageRow& messages) noexcept {
    // Gathering pays from the second record on: 290 instructions more for one, 9 less for two.
    if (!program.sections.usable || records.count < 2) {
        return run_bmi2(program, constants, origin, records, messages);
    }
    records.prefetch();
    SectionJob job{program, constants, origin};
    join_runs(program.sections, constants, job.runs);
    run_chunks(job, records, messages);
}

}  // namespace flow::protobuf

#undef FLOW_AVX2
#undef FLOW_AVX2_TARGET
