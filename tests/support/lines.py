# SPDX-License-Identifier: BSD-3-Clause
"""The JSON lines of the profile goflow2-v1, written from the columns that a test names: its own
table of keys, so that a mistake in flowd's cannot hide in what is expected of it."""

import json

NO_MAC = "00:00:00:00:00:00"
# goflow2 v1.3.7: every column, zero or not, in this order.
DEFAULTS = {
    "Type": "FLOWUNKNOWN", "TimeReceived": 0, "SequenceNum": 0, "SamplingRate": 0,
    "FlowDirection": 0, "SamplerAddress": "", "TimeFlowStart": 0, "TimeFlowEnd": 0,
    "TimeFlowStartMs": 0, "TimeFlowEndMs": 0, "Bytes": 0, "Packets": 0, "SrcAddr": "",
    "DstAddr": "", "Etype": 0, "Proto": 0, "SrcPort": 0, "DstPort": 0, "InIf": 0, "OutIf": 0,
    "SrcMac": NO_MAC, "DstMac": NO_MAC, "SrcVlan": 0, "DstVlan": 0, "VlanId": 0,
    "IngressVrfId": 0, "EgressVrfId": 0, "IpTos": 0, "ForwardingStatus": 0, "IpTtl": 0,
    "TcpFlags": 0, "IcmpType": 0, "IcmpCode": 0, "Ipv6FlowLabel": 0, "FragmentId": 0,
    "FragmentOffset": 0, "BiFlowDirection": 0, "SrcAs": 0, "DstAs": 0, "NextHop": "",
    "NextHopAs": 0, "SrcNet": 0, "DstNet": 0, "BgpNextHop": [], "BgpCommunities": [],
    "AsPath": [], "HasMpls": False, "MplsCount": 0, "Mpls_1Ttl": 0, "Mpls_1Label": 0,
    "Mpls_2Ttl": 0, "Mpls_2Label": 0, "Mpls_3Ttl": 0, "Mpls_3Label": 0, "MplsLastTtl": 0,
    "MplsLastLabel": 0, "MplsLabelIp": [], "ObservationDomainId": 0, "ObservationPointId": 0,
    "CustomInteger_1": 0, "CustomInteger_2": 0, "CustomInteger_3": 0, "CustomInteger_4": 0,
    "CustomInteger_5": 0, "CustomBytes_1": [], "CustomBytes_2": [], "CustomBytes_3": [],
    "CustomBytes_4": [], "CustomBytes_5": [], "CustomList_1": [],
}

# flowd's own columns, which follow when they are asked for.
OWN = {"PostNatSrcAddr": "", "PostNatDstAddr": "", "PostNaptSrcPort": 0, "PostNaptDstPort": 0,
       "ExporterAddr": "", "FirewallEvent": 0}


def line(columns: dict) -> str:
    """`columns` are those that are not zero, and those of flowd's own that were asked for."""
    unknown = columns.keys() - DEFAULTS.keys() - OWN.keys()
    assert not unknown, f"no such column: {sorted(unknown)}"
    return json.dumps(DEFAULTS | columns, separators=(",", ":"))


def text(columns: dict) -> str:
    """The same as a line of text: quotes stay around strings, a space is between columns."""
    values = (DEFAULTS | columns).items()
    return " ".join(f"{key}={json.dumps(value, separators=(',', ':'))}" for key, value in values)


ETYPES = {0x0806: "ARP", 0x0800: "IPv4", 0x86DD: "IPv6"}
PROTOCOLS = {1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6", 132: "SCTP"}
ICMP_TYPES = {
    1: {0: "EchoReply", 3: "DestinationUnreachable", 8: "Echo", 9: "RouterAdvertisement",
        10: "RouterSolicitation", 11: "TimeExceeded"},
    58: {1: "DestinationUnreachable", 2: "PacketTooBig", 3: "TimeExceeded", 128: "EchoRequest",
         129: "EchoReply", 133: "RouterSolicitation", 134: "RouterAdvertisement"}}


def snake(name: str) -> str:
    """The name in goflow2's .proto: mpls_1_ttl of Mpls_1Ttl."""
    out = ""
    for i, letter in enumerate(name):
        if (letter.isupper() and i > 0 and name[i - 1] != "_"):
            out += "_"
        out += letter.lower()
    return out


SNAKE = {snake(name): name for name in DEFAULTS}


def selected(columns: dict, names: list[str]) -> list[tuple]:
    """Keys and values in the order of `names`; those that are no column are left out."""
    values = DEFAULTS | columns
    virtual = {"EtypeName": ETYPES.get(values["Etype"], ""),
               "ProtoName": PROTOCOLS.get(values["Proto"], ""),
               "IcmpName": ICMP_TYPES.get(values["Proto"], {}).get(values["IcmpType"], "")}
    known = virtual | values | {name: values[column] for name, column in SNAKE.items()}
    return [(name, known[name]) for name in names if name in known]


def selected_line(columns: dict, names: list[str]) -> str:
    """Names may come twice, so that this is no object of Python's."""
    return "{" + ",".join(f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}"
                          for name, value in selected(columns, names)) + "}"


def selected_text(columns: dict, names: list[str]) -> str:
    return " ".join(f"{name}={json.dumps(value, separators=(',', ':'))}"
                    for name, value in selected(columns, names))
