# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of goflow2's own reading of sFlow and of sampled frames, for the faults that no
capture of the corpus shows. Each is a row of the table in lib/flow/decode/goflow2/README.md."""

from case import A, B
from sflow_cases import NO_PATH, RAW_TCP, capture, tcp_frame
from strict import Both, in_both, in_v1, in_v2, sampled
from support import packets, sflow
from support.netflow import number

IN, OUT = "10.0.0.1", "10.0.0.2"
IN6, OUT6 = "2001:db8::1", "2001:db8::2"
INNER_IN, INNER_OUT = "192.168.0.1", "192.168.0.2"
MACS = {"SrcMac": "02:00:00:00:00:01", "DstMac": "02:00:00:00:00:02"}
V4 = MACS | {"Etype": 0x0800, "SrcAddr": IN, "DstAddr": OUT, "IpTtl": 64}
V6 = MACS | {"Etype": 0x86DD, "SrcAddr": IN6, "DstAddr": OUT6, "IpTtl": 64}
TCP_HEADER = V4 | {"Proto": 6, "IpTos": 8, "FragmentId": 4660}
TCP = TCP_HEADER | {"SrcPort": 443, "DstPort": 50000, "TcpFlags": 18}
UDP = V4 | {"Proto": 17, "SrcPort": 1000, "DstPort": 2000}
GRE, SCTP, ROUTING, MPLS = 47, 132, 43, 0x8847
INNER = packets.ipv4(INNER_IN, INNER_OUT, packets.UDP,
                     packets.udp(INNER_IN, INNER_OUT, 1000, 2000, bytes(4)))
GARBAGE = b"\x12\x34\x56\x78" * 8


def layers(*pairs) -> dict:
    """(name, size); of a layer that is cut short None and 0."""
    return {"layer_stack": [name for name, _ in pairs if name],
            "layer_size": [size for _, size in pairs]}


ETHERNET, IPV4, IPV6 = ("Ethernet", 14), ("IPv4", 20), ("IPv6", 40)
CUT = (None, 0)
# 2.2.6 adds four bytes for each 16 in the flags, 18 here.
TCP_LAYERS = layers(ETHERNET, IPV4, ("TCP", 24))


def one(*records: bytes) -> bytes:
    return sflow.datagram([sflow.flow_sample(list(records))])


def framed(frame: bytes) -> bytes:
    """A sample of a frame of 100 bytes."""
    return one(sflow.raw_header(sflow.ETHERNET, 100, frame))


def udp_packet(**others) -> bytes:
    return packets.ipv4(IN, OUT, packets.UDP, packets.udp(IN, OUT, 1000, 2000, bytes(4)), **others)


def fragment(protocol: int) -> bytes:
    return packets.ethernet(packets.ipv4(IN, OUT, protocol, GARBAGE, flags_and_offset=185))


def label(value: int, ttl: int, bottom: bool = False) -> bytes:
    return number(value << 12 | bottom << 8 | ttl, 4)


def whole(index: int = 0, v2: dict | None = None, **columns) -> Both:
    """The flow of RAW_TCP beside something else."""
    return sampled(index, TCP_LAYERS | (v2 or {}), **TCP | {"Bytes": 1518} | columns)


def behind_routing() -> bytes:
    """A segment routing header (RFC 8754) of one segment, and a header of fragments."""
    segment = packets.tcp(IN6, OUT6, 443, 50000, 0x12)
    routing = bytes((packets.TCP, 2, 4, 0, 0, 0, 0, 0)) + packets.address("2001:db8::3")
    first = bytes((packets.UDP, 0)) + number(1, 2) + number(99, 4)
    datagram = packets.udp(IN6, OUT6, 1000, 2000, bytes(4))
    return capture(
        framed(packets.ethernet(packets.ipv6(IN6, OUT6, ROUTING, routing + segment))),
        framed(packets.ethernet(packets.ipv6(IN6, OUT6, packets.FRAGMENT, first + datagram))))


def tunnel(protocol: int, inside: bytes) -> bytes:
    return capture(framed(packets.ethernet(packets.ipv4(IN, OUT, protocol, inside))))


def vxlan() -> bytes:
    inside = bytes((8, 0, 0, 0)) + number(77 << 8, 4) + packets.ethernet(INNER)
    return capture(framed(packets.ethernet(packets.ipv4(
        IN, OUT, packets.UDP, packets.udp(IN, OUT, 1000, 4789, inside)))))


MANY_SAMPLES = capture(sflow.datagram([sflow.flow_sample([RAW_TCP])], count=513),
                       sflow.datagram([sflow.flow_sample([RAW_TCP])], count=1001))
MANY_RECORDS = capture(
    sflow.datagram([sflow.flow_sample([RAW_TCP], count=1001), sflow.flow_sample([RAW_TCP])]),
    sflow.datagram([sflow.flow_sample([RAW_TCP], count=8193), sflow.flow_sample([RAW_TCP])]))
OTHERS = sflow.block(4413 << 12 | 1, bytes(40))
SHORT_COUNTERS = sflow.block(sflow.COUNTERS, sflow.words(1, 7, 1) + sflow.block(1, bytes(40)))
SHORT_NAME = sflow.discarded_sample([sflow.block(1038, sflow.words(20) + b"drop")])
UNKNOWN_HOP = capture(one(RAW_TCP, NO_PATH))
# An Ethernet record with addresses of six bytes and no room for more.
SHORT_ETHERNET = capture(one(RAW_TCP, sflow.block(2, bytes(18))))
ONE_TAG_INSIDE = ((packets.ETHERTYPE_VLAN, 5 << 13 | 100), (packets.ETHERTYPE_VLAN, 300))
TAGS = capture(framed(tcp_frame(((packets.ETHERTYPE_QINQ, 200), (packets.ETHERTYPE_VLAN, 300)))),
               framed(tcp_frame(ONE_TAG_INSIDE)))
CUTS = capture(framed(tcp_frame()[:40]), framed(tcp_frame()[:48]))
PADDED = capture(framed(tcp_frame()[:37]), framed(packets.ethernet(udp_packet())[:41]))
FRAGMENTS = capture(framed(fragment(packets.TCP)), framed(fragment(packets.ICMP)))
ARP = sflow.raw_header(sflow.ETHERNET, 60, packets.ethernet(bytes(28), 0x0806))
RECORD_AND_ARP = capture(one(sflow.ip_record(A, B, 84, 17, (53, 4444), 0, 4), ARP))
TWO_FRAMES = capture(one(RAW_TCP, ARP))
RESERVED_LABEL = capture(framed(packets.ethernet(label(14, 61) + label(16001, 62, True) + INNER,
                                                 MPLS)))
MAPPED = capture(framed(tcp_frame()))
PORTS_MAPPED = """\
sflow:
  mapping:
    - {layer: 4, offset: 0, length: 16, destination: DstPort}
    - {layer: 4, offset: 0, length: 16, destination: InIf}
