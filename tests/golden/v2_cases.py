# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of the profile goflow2-v2: its columns, names and numbers, in JSON, text and
protobuf. Values are those of the standard reading; how they are shown is goflow2 v2.2.6's."""

import legacy_cases
import netflow5_cases
from case import A, A6, ARRIVAL_SECONDS, B, B6, EXPORT_SECONDS, EXPORTER, SFLOW_PORT, Case, capture
from support import legacy, netflow, packets, sflow
from support.netflow import ipfix, number, one_set, template, v9

PROFILE = "-profile goflow2-v2"
AS_TEXT = f"{PROFILE} -format text"
AS_PROTOBUF = f"{PROFILE} -format bin -transport.file.sep="
NANO, MILLI = 1_000_000_000, 1_000_000
EXPORT_NS = EXPORT_SECONDS * NANO
NTP_OFFSET = 2_208_988_800
TEMPLATE, V9_TEMPLATE = 2, 0


def received(index: int = 0, **others) -> dict:
    return {"time_received_ns": (ARRIVAL_SECONDS + index) * NANO, "sequence_num": 1,
            "sampler_address": EXPORTER} | others


def lasting(start_ns: int, end_ns: int) -> dict:
    return {"time_flow_start_ns": start_ns, "time_flow_end_ns": end_ns}


# The records of the v1 profile's cases, by an export time of EXPORT_SECONDS and 250 ms.
FRACTION = 250 * MILLI
AGES = lasting(EXPORT_NS + FRACTION - 3200 * MILLI, EXPORT_NS + FRACTION - 1200 * MILLI)
V5 = received(type="NETFLOW_V5", bytes=590, packets=5, src_addr="10.0.0.1", dst_addr="10.0.0.2",
              etype=0x0800, proto=6, src_port=8080, dst_port=47384, in_if=3, out_if=4, ip_tos=8,
              tcp_flags=27, src_as=64496, dst_as=64497, next_hop="10.0.0.254", src_net=24,
              dst_net=25) | AGES
V5_CAPTURE = capture(netflow.v5([netflow5_cases.RECORD], nanoseconds=FRACTION, sampling=0x4064))
V5_WRAP = netflow.v5([netflow.v5_record(A, B, first=2**32 - 1000, last=5500)], uptime=5000)


def laid_out(fields, values: bytes, *, version: int, domain: int = 0, **header) -> bytes:
    """A template and one record in one datagram."""
    if version == 9:
        return v9([one_set(V9_TEMPLATE, template(256, fields)), one_set(256, values)], count=2,
                  source_id=domain, **header)
    return ipfix([one_set(TEMPLATE, template(256, fields)), one_set(256, values)], domain=domain,
                 **header)


def v9_flow(**others) -> dict:
    return received(type="NETFLOW_V9") | lasting(EXPORT_NS, EXPORT_NS) | others


def ipfix_flow(index: int = 0, **others) -> dict:
    return received(index, type="IPFIX") | lasting(EXPORT_NS, EXPORT_NS) | others


ONLY_V2_FIELDS = ((70, 3), (72, 3), (47, 4), (140, 16), (197, 1), (88, 2), (54, 4), (31, 3),
                  (58, 2), (59, 2), (56, 6), (80, 6), (18, 4), (89, 1), (138, 4), (61, 1),
                  (234, 4), (32, 2))
ONLY_V2_VALUES = (number(16001 << 4, 3) + number(16003 << 4 | 1, 3) + A + B6 + number(0x40, 1)
                  + number(185, 2) + number(99, 4) + number(0xABCDE, 3) + number(100, 2)
                  + number(200, 2) + number(0x020000000001, 6) + number(0x020000000002, 6)
                  + packets.address("192.0.2.1") + number(66, 1) + number(7, 4) + number(1, 1)
                  + number(5, 4) + number(3 << 8 | 1, 2))
ONLY_V2 = v9_flow(mpls_label=[16001, 0, 16003], mpls_ip=["10.0.0.1", "2001:db8::2"], ip_flags=2,
                  fragment_offset=185, fragment_id=99, ipv6_flow_label=0xABCDE, vlan_id=100,
                  src_vlan=100, dst_vlan=200, src_mac="02:00:00:00:00:01",
                  dst_mac="02:00:00:00:00:02", bgp_next_hop="192.0.2.1", forwarding_status=66,
                  observation_point_id=7, observation_domain_id=4711, icmp_type=3, icmp_code=1)
ONLY_V2_CAPTURE = capture(laid_out(ONLY_V2_FIELDS, ONLY_V2_VALUES, version=9, domain=4711))


