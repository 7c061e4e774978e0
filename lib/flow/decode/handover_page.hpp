// SPDX-License-Identifier: BSD-3-Clause
// HandoverPage: a piece of what one shard knows of exporters that are to be another's. Plain memory
// of a fixed size, allocated once by its owner, that goes from one thread to another. A row of
// records: an exporter, then what is its, until the next one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "flow/base/bytes.hpp"
#include "flow/decode/exporters.hpp"
#include "flow/decode/sampling/rates.hpp"
#include "flow/decode/sequence.hpp"
#include "flow/decode/templates/store.hpp"
#include "flow/model/address.hpp"
#include "flow/model/origin.hpp"

namespace flow {

namespace handover {

enum class Kind : std::uint32_t { exporter, layout, domain, set };

/// Whose the records behind it are.
struct ExporterRecord {
    static constexpr Kind kind = Kind::exporter;
    Address address;
    std::uint16_t port;
    ExporterFacts facts;
    std::uint64_t announced_rate;  ///< 0: none
};

/// A template; its fields follow.
struct TemplateRecord {
    static constexpr Kind kind = Kind::layout;
    std::uint32_t domain;
    std::uint8_t version;
    bool options;
    std::uint16_t id;
    std::uint16_t scope_count;
    std::uint16_t field_count;
    TemplateFacts facts;
};

struct DomainRecord {
    static constexpr Kind kind = Kind::domain;
    std::uint32_t domain;
    std::uint8_t version;
    bool spoke_again;
    bool restored;
    std::uint32_t last_seen;
    Sequence sequence;
    sampling::Rates rates;
};

/// A data set that waits for its template; its bytes follow.
struct SetRecord {
    static constexpr Kind kind = Kind::set;
    Origin origin;  ///< of another shard: its exporter's index and its rates mean nothing
    std::uint32_t domain;
    std::uint8_t version;
    bool carries;  ///< its datagram
    std::uint16_t id;
};

}  // namespace handover

struct HandoverPage {
    /// A set of 65,535 bytes fits, with its exporter before it; so does any template.
    static constexpr std::size_t size_max = 65536 + 512;

    alignas(8) std::array<std::uint8_t, size_max> bytes;
    std::uint32_t size = 0;    ///< that are used
    std::uint64_t now_ns = 0;  ///< the giver's time
    bool last = false;         ///< the walk is over

    struct Header {
        handover::Kind kind;
        std::uint32_t rest_size;  ///< of what follows the record
    };

    /// Bytes of the page that a record takes.
    template <class Record>
    [[nodiscard]] static constexpr std::size_t size_of(std::size_t rest_size) noexcept {
        return (sizeof(Header) + sizeof(Record) + rest_size + 7) / 8 * 8;
    }
    [[nodiscard]] std::size_t room() const noexcept { return size_max - size; }

    /// There must be room.
    template <class Record>
    void append(const Record& record, Bytes rest) noexcept {
        static_assert(std::is_trivially_copyable_v<Record>);
        const Header header{Record::kind, static_cast<std::uint32_t>(rest.size())};
        std::uint8_t* to = bytes.data() + size;
        std::memcpy(to, &header, sizeof header);
        std::memcpy(to + sizeof header, &record, sizeof record);
        if (!rest.empty()) {
            std::memcpy(to + sizeof header + sizeof record, rest.data(), rest.size());
        }
        size += static_cast<std::uint32_t>(size_of<Record>(rest.size()));
    }

    /// Calls `visit(record, rest)` for each record, in order.
    template <class Visit>
    void for_each(Visit visit) const noexcept {
        using enum handover::Kind;
        std::size_t at = 0;
        while (at + sizeof(Header) <= size) {
            Header header;
            std::memcpy(&header, bytes.data() + at, sizeof header);
            switch (header.kind) {
                case exporter: at += hand<handover::ExporterRecord>(at, header, visit); break;
                case layout: at += hand<handover::TemplateRecord>(at, header, visit); break;
                case domain: at += hand<handover::DomainRecord>(at, header, visit); break;
                case set: at += hand<handover::SetRecord>(at, header, visit); break;
            }
        }
    }

private:
    template <class Record, class Visit>
    [[nodiscard]] std::size_t hand(std::size_t at, const Header& header,
                                   Visit& visit) const noexcept {
        Record record{};
        const std::uint8_t* const from = bytes.data() + at + sizeof header;
        std::memcpy(&record, from, sizeof record);
        visit(record, Bytes{from + sizeof record, header.rest_size});
        return size_of<Record>(header.rest_size);
    }
};

static_assert(HandoverPage::size_of<handover::ExporterRecord>(0) +
                      HandoverPage::size_of<handover::SetRecord>(UINT16_MAX) <=
                  HandoverPage::size_max,
              "a set of any size fits into an empty page");
static_assert(HandoverPage::size_of<handover::ExporterRecord>(0) +
                      HandoverPage::size_of<handover::TemplateRecord>(template_fields_max *
                                                                      sizeof(TemplateField)) <=
                  HandoverPage::size_max,
              "so does any template");

}  // namespace flow
