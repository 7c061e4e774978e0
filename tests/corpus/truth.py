# SPDX-License-Identifier: BSD-3-Clause
"""Reads the corpus's truth: one line a record, as tshark (`truth/`) and a reference decoder
(`truth_ref/`) read it. What a line says beside the common columns stands in its column `extra` as
name=value; the tables here name the column of flowd for each, and NOT_COMPARED says why for those
that have none."""

import csv
import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

SAMPLERS = ("sampler_id", "selector_id", "samplerId", "selectorId")
SPACES = ("sampling_packet_space", "samplingPacketSpace")
SIZES = ("sampling_size", "samplingSize")
POPULATIONS = ("sampling_population", "samplingPopulation")


def plain(text: str) -> int:
    return int(text, 0)


def address(text: str) -> str:
    """An unspecified address is none."""
    parsed = ipaddress.ip_address(text)
    mapped = getattr(parsed, "ipv4_mapped", None)
    return "" if (mapped or parsed).is_unspecified else str(mapped or parsed)


def byte_list(text: str) -> list[int]:
    """As goflow2 v1 prints the BGP next hop and the address of a label."""
    parsed = ipaddress.ip_address(text)
    return [] if parsed.is_unspecified else list(parsed.packed)


def milliseconds(text: str) -> int:
    """Nov_13,_2023_16:35:30.381000000_UTC"""
    whole, fraction = text.replace("__", "_").removesuffix("_UTC").split(".")
    moment = datetime.strptime(whole, "%b_%d,_%Y_%H:%M:%S").replace(tzinfo=timezone.utc)
    return int(moment.timestamp()) * 1000 + int(fraction[:3])


def etype(text: str) -> int:
    return {4: 0x0800, 6: 0x86DD}.get(plain(text), 0)


GATEWAY_RECORD = "1003"  # of an sFlow sample; tshark names its next hop as the router record's

