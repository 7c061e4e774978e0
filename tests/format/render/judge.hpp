// SPDX-License-Identifier: BSD-3-Clause
// What the renderings are held against: printf and inet_ntop, slow and made by others.
#pragma once

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

#include "flow/base/bytes.hpp"

namespace flow::test {

/// As inet_ntop prints it, but for IPv4 inside IPv6: mapped addresses print as plain IPv4, and
/// the deprecated compatible ones (::a.b.c.d, RFC 4291 §2.5.5.1) as any other IPv6 address.
inline std::string judged_ip(Bytes address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.size() != 4 && address.size() != 16) return {};
    const int family = address.size() == 4 ? AF_INET : AF_INET6;
    std::string judged = inet_ntop(family, address.data(), text.data(), text.size());
    if (family == AF_INET || judged.find('.') == std::string::npos) return judged;
    if (judged.starts_with("::ffff:")) return judged.substr(7);
    std::snprintf(text.data(), text.size(), "::%x:%x", load_be16(address.data() + 12),
                  load_be16(address.data() + 14));
    return text.data();
}

inline std::string judged_mac(std::uint64_t value) {
    std::string judged;
    for (int shift = 40; shift >= 0; shift -= 8) {
        std::array<char, 4> text{};
        std::snprintf(text.data(), text.size(), "%02x%s",
                      static_cast<unsigned>(value >> shift & 0xff), shift == 0 ? "" : ":");
        judged += text.data();
    }
    return judged;
}

}  // namespace flow::test