def ipfix_times() -> bytes:
    """Seconds, milliseconds, NTP time in micro- and nanoseconds, ages in microseconds, none."""
    quarter = number(EXPORT_SECONDS - 2 + NTP_OFFSET, 4) + number(2**30, 4)
    pairs = (
        (((150, 4), (151, 4)), number(EXPORT_SECONDS - 9, 4) + number(EXPORT_SECONDS, 4)),
        (((152, 8), (153, 8)),
         number(EXPORT_SECONDS * 1000 - 1500, 8) + number(EXPORT_SECONDS * 1000 - 250, 8)),
        (((154, 8), (155, 8)), quarter + quarter),
        (((156, 8), (157, 8)), quarter + quarter),
        (((158, 4), (159, 4)), number(4_000_001, 4) + number(1_000_000, 4)),
        (((1, 4),), number(64, 4)))
    sets = []
    for template_id, (fields, values) in enumerate(pairs, 256):
        sets += [one_set(TEMPLATE, template(template_id, fields)), one_set(template_id, values)]
    return capture(ipfix(sets))


QUARTER = EXPORT_NS - 2 * NANO + NANO // 4
IPFIX_TIMES = [
    ipfix_flow(**lasting(EXPORT_NS - 9 * NANO, EXPORT_NS)),
    ipfix_flow(**lasting(EXPORT_NS - 1500 * MILLI, EXPORT_NS - 250 * MILLI)),
    ipfix_flow(**lasting(QUARTER, QUARTER)), ipfix_flow(**lasting(QUARTER, QUARTER)),
    ipfix_flow(**lasting(EXPORT_NS - 4_000_001_000, EXPORT_NS - NANO)), ipfix_flow(bytes=64)]

PREFIX_FIELDS = ((8, 4), (12, 4), (9, 1), (13, 1))
PREFIX6_FIELDS = ((27, 16), (28, 16), (29, 1), (30, 1))
MAPPED = packets.address("::ffff:10.1.2.3")


def prefixes() -> bytes:
    host = packets.address("10.1.2.3")
    return capture(*(laid_out(fields, values, version=10) for fields, values in (
        (PREFIX_FIELDS, host + host + number(24, 1) + number(32, 1)),
        (PREFIX_FIELDS, host + host + number(0, 1) + number(33, 1)),
        (PREFIX6_FIELDS, A6 + B6 + number(32, 1) + number(128, 1)),
        (PREFIX6_FIELDS, A6 + B6 + number(0, 1) + number(129, 1)),
        (((9, 1), (28, 16)), number(24, 1) + MAPPED))))


V4, V6 = {"etype": 0x0800}, {"etype": 0x86DD}
HOSTS = {"src_addr": "10.1.2.3", "dst_addr": "10.1.2.3"}
HOSTS6 = {"src_addr": "2001:db8::1", "dst_addr": "2001:db8::2"}
NO_PREFIX = {"src_net": 24, "dst_addr": "::ffff:10.1.2.3", "dst_net": 0}


def protocols() -> tuple[bytes, list[dict]]:
    """One flow for each protocol number."""
    values = b"".join(number(each, 1) for each in range(256))
    flows = [ipfix_flow(proto=each) for each in range(256)]
    return capture(laid_out(((4, 1),), values, version=10)), flows


def case(name: str, why: str, content: bytes, flows: list[dict], arguments: str = PROFILE) -> Case:
    return Case(f"v2_{name}", why, content, flows, arguments=arguments)


def in_all_formats(name: str, why: str, content: bytes, flows: list[dict]) -> list[Case]:
    """JSON, text and protobuf of the same flows."""
    return [
        case(name, why, content, flows),
        case(f"text_{name}", f"The flows of v2_{name} as text: key=value with a space between and "
             "no quotes at all, also in lists.", content, flows, AS_TEXT),
        case(f"pb_{name}", f"The flows of v2_{name} as protobuf: goflow2 v2's field numbers (38 is "
             "ip_flags), ascending, zeros left out, lists of numbers packed and lists of bytes "
             "not, a varint of the length in front of each message.", content, flows,
             AS_PROTOBUF)]


