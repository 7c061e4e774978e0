# SPDX-License-Identifier: BSD-3-Clause
"""Reads what the projects that the captures come from expect of them (`golden/` of the corpus):
akvorado's flows, logstash's events, telegraf's lines, pmacct's JSON. Each reader gives rows of
flowd's columns; what a project names otherwise is in its table, what is in no table is not
compared."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from truth import address, etype, plain

Reader = Callable[[object], object]
Names = dict[str, tuple[str, Reader]]

# Files that hold no values of flows, and why.
WITHOUT_FLOWS = {
    "INFO": "ipfixcol's remarks", "expected": "ipfixcol's messages on missing templates",
    "sflow_multiple_counter_30_pdus.out": "tcpdump's print of counter samples",
}
PROTOCOLS = {"icmp": 1, "icmpv4": 1, "tcp": 6, "udp": 17, "icmpv6": 58, "ipv6-icmp": 58,
             "vrrp": 112, "hopopt": 0}
ETYPES = {"etypeipv4": 0x0800, "etypeipv6": 0x86DD}


def number(value) -> int:
    """A number, also as text, in hex, or as one of akvorado's or telegraf's names."""
    if isinstance(value, int):
        return value
    text = value.rsplit(".", 1)[-1].lower()
    text = text.removeprefix("proto") if text.startswith("proto") else text
    if text in PROTOCOLS or text in ETYPES:
        return PROTOCOLS.get(text, ETYPES.get(text))
    if text in ("directioningress", "ingress"):
        return 0
    return 1 if text in ("directionegress", "egress") else int(text, 0)


def numbers(value) -> list[int]:
    return [int(each) for each in str(value).split(",")]


def mac(value) -> str:
    text = str(value)
    return text if ":" in text else int(text, 0).to_bytes(6, "big").hex(":")


def iso_milliseconds(value) -> int:
    return round(datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp() * 1000)


def tcp_flags(value) -> int:
    """telegraf's "...AP...", pmacct's names, or a number."""
    bits = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ECE": 64, "CWR": 128}
    if isinstance(value, list):
        return sum(bits[name] for name in value)
    if isinstance(value, str) and len(value) == 8 and not value.isdigit():
        return sum(1 << 7 - i for i, letter in enumerate(value) if letter != ".")
    return number(value)


def ip(value) -> str:
    return address(value)


AKVORADO: Names = {
    "SrcAddr": ("SrcAddr", ip), "DstAddr": ("DstAddr", ip), "NextHop": ("NextHop", ip),
    "SamplingRate": ("SamplingRate", number), "InIf": ("InIf", number),
    "OutIf": ("OutIf", number), "Bytes": ("Bytes", number), "Packets": ("Packets", number),
    "EType": ("Etype", number), "Proto": ("Proto", number), "SrcPort": ("SrcPort", number),
    "DstPort": ("DstPort", number), "ForwardingStatus": ("ForwardingStatus", number),
    "FlowDirection": ("FlowDirection", number), "IPTos": ("IpTos", number),
    "TCPFlags": ("TcpFlags", number), "SrcMAC": ("SrcMac", mac), "DstMAC": ("DstMac", mac),
    "IngressVRFID": ("IngressVrfId", number), "EgressVRFID": ("EgressVrfId", number),
    "IPv6FlowLabel": ("Ipv6FlowLabel", number), "IPFragmentID": ("FragmentId", number),
    "SrcAS": ("SrcAs", number), "DstAS": ("DstAs", number), "SrcNetMask": ("SrcNet", number),
    "DstNetMask": ("DstNet", number), "DstASPath": ("AsPath", numbers),
    "DstCommunities": ("BgpCommunities", numbers), "IPTTL": ("IpTtl", number),
    "ICMPv4Type": ("IcmpType", number), "ICMPv4Code": ("IcmpCode", number),
    "ICMPv6Type": ("IcmpType", number), "ICMPv6Code": ("IcmpCode", number),
}
# In what a switch's frame says akvorado names VLANs by the interface, in a tag by the tag.
AKVORADO_SFLOW: Names = {"SrcVlan": ("SrcVlan", number), "DstVlan": ("DstVlan", number),
                         "ExporterAddress": ("SamplerAddress", ip)}

LOGSTASH: Names = {
    "ipv4_src_addr": ("SrcAddr", ip), "ipv4_dst_addr": ("DstAddr", ip),
    "sourceIPv4Address": ("SrcAddr", ip), "destinationIPv4Address": ("DstAddr", ip),
    "sourceIPv6Address": ("SrcAddr", ip), "destinationIPv6Address": ("DstAddr", ip),
    "l4_src_port": ("SrcPort", number), "l4_dst_port": ("DstPort", number),
    "sourceTransportPort": ("SrcPort", number), "destinationTransportPort": ("DstPort", number),
    "protocol": ("Proto", number), "protocolIdentifier": ("Proto", number),
    "in_pkts": ("Packets", number), "in_bytes": ("Bytes", number),
    "octetDeltaCount": ("Bytes", number), "packetDeltaCount": ("Packets", number),
    "input_snmp": ("InIf", number), "output_snmp": ("OutIf", number),
    "ingressInterface": ("InIf", number), "egressInterface": ("OutIf", number),
    "tcp_flags": ("TcpFlags", number), "tcpControlBits": ("TcpFlags", number),
    "src_tos": ("IpTos", number), "ipClassOfService": ("IpTos", number),
    "direction": ("FlowDirection", number), "flowDirection": ("FlowDirection", number),
    "ipVersion": ("Etype", lambda value: etype(str(value))), "src_mask": ("SrcNet", number),
    "dst_mask": ("DstNet", number), "vlanId": ("VlanId", number), "src_vlan": ("SrcVlan", number),
    "dst_vlan": ("DstVlan", number), "ipv4_next_hop": ("NextHop", ip),
    "ipNextHopIPv4Address": ("NextHop", ip), "ipNextHopIPv6Address": ("NextHop", ip),
    "src_as": ("SrcAs", number), "dst_as": ("DstAs", number),
    "bgpSourceAsNumber": ("SrcAs", number), "bgpDestinationAsNumber": ("DstAs", number),
    "ingressVRFID": ("IngressVrfId", number), "egressVRFID": ("EgressVrfId", number),
    "icmp_type": ("IcmpType", number), "icmp_code": ("IcmpCode", number),
    "first_switched": ("TimeFlowStartMs", iso_milliseconds),
    "last_switched": ("TimeFlowEndMs", iso_milliseconds),
    "flowStartMilliseconds": ("TimeFlowStartMs", iso_milliseconds),
    "flowEndMilliseconds": ("TimeFlowEndMs", iso_milliseconds),
    "flowStartSeconds": ("TimeFlowStart", number), "flowEndSeconds": ("TimeFlowEnd", number),
    "forwarding_status": ("ForwardingStatus",
                          lambda value: value["status"] << 6 | value["reason"]),
    "mpls_label_stack_octets": ("Mpls_1Label", lambda value: value["label"]),
    "flow_seq_num": ("SequenceNum", number),
    # flowd's own columns.
    "maximumTTL": ("MaxTtl", number), "flowEndReason": ("FlowEndReason", number),
    "octetTotalCount": ("OctetTotalCount", number),
    "packetTotalCount": ("PacketTotalCount", number), "firewallEvent": ("FirewallEvent", number),
    "in_permanent_bytes": ("OctetTotalCount", number), "conn_id": ("FlowId", number),
    "flowId": ("FlowId", number), "fw_event": ("FirewallEvent", number),
    "flowDurationMilliseconds": ("FlowDurationMs", number),
    "postNATSourceIPv4Address": ("PostNatSrcAddr", ip),
    "postNATDestinationIPv4Address": ("PostNatDstAddr", ip),
    "xlate_src_addr_ipv4": ("PostNatSrcAddr", ip), "xlate_dst_addr_ipv4": ("PostNatDstAddr", ip),
    "xlate_src_port": ("PostNaptSrcPort", number), "xlate_dst_port": ("PostNaptDstPort", number),
    "ingressPhysicalInterface": ("IngressPhysicalIf", number),
    "egressPhysicalInterface": ("EgressPhysicalIf", number),
}

TELEGRAF: Names = {
    "src": ("SrcAddr", ip), "dst": ("DstAddr", ip), "src_port": ("SrcPort", number),
    "dst_port": ("DstPort", number), "protocol": ("Proto", number),
    "in_snmp": ("InIf", number), "out_snmp": ("OutIf", number), "src_tos": ("IpTos", number),
    "flow_start_ms": ("TimeFlowStartMs", number), "flow_end_ms": ("TimeFlowEndMs", number),
    "tcp_flags": ("TcpFlags", tcp_flags), "bgp_src_as": ("SrcAs", number),
    "bgp_dst_as": ("DstAs", number), "src_mask": ("SrcNet", number),
    "dst_mask": ("DstNet", number), "next_hop": ("NextHop", ip),
    "direction": ("FlowDirection", number), "icmp_type": ("IcmpType", number),
    "icmp_code": ("IcmpCode", number), "ttl": ("IpTtl", number),
    "in_src_mac": ("SrcMac", mac), "ipv4_id": ("FragmentId", number),
    "fragment_offset": ("FragmentOffset", number), "sampling_interval": ("SamplingRate", number),
}
TELEGRAF_NETFLOW: Names = {
    "in_bytes": ("Bytes", number), "in_packets": ("Packets", number),
    "in_total_bytes": ("OctetTotalCount", number),
    "in_total_packets": ("PacketTotalCount", number), "vlan_src": ("VlanId", number),
}
TELEGRAF_V5: Names = {"seq_number": ("SequenceNum", number)}
TELEGRAF_SFLOW: Names = {"vlan_src": ("SrcVlan", number), "vlan_dst": ("DstVlan", number),
                         "agent_ip": ("SamplerAddress", ip), "l2_bytes": ("Bytes", number)}

PMACCT: Names = {
    "iface_in": ("InIf", number), "iface_out": ("OutIf", number), "ip_src": ("SrcAddr", ip),
    "ip_dst": ("DstAddr", ip), "port_src": ("SrcPort", number), "port_dst": ("DstPort", number),
    "tcp_flags": ("TcpFlags", tcp_flags), "ip_proto": ("Proto", number),
    "tos": ("IpTos", number), "packets": ("Packets", number), "bytes": ("Bytes", number),
    "mask_src": ("SrcNet", number), "mask_dst": ("DstNet", number),
    "timestamp_start": ("TimeFlowStart", lambda value: int(float(value))),
    "timestamp_end": ("TimeFlowEnd", lambda value: int(float(value))),
    "vrf_id_ingress": ("IngressVrfId", number), "vrf_id_egress": ("EgressVrfId", number),
}


def named(values: dict, *tables: Names) -> dict:
    row = {}
    for table in tables:
        for name, (column, read) in table.items():
            if values.get(name) is not None:
                row[column] = read(values[name])
    return row


def akvorado(path: Path) -> list[dict]:
    tables = (AKVORADO, AKVORADO_SFLOW) if path.name.startswith("sflow") else (AKVORADO,)
    rows = []
    for flow in json.loads(path.read_text())["flows"]:
        row = named(flow, *tables)
        for i, label in enumerate(numbers(flow["MPLSLabels"]) if "MPLSLabels" in flow else (), 1):
            row[f"Mpls_{i}Label"] = label
        rows.append(row)
    return rows


def logstash(path: Path) -> list[dict]:
    """Some of the events of a capture; those of options records are left out."""
    rows = []
    for event in json.loads(path.read_text())["events"]:
        values = event.get("netflow", {})
        row = named(values, LOGSTASH)
        if values.get("version") == 9 and "first_switched" in values:
            # One second late: it takes whole seconds and milliseconds of the age off separately.
            row["TimeFlowStartMs"] -= 1000
            row["TimeFlowEndMs"] -= 1000
        if "SrcAddr" in row or "DstAddr" in row:
            rows.append(row)
    return rows


def telegraf(path: Path) -> list[dict]:
    """InfluxDB's line protocol: measurement and tags, fields, time. Lines of options records and
    of counters have no addresses."""
    rows = []
    for line in filter(None, map(str.strip, path.read_text().splitlines())):
        tags, fields = line.split(" ", 1)
        values = {name: text.strip('"') if text.startswith('"') else text.rstrip("u")
                  for name, text in re.findall(r'(\w+)=("[^"]*"|[^, ]*)', fields)}
        if "src" not in values:
            continue
        kind = tags.rsplit("=", 1)[-1]
        if kind == "sFlowV5":
            rows.append(named(values, TELEGRAF, TELEGRAF_SFLOW))
        else:
            version5 = (TELEGRAF_V5,) if kind == "NetFlowV5" else ()
            rows.append(named(values, TELEGRAF, TELEGRAF_NETFLOW, *version5))
    return rows


def pmacct(path: Path) -> list[dict]:
    """One line for each aggregate: flows of one key are one."""
    rows = []
    for line in filter(None, path.read_text().splitlines()):
        values = json.loads(line)
        row = named(values | values.get("custom_primitives", {}), PMACCT)
        for entry in values.get("mpls_label_stack", ())[:3]:
            place, label = entry.split("-")
            row[f"Mpls_{int(place) + 1}Label"] = plain(label)
        rows.append(row)
    return rows


def rows(path: Path) -> list[dict] | None:
    """What is expected of the capture; None when the file holds no flows."""
    if path.name in WITHOUT_FLOWS:
        return None
    if path.name.endswith(".events.json"):
        return logstash(path)
    if path.name.endswith(".expected.json"):
        return akvorado(path)
    return pmacct(path) if path.suffix == ".json" else telegraf(path)