Reader = Callable[[str], object]
# Name in `extra`: column of flowd, and how the value is read. tshark's names.
TSHARK: dict[str, tuple[str, Reader]] = {
    "inputint": ("InIf", plain), "outputint": ("OutIf", plain),
    "input_interface": ("InIf", plain), "output_interface": ("OutIf", plain),
    "in": ("SrcVlan", plain), "out": ("DstVlan", plain),
    "tos": ("IpTos", plain), "tcpflags": ("TcpFlags", plain),
    "srcmask": ("SrcNet", plain), "dstmask": ("DstNet", plain),
    "srcmaskv6": ("SrcNet", plain), "dstmaskv6": ("DstNet", plain),
    "nexthop": ("NextHop", address), "nexthopv6": ("NextHop", address),
    "direction": ("FlowDirection", plain), "srcas": ("SrcAs", plain), "dstas": ("DstAs", plain),
    "ingress_vrfid": ("IngressVrfId", plain), "egress_vrfid": ("EgressVrfId", plain),
    "abstimestart": ("TimeFlowStartMs", milliseconds),
    "abstimeend": ("TimeFlowEndMs", milliseconds),
    "ip_version": ("Etype", etype), "ipv6flowlabel": ("Ipv6FlowLabel", plain),
    "srcmac": ("SrcMac", str), "dstmac": ("DstMac", str), "post_dstmac": ("DstMac", str),
    "post_srcmac": ("SrcMac", str),
    "bgpnexthop": ("BgpNextHop", byte_list), "bgpnexthopv6": ("BgpNextHop", byte_list),
    "toplabeladdr": ("MplsLabelIp", byte_list), "toplabeladdr_v6": ("MplsLabelIp", byte_list),
    "vlanid": ("VlanId", plain), "post_vlanid": ("DstVlan", plain),
    "icmp_ipv4_type": ("IcmpType", plain), "icmp_ipv4_code": ("IcmpCode", plain),
    "icmp_ipv6_type": ("IcmpType", plain), "icmp_ipv6_code": ("IcmpCode", plain),
    "frag_ident": ("FragmentId", plain),
    # flowd's own columns.
    "ttl_min": ("MinTtl", plain), "ttl_max": ("MaxTtl", plain),
    "length_min": ("MinIpLength", plain), "length_max": ("MaxIpLength", plain),
    "dot1q_vlan_id": ("Dot1qVlanId", plain), "dot1q_priority": ("Dot1qPriority", plain),
    "dot1q_customer_vlan_id": ("Dot1qCustomerVlanId", plain),
    "post_dot1q_vlan_id": ("PostDot1qVlanId", plain),
    "permanent_octets": ("OctetTotalCount", plain),
    "permanent_packets": ("PacketTotalCount", plain),
    "flow_end_reason": ("FlowEndReason", plain), "flow_id": ("FlowId", plain),
    "firewall_event": ("FirewallEvent", plain),
    "post_natsource_ipv4_address": ("PostNatSrcAddr", address),
    "post_natdestination_ipv4_address": ("PostNatDstAddr", address),
    "post_naptsource_transport_port": ("PostNaptSrcPort", plain),
    "post_naptdestination_transport_port": ("PostNaptDstPort", plain),
    "ingress_physical_interface": ("IngressPhysicalIf", plain),
    "egress_physical_interface": ("EgressPhysicalIf", plain),
    "routersc": ("ExporterAddr", address),
}
# The reference decoder's.
REFERENCE: dict[str, tuple[str, Reader]] = {
    "in": ("InIf", plain), "out": ("OutIf", plain), "dir": ("FlowDirection", plain),
    "srcAS": ("SrcAs", plain), "dstAS": ("DstAs", plain), "fwdStatus": ("ForwardingStatus", plain),
    "ivrf": ("IngressVrfId", plain), "evrf": ("EgressVrfId", plain),
    "nexthop": ("NextHop", address), "tos": ("IpTos", plain), "vlan": ("VlanId", plain),
    "mpls1": ("Mpls_1Label", lambda text: int(text, 16) >> 4),
    "endReason": ("FlowEndReason", plain), "natsrc": ("PostNatSrcAddr", address),
    "natdst": ("PostNatDstAddr", address), "fwEvent": ("FirewallEvent", plain),
}
# Names in `extra` that are not compared, and why; the first matching beginning counts.
NOT_COMPARED = {
    "tcpflags.": "single bits of a number that is compared",
    "forwarding_status": "split into status and code by tshark; whole in truth_ref",
    "timestart": "uptime without the header's; the duration is compared",
    "timeend": "uptime without the header's; the duration is compared",
    "first": "uptime without the header's; the duration is compared",
    "last": "uptime without the header's; the duration is compared",
    "mpls_label": "several in a record; the first stands in truth_ref",
    "mpls_": "bits of a label that have no column",
    "sampling_": "in the column sampling", "samplingInterval": "in the column sampling",
    "sampler": "in the column sampling", "selector": "in the column sampling",
    "icmp_type_code": "type and code in one number", "also_": "a second value; the first counts",
    "pie.": "enterprise elements", "enterprise_private_entry": "enterprise elements",
    "sample_pool": "no column", "dropped_packets": "no column", "records": "no column",
    "as": "the gateway's own AS, no column", "ip_ttl": "no column (IE 192)",
    "ethernet_type": "no column (IE 256): Etype is that of the address",
    "post_octets": "only where IE 1 is 0", "post_packets": "only where IE 2 is 0",
    "out_bytes": "only where IE 1 is 0", "out_pkts": "only where IE 2 is 0",
    "layer2_segment_id": "tshark shows the kind of the segment with its number",
    "dstnet": "in the column dst", "srcnet": "in the column src",
    "appl_": "formatted otherwise", "": "no column",
}


