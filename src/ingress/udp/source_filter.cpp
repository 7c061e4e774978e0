// SPDX-License-Identifier: BSD-3-Clause
// Classic BPF: from the source address to the index of a socket. The program sees the packet from
// its UDP payload on; SKF_NET_OFF reaches back to the IP header.
#include "ingress/udp/source_filter.hpp"

#include <linux/filter.h>
#include <sys/socket.h>

#include <array>

namespace flowd::udp {

namespace {

[[nodiscard]] constexpr sock_filter load_network(std::uint16_t size, int offset) noexcept {
    return BPF_STMT(static_cast<std::uint16_t>(BPF_LD | size | BPF_ABS),
                    static_cast<std::uint32_t>(SKF_NET_OFF + offset));
}

template <std::size_t N>
[[nodiscard]] bool attach(int descriptor, int option, std::array<sock_filter, N>& code) noexcept {
    const sock_fprog program{.len = N, .filter = code.data()};
    return ::setsockopt(descriptor, SOL_SOCKET, option, &program, sizeof program) == 0;
}

}  // namespace

bool choose_by_source(int descriptor, std::uint32_t socket_count) noexcept {
    // A dual-stack socket gets IPv4 packets too, so the program looks at the IP version. IPv6 folds
    // its 16 bytes by exclusive or. Neighbouring addresses are spread by a multiplication with
    // 2^32 / golden ratio, whose upper half is the better one.
    std::array<sock_filter, 19> code{{
        load_network(BPF_B, 0),  // version and header length
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 2, 0),
        load_network(BPF_W, 12),         // IPv4 source (RFC 791 §3.1)
        BPF_STMT(BPF_JMP | BPF_JA, 10),  // to the multiplication
        load_network(BPF_W, 8),          // IPv6 source (RFC 8200 §3), first word
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        load_network(BPF_W, 12),
        BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        load_network(BPF_W, 16),
        BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        load_network(BPF_W, 20),
        BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0),
        BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 0x9e3779b1),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 16),
        BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, socket_count),
        BPF_STMT(BPF_RET | BPF_A, 0),
    }};
    return attach(descriptor, SO_ATTACH_REUSEPORT_CBPF, code);
}

bool keep_out(int descriptor) noexcept {
    std::array<sock_filter, 1> code{{BPF_STMT(BPF_RET | BPF_K, 0)}};
    return attach(descriptor, SO_ATTACH_FILTER, code);
}

bool let_in(int descriptor) noexcept {
    const int unused = 0;
    return ::setsockopt(descriptor, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused) == 0;
}

}  // namespace flowd::udp
