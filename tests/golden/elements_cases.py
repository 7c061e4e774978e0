# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of the information elements: one record for each, alone in its template, in IPFIX
and NetFlow v9 and in both profiles, and records in which several meet."""

from dataclasses import dataclass, field

from case import A, A6, ARRIVAL_SECONDS, EXPORT_SECONDS, EXPORTER, Case, capture
from support import packets
from support.netflow import ipfix, number, one_set, template, v9

V2 = "-profile goflow2-v2"
NANO = 10**9
EXPORT_NS = EXPORT_SECONDS * NANO
DOMAIN = 7
RECORDS_EACH = 25  # records in a datagram, so that it stays below 1500 bytes

IP4, IP6, ETYPE4, ETYPE6 = "10.0.0.1", "2001:db8::1", 0x0800, 0x86DD


@dataclass
class Element:
    """A field or several, and the columns they fill in each profile."""
    fields: list[tuple[int, bytes]]
    v1: dict = field(default_factory=dict)
    v2: dict = field(default_factory=dict)
    in_v9: bool = True  # else IPFIX only: in NetFlow v9 it fills nothing


def numbers(ids, size: int, value: int, v1: str | None, column: str | None) -> list[Element]:
    return [Element([(each, number(value + each, size))], {v1: value + each} if v1 else {},
                    {column: value + each} if column else {}) for each in ids]


def addresses(pairs, v1: str, column: str, bytes_in_v1=False, list_in_v2=False) -> list[Element]:
    """`pairs` are elements of IPv4 and IPv6."""
    return [Element([(each, packed)], {v1: list(packed) if bytes_in_v1 else text},
                    {column: [text] if list_in_v2 else text})
            for each, packed, text in ((pairs[0], A, IP4), (pairs[1], A6, IP6))]


def with_type(rows: list[Element]) -> list[Element]:
    """An address of a packet says its ethertype."""
    for row, etype in zip(rows, (ETYPE4, ETYPE6)):
        row.v1["Etype"] = row.v2["etype"] = etype
    return rows


TABLE = [
    *numbers((1, 23), 8, 2**40, "Bytes", "bytes"),
    *numbers((2, 24), 8, 2**40, "Packets", "packets"),
    *numbers((4,), 1, 2, "Proto", "proto"), *numbers((5,), 1, 100, "IpTos", "ip_tos"),
    *numbers((6,), 2, 0x0FF0, "TcpFlags", "tcp_flags"),
    *numbers((7,), 2, 50_000, "SrcPort", "src_port"),
    *numbers((11,), 2, 50_000, "DstPort", "dst_port"),
    *with_type(addresses((8, 27), "SrcAddr", "src_addr")),
    *with_type(addresses((12, 28), "DstAddr", "dst_addr")),
    *numbers((9, 29), 1, 50, "SrcNet", "src_net"), *numbers((13, 30), 1, 50, "DstNet", "dst_net"),
    *numbers((10,), 4, 2**31, "InIf", "in_if"), *numbers((14,), 4, 2**31, "OutIf", "out_if"),
    *addresses((15, 62), "NextHop", "next_hop"),
    *addresses((18, 63), "BgpNextHop", "bgp_next_hop", True),
    *numbers((16,), 4, 2**31, "SrcAs", "src_as"), *numbers((17,), 4, 2**31, "DstAs", "dst_as"),
    *numbers((31,), 4, 0xABC00, "Ipv6FlowLabel", "ipv6_flow_label"),
    *[Element([(each, number(0x0301, 2))], {"IcmpType": 3, "IcmpCode": 1},
              {"icmp_type": 3, "icmp_code": 1}) for each in (32, 139)],
    *numbers((176, 178), 1, 3, "IcmpType", "icmp_type"),
    *numbers((177, 179), 1, 3, "IcmpCode", "icmp_code"),
    *addresses((47, 140), "MplsLabelIp", "mpls_ip", True, True),
    *numbers((52,), 1, 10, "IpTtl", "ip_ttl"),
    *numbers((54,), 4, 2**31, "FragmentId", "fragment_id"),
    *[Element([(each, bytes((2, 0, 0, 0, 0, each)))], {v1: f"02:00:00:00:00:{each:02x}"},
              {column: f"02:00:00:00:00:{each:02x}"})
      for each, v1, column in ((56, "SrcMac", "src_mac"), (81, "SrcMac", "src_mac"),
                               (80, "DstMac", "dst_mac"), (57, "DstMac", "dst_mac"))],
    Element([(58, number(100, 2))], {"VlanId": 100, "SrcVlan": 100},
            {"vlan_id": 100, "src_vlan": 100}),
    *numbers((59,), 2, 200, "DstVlan", "dst_vlan"),
    Element([(60, b"\x04")], {"Etype": ETYPE4}, {"etype": ETYPE4}),
    Element([(60, b"\x06")], {"Etype": ETYPE6}, {"etype": ETYPE6}), Element([(60, b"\x05")]),
    *numbers((61,), 1, 1, "FlowDirection", None),
    Element([(70, number(16001 << 4 | 0xF, 3))], {"Mpls_1Label": 16001, "HasMpls": True},
            {"mpls_label": [16001]}),
    Element([(71, number(16002 << 4 | 0xF, 3))], {"Mpls_2Label": 16002},
            {"mpls_label": [0, 16002]}),
    Element([(72, number(16003 << 4 | 0xF, 3))], {"Mpls_3Label": 16003},
            {"mpls_label": [0, 0, 16003]}),
    *numbers((88,), 2, 100, "FragmentOffset", "fragment_offset"),
    Element([(197, b"\x60")], {"FragmentOffset": 0x60}, {"ip_flags": 3}),
    *numbers((89,), 1, 64, "ForwardingStatus", "forwarding_status"),
    Element([(138, number(2**40 + 5, 8))], {"ObservationPointId": 5}, {"observation_point_id": 5}),
    *numbers((234,), 4, 2**31, "IngressVrfId", None),
    *numbers((235,), 4, 2**31, "EgressVrfId", None),
    *numbers((239,), 1, 1, "BiFlowDirection", None),
    Element([(312, number(1500, 2))], {"Bytes": 1500, "Packets": 1},
            {"bytes": 1500, "packets": 1}, False),
]
# What goflow2 does not read, nor does flowd: a record of it is a flow without columns.
NOTHING = [3, 19, 20, 35, 36, 37, 42, 44, 45, 49, 82, 83, 90, 94, 95, 96, 128, 129, 130, 131, 136,
           144, 148, 149, 160, 161, 201, 225, 226, 227, 228, 230, 232, 233, 236, 243, 244, 245, 252,
           253, 254, 281, 282, 299, 311, 313, 314, 323, 324, 351, 371, 390, 32767]
# And what flowd reads where the others have said nothing.
INSTEAD = [*numbers((85, 231), 8, 2**40, "Bytes", "bytes"),
           *numbers((86, 298), 8, 2**40, "Packets", "packets"),
           *numbers((34, 50, 305), 4, 1000, "SamplingRate", "sampling_rate")]

UDP = packets.ethernet(packets.udp_packet("10.0.0.1", "10.0.0.2", 1000, 2000, bytes(20)))
PACKET = {"SrcAddr": "10.0.0.1", "DstAddr": "10.0.0.2", "Etype": ETYPE4, "Proto": 17,
          "SrcPort": 1000, "DstPort": 2000, "IpTtl": 64, "SrcMac": "02:00:00:00:00:01",
          "DstMac": "02:00:00:00:00:02", "Packets": 1}
PACKET2 = {"src_addr": "10.0.0.1", "dst_addr": "10.0.0.2", "etype": ETYPE4, "proto": 17,
           "src_port": 1000, "dst_port": 2000, "ip_ttl": 64, "src_mac": "02:00:00:00:00:01",
           "dst_mac": "02:00:00:00:00:02", "packets": 1, "layer_stack": ["Ethernet", "IPv4", "UDP"],
           "layer_size": [14, 20, 8]}
NO_ADDRESS = bytes(16)
TOGETHER = [
    # The last next hop counts, also when it is zero.
    Element([(15, A), (62, NO_ADDRESS)], {"NextHop": "::"}, {"next_hop": "::"}),
    Element([(62, A6), (15, A)], {"NextHop": IP4}, {"next_hop": IP4}),
    Element([(18, A), (63, NO_ADDRESS)], {"BgpNextHop": [0] * 16}, {"bgp_next_hop": "::"}),
    # Addresses of both families: a later one of zeros does not count.
    Element([(8, A), (27, NO_ADDRESS)], {"SrcAddr": IP4, "Etype": ETYPE4},
            {"src_addr": IP4, "etype": ETYPE4}),
    Element([(8, bytes(4)), (27, A6)], {"SrcAddr": IP6, "Etype": ETYPE6},
            {"src_addr": IP6, "etype": ETYPE6}),
    # An address says the ethertype, whatever a version of IP says before or behind it.
    Element([(60, b"\x06"), (8, A)], {"SrcAddr": IP4, "Etype": ETYPE4},
            {"src_addr": IP4, "etype": ETYPE4}),
    Element([(8, A), (60, b"\x06")], {"SrcAddr": IP4, "Etype": ETYPE4},
            {"src_addr": IP4, "etype": ETYPE4}),
    # Offset and flags: one column in v1, two in v2.
    Element([(88, number(100, 2)), (197, b"\x20")], {"FragmentOffset": 100 | 0x20},
            {"fragment_offset": 100, "ip_flags": 1}),
    # The addresses of the top label: the last one in v1, a list in v2.
    Element([(47, A), (140, A6)], {"MplsLabelIp": list(A6)}, {"mpls_ip": [IP4, IP6]}),
    # Counters of both ends: the last that is not zero.
    Element([(1, number(10, 4)), (23, number(20, 4))], {"Bytes": 20}, {"bytes": 20}),
    Element([(1, number(10, 4)), (23, number(0, 4))], {"Bytes": 10}, {"bytes": 10}),
    Element([(2, number(10, 4)), (24, number(20, 4))], {"Packets": 20}, {"packets": 20}),
    Element([(85, number(10, 4)), (1, number(20, 4))], {"Bytes": 20}, {"bytes": 20}),
    # ICMP by 32 and by its parts; the last counts.
    Element([(32, b"\x03\x01"), (176, b"\x08")], {"IcmpType": 8, "IcmpCode": 1},
            {"icmp_type": 8, "icmp_code": 1}),
    # VLANs: 59 is the other side's.
    Element([(58, number(100, 2)), (59, number(200, 2))],
            {"VlanId": 100, "SrcVlan": 100, "DstVlan": 200},
            {"vlan_id": 100, "src_vlan": 100, "dst_vlan": 200}),
    # A sampled frame: its length where nothing else has said it; what follows has the last word.
    Element([(315, UDP)], PACKET | {"Bytes": len(UDP)}, PACKET2 | {"bytes": len(UDP)}, False),
    Element([(312, number(1500, 2)), (315, UDP)], PACKET | {"Bytes": 1500},
            PACKET2 | {"bytes": 1500}, False),
    Element([(7, number(5, 2)), (315, UDP), (11, number(6, 2))],
            PACKET | {"Bytes": len(UDP), "DstPort": 6},
            PACKET2 | {"bytes": len(UDP), "dst_port": 6}, False),
    # A number of no bytes is 0.
    Element([(1, b""), (2, number(3, 4))], {"Packets": 3}, {"packets": 3}),
]


def datagrams(elements: list[Element], version: int) -> list[bytes]:
    out = []
    for start in range(0, len(elements), RECORDS_EACH):
        sets = []
        for i, element in enumerate(elements[start:start + RECORDS_EACH], 256 + start):
            layout = template(i, [(each, len(value)) for each, value in element.fields])
            values = b"".join(value for _, value in element.fields)
            sets += [one_set(0 if version == 9 else 2, layout), one_set(i, values, align=False)]
        out.append(v9(sets, count=len(sets), source_id=DOMAIN) if version == 9
                   else ipfix(sets, domain=DOMAIN))
    return out


def filled(element: Element, version: int, profile: int) -> dict:
    """The columns of a record's flow. In NetFlow v9 what only IPFIX has does not count."""
    if version == 10 or element.in_v9:
        return element.v1 if profile == 1 else element.v2
    columns = {}
    for each, value in element.fields:
        if each in (7, 11):
            names = {7: ("SrcPort", "src_port"), 11: ("DstPort", "dst_port")}[each]
            columns[names[profile - 1]] = int.from_bytes(value, "big")
    return columns