@dataclass
class Record:
    """One flow of the truth. `columns` holds what `extra` says, by flowd's names."""
    core: tuple
    rate: int = 0
    columns: dict = field(default_factory=dict)


def pairs_of(extra: str) -> Iterator[tuple[str, str]]:
    for word in extra.split():
        name, equals, value = word.partition("=")
        if equals and value:
            yield name, value


def columns_of(extra: str, names: dict[str, tuple[str, Reader]]) -> dict:
    """A column that several elements of the record fill with different values is left out: which
    of them counts is a matter of rules, and the common columns show that."""
    found: dict = {}
    conflicts = set()
    if GATEWAY_RECORD in dict(pairs_of(extra)).get("records", "").split("+"):
        names = names | {"nexthop": ("BgpNextHop", byte_list)}
    for name, value in pairs_of(extra):
        if name not in names:
            continue
        column, read = names[name]
        parsed = read(value)
        if column in found and found[column] != parsed:
            conflicts.add(column)
        found[column] = parsed
    return {column: value for column, value in found.items() if column not in conflicts}


def duration_ms(extra: str) -> int | None:
    """From the first to the last packet by the exporter's uptime; none when it wraps."""
    values = dict(pairs_of(extra))
    if "timestart" in values and "timeend" in values:
        span = round((float(values["timeend"]) - float(values["timestart"])) * 1000)
    elif "first" in values and "last" in values:
        span = int(values["last"]) - int(values["first"])
    else:
        return None
    return span if span >= 0 else None


class Rates:
    """Sampling rates in the order of the records: a record's own, else what options data said
    before, of its sampler or else the last (RFC 5477 §8.2)."""

    def __init__(self):
        self.known: dict[tuple, int] = {}

    @staticmethod
    def value(line: dict) -> int:
        """population / size where these were sent: exporters that choose one of N (algorithm 3)
        send an interval of 1 beside them. (interval + space) / interval where a space was sent."""
        extra = dict(pairs_of(line["extra"]))

        def first(names) -> int:
            return next((int(extra[name]) for name in names if name in extra), 0)

        interval = int(line["sampling"] or 0)
        if first(SIZES):
            return first(POPULATIONS) // first(SIZES)
        space = first(SPACES)
        return (interval + space) // interval if interval and space else interval

    def learn(self, line: dict):
        if not line["sampling"]:
            return
        domain = line["exporter"], line["odid"]
        for sampler in {self.sampler(line), None}:
            self.known[*domain, sampler] = self.value(line)

    @staticmethod
    def sampler(line: dict) -> str | None:
        extra = dict(pairs_of(line["extra"]))
        return next((extra[name] for name in SAMPLERS if name in extra), None)

    def of(self, line: dict) -> int:
        domain = line["exporter"], line["odid"]
        return (self.value(line) or self.known.get((*domain, self.sampler(line)))
                or self.known.get((*domain, None), 0))


def records(path: Path, core: Callable[[dict], tuple]) -> list[Record]:
    names = REFERENCE if path.parent.name == "truth_ref" else TSHARK
    found, rates = [], Rates()
    with open(path, newline="") as file:
        for line in csv.DictReader(file):
            if line["kind"] == "options":
                rates.learn(line)
            if line["kind"] != "flow":
                continue
            columns = columns_of(line["extra"], names)
            if (span := duration_ms(line["extra"])) is not None:
                columns["Duration"] = span
            found.append(Record(core(line), rates.of(line), columns))
    return found


def unnamed(path: Path) -> dict[str, str]:
    """The names of `extra` that are not compared, each with its reason."""
    names = REFERENCE if path.parent.name == "truth_ref" else TSHARK
    found = {}
    with open(path, newline="") as file:
        for line in csv.DictReader(file):
            for name, _ in pairs_of(line["extra"] if line["kind"] == "flow" else ""):
                if name not in names:
                    found[name] = next(reason for start, reason in NOT_COMPARED.items()
                                       if name.startswith(start))
    return found
