// SPDX-License-Identifier: BSD-3-Clause
// The tables. Protocols: IANA "Protocol Numbers", with goflow2 v2's spellings.
#include "flow/format/render/names.hpp"

#include <algorithm>
#include <array>

namespace flow::render {

namespace {

// clang-format off
constexpr std::array<std::string_view, 146> protocols{
    "HOPOPT", "ICMP", "IGMP", "GGP", "IPv4", "ST", "TCP", "CBT", "EGP", "IGP",
    "BBN-RCC-MON", "NVP-II", "PUP", "ARGUS", "EMCON", "XNET", "CHAOS", "UDP", "MUX",
    "DCN-MEAS", "HMP", "PRM", "XNS-IDP", "TRUNK-1", "TRUNK-2", "LEAF-1", "LEAF-2", "RDP",
    "IRTP", "ISO-TP4", "NETBLT", "MFE-NSP", "MERIT-INP", "DCCP", "3PC", "IDPR", "XTP",
    "DDP", "IDPR-CMTP", "TP++", "IL", "IPv6", "SDRP", "IPv6-Route", "IPv6-Frag", "IDRP",
    "RSVP", "GRE", "DSR", "BNA", "ESP", "AH", "I-NLSP", "SWIPE", "NARP", "Min-IPv4", "TLSP",
    "SKIP", "IPv6-ICMP", "IPv6-NoNxt", "IPv6-Opts", "any-host-internal-protocol", "CFTP",
    "any-local-network", "SAT-EXPAK", "KRYPTOLAN", "RVD", "IPPC",
    "any-distributed-file-system", "SAT-MON", "VISA", "IPCV", "CPNX", "CPHB", "WSN", "PVP",
    "BR-SAT-MON", "SUN-ND", "WB-MON", "WB-EXPAK", "ISO-IP", "VMTP", "SECURE-VMTP", "VINES",
    "IPTM", "NSFNET-IGP", "DGP", "TCF", "EIGRP", "OSPFIGP", "Sprite-RPC", "LARP", "MTP",
    "AX.25", "IPIP", "MICP", "SCC-SP", "ETHERIP", "ENCAP", "any-private-encryption-scheme",
    "GMTP", "IFMP", "PNNI", "PIM", "ARIS", "SCPS", "QNX", "A/N", "IPComp", "SNP",
    "Compaq-Peer", "IPX-in-IP", "VRRP", "PGM", "any-0-hop-protocol", "L2TP", "DDX", "IATP",
    "STP", "SRP", "UTI", "SMP", "SM", "PTP", "ISIS over IPv4", "FIRE", "CRTP", "CRUDP",
    "SSCOPMCE", "IPLT", "SPS", "PIPE", "SCTP", "FC", "RSVP-E2E-IGNORE", "Mobility Header",
    "UDPLite", "MPLS-in-IP", "manet", "HIP", "Shim6", "WESP", "ROHC", "Ethernet", "AGGFRAG",
    "NSH"};
// clang-format on

static_assert(std::all_of(protocols.begin(), protocols.end(), [](std::string_view name) {
    return !name.empty() && name.size() <= name_size_max;
}));

std::string_view icmp4_name(std::uint64_t type) noexcept {
    switch (type) {
        case 0: return "EchoReply";
        case 3: return "DestinationUnreachable";
        case 8: return "Echo";
        case 9: return "RouterAdvertisement";
        case 10: return "RouterSolicitation";
        case 11: return "TimeExceeded";
        default: return {};
    }
}

std::string_view icmp6_name(std::uint64_t type) noexcept {
    switch (type) {
        case 1: return "DestinationUnreachable";
        case 2: return "PacketTooBig";
        case 3: return "TimeExceeded";
        case 128: return "EchoRequest";
        case 129: return "EchoReply";
        case 133: return "RouterSolicitation";
        case 134: return "RouterAdvertisement";
        default: return {};
    }
}

}  // namespace

std::string_view etype_name(std::uint64_t etype) noexcept {
    switch (etype) {
        case 0x0806: return "ARP";
        case 0x0800: return "IPv4";
        case 0x86dd: return "IPv6";
        default: return {};
    }
}

std::string_view proto_name(std::uint64_t protocol) noexcept {
    if (protocol < protocols.size()) return protocols[protocol];
    if (protocol <= 252) return "unassigned";
    if (protocol <= 254) return "experimental";
    return protocol == 255 ? "reserved" : "unknown";
}

std::string_view proto_name_short(std::uint64_t protocol) noexcept {
    switch (protocol) {
        case 1: return "ICMP";
        case 6: return "TCP";
        case 17: return "UDP";
        case 58: return "ICMPv6";
        case 132: return "SCTP";
        default: return {};
    }
}

std::string_view icmp_name(std::uint64_t protocol, std::uint64_t type,
                           std::string_view otherwise) noexcept {
    if (protocol == 1) return icmp4_name(type);
    if (protocol == 58) return icmp6_name(type);
    return otherwise;
}

}  // namespace flow::render
