# SPDX-License-Identifier: BSD-3-Clause
"""Names that lines of the profile goflow2-v2 print: ethertypes, layers, and IANA's keywords of IP
protocols as goflow2 v2 spells them."""

ETYPE_NAMES = {0x0806: "ARP", 0x0800: "IPv4", 0x86DD: "IPv6"}
LAYERS = {"Ethernet": 0, "IPv4": 1, "IPv6": 2, "TCP": 3, "UDP": 4, "MPLS": 5, "Dot1Q": 6,
          "ICMP": 7, "ICMPv6": 8, "GRE": 9, "IPv6HeaderRouting": 10, "IPv6HeaderFragment": 11,
          "Geneve": 12, "Teredo": 13, "Custom": 99}

# From 0 to 145, in order.
PROTOCOLS = """
HOPOPT; ICMP; IGMP; GGP; IPv4; ST; TCP; CBT; EGP; IGP; BBN-RCC-MON; NVP-II; PUP; ARGUS; EMCON;
XNET; CHAOS; UDP; MUX; DCN-MEAS; HMP; PRM; XNS-IDP; TRUNK-1; TRUNK-2; LEAF-1; LEAF-2; RDP; IRTP;
ISO-TP4; NETBLT; MFE-NSP; MERIT-INP; DCCP; 3PC; IDPR; XTP; DDP; IDPR-CMTP; TP++; IL; IPv6; SDRP;
IPv6-Route; IPv6-Frag; IDRP; RSVP; GRE; DSR; BNA; ESP; AH; I-NLSP; SWIPE; NARP; Min-IPv4; TLSP;
SKIP; IPv6-ICMP; IPv6-NoNxt; IPv6-Opts; any-host-internal-protocol; CFTP; any-local-network;
SAT-EXPAK; KRYPTOLAN; RVD; IPPC; any-distributed-file-system; SAT-MON; VISA; IPCV; CPNX; CPHB;
WSN; PVP; BR-SAT-MON; SUN-ND; WB-MON; WB-EXPAK; ISO-IP; VMTP; SECURE-VMTP; VINES; IPTM;
NSFNET-IGP; DGP; TCF; EIGRP; OSPFIGP; Sprite-RPC; LARP; MTP; AX.25; IPIP; MICP; SCC-SP; ETHERIP;
ENCAP; any-private-encryption-scheme; GMTP; IFMP; PNNI; PIM; ARIS; SCPS; QNX; A/N; IPComp; SNP;
Compaq-Peer; IPX-in-IP; VRRP; PGM; any-0-hop-protocol; L2TP; DDX; IATP; STP; SRP; UTI; SMP; SM;
PTP; ISIS over IPv4; FIRE; CRTP; CRUDP; SSCOPMCE; IPLT; SPS; PIPE; SCTP; FC; RSVP-E2E-IGNORE;
Mobility Header; UDPLite; MPLS-in-IP; manet; HIP; Shim6; WESP; ROHC; Ethernet; AGGFRAG; NSH
"""
PROTOCOL_NAMES = [" ".join(name.split()) for name in PROTOCOLS.split(";")]
assert len(PROTOCOL_NAMES) == 146
assert PROTOCOL_NAMES[58] == "IPv6-ICMP" and PROTOCOL_NAMES[132] == "SCTP"


def protocol_name(number: int) -> str:
    if number < len(PROTOCOL_NAMES):
        return PROTOCOL_NAMES[number]
    if number <= 252:
        return "unassigned"
    return {253: "experimental", 254: "experimental", 255: "reserved"}.get(number, "unknown")
