# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of what lines of goflow2-v1 show (selector, tag, virtual columns, odd addresses) and
of the framing of protobuf in both profiles."""

import columns_cases
import netflow5_cases
import v2_cases
from case import A, ARRIVAL_SECONDS, EXPORTER, Case, capture
from columns_cases import ENTERPRISE, MAPPING
from formatter_cases import entries
from support import lines, packets, protobuf, v2, v2_shape
from support.netflow import ipfix, number, one_set, template

TEMPLATE = 2
V5 = netflow5_cases.CASES[0]
assert V5.name == "v5_every_field"
NAMES = ["SrcAddr", "Bytes", "NoSuchColumn", " Bytes", "Bytes", "Type", "src_addr", "HasMpls",
         "AsPath", "EtypeName", "SrcMac"]


def shown(flows: list[dict], names: list[str], text: bool = False) -> bytes:
    one = lines.selected_text if text else lines.selected_line
    return "".join(one(each, names) + "\n" for each in flows).encode()


# --- Names of ethertypes, protocols and ICMP types.
KINDS = ([(0x0800, 1, kind) for kind in range(256)] + [(0x86DD, 58, kind) for kind in range(256)]
         + [(etype, protocol, 8) for etype in (0, 0x0806, 0x8847, 0xFFFF)
            for protocol in range(256)])
VIRTUAL = ["EtypeName", "ProtoName", "IcmpName", "Etype", "Proto", "IcmpType"]


def kinds() -> bytes:
    """The ethertype comes from an element of an enterprise, since no other says ARP."""
    layout = template(256, ((1, 2, ENTERPRISE), (4, 1), (176, 1)))
    payloads = [ipfix([one_set(TEMPLATE, layout), one_set(256, b"".join(
        number(etype, 2) + number(protocol, 1) + number(kind, 1)
        for etype, protocol, kind in KINDS[start:start + 256]), align=False)])
        for start in range(0, len(KINDS), 256)]
    return capture(*payloads)


KIND_FLOWS = [{"Etype": etype, "Proto": protocol, "IcmpType": kind}
              for etype, protocol, kind in KINDS]

# --- Addresses as RFC 5952 writes them, and what is none.
ADDRESSES = ["0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::", "2001:db8:0:1:1:1:1:1",
             "2001:db8:0:0:1:0:0:1", "2001:0:0:1:0:0:0:1", "fe80::abcd", "::ffff:192.0.2.1",
             "::192.0.2.1", "64:ff9b::192.0.2.33", "1:2:3:4:5:6:7:8", "0:1::"]
NO_ADDRESSES = [b"", b"\x01", b"\x0a\x00\x00", bytes(5), bytes(15), bytes(17)]
ODD = [packets.address(each) for each in ADDRESSES] + NO_ADDRESSES
ODD_CAPTURE = capture(*(columns_cases.enterprise_record([(len(each), each), (4, bytes(4))],
                                                        sequence=1) for each in ODD))


def odd_in_v1(i: int, packed: bytes) -> tuple[dict, dict]:
    text = v2.address(packed).removeprefix("::ffff:")
    columns = {"Type": "IPFIX", "TimeReceived": ARRIVAL_SECONDS + i, "SequenceNum": 1,
               "SamplerAddress": EXPORTER, "ObservationDomainId": 7, "NextHop": text}
    return columns, {"NextHop": packed}


ODD_FLOWS = [odd_in_v1(i, each) for i, each in enumerate(ODD)]
ODD_V2 = [v2_cases.ipfix_flow(i, next_hop=each, observation_domain_id=7)
          for i, each in enumerate(ODD)]
ODD_FILES = {"mapping.yaml": entries(["NextHop"])}
WHY_ODD = ("Next hops of every form: IPv6 as RFC 5952 has it (the longest run of zeros, the first "
           "of two, not one group alone), v4-mapped and v4-compatible ones, and 0, 1, 3, 5, 15 and "
           "17 bytes, which are no address and print as nothing. Protobuf has the bytes. ")

V5_MESSAGES = [protobuf.encode(each) for each in V5.flows]
V2_V5 = v2_cases.CASES[0]
assert V2_V5.name == "v2_v5_every_field"


def framed(name: str, why: str, arguments: str, flows: list[bytes], prefix: bool,
           separator: bytes) -> Case:
    content = b"".join((protobuf.varint(len(each)) if prefix else b"") + each + separator
                       for each in flows)
    return Case(name, why, V5.capture, [], {}, arguments, output=content)


CASES = [
    Case("selector", "Columns in the selector's order; a name that is none is left out, also for "
         "a blank in it; one that comes twice is printed twice. Names of the .proto work besides "
         "Go's.", V5.capture, V5.flows, {}, "-format.selector '" + ",".join(NAMES) + "'",
         output=shown(V5.flows, NAMES)),
    Case("text_selector", "The same as text.", V5.capture, V5.flows, {},
         "-format text -format.selector '" + ",".join(NAMES) + "'",
         output=shown(V5.flows, NAMES, True)),
    Case("selector_with_tag", "With the tag json the selector takes both spellings and prints "
         "each as given.", V5.capture, V5.flows, {},
         "-format.tag json -format.selector src_addr,DstAddr,mpls_1_ttl,has_mpls",
         output=shown(V5.flows, ["src_addr", "DstAddr", "mpls_1_ttl", "has_mpls"])),
    *[Case(f"{prefix}names_of_numbers", "Columns that a selector alone brings: names of three "
           "ethertypes, of five protocols, of ICMP's types by protocol (1 and 58), and nothing for "
           "all others.", kinds(), KIND_FLOWS, {},
           f"{MAPPING} {arguments}-format.selector {','.join(VIRTUAL)}",
           files={"mapping.yaml": entries(["Etype"])},
           output=shown(KIND_FLOWS, VIRTUAL, bool(prefix)))
      for prefix, arguments in (("", ""), ("text_", "-format text "))],
    Case("addresses", WHY_ODD + "v4-mapped is printed as IPv4.", ODD_CAPTURE, [], {}, MAPPING,
         files=ODD_FILES,
         output="".join(lines.line(each) + "\n" for each, _ in ODD_FLOWS).encode()),
    Case("pb_addresses", WHY_ODD, ODD_CAPTURE, [], {},
         f"{MAPPING} -format pb -format.protobuf.fixedlen -transport.file.sep=", files=ODD_FILES,
         output=b"".join(protobuf.varint(len(each)) + each for each in
                  (protobuf.encode(columns, raw) for columns, raw in ODD_FLOWS))),
    *[Case(f"v2_{form}addresses", WHY_ODD + "v4-mapped keeps its prefix.", ODD_CAPTURE, [], {},
           f"{columns_cases.V2} {MAPPING} {arguments}".strip(), files=ODD_FILES,
           output=v2_shape.output(ODD_V2, v2_shape.Shape(), form.rstrip("_") or "json"))
      for form, arguments in (("", ""), ("text_", "-format text"),
                              ("bin_", "-format bin -transport.file.sep="))],
    framed("framing_pb", "goflow2-v1: messages one behind another, without lengths.",
           "-format pb -transport.file.sep=", V5_MESSAGES, False, b""),
    framed("framing_pb_separator", "The separator is written behind protobuf too.", "-format pb",
           V5_MESSAGES, False, b"\n"),
    framed("framing_pb_fixedlen", "With its flag, the length as a varint in front of each.",
           "-format pb -format.protobuf.fixedlen -transport.file.sep '--'", V5_MESSAGES, True,
           b"--"),
    framed("framing_bin", "bin has lengths in goflow2-v1 too.",
           "-format bin -transport.file.sep=", V5_MESSAGES, True, b""),
    Case("v2_framing_bin_separator", "goflow2-v2: the length is always there, and the separator "
         "unless it is turned off.", V2_V5.capture, [], {}, "-profile goflow2-v2 -format bin",
         output=b"".join(v2.message(each) + b"\n" for each in V2_V5.flows)),
    Case("v2_framing_pb", "pb is bin in goflow2-v2.", V2_V5.capture, [], {},
         "-profile goflow2-v2 -format pb -transport.file.sep=",
         output=b"".join(map(v2.message, V2_V5.flows))),
]