CASES = [
    *in_all_formats(
        "v5_every_field",
        "NetFlow v5: keys in snake_case, etype and proto by name, the prefixes of the addresses "
        "instead of their lengths. Times are the header's seconds and nanoseconds less the age.",
        V5_CAPTURE, [V5 | {"sampling_rate": 100}]),
    case("v5_uptime_wrap",
         "The age is a signed difference of 32 bits: First is 6 s before the export although the "
         "uptime wrapped in between, Last half a second behind it.",
         capture(V5_WRAP),
         [received(type="NETFLOW_V5", bytes=100, packets=1, src_addr="10.0.0.1",
                   dst_addr="10.0.0.2", etype=0x0800, proto=17, in_if=1, out_if=2,
                   next_hop="0.0.0.0")
          | lasting(EXPORT_NS - 6000 * MILLI, EXPORT_NS + 500 * MILLI)]),
    case("v1_v7_v8",
         "NetFlow v1, v7 and v8 have goflow2 v2's columns as v5 has: nanoseconds of the header "
         "count. v1 has no AS numbers and masks, so the prefixes are those of length 0.",
         capture(legacy.v1([legacy_cases.V1_RECORD], nanoseconds=FRACTION),
                 legacy.v7([legacy_cases.V7_RECORD], nanoseconds=FRACTION),
                 legacy.v8(14, [legacy_cases.v8_record(14)], nanoseconds=FRACTION)),
         [V5 | received(type="NETFLOW_V1", sequence_num=0, src_as=0, dst_as=0, src_net=0,
                        dst_net=0),
          V5 | received(1, type="NETFLOW_V7"),
          received(2, type="NETFLOW_V8", bytes=590, packets=5, src_addr="10.1.2.0",
                   dst_addr="10.3.0.0", etype=0x0800, proto=6, src_port=8080, dst_port=47384,
                   in_if=3, out_if=4, ip_tos=8, src_net=24, dst_net=16) | AGES]),
    *in_all_formats(
        "v9_only_in_v2",
        "NetFlow v9 (source id 4711, which v2 shows as the observation domain): labels 1 and 3 of "
        "the stack, so that a 0 stands for label 2; the addresses of the top label (47, 140) as a "
        "list; fragmentFlags (197) 0x40 is ip_flags 2 and does not touch the offset; the BGP next "
        "hop is an address. Direction (61) and VRF (234) have no column. Without times a flow is "
        "as old as the export.",
        ONLY_V2_CAPTURE, [ONLY_V2]),
    case("v9_uptime",
         "NetFlow v9: first and last switched against an uptime of 10 s; whole seconds of the "
         "export, since the header has no fraction.",
         capture(laid_out(((22, 4), (21, 4), (1, 4)), number(6800, 4) + number(8800, 4)
                          + number(64, 4), version=9)),
         [v9_flow(bytes=64, **lasting(EXPORT_NS - 3200 * MILLI, EXPORT_NS - 1200 * MILLI))]),
    case("ipfix_times",
         "IPFIX times in seconds, milliseconds, micro- and nanoseconds (both NTP time, RFC 7011 "
         "§6.1.9 and §6.1.10: a quarter of a second is 2^30), as ages in microseconds, and none: "
         "then the export time is both.",
         ipfix_times(), IPFIX_TIMES),
    case("prefixes",
         "src_net and dst_net are the prefix of the column's address, without host bits: /24, "
         "/32, /0, and the same for IPv6. Lengths above 32 or 128, and no address, are "
         "\"invalid Prefix\". A v4-mapped address is not printed as IPv4; its prefix of length 0 "
         "is ::/0.",
         prefixes(),
         [ipfix_flow(0, **HOSTS, **V4, src_net=24, dst_net=32),
          ipfix_flow(1, **HOSTS, **V4, src_net=0, dst_net=33),
          ipfix_flow(2, **HOSTS6, **V6, src_net=32, dst_net=128),
          ipfix_flow(3, **HOSTS6, **V6, src_net=0, dst_net=129),
          ipfix_flow(4, **NO_PREFIX, **V6)]),
    case("protocol_names",
         "Every protocol number by its name: 146 to 252 are unassigned, 253 and 254 experimental, "
         "255 is reserved. Only this column is printed.",
         *protocols(), f"{PROFILE} -format.selector proto"),
]

# --- Sampled frames. They need the columns that only v2 has of a frame.
AGENT = "192.0.2.200"
MACS = {"src_mac": "02:00:00:00:00:01", "dst_mac": "02:00:00:00:00:02"}
IN, OUT = "10.0.0.1", "10.0.0.2"
INNER_IN, INNER_OUT = "192.168.0.1", "192.168.0.2"


def sampled(index: int = 0, **others) -> dict:
    """The packet was sampled when its datagram arrived."""
    arrival = (ARRIVAL_SECONDS + index) * NANO
    return {"type": "SFLOW_5", "time_received_ns": arrival, "sequence_num": 1,
            "sampling_rate": 1000, "sampler_address": AGENT, "packets": 1, "in_if": 1,
            "out_if": 2} | lasting(arrival, arrival) | MACS | others


def frame(packet: bytes, ethertype: int | None = None, tags=()) -> bytes:
    """A sample of a frame of 100 bytes."""
    ethernet = (packets.ethernet(packet, tags=tags) if ethertype is None
                else packets.ethernet(packet, ethertype))
    return sflow.datagram([sflow.flow_sample([sflow.raw_header(sflow.ETHERNET, 100, ethernet)])])


