// SPDX-License-Identifier: BSD-3-Clause
// Addresses go through the C library.
#include "state/json.hpp"

#include <arpa/inet.h>

#include <array>

namespace flowd::state {

const Json& member(const Json& object, const char* name) {
    static const Json nothing;
    if (!object.is_object()) return nothing;
    const auto found = object.find(name);
    return found == object.end() ? nothing : *found;
}

bool get(const std::string& text, flow::Address& address) {
    std::array<std::uint8_t, 16> octets{};
    if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1) {
        address = flow::Address::from({octets.data(), 4});
        return true;
    }
    if (inet_pton(AF_INET6, text.c_str(), octets.data()) == 1) {
        address = flow::Address::from(octets);
        return true;
    }
    return false;
}

std::string to_text(const flow::Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = address.size == 4 ? AF_INET : AF_INET6;
    inet_ntop(family, address.octets.data(), text.data(), text.size());
    return text.data();
}

}  // namespace flowd::state
