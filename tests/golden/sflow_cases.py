# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of sFlow version 5: samples, records, and sampled headers that end early."""

from case import A, A6, ARRIVAL_SECONDS, B, B6, SFLOW_PORT, Case
from case import capture as capture_to
from support import packets, sflow

IN, OUT = "10.0.0.1", "10.0.0.2"
MACS = {"SrcMac": "02:00:00:00:00:01", "DstMac": "02:00:00:00:00:02"}
AGENT = "192.0.2.200"  # in the datagram; the flows' sampler, whoever sent it


def capture(*payloads: bytes) -> bytes:
    return capture_to(*payloads, port=SFLOW_PORT)


def sample(index: int = 0, **others) -> dict:
    """sFlow has no flow times: a packet is sampled when its datagram arrives."""
    seconds = ARRIVAL_SECONDS + index
    return {"Type": "SFLOW_5", "TimeReceived": seconds, "SequenceNum": 1, "SamplingRate": 1000,
            "SamplerAddress": AGENT, "TimeFlowStart": seconds, "TimeFlowEnd": seconds,
            "TimeFlowStartMs": seconds * 1000, "TimeFlowEndMs": seconds * 1000,
            "Packets": 1, "InIf": 1, "OutIf": 2} | others


def tcp_frame(tags=()) -> bytes:
    segment = packets.tcp(IN, OUT, 443, 50000, 0x12)
    return packets.ethernet(packets.ipv4(IN, OUT, packets.TCP, segment, tos=8,
                                         identification=4660), tags=tags)


ETHERNET_IPV4 = MACS | {"Etype": 2048}
TCP_V4 = {"SrcAddr": IN, "DstAddr": OUT, "Proto": 6, "SrcPort": 443, "DstPort": 50000,
          "IpTos": 8, "IpTtl": 64, "TcpFlags": 18, "FragmentId": 4660}
RAW_TCP = sflow.raw_header(sflow.ETHERNET, 1518, tcp_frame())
RAW_TCP_COLUMNS = ETHERNET_IPV4 | TCP_V4 | {"Bytes": 1518}


def one(*records: bytes) -> bytes:
    return sflow.datagram([sflow.flow_sample(list(records))])


def cut(size: int) -> bytes:
    """The sampled frame ends after `size` bytes."""
    return one(sflow.raw_header(sflow.ETHERNET, 64, tcp_frame()[:size]))


def fragments() -> bytes:
    behind = packets.ipv4(IN, OUT, packets.UDP, b"\x12\x34\x56\x78" * 8, identification=7,
                          flags_and_offset=185)
    header = bytes((packets.UDP, 0)) + (185 << 3).to_bytes(2, "big") + (99).to_bytes(4, "big")
    behind6 = packets.ipv6("2001:db8::1", "2001:db8::2", packets.FRAGMENT,
                           header + b"\x12\x34\x56\x78" * 8, traffic_class=4, flow_label=0xABCDE)
    return capture(*(one(sflow.raw_header(sflow.ETHERNET, 100, packets.ethernet(each)))
                     for each in (behind, behind6)))


def mpls_frame() -> bytes:
    def entry(label: int, ttl: int, bottom: bool) -> bytes:
        return (label << 12 | bottom << 8 | ttl).to_bytes(4, "big")

    stack = (entry(16001, 61, False) + entry(16002, 62, False) + entry(16003, 63, False)
             + entry(24000, 64, True))
    return packets.ethernet(stack + tcp_frame()[14:], 0x8847)


def vlans() -> bytes:
    one_tag = tcp_frame(((packets.ETHERTYPE_VLAN, 5 << 13 | 100),))
    two_tags = tcp_frame(((packets.ETHERTYPE_QINQ, 200), (packets.ETHERTYPE_VLAN, 300)))
    return capture(*(one(sflow.raw_header(sflow.ETHERNET, 100, each))
                     for each in (one_tag, two_tags)))


def extensions_frame() -> bytes:
    """Hop-by-hop and routing headers, 8 bytes each, in front of ICMPv6."""
    echo = packets.icmpv6("2001:db8::1", "2001:db8::2", 128, 0, bytes(8))
    chain = bytes((43, 0, 5, 2, 0, 0, 1, 0)) + bytes((packets.ICMPV6, 0, 0, 0, 0, 0, 0, 0)) + echo
    return packets.ethernet(packets.ipv6("2001:db8::1", "2001:db8::2", 0, chain))


GATEWAY = sflow.gateway(packets.address("192.0.2.1"), 64500, 64501, 64502,
                        ((2, (64510, 64511)), (1, (64520, 64521))), (6553700, 6553701), 100)
NO_PATH = sflow.gateway(b"", 64500, 0, 0, (), (), 0)
MISSING_WORDS = sflow.words(64500, 0, 0, 1, 2, 50)  # a segment of 50 AS numbers, none there

