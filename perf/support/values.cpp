// SPDX-License-Identifier: BSD-3-Clause
// What real flows look like: ports, counters, times, names.
#include "perf/support/values.hpp"

#include <array>

namespace flow::perf {

namespace {

std::uint64_t protocol(Random& random) noexcept {
    const std::uint64_t sixteenth = random.below(16);
    return sixteenth < 9 ? 6 : sixteenth < 15 ? 17 : 1;
}

/// Half of all ports are a service, the others the client's.
std::uint64_t port(Random& random) noexcept {
    static constexpr std::array<std::uint16_t, 8> services{443, 80, 53, 123, 8080, 22, 25, 3389};
    return random.one_in(2) ? services[random.below(services.size())]
                            : random.between(1024, 65'000);
}

/// Most routers have few ports; subscribers' interfaces are numbered far above them.
std::uint64_t interface_index(std::size_t size, Random& random) noexcept {
    const std::uint64_t last = size == 2 ? 1000 : 70'000;
    return random.between(1, random.one_in(4) ? last : 200);
}

std::uint64_t autonomous_system(std::size_t size, Random& random) noexcept {
    return random.one_in(8) ? 0 : random.between(1, size == 2 ? 64'000 : 400'000);
}

std::uint64_t hop_limit(Random& random) noexcept {
    return (random.one_in(2) ? 64 : 128) - random.below(30);
}

/// A vendor's prefix and any number.
std::uint64_t mac_address(Random& random) noexcept {
    static constexpr std::array<std::uint32_t, 4> vendors{0x001b21, 0x3c5ab4, 0xac1f6b, 0xf8f21e};
    return std::uint64_t{vendors[random.below(vendors.size())]} << 24 | random.next() >> 40;
}

/// RFC 3032 §2.1 without the TTL: 20 bits of label, 3 of class, 1 for the bottom of the stack.
std::uint64_t mpls_label(bool bottom, Random& random) noexcept {
    return random.between(16, 300'000) << 4 | (random.one_in(4) ? 5 : 0) << 1 | (bottom ? 1 : 0);
}

/// Fields that only the inputs with many fields have.
std::uint64_t rare_value(const TemplateField& field, Random& random) noexcept {
    switch (field.id) {
        case 25: return random.between(40, 100);
        case 26: return random.between(100, 1500);
        case 32: return random.one_in(16) ? random.below(1 << 16) : 0;
        case 55: return random.one_in(4) ? random.next() & 0xfc : 0;
        case 60: return 4;
        case 61: return random.below(2);
        case 56:
        case 80: return mac_address(random);
        case 70: return mpls_label(false, random);
        case 71: return mpls_label(random.one_in(2), random);
        case 72: return random.one_in(3) ? mpls_label(true, random) : 0;
        case 88: return random.one_in(50) ? random.below(1 << 13) : 0;
        case 136: return random.between(1, 5);
        case 148: return random.next() >> 24;
        case 161: return random.below(120'000);
        case 234:
        case 235: return random.one_in(2) ? random.below(200) : 0;
        case 243: return random.one_in(3) ? random.between(1, 4094) : 0;
        case 252:
        case 253: return random.between(1, 200);
        default: return 0;
    }
}

}  // namespace

bool is_address(std::uint16_t element) noexcept {
    switch (element) {
        case 8:
        case 12:
        case 15:
        case 18:
        case 27:
        case 28:
        case 62:
        case 63: return true;
        default: return false;
    }
}

std::uint64_t field_value(const TemplateField& field, Random& random) noexcept {
    const bool wide = field.length == 8;
    switch (field.id) {
        case 1: return 40 + random.magnitude(wide ? 40 : 31.5);
        case 2: return 1 + random.magnitude(wide ? 28 : 22);
        case 4: return protocol(random);
        case 5: return random.one_in(4) ? random.next() & 0xfc : 0;
        case 6: return random.one_in(3) ? 0 : random.next() & 0x1f;
        case 7:
        case 11: return port(random);
        case 9:
        case 13: return random.between(8, 24);
        case 10:
        case 14: return interface_index(field.length, random);
        case 16:
        case 17: return autonomous_system(field.length, random);
        case 21:
        case 22: return uptime_ms - random.below(120'000);
        case 29:
        case 30: return random.between(29, 64);
        case 31: return random.one_in(2) ? random.below(1 << 20) : 0;
        case 52: return hop_limit(random);
        case 54: return random.one_in(20) ? random.below(1 << 16) : 0;
        case 58:
        case 59: return random.one_in(3) ? random.between(1, 4094) : 0;
        case 89: return random.one_in(10) ? 128 : 64;
        case 139: return random.one_in(16) ? random.below(1 << 16) : 0;
        case 152:
        case 153: return now_ms - random.below(120'000);
        default: return rare_value(field, random);
    }
}

std::string_view field_string(const TemplateField& field, Random& random) noexcept {
    using Names = std::array<std::string_view, 8>;
    static constexpr Names interfaces{"ge-0/0/1",  "xe-0/1/15.100", "Bundle-Ether12", "Gi0/2",
                                      "ae12.4001", "eth0",          "Te1/0/24",       "irb.77"};
    static constexpr Names applications{"https", "dns",  "quic",       "microsoft-teams",
                                        "ssh",   "http", "bittorrent", "webex-meeting-media"};
    static constexpr Names users{"",           "alice", "bob",          "host-4711",
                                 "svc-backup", "",      "m.mustermann", "x"};
    const Names& names = field.id == 82 ? interfaces : field.id == 96 ? applications : users;
    const std::string_view name = names[random.below(names.size())];
    return name.substr(0, string_size_max);
}

}  // namespace flow::perf