def flows(elements: list[Element], version: int, profile: int, first: int) -> list[dict]:
    out = []
    for i, element in enumerate(elements):
        arrival = ARRIVAL_SECONDS + first + i // RECORDS_EACH
        if profile == 1:
            base = {"Type": "IPFIX" if version == 10 else "NETFLOW_V9", "TimeReceived": arrival,
                    "SequenceNum": 1, "SamplerAddress": EXPORTER}
            base |= {"ObservationDomainId": DOMAIN} if version == 10 else {}
        else:
            base = {"type": "IPFIX" if version == 10 else "NETFLOW_V9",
                    "time_received_ns": arrival * NANO, "sequence_num": 1,
                    "sampler_address": EXPORTER, "time_flow_start_ns": EXPORT_NS,
                    "time_flow_end_ns": EXPORT_NS, "observation_domain_id": DOMAIN}
        out.append(base | filled(element, version, profile))
    return out


def in_all(name: str, why: str, elements: list[Element]) -> list[Case]:
    """In one capture first as IPFIX, then as NetFlow v9."""
    first = datagrams(elements, 10)
    content = capture(*first, *datagrams(elements, 9))
    out = []
    for profile, arguments in ((1, ""), (2, V2)):
        found = flows(elements, 10, profile, 0) + flows(elements, 9, profile, len(first))
        prefix = "v2_" if profile == 2 else ""
        out.append(Case(f"{prefix}elements_{name}", why, content, found, {}, arguments))
        binary = ("-format pb -format.protobuf.fixedlen" if profile == 1 else "-format bin")
        out.append(Case(f"{prefix}pb_elements_{name}", f"The flows of {prefix}elements_{name} as "
                        "protobuf.", content, found, {},
                        f"{arguments} {binary} -transport.file.sep=".strip()))
    return out


assert all(len(each) < 1500 for table in (TABLE, TOGETHER) for each in datagrams(table, 10))
CASES = [
    *in_all("alone", "Each element that has a column, alone in its template, with a value of its "
            "own; as IPFIX and then as NetFlow v9, where 312 is nothing. Numbers that are wider "
            "than their column keep their low half (138). A label loses its four low bits. A "
            "version of IP that is neither 4 nor 6 says nothing.", TABLE),
    *in_all("instead", "Elements that goflow2 does not read and flowd does where nothing else "
            "speaks: totals (85, 86), initiators (231, 298), and rates in data records (34, 50, "
            "305).", INSTEAD),
    *in_all("together", "Records in which two fields want one column: of next hops the last "
            "counts, of addresses the last that is not zero, of counters too; an address says the "
            "ethertype, not the version of IP (60); offset and flags of "
            "a fragment share a column in v1. A sampled frame (315, IPFIX only) fills what a "
            "sample of sFlow fills, and fields behind it have the last word.", TOGETHER),
    *in_all("without_column", "Elements without a column: each is a flow with the datagram's "
            "columns alone.", [Element([(each, number(each, 4))]) for each in NOTHING]),
]