"""
BITS_MAPPED = """\
sflow:
  mapping:
    - {layer: 4, offset: 4, length: 8, destination: InIf}
    - {layer: 4, offset: 0, length: 12, destination: OutIf}
"""
LATER = {"FragmentOffset": 185, "Bytes": 100}

SAMPLES = [
    *in_v1("sflow_samples",
           "513 samples are one too many, whether they are there or not.",
           MANY_SAMPLES, [], {"bad_sample": 2}),
    *in_v2("sflow_samples",
           "1,000 samples are allowed: one is there, of 513 announced. 1,001 are too many.",
           MANY_SAMPLES, [whole()], {"bad_sample": 1}),
    *in_v1("sflow_records",
           "8,192 records of a sample are allowed; more cost the sample, not the one beside it.",
           MANY_RECORDS, [whole(), whole(), whole(1)], {"bad_sample": 1}),
    *in_v2("sflow_records",
           "1,000 records of a sample are allowed; more cost the datagram.",
           MANY_RECORDS, [], {"bad_sample": 2}),
    *in_v1("sflow_unknown_sample", "A sample of another enterprise is skipped.",
           capture(sflow.datagram([OTHERS, sflow.flow_sample([RAW_TCP])])), [whole()]),
    *in_v2("sflow_unknown_sample", "A sample of another enterprise costs the datagram.",
           capture(sflow.datagram([OTHERS, sflow.flow_sample([RAW_TCP])])), [],
           {"bad_sample": 1}),
    *in_v1("sflow_bad_sample", "Counters that are cut short are skipped.",
           capture(sflow.datagram([SHORT_COUNTERS, sflow.flow_sample([RAW_TCP])])), [whole()]),
    *in_v2("sflow_bad_sample",
           "Interface counters need 88 bytes; 40 cost the datagram, which has a flow besides.",
           capture(sflow.datagram([SHORT_COUNTERS, sflow.flow_sample([RAW_TCP])])), [],
           {"bad_record": 1}),
    *in_both("sflow_short_datagram",
             "The second of three samples is longer than what is left: it ends the datagram, and "
             "nothing is wrong with it.",
             capture(sflow.datagram([sflow.flow_sample([RAW_TCP]),
                                     sflow.flow_sample([RAW_TCP], length=5000)], count=3)),
             [whole()]),
    *in_v1("sflow_unknown_address",
           "A BGP next hop of type 0 (unknown) costs the gateway record.",
           UNKNOWN_HOP, [whole()], {"bad_record": 1}),
    *in_v2("sflow_unknown_address",
           "A BGP next hop of type 0 (unknown) costs the datagram.",
           UNKNOWN_HOP, [], {"bad_record": 1}),
    *in_both("sflow_tcp_flags",
             "The flags of an IPv4 record are not read.",
             capture(one(sflow.ip_record(A, B, 84, 6, (443, 5555), 0x10, 4))),
             [sampled(Bytes=84, Proto=6, SrcAddr=IN, DstAddr=OUT, SrcPort=443, DstPort=5555,
                      IpTos=4, Etype=2048)]),
    *in_both("sflow_interface",
             "The format bits of an interface stay: several outputs, three of them.",
             capture(sflow.datagram([sflow.flow_sample([RAW_TCP],
                                                       interfaces=(1, 0x8000_0003))])),
             [whole(OutIf=0x8000_0003)]),
    *in_v1("sflow_names", "Samples of discarded packets are skipped, whatever is in them.",
           capture(sflow.datagram([SHORT_NAME, sflow.flow_sample([RAW_TCP])])), [whole()]),
    *in_v2("sflow_names",
           "A sample of a discarded packet with a name that is cut short costs the datagram.",
           capture(sflow.datagram([SHORT_NAME, sflow.flow_sample([RAW_TCP])])), [],
           {"bad_record": 1}),
    *in_v1("sflow_ethernet", "An Ethernet record is not read, so it may be too short.",
           SHORT_ETHERNET, [whole()]),
    *in_v2("sflow_ethernet", "An Ethernet record of less than 20 bytes costs the datagram.",
           SHORT_ETHERNET, [], {"bad_record": 1}),
]

FRAMES = [
    *in_v1("frame_padding",
           "37 bytes of a TCP segment's frame, and three of padding behind them: the destination "
           "port is 0xc3 and a byte of padding. Of the frame with UDP the ports are there.",
           PADDED,
           [sampled(0, **TCP_HEADER, Bytes=100, SrcPort=443, DstPort=0xC300),
            sampled(1, **UDP, Bytes=100)]),
    *in_v2("frame_padding",
           "TCP needs 20 bytes, so there are no ports. UDP needs eight: seven and three of padding "
           "are enough.",
           PADDED,
           [sampled(0, layers(ETHERNET, IPV4, CUT), **TCP_HEADER, Bytes=100),
            sampled(1, layers(ETHERNET, IPV4, ("UDP", 8)), **UDP, Bytes=100)]),
    *in_both("frame_protocol",
             "Sampled headers that begin with IPv4 or IPv6 are not read; their length counts.",
             capture(one(sflow.raw_header(sflow.IPV4, 40, tcp_frame()[14:])),
                     one(sflow.raw_header(sflow.MPLS, 60, label(16001, 61, True) + INNER))),
             [sampled(0, Bytes=40), sampled(1, Bytes=60)]),
    *in_v1("frame_tags",
           "802.1ad is no tag. Of two 802.1Q tags the first is read, priority included, and the "
           "frame ends there.",
           TAGS,
           [sampled(0, **MACS, Bytes=100, Etype=0x88A8),
            sampled(1, **MACS, Bytes=100, Etype=0x8100, VlanId=5 << 13 | 100)]),
    *in_v2("frame_tags",
           "802.1ad is no tag. Of two 802.1Q tags the inner one counts.",
           TAGS,
           [sampled(0, layers(ETHERNET), **MACS, Bytes=100, Etype=0x88A8),
            sampled(1, layers(ETHERNET, ("Dot1Q", 4), ("Dot1Q", 4), IPV4, ("TCP", 24)), **TCP,
                    Bytes=100, VlanId=300)]),
    *in_both("frame_ip_options",
             "Four bytes of options (router alert, 0x94040000) are taken for the ports.",
             capture(framed(packets.ethernet(udp_packet(options=b"\x94\x04\0\0")))),
             [sampled(0, layers(ETHERNET, IPV4, ("UDP", 8)), **UDP | {"SrcPort": 0x9404,
                                                                     "DstPort": 0}, Bytes=100)]),
    *in_v1("frame_extensions",
           "The protocol is that of the first extension header, and nothing behind it is read.",
           behind_routing(),
           [sampled(0, **V6, Bytes=100, Proto=ROUTING),
            sampled(1, **V6, Bytes=100, Proto=packets.FRAGMENT)]),
    *in_v2("frame_extensions",
           "Routing and fragment headers are walked, so that there are ports; the protocol stays "
           "the first header's.",
           behind_routing(),
           [sampled(0, layers(ETHERNET, IPV6, ("IPv6HeaderRouting", 24), ("TCP", 24))
                    | {"ipv6_routing_header_addresses": ["2001:db8::3"]},
                    **V6, Bytes=100, Proto=ROUTING, SrcPort=443, DstPort=50000, TcpFlags=18),
            sampled(1, layers(ETHERNET, IPV6, ("IPv6HeaderFragment", 8), ("UDP", 8))
                    | {"ip_flags": 1},
                    **V6, Bytes=100, Proto=packets.FRAGMENT, FragmentId=99, SrcPort=1000,
                    DstPort=2000)]),
    *in_v1("frame_fragments",
           "A later fragment has no ports, but TCP's flags are byte 13 of its content, and ICMP's "
           "type and code its first two.",
           FRAGMENTS,
           [sampled(0, **V4, **LATER, Proto=6, TcpFlags=0x34),
            sampled(1, **V4, **LATER, Proto=1, IcmpType=0x12, IcmpCode=0x34)]),
    *in_v2("frame_fragments",
           "A later fragment is read like the first: ports, flags, and a size of TCP made of them. "
           "ICMP's type and code are never set.",
           FRAGMENTS,
           [sampled(0, layers(ETHERNET, IPV4, ("TCP", 32)), **V4, **LATER, Proto=6,
                    SrcPort=0x1234, DstPort=0x5678, TcpFlags=0x34),
            sampled(1, layers(ETHERNET, IPV4, ("ICMP", 8)), **V4, **LATER, Proto=1)]),
    *in_v2("frame_layer_size",
           "Frames that end in Ethernet's header, in IPv4's, and behind it: the layer that is cut "
           "short has a size of 0 and no name. GRE's key is not skipped, but taken for the start "
           "of the packet inside.",
           capture(framed(tcp_frame()[:8]), framed(tcp_frame()[:28]), framed(tcp_frame()[:36]),
                   framed(packets.ethernet(packets.ipv4(
                       IN, OUT, GRE, number(0x2000, 2) + number(0x0800, 2) + number(5, 4)
                       + INNER)))),
           [sampled(0, layers(CUT), Bytes=100),
            sampled(1, layers(ETHERNET, CUT), **MACS, Bytes=100, Etype=0x0800),
            sampled(2, layers(ETHERNET, IPV4, CUT), **TCP_HEADER, Bytes=100),
            sampled(3, layers(ETHERNET, IPV4, ("GRE", 4), IPV4), **V4, Bytes=100, Proto=GRE)]),
    *in_v1("frame_cut_transport",
           "Six bytes of TCP have the ports, 14 the flags besides.",
           CUTS,
           [sampled(0, **TCP | {"TcpFlags": 0}, Bytes=100), sampled(1, **TCP, Bytes=100)]),
    *in_v2("frame_cut_transport",
           "TCP needs all of its 20 bytes: neither six nor 14 have ports.",
           CUTS,
           [sampled(index, layers(ETHERNET, IPV4, CUT), **TCP_HEADER, Bytes=100)
            for index in (0, 1)]),
    *in_both("frame_ports",
             "SCTP has ports where TCP has them, which are not read.",
             tunnel(SCTP, number(1000, 2) + number(2000, 2) + bytes(8)),
             [sampled(0, layers(ETHERNET, IPV4), **V4, Bytes=100, Proto=SCTP)]),
    *in_both("frame_mpls",
             "A label up to 15 ends the stack, bottom or not. What follows, the next label, is "
             "no IP packet by its first four bits.",
             RESERVED_LABEL,
             [Both(sampled(**MACS, Bytes=100, Etype=MPLS, HasMpls=True, MplsCount=1,
                           Mpls_1Label=14, Mpls_1Ttl=61).v1,
                   sampled(0, layers(ETHERNET, ("MPLS", 4)) | {"mpls_label": [14],
                                                               "mpls_ttl": [61]},
                           **MACS, Bytes=100, Etype=MPLS).v2)]),
    *in_both("frame_version",
             "The version in an IP header is not looked at: it says 5.",
             capture(framed(packets.ethernet(b"\x55" + udp_packet()[1:], 0x0800))),
             [sampled(0, layers(ETHERNET, IPV4, ("UDP", 8)), **UDP, Bytes=100)]),
    *in_v1("frame_overwrite",
           "The header record behind the IPv4 record is an ARP frame: it sets all columns of "
           "packets, most of them to nothing.",
           RECORD_AND_ARP, [sampled(**MACS, Bytes=60, Etype=0x0806)]),
    *in_v2("frame_overwrite",
           "The header record behind the IPv4 record is an ARP frame: it sets what it has.",
           RECORD_AND_ARP,
           [sampled(0, layers(ETHERNET), **MACS, Bytes=60, Etype=0x0806, Proto=17, SrcAddr=IN,
                    DstAddr=OUT, SrcPort=53, DstPort=4444, IpTos=4)]),
    *in_v2("frame_second",
           "A TCP segment and an ARP frame in one sample: the second frame sets what it has, and "
           "its layer stands behind those of the first.",
           TWO_FRAMES,
           [sampled(0, layers(ETHERNET, IPV4, ("TCP", 24), ETHERNET),
                    **TCP | {"Etype": 0x0806}, Bytes=60)]),
    *in_both("frame_pppoe",
             "A PPPoE session ends the frame.",
             capture(framed(packets.ethernet(
                 bytes((0x11, 0, 0, 1)) + number(2 + len(INNER), 2) + number(0x0021, 2) + INNER,
                 0x8864))),
             [sampled(0, layers(ETHERNET), **MACS, Bytes=100, Etype=0x8864)]),
    *in_v2("frame_tunnel_columns",
           "Neither MPLS inside of GRE is encapsulated, nor what it carries: the columns are those "
           "of the inner packet.",
           tunnel(GRE, number(0, 2) + number(MPLS, 2) + label(16001, 61, True) + INNER),
           [sampled(0, layers(ETHERNET, IPV4, ("GRE", 4), ("MPLS", 4), IPV4, ("UDP", 8))
                    | {"mpls_label": [16001], "mpls_ttl": [61]},
                    **UDP | {"SrcAddr": INNER_IN, "DstAddr": INNER_OUT}, Bytes=100)]),
    *in_v2("frame_tunnels",
           "VXLAN is not known; no tunnel over UDP is entered unless a mapping file has its port.",
           vxlan(),
           [sampled(0, layers(ETHERNET, IPV4, ("UDP", 8)), **UDP | {"DstPort": 4789}, Bytes=100)]),
]

MAPPINGS = [
    *in_v1("mapping_frames",
           "The source port, mapped to two columns: that of the packet is overwritten by its own.",
           MAPPED, [sampled(0, **TCP, Bytes=100, InIf=443)], mapping=PORTS_MAPPED),
    *in_v2("mapping_frames",
           "The source port, mapped to two columns: both stand.",
           MAPPED, [sampled(0, TCP_LAYERS, **TCP | {"DstPort": 443}, Bytes=100, InIf=443)],
           mapping=PORTS_MAPPED),
    *in_v1("mapping_bits",
           "The segment begins with 0x01bb. Eight bits from the fifth on are 0x1b, with the rest "
           "of the byte behind them; of twelve bits, 0x01b, the last four stay on the left.",
           MAPPED, [sampled(0, **TCP, Bytes=100, InIf=0x1BB0, OutIf=0x01B0)],
           mapping=BITS_MAPPED),
    *in_v2("mapping_bits",
           "The segment begins with 0x01bb. Eight bits from the fifth on are 0x1b; of twelve, "
           "0x01b, the last byte alone is moved to the right.",
           MAPPED, [sampled(0, TCP_LAYERS, **TCP, Bytes=100, InIf=0x1B, OutIf=0x010B)],
           mapping=BITS_MAPPED),
]

CASES = SAMPLES + FRAMES + MAPPINGS