def sampled_capture(*payloads: bytes) -> bytes:
    return capture(*payloads, port=SFLOW_PORT)


SEGMENT = packets.ipv4(IN, OUT, packets.TCP, packets.tcp(IN, OUT, 443, 50000, 0x12), tos=8,
                       identification=4660, flags_and_offset=0x4000)
V4_FLOW = {"bytes": 100, "src_addr": IN, "dst_addr": OUT, "etype": 0x0800, "ip_ttl": 64}
TCP_FLOW = V4_FLOW | {"proto": 6, "src_port": 443, "dst_port": 50000, "ip_tos": 8, "tcp_flags": 18,
                      "ip_flags": 2, "fragment_id": 4660}
INNER = packets.ipv4(INNER_IN, INNER_OUT, packets.UDP,
                     packets.udp(INNER_IN, INNER_OUT, 1000, 2000, bytes(4)))
GRE = 47


def label(value: int, ttl: int, bottom: bool = False) -> bytes:
    return number(value << 12 | bottom << 8 | ttl, 4)


LABELS = label(16001, 61) + label(16002, 62) + label(16003, 63) + label(24000, 64, True)
GATEWAY = sflow.gateway(packets.address("192.0.2.1"), 64500, 64501, 64502,
                        ((2, (64510, 64511)),), (6553700, 6553701), 100)
EXTENDED = sflow.datagram([sflow.flow_sample([
    sflow.raw_header(sflow.ETHERNET, 100, packets.ethernet(SEGMENT)), sflow.switch(100, 1, 200, 2),
    sflow.router(packets.address("10.9.9.9"), 24, 16), GATEWAY])])

SAMPLED_CASES = [
    *in_all_formats(
        "sflow_layers",
        "A sampled TCP segment: layers and their sizes as the headers have them; the flags of the "
        "IPv4 header (DF is 2).",
        sampled_capture(frame(SEGMENT)),
        [sampled(**TCP_FLOW, layer_stack=["Ethernet", "IPv4", "TCP"], layer_size=[14, 20, 20])]),
    *in_all_formats(
        "sflow_mpls",
        "Four labels (RFC 3032), outermost first, and one layer of 16 bytes.",
        sampled_capture(frame(LABELS + SEGMENT, 0x8847)),
        [sampled(**TCP_FLOW, mpls_label=[16001, 16002, 16003, 24000], mpls_ttl=[61, 62, 63, 64],
                 layer_stack=["Ethernet", "MPLS", "IPv4", "TCP"], layer_size=[14, 16, 20, 20])]),
    case("sflow_extended",
         "The switch, router and gateway records beside the header: the BGP next hop is an "
         "address, the prefixes belong to the sampled addresses.",
         sampled_capture(EXTENDED),
         [sampled(**TCP_FLOW, src_vlan=100, dst_vlan=200, next_hop="10.9.9.9", src_net=24,
                  dst_net=16, bgp_next_hop="192.0.2.1", src_as=64501, dst_as=64511,
                  next_hop_as=64510, as_path=[64510, 64511], bgp_communities=[6553700, 6553701],
                  layer_stack=["Ethernet", "IPv4", "TCP"], layer_size=[14, 20, 20])]),
    case("sflow_vlan_and_icmp",
         "A tag 802.1Q of VLAN 100 is a layer of 4 bytes. Type and code of ICMP are read, which "
         "goflow2 v2 means to do and does not; the header of ICMP has 8 bytes.",
         sampled_capture(frame(packets.ipv4(IN, OUT, packets.ICMP, packets.icmp(3, 1, bytes(28))),
                               tags=((packets.ETHERTYPE_VLAN, 100),))),
         [sampled(**V4_FLOW, proto=1, vlan_id=100, icmp_type=3, icmp_code=1,
                  layer_stack=["Ethernet", "Dot1Q", "IPv4", "ICMP"], layer_size=[14, 4, 20, 8])]),
    case("sflow_tunnels",
         "GRE and IP in IP: the columns are those of the outer packet, the layers go on to the "
         "inner one. The outer packet has no ports.",
         sampled_capture(
             frame(packets.ipv4(IN, OUT, GRE, number(0, 2) + number(0x0800, 2) + INNER)),
             frame(packets.ipv4(IN, OUT, 4, INNER))),
         [sampled(**V4_FLOW, proto=GRE, layer_stack=["Ethernet", "IPv4", "GRE", "IPv4", "UDP"],
                  layer_size=[14, 20, 4, 20, 8]),
          sampled(1, **V4_FLOW, proto=4, layer_stack=["Ethernet", "IPv4", "IPv4", "UDP"],
                  layer_size=[14, 20, 20, 8])]),
]