CASES = [
    Case("sflow_raw_header",
         "A sampled TCP segment in Ethernet. Bytes are the frame's length before it was cut, "
         "1518, not the sample's; packets 1; the rate is the sample's.",
         capture(one(RAW_TCP)),
         [sample(**RAW_TCP_COLUMNS)]),
    Case("sflow_sample_count_too_large",
         "The datagram announces 5 samples, one is there: it counts, and the datagram is "
         "truncated.",
         capture(sflow.datagram([sflow.flow_sample([RAW_TCP])], count=5)),
         [sample(**RAW_TCP_COLUMNS)], {"truncated": 1}),
    Case("sflow_sample_count_too_small",
         "One sample is announced and two are there: the count rules.",
         capture(sflow.datagram([sflow.flow_sample([RAW_TCP])] * 2, count=1)),
         [sample(**RAW_TCP_COLUMNS)]),
    Case("sflow_record_count_too_large",
         "The sample announces 9 records, one is there. What was read makes a flow; the sample's "
         "end inside the second record's header is counted.",
         capture(sflow.datagram([sflow.flow_sample([RAW_TCP], count=9)])),
         [sample(**RAW_TCP_COLUMNS)], {"bad_record": 1}),
    Case("sflow_sample_longer_than_datagram",
         "The sample's length points behind the datagram: it is not whole, so it is no flow.",
         capture(sflow.datagram([sflow.flow_sample([RAW_TCP], length=5000)])),
         [], {"truncated": 1}),
    Case("sflow_other_samples",
         "Counter samples and samples of other enterprises are stepped over by their length; the "
         "flow sample between them counts. None of them is an error.",
         capture(sflow.datagram([sflow.counter_sample(), sflow.block(4413 << 12 | 1, bytes(40)),
                                 sflow.flow_sample([RAW_TCP]), sflow.counter_sample()])),
         [sample(**RAW_TCP_COLUMNS)]),
    Case("sflow_discarded_packets",
         "Discarded-packet samples (format 5) tell of packets that the switch dropped, not of "
         "traffic: no flow is made of them, though they hold the same header records; the flow "
         "sample between them counts, and nothing is wrong with the datagram.",
         capture(sflow.datagram([sflow.discarded_sample([RAW_TCP]), sflow.flow_sample([RAW_TCP]),
                                 sflow.discarded_sample([RAW_TCP], reason=262),
                                 sflow.block(sflow.EXPANDED_COUNTERS, sflow.words(1, 0, 7, 0))]),
                 sflow.datagram([sflow.discarded_sample([])])),
         [sample(**RAW_TCP_COLUMNS)]),
    Case("sflow_expanded_sample",
         "An expanded flow sample has interfaces of two words, format and value: values above "
         "2^24 fit, the format (2: several ports) is not part of the number.",
         capture(sflow.datagram([sflow.expanded_flow_sample(
             [RAW_TCP], rate=4096, input_=(0, 20_000_001), output=(2, 7))])),
         [sample(SamplingRate=4096, InIf=20_000_001, OutIf=7, **RAW_TCP_COLUMNS)]),
    Case("sflow_ip_records",
         "Samples with an IPv4 or an IPv6 record and no header: addresses, ports, protocol, "
         "length of the IP packet, TCP flags, type of service or priority.",
         capture(sflow.datagram([
             sflow.flow_sample([sflow.ip_record(A, B, 84, 17, (53, 4444), 0, 4)]),
             sflow.flow_sample([sflow.ip_record(A6, B6, 1400, 6, (443, 5555), 0x10, 8)])])),
         [sample(Bytes=84, Proto=17, SrcAddr=IN, DstAddr=OUT, SrcPort=53, DstPort=4444, IpTos=4,
                 Etype=2048),
          sample(Bytes=1400, Proto=6, SrcAddr="2001:db8::1", DstAddr="2001:db8::2", SrcPort=443,
                 DstPort=5555, IpTos=8, TcpFlags=0x10,
                 Etype=0x86DD)]),
    Case("sflow_switch_router_gateway",
         "Extended data beside the header: VLANs from the switch record, next hop and prefix "
         "lengths from the router record, BGP from the gateway record. Its AS path has two "
         "segments, a sequence and a set: all four numbers are the path, the destination's AS is "
         "the last, the next hop's the first.",
         capture(one(RAW_TCP, sflow.switch(100, 1, 200, 2),
                     sflow.router(packets.address("10.9.9.9"), 24, 16), GATEWAY)),
         [sample(**RAW_TCP_COLUMNS, SrcVlan=100, DstVlan=200, NextHop="10.9.9.9", SrcNet=24,
                 DstNet=16, BgpNextHop=[192, 0, 2, 1], SrcAs=64501, DstAs=64521,
                 NextHopAs=64510, AsPath=[64510, 64511, 64520, 64521],
                 BgpCommunities=[6553700, 6553701])]),
    Case("sflow_gateway_without_path",
         "No path: the destination lies in the router's own AS, and so does a source whose AS is "
         "0. Next hop of type 0 (unknown) has no address.",
         capture(one(NO_PATH)),
         [sample(SrcAs=64500, DstAs=64500)]),
    Case("sflow_gateway_path_too_long",
         "The path announces 50 AS numbers and the record ends: the record is left out as a "
         "whole, the header beside it counts.",
         capture(one(RAW_TCP, sflow.block(1003, sflow.typed_address(B) + MISSING_WORDS))),
         [sample(**RAW_TCP_COLUMNS)], {"bad_record": 1}),
    Case("sflow_truncated_frame",
         "Sampled bytes end in the MAC addresses (10), in the IPv4 header (30), before the ports "
         "(36) and before the TCP flags (40): each layer counts when it is whole, the frame's "
         "length counts always, nothing is read behind the sample.",
         capture(cut(10), cut(30), cut(36), cut(40)),
         [sample(0, Bytes=64),
          sample(1, Bytes=64, **ETHERNET_IPV4),
          sample(2, Bytes=64, **ETHERNET_IPV4, **TCP_V4 | {"SrcPort": 0, "DstPort": 0,
                                                           "TcpFlags": 0}),
          sample(3, Bytes=64, **ETHERNET_IPV4, **TCP_V4 | {"TcpFlags": 0})]),
    Case("sflow_fragments",
         "A later fragment starts in the middle of a payload, so its first bytes are no ports: "
         "offset 185 (times 8) in IPv4's header and in IPv6's fragment header (RFC 8200 §4.5), "
         "whose next header says UDP.",
         fragments(),
         [sample(0, Bytes=100, **ETHERNET_IPV4, SrcAddr=IN, DstAddr=OUT, Proto=17, IpTtl=64,
                 FragmentId=7, FragmentOffset=185),
          sample(1, Bytes=100, **MACS, Etype=0x86DD, SrcAddr="2001:db8::1",
                 DstAddr="2001:db8::2", Proto=17, IpTtl=64, IpTos=4, Ipv6FlowLabel=0xABCDE,
                 FragmentId=99, FragmentOffset=185)]),
    Case("sflow_vlan_tags",
         "One tag 802.1Q with priority 5: the VLAN is the low 12 bits, 100. Two tags 802.1ad: the "
         "outer one, 200. The packet behind the tags is read.",
         vlans(),
         [sample(0, **ETHERNET_IPV4, **TCP_V4, Bytes=100, VlanId=100),
          sample(1, **ETHERNET_IPV4, **TCP_V4, Bytes=100, VlanId=200)]),
    Case("sflow_mpls",
         "Four labels (RFC 3032): three have columns, the fourth is the last; behind the bottom "
         "of the stack the version nibble says IPv4.",
         capture(one(sflow.raw_header(sflow.ETHERNET, 100, mpls_frame()))),
         [sample(**ETHERNET_IPV4, **TCP_V4, Bytes=100, HasMpls=True, MplsCount=4,
                 Mpls_1Label=16001, Mpls_1Ttl=61, Mpls_2Label=16002, Mpls_2Ttl=62,
                 Mpls_3Label=16003, Mpls_3Ttl=63, MplsLastLabel=24000, MplsLastTtl=64)]),
    Case("sflow_ipv6_extension_headers",
         "Hop-by-hop options and a routing header stand before ICMPv6 (RFC 8200 §4): the protocol "
         "is ICMPv6, and type and code are found.",
         capture(one(sflow.raw_header(sflow.ETHERNET, 86, extensions_frame()))),
         [sample(**MACS, Bytes=86, Etype=0x86DD, SrcAddr="2001:db8::1", DstAddr="2001:db8::2",
                 Proto=58, IpTtl=64, IcmpType=128)]),
    Case("sflow_header_protocols",
         "The sampled header may start with IPv4 (protocol 11) or IPv6 (12): no MAC addresses. "
         "Of a protocol that is not read (2, token bus) the length counts.",
         capture(one(sflow.raw_header(sflow.IPV4, 40, tcp_frame()[14:])),
                 one(sflow.raw_header(sflow.IPV6, 60, extensions_frame()[14:])),
                 one(sflow.raw_header(2, 99, tcp_frame()))),
         [sample(0, **TCP_V4, Bytes=40, Etype=2048),
          sample(1, Bytes=60, Etype=0x86DD, SrcAddr="2001:db8::1", DstAddr="2001:db8::2",
                 Proto=58, IpTtl=64, IcmpType=128),
          sample(2, Bytes=99)]),
    Case("sflow_agents",
         "The agent's address is the sampler, here an IPv6 one; an address of type 0 has no bytes "
         "and is no agent, so the datagram is refused; version 4 is not read.",
         capture(sflow.datagram([sflow.flow_sample([RAW_TCP])],
                                agent=packets.address("2001:db8::5")),
                 sflow.datagram([sflow.flow_sample([RAW_TCP])], agent=b""),
                 sflow.datagram([sflow.flow_sample([RAW_TCP])], version=4)),
         [sample(SamplerAddress="2001:db8::5", **RAW_TCP_COLUMNS)],
         {"bad_address_type": 1, "unknown_protocol": 1}),
]
