# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of a mapping file's ipfix, netflowv9 and sflow sections in both profiles: which
fields and which bits of sampled packets fill which columns."""

import columns_cases
import v2_cases
from case import (A, ARRIVAL_SECONDS, B, EXPORT_SECONDS, EXPORTER, SFLOW_PORT, Case, capture)
from columns_cases import MAPPING, V2
from formatter_cases import flow as v2_ipfix
from support import lines, packets, sflow, v2_shape
from support.netflow import ipfix, number, one_set, template, v9
from support.v2_shape import Custom, Shape, output

TEMPLATE, V9_TEMPLATE = 2, 0
NANO = 10**9
IN, OUT = "10.0.0.1", "10.0.0.2"


def v1_lines(flows: list[dict]) -> bytes:
    return "".join(lines.line(each) + "\n" for each in flows).encode()


def v1_case(name: str, why: str, content: bytes, flows: list[dict], file: str, arguments="",
            **others) -> Case:
    return Case(f"mapping_{name}", why, content, flows, {}, f"{MAPPING} {arguments}".strip(),
                files={"mapping.yaml": file}, output=v1_lines(flows), **others)


def v2_case(name: str, why: str, content: bytes, flows: list[dict], shape: Shape, file: str,
            arguments="", **others) -> Case:
    return Case(f"v2_mapping_{name}", why, content, flows, {},
                f"{V2} {MAPPING} {arguments}".strip(), files={"mapping.yaml": file},
                output=output(flows, shape, "json"), **others)


# --- Fields. The same elements in IPFIX and NetFlow v9; v9 has no enterprises.
FIELDS = ((7, 2), (11, 2), (34, 4), (95, 3), (10, 4), (14, 4), (1, 8), (96, 3), (97, 9), (8, 4))
VALUES = (number(0x0102, 2) + number(443, 2) + number(0x01020304, 4) + b"abc" + number(3, 4)
          + number(4, 4) + number(1000, 8) + b"\x01\x02\x03" + bytes(8) + b"\x09" + A)
ENTERPRISE_FIELD = ((137, 4, 2636),)
V1_FIELDS = """
  mapping:
    - {field: 7, destination: CustomInteger_1, endianness: little}
    - {field: 11, destination: CustomInteger_2}
    - {field: 11, destination: SrcPort}        # the last of two
    - {field: 34, destination: SamplingRate}
    - {field: 95, destination: CustomBytes_1}
    - {field: 96, destination: CustomInteger_3, endianness: little}
    - {field: 96, destination: CustomInteger_4}
    - {field: 97, destination: CustomInteger_5} # nine bytes are no number
    - {field: 10, destination: OutIf}          # 14 comes later and says it itself
    - {field: 14, destination: InIf}           # and is the last word on this
    - {field: 1, destination: Packets}
"""
V1_FIELDS_FILE = ("ipfix:" + V1_FIELDS
                  + "    - {field: 137, penprovided: true, pen: 2636, destination: CustomList_1}\n"
                  + "netflowv9:" + V1_FIELDS)
V1_MAPPED = {"CustomInteger_1": 0x0201, "SrcPort": 443, "DstPort": 443, "SamplingRate": 0x01020304,
             "CustomBytes_1": [97, 98, 99], "CustomInteger_4": 0x010203, "InIf": 4, "OutIf": 4,
             "Bytes": 1000, "Packets": 1000, "SrcAddr": IN, "Etype": 0x0800,
             "SamplerAddress": EXPORTER, "SequenceNum": 1}
BOTH = capture(
    ipfix([one_set(TEMPLATE, template(256, FIELDS + ENTERPRISE_FIELD)),
           one_set(256, VALUES + number(70_000, 4))], domain=7),
    v9([one_set(V9_TEMPLATE, template(256, FIELDS)), one_set(256, VALUES)], count=2))
V1_MAPPED_FLOWS = [
    V1_MAPPED | {"Type": "IPFIX", "TimeReceived": ARRIVAL_SECONDS, "ObservationDomainId": 7,
                 "CustomList_1": [70_000]},
    V1_MAPPED | {"Type": "NETFLOW_V9", "TimeReceived": ARRIVAL_SECONDS + 1}]

V2_CUSTOMS = (Custom("little", 900), Custom("rate", 901), Custom("name", 902, "string"),
              Custom("vendor", 903))
V2_CUSTOM_ENTRIES = """formatter:
  protobuf:
    - {name: little, index: 900, type: varint}
    - {name: rate, index: 901, type: varint}
    - {name: name, index: 902, type: string}
    - {name: vendor, index: 903, type: varint}
"""
V2_FIELDS = """
  mapping:
    - {field: 7, destination: little, endianness: little}
    - {field: 11, destination: SrcPort}
    - {field: 34, destination: rate}
    - {field: 95, destination: name}
    - {field: 10, destination: out_if}         # also by the name that lines show
    - {field: 14, destination: InIf}
    - {field: 1, destination: Packets}
    - {field: 61, destination: nonsense}       # passed over with a warning
"""
V2_FIELDS_FILE = (V2_CUSTOM_ENTRIES + "ipfix:" + V2_FIELDS
                  + "    - {field: 137, penprovided: true, pen: 2636, destination: vendor}\n"
                  + "netflowv9:" + V2_FIELDS)
# Lines show the profile's columns; the declared ones when they are asked for.
V2_SHAPE = Shape(["type", "sampler_address", "src_addr", "src_port", "dst_port", "in_if", "out_if",
                  "bytes", "packets", "little", "rate", "name", "vendor"], V2_CUSTOMS)
V2_MAPPED = {"src_port": 443, "dst_port": 443, "in_if": 4, "out_if": 4, "bytes": 1000,
             "packets": 1000, "src_addr": IN, "etype": 0x0800, "sampling_rate": 0x01020304}
V2_FIRST = [("little", 0x0201), ("rate", 0x01020304), ("name", b"abc")]
NARROW = FIELDS[:8] + FIELDS[9:]  # without the nine bytes, which cost 2.2.6 the datagram
NARROW_VALUES = VALUES[:-13] + A
V2_BOTH = capture(
    ipfix([one_set(TEMPLATE, template(256, NARROW + ENTERPRISE_FIELD)),
           one_set(256, NARROW_VALUES + number(70_000, 4))], domain=7, sequence=77),
    v9([one_set(V9_TEMPLATE, template(256, NARROW)), one_set(256, NARROW_VALUES)], count=2))
V2_FLOWS = [v2_ipfix(**V2_MAPPED, custom=V2_FIRST + [("vendor", 70_000)]),
            v2_ipfix(1, **V2_MAPPED, custom=V2_FIRST) | {
                "type": "NETFLOW_V9", "sequence_num": 1, "observation_domain_id": 0}]
SELECT = "-format.selector " + ",".join(V2_SHAPE.fields)

# --- Bits of sampled packets.
TCP = packets.ipv4(IN, OUT, packets.TCP,
                   packets.tcp(IN, OUT, 443, 50000, 0x12, sequence=0xABCDEF01,
                               payload=b"\xca\xfe\xba\xbe"), tos=8, identification=0x1234)
UDP = packets.ipv4(IN, OUT, packets.UDP, packets.udp(IN, OUT, 1000, 2000, b"\xca\xfe\xba\xbe"))
VLAN = ((packets.ETHERTYPE_VLAN, 0x6064),)


def sampled(frame: bytes) -> bytes:
    return sflow.datagram([sflow.flow_sample([sflow.raw_header(sflow.ETHERNET, 100, frame)])])


SAMPLED = capture(sampled(packets.ethernet(TCP, tags=VLAN)), sampled(packets.ethernet(UDP)),
                  port=SFLOW_PORT)
V1_LAYERS = """sflow:
  mapping:
    - {layer: 0, offset: 0, length: 48, destination: CustomInteger_1}
    - {layer: 0, offset: 0, length: 48, destination: CustomBytes_1}
    - {layer: 3, offset: 32, length: 16, destination: CustomInteger_2}
    - {layer: 3, offset: 32, length: 16, destination: CustomInteger_3, endianness: little}
    - {layer: 4, offset: 0, length: 16, destination: CustomInteger_4}
    - {layer: 4, offset: 0, length: 16, destination: CustomList_1}
    - {layer: 4, offset: 16, length: 16, destination: CustomList_1}
    - {layer: 7, offset: 0, length: 32, destination: CustomBytes_2}
    - {layer: 4, offset: 32, length: 4, destination: CustomBytes_3}
"""
MAC_BYTES = [2, 0, 0, 0, 0, 2]
V1_SAMPLED = {"Type": "SFLOW_5", "SequenceNum": 1, "SamplingRate": 1000,
              "SamplerAddress": "192.0.2.200", "Bytes": 100, "Packets": 1, "SrcAddr": IN,
              "DstAddr": OUT, "Etype": 0x0800, "InIf": 1, "OutIf": 2, "IpTtl": 64,
              "SrcMac": "02:00:00:00:00:01", "DstMac": "02:00:00:00:00:02",
              "CustomInteger_1": 0x020000000002, "CustomBytes_1": MAC_BYTES,
              "CustomBytes_2": [0xCA, 0xFE, 0xBA, 0xBE]}


def v1_sampled(index: int, **others) -> dict:
    seconds = ARRIVAL_SECONDS + index
    return V1_SAMPLED | {"TimeReceived": seconds, "TimeFlowStart": seconds, "TimeFlowEnd": seconds,
                         "TimeFlowStartMs": seconds * 1000, "TimeFlowEndMs": seconds * 1000
                         } | others


V1_SAMPLED_FLOWS = [
    v1_sampled(0, Proto=6, SrcPort=443, DstPort=50000, TcpFlags=0x12, IpTos=8, VlanId=0x64,
               FragmentId=0x1234, CustomInteger_2=0x1234, CustomInteger_3=0x3412,
               CustomInteger_4=443, CustomList_1=[443, 50000], CustomBytes_3=[0x0A]),
    # The checksum of UDP and its length are what lies at bit 32.
    v1_sampled(1, Proto=17, SrcPort=1000, DstPort=2000, CustomInteger_4=1000,
               CustomList_1=[1000, 2000], CustomBytes_3=[0x00])]

LAYER_NAMES = ("two", "ethernet", "dot1q", "three", "ipv4", "ip", "tcp", "four", "udp", "etype",
               "etype_hex", "proto", "third_bits", "twelve", "inside", "past", "mpls")
LAYER_CUSTOMS = tuple(Custom(name, 500 + i, "bytes") for i, name in enumerate(LAYER_NAMES))
LAYER_SHAPE = Shape(list(LAYER_NAMES), LAYER_CUSTOMS)
LAYER_ENTRIES = (("2", 0, 48, "two"), ("ethernet", 96, 16, "ethernet"), ("dot1q", 0, 16, "dot1q"),
                 ("3", 32, 16, "three"), ("ipv4", 32, 16, "ipv4"), ("ip", 64, 8, "ip"),
                 ("tcp", 32, 32, "tcp"), ("4", 0, 16, "four"), ("udp", 0, 16, "udp"),
                 ("etype2048", 0, 8, "etype"), ("etype0x0800", 0, 8, "etype_hex"),
                 ("proto6", 0, 16, "proto"), ("tcp", 33, 4, "third_bits"),
                 ("tcp", 32, 12, "twelve"), ("tcp", 152, 32, "past"), ("mpls", 0, 8, "mpls"))


def layers_file(entries, customs, extra: str = "", head: str = "") -> str:
    return ("formatter:\n  fields: [" + ", ".join(each.name for each in customs) + "]\n"
            "  protobuf:\n" + "".join(
                f"    - {{name: {each.name}, index: {each.number}, type: {each.type}}}\n"
                for each in customs) + f"sflow:\n{head}  mapping:\n" + "".join(
                    f"    - {{layer: {layer}, offset: {offset}, length: {length}, "
                    f"destination: {name}}}\n" for layer, offset, length, name in entries) + extra)


LAYERS_FILE = layers_file(
    LAYER_ENTRIES, LAYER_CUSTOMS,
    "    - {layer: ipv4, encap: true, offset: 0, length: 8, destination: inside}\n")


def sampled_flow(index: int, **values) -> dict:
    return v2_cases.sampled(index, custom=list(values.items()))


LAYER_FLOWS = [
    sampled_flow(0, two=bytes(MAC_BYTES), ethernet=b"\x81\x00", dot1q=b"\x60\x64",
                 three=b"\x12\x34", ipv4=b"\x12\x34", ip=b"\x40", etype=b"\x45", etype_hex=b"\x45",
                 tcp=b"\xab\xcd\xef\x01", four=b"\x01\xbb", proto=b"\x01\xbb",
                 # 0xabcdef01 is 1010 1011 1100 …: bits 1 to 4 are 0101; twelve are ab and c.
                 third_bits=b"\x05", twelve=b"\xab\x0c",
                 # The last byte of the header and three of the payload.
                 past=b"\x00\xca\xfe\xba"),
    sampled_flow(1, two=bytes(MAC_BYTES), ethernet=b"\x08\x00", three=b"\x00\x00",
                 ipv4=b"\x00\x00", ip=b"\x40", etype=b"\x45", etype_hex=b"\x45",
                 four=b"\x03\xe8", udp=b"\x03\xe8"),
]

# --- Tunnels behind ports, and what is inside them.
INNER = packets.ipv4("192.168.0.1", "192.168.0.2", packets.UDP,
                     packets.udp("192.168.0.1", "192.168.0.2", 5, 6, bytes(4)))
INNER6 = packets.ipv6("2001:db8::a", "2001:db8::b", packets.UDP,
                      packets.udp("2001:db8::a", "2001:db8::b", 5, 6, bytes(4)))
GENEVE = number(0, 2) + number(0x0800, 2) + number(77, 3) + b"\0" + INNER
GRE = number(0, 2) + number(0x0800, 2) + INNER


def udp_frame(source: int, destination: int, payload: bytes) -> bytes:
    return packets.ethernet(packets.ipv4(
        IN, OUT, packets.UDP, packets.udp(IN, OUT, source, destination, payload)))


TUNNELS = capture(*(sampled(udp_frame(*each)) for each in (
    (1000, 7081, GENEVE), (7081, 1000, GENEVE), (1000, 7754, GRE), (7754, 1000, GRE),
    (1000, 7544, INNER6))), port=SFLOW_PORT)
TUNNEL_CUSTOMS = (Custom("outside", 600), Custom("inside", 601), Custom("vni", 602),
                  Custom("behind", 603, "bytes"), Custom("absent", 604))
TUNNEL_PORTS = """  ports:
    - {proto: udp, dir: both, port: 7081, parser: geneve}
    - {proto: udp, dir: dst, port: 7754, parser: gre}
    - {proto: udp, dir: dst, port: 7544, parser: teredo-dst}
"""
TUNNELS_FILE = layers_file(
    (("udp", 16, 16, "outside"), ("geneve", 32, 24, "absent")), TUNNEL_CUSTOMS,
    "".join(f"    - {{layer: {layer}, encap: true, offset: {offset}, length: {length}, "
            f"destination: {name}}}\n" for layer, offset, length, name in (
                ("udp", 16, 16, "inside"), ("geneve", 32, 24, "vni"),
                ("udp7754", 16, 16, "behind"))), TUNNEL_PORTS).replace(
        "fields: [", "fields: [src_addr, dst_port, layer_stack, layer_size, ")
TUNNEL_SHAPE = Shape(["src_addr", "dst_port", "layer_stack", "layer_size",
                      *[each.name for each in TUNNEL_CUSTOMS]], TUNNEL_CUSTOMS)


def tunnel(index: int, port: int, layers: list, sizes: list, custom: list) -> dict:
    return v2_cases.sampled(index, src_addr=IN, dst_port=port, custom=custom,
                            layer_stack=["Ethernet", "IPv4", "UDP", *layers],
                            layer_size=[14, 20, 8, *sizes])


IN_GENEVE = (["Geneve", "IPv4", "UDP"], [8, 20, 8])
TUNNEL_FLOWS = [
    tunnel(0, 7081, *IN_GENEVE, [("outside", 7081), ("vni", 77), ("inside", 6)]),
    tunnel(1, 1000, *IN_GENEVE, [("outside", 1000), ("vni", 77), ("inside", 6)]),
    tunnel(2, 7754, ["GRE", "IPv4", "UDP"], [4, 20, 8],
           [("outside", 7754), ("behind", b"\x08\x00"), ("inside", 6)]),
    tunnel(3, 1000, [], [], [("outside", 1000)]),
    tunnel(4, 7544, ["Teredo", "IPv6", "UDP"], [0, 40, 8], [("outside", 7544), ("inside", 6)])]

# --- Frames in IPFIX (315) are read as sFlow's are, in NetFlow v9 they are not.
FRAME = packets.ethernet(UDP)
WITH_FRAME = ((315, len(FRAME)), (10, 4))
FRAME_VALUES = FRAME + number(9, 4)
FRAMES = capture(
    ipfix([one_set(TEMPLATE, template(256, WITH_FRAME)), one_set(256, FRAME_VALUES)], domain=7,
          sequence=77),
    v9([one_set(V9_TEMPLATE, template(256, WITH_FRAME)), one_set(256, FRAME_VALUES)], count=2,
       sequence=77, source_id=7))
V1_FRAMES_FILE = """sflow:
  mapping:
    - {layer: 4, offset: 16, length: 16, destination: CustomInteger_1}
    - {layer: 7, offset: 0, length: 32, destination: CustomBytes_1}
    - {layer: 3, offset: 64, length: 8, destination: OutIf}
"""
V1_FRAME_FLOWS = [
    {"Type": "IPFIX", "TimeReceived": ARRIVAL_SECONDS, "SequenceNum": 77, "Bytes": len(FRAME),
     "Packets": 1, "SamplerAddress": EXPORTER, "SrcAddr": IN, "DstAddr": OUT, "Etype": 0x0800,
     "Proto": 17, "SrcPort": 1000, "DstPort": 2000, "IpTtl": 64, "InIf": 9, "OutIf": 64,
     "SrcMac": "02:00:00:00:00:01", "DstMac": "02:00:00:00:00:02", "ObservationDomainId": 7,
     "CustomInteger_1": 2000, "CustomBytes_1": [0xCA, 0xFE, 0xBA, 0xBE]},
    {"Type": "NETFLOW_V9", "TimeReceived": ARRIVAL_SECONDS + 1, "SequenceNum": 77, "InIf": 9,
     "SamplerAddress": EXPORTER}]
V2_FRAME_CUSTOMS = (Custom("port", 700), Custom("payload", 701, "bytes"))
V2_FRAMES_FILE = layers_file((("udp", 16, 16, "port"), ("4", 64, 32, "payload"),
                              ("ipv4", 64, 8, "OutIf")), V2_FRAME_CUSTOMS).replace(
                                  "fields: [", "fields: [type, in_if, out_if, dst_port, ")
V2_FRAME_SHAPE = Shape(["type", "in_if", "out_if", "dst_port", "port", "payload"],
                       V2_FRAME_CUSTOMS)
V2_FRAME_FLOWS = [v2_ipfix(in_if=9, out_if=64, dst_port=2000, custom=[
    ("port", 2000), ("payload", b"\xca\xfe\xba\xbe")]), v2_ipfix(1, in_if=9, type="NETFLOW_V9")]
FRAMES_WHY = ("The entries of the section sflow fill columns from the frames of IPFIX records "
              "(315) too. In NetFlow v9 that element is none, so nothing is filled.")

# --- The file that flowd ships, in both its forms.
SHIPPED = Shape(
    ["type", "time_received_ns", "sequence_num", "sampling_rate", "flow_direction",
     "sampler_address", "time_flow_start_ns", "time_flow_end_ns", "bytes", "packets", "src_addr",
     "src_net", "dst_addr", "dst_net", "etype", "proto", "src_port", "dst_port", "in_if", "out_if",
     "src_mac", "dst_mac", "icmp_name", "csum"],
    (Custom("flow_direction", 42), Custom("bi_flow_direction", 41), Custom("ingress_vrf_id", 39),
     Custom("egress_vrf_id", 40), Custom("csum", 999)), {"time_received_ns": "datetimenano"},
    {"csum": "checksum"})
SHIPPED_FIELDS = ((61, 1), (239, 1), (234, 4), (235, 4), (137, 2, 2636), (8, 4), (9, 1), (4, 1),
                  (176, 1))
SHIPPED_VALUES = (number(1, 1) + number(2, 1) + number(33, 4) + number(34, 4) + b"\x34\x12" + A
                  + number(8, 1) + number(1, 1) + number(3, 1))
SHIPPED_V9 = ((61, 1), (8, 4), (34, 4))
SHIPPED_CAPTURE = capture(
    ipfix([one_set(TEMPLATE, template(256, SHIPPED_FIELDS)), one_set(256, SHIPPED_VALUES)],
          domain=7, sequence=77),
    v9([one_set(V9_TEMPLATE, template(256, SHIPPED_V9)),
        one_set(256, number(1, 1) + A + number(10, 4))], count=2))
SHIPPED_FLOWS = [
    v2_ipfix(src_addr=IN, src_net=8, etype=0x0800, proto=1, icmp_type=3, custom=[
        ("flow_direction", 1), ("bi_flow_direction", 2), ("ingress_vrf_id", 33),
        ("egress_vrf_id", 34), ("csum", 0x1234)]),
    v2_ipfix(1, src_addr=IN, etype=0x0800, sampling_rate=10, custom=[("flow_direction", 1)]) | {
        "type": "NETFLOW_V9", "sequence_num": 1, "observation_domain_id": 0}]
SHIPPED_SAMPLES_CAPTURE = capture(
    sampled(packets.ethernet(TCP)), sampled(packets.ethernet(UDP)),
    sampled(udp_frame(1000, 6081, GENEVE)), port=SFLOW_PORT)
SHIPPED_SAMPLES = [
    v2_cases.sampled(0, **v2_cases.TCP_FLOW | {"ip_flags": 0, "fragment_id": 0x1234},
                     layer_stack=["Ethernet", "IPv4", "TCP"], layer_size=[14, 20, 20],
                     custom=[("csum", int.from_bytes(TCP[36:38], "big"))]),
    v2_cases.sampled(1, **v2_cases.V4_FLOW, proto=17, src_port=1000, dst_port=2000,
                     layer_stack=["Ethernet", "IPv4", "UDP"], layer_size=[14, 20, 8],
                     custom=[("csum", int.from_bytes(UDP[26:28], "big"))]),
    v2_cases.sampled(2, **v2_cases.V4_FLOW, proto=17, src_port=1000, dst_port=6081,
                     layer_stack=["Ethernet", "IPv4", "UDP", "Geneve", "IPv4", "UDP"],
                     layer_size=[14, 20, 8, 8, 20, 8], custom=[("csum", int.from_bytes(
                         udp_frame(1000, 6081, GENEVE)[40:42], "big"))])]


def shipped(form: str, what: str, content: bytes, flows: list[dict], arguments: str,
            kind: str) -> Case:
    return Case(f"v2_shipped_mapping_{form}_{what}".rstrip("_"),
                "The mapping file that flowd ships: its columns in its order, times as dates, "
                "checksums of TCP and UDP headers, the outer ones, and directions, which v2 has no "
                "column for. A column that only protobuf shows is in no line.", content, flows,
                {}, f"{V2} -mapping ../../../config/mapping.{form} {arguments}".strip(),
                output=output(flows, SHIPPED, kind))


SHIPPED_CASES = [
    shipped(form, what, content, flows, arguments, kind)
    for form in ("yaml", "toml")
    for what, content, flows, arguments, kind in (
        ("", SHIPPED_CAPTURE, SHIPPED_FLOWS, "", "json"),
        ("text", SHIPPED_CAPTURE, SHIPPED_FLOWS, "-format text", "text"),
        ("samples", SHIPPED_SAMPLES_CAPTURE, SHIPPED_SAMPLES, "", "json"),
        ("bin", SHIPPED_SAMPLES_CAPTURE, SHIPPED_SAMPLES, "-format bin -transport.file.sep=",
         "bin"))]

# --- endian, destinations nobody knows.
ENDIAN = ("ipfix:\n  mapping:\n    - {field: 7, destination: CustomInteger_1, endian: little}\n"
          "    - {field: 11, destination: CustomInteger2}\n")
PORTS = capture(ipfix([one_set(TEMPLATE, template(256, ((7, 2), (11, 2)))),
                       one_set(256, number(0x0102, 2) + number(443, 2))]))
PORTS_FLOW = {"Type": "IPFIX", "TimeReceived": ARRIVAL_SECONDS, "SequenceNum": 1,
              "SamplerAddress": EXPORTER, "SrcPort": 0x0102, "DstPort": 443}
UNKNOWN_TOML = ("[[mapping.ipfix]]\nfield = 11\ndestination = \"CustomInteger2\"\n")

OF_DATAGRAM = ("ipfix:\n  mapping:\n    - {field: 7, destination: SequenceNum}\n"
               "    - {field: 11, destination: ObservationDomainId}\n")
BITS = """sflow:
  mapping:
    - {layer: 4, offset: 32, length: 4, destination: CustomBytes_3}
    - {layer: 4, offset: 33, length: 4, destination: CustomBytes_4}
    - {layer: 3, offset: 32, length: 12, destination: CustomBytes_5}
"""
BITS_CAPTURE = capture(sampled(packets.ethernet(TCP)), port=SFLOW_PORT)
BITS_FLOW = v1_sampled(0, Proto=6, SrcPort=443, DstPort=50000, TcpFlags=0x12, IpTos=8,
                       FragmentId=0x1234, CustomInteger_1=0, CustomBytes_1=[], CustomBytes_2=[])

CASES = SHIPPED_CASES + [
    v1_case("datagram", "A mapping to a column that the datagram decides fills it; goflow2 "
            "overwrites it.", PORTS,
            [PORTS_FLOW | {"SequenceNum": 0x0102, "ObservationDomainId": 443}], OF_DATAGRAM),
    v1_case("datagram_strict", "With -strict the datagram decides, as in goflow2.", PORTS,
            [PORTS_FLOW], OF_DATAGRAM, "-strict"),
    v1_case("bits", "Bits that are no whole bytes: up to eight are the value, of twelve eight and "
            "then four, as goflow2 v2 has it. 0xabcdef01 and 0x1234 are what is read.",
            BITS_CAPTURE, [BITS_FLOW | {"CustomBytes_3": [0x0A], "CustomBytes_4": [0x05],
                                        "CustomBytes_5": [0x12, 0x03]}], BITS),
    v1_case("bits_strict", "With -strict as goflow2 v1 has it: at the left, the bits behind them "
            "off. Times in milliseconds are 0 for samples there.", BITS_CAPTURE,
            [BITS_FLOW | {"TimeFlowStartMs": 0, "TimeFlowEndMs": 0, "CustomBytes_3": [0xA0],
                          "CustomBytes_5": [0x12, 0x30]}],
            BITS.replace("    - {layer: 4, offset: 33, length: 4, destination: CustomBytes_4}\n",
                         ""), "-strict"),
    v1_case("fields", "Fields of IPFIX and NetFlow v9 records into columns, by Go's names. A "
            "mapping comes before the element's own meaning, which stays: 7 is the source port "
            "too. The last of two entries for an element counts. Numbers are big endian or "
            "little; more than eight bytes are none. Lists grow. In the order of the record the "
            "last word on a column counts. A rate of the record is used (goflow2 overwrites it).",
            BOTH, V1_MAPPED_FLOWS, V1_FIELDS_FILE),
    v1_case("layers", "Bits of sampled packets: layer 0 is the frame, 3 the IP header behind the "
            "tag, 4 what is behind it, 7 what TCP or UDP carries. Four bits are a byte of "
            "that value, where goflow2 v1 puts them to the left. Into columns of "
            "bytes and, as numbers of either endianness, into others. Lists grow.",
            SAMPLED, V1_SAMPLED_FLOWS, V1_LAYERS),
    v1_case("endian", "endian is what goflow2's sample writes and does not read; nor does flowd, "
            "which says so: the number is big-endian. A destination that is no column, as in that "
            "sample too, is passed over with a warning.", PORTS,
            [PORTS_FLOW | {"CustomInteger_1": 0x0102}], ENDIAN,
            says=["endian is left out", "\"CustomInteger2\" is no column"]),
    Case("mapping_unknown_destination_toml", "In TOML, which is flowd's own, a destination that "
         "is no column is an error.", PORTS, [], {}, "-mapping mapping.toml",
         files={"mapping.toml": UNKNOWN_TOML}, output=b"",
         says=["mapping.toml:3", "\"CustomInteger2\""], exit=1),
    v2_case("fields", "The same in goflow2-v2, with declared columns: without a place in the line "
            "they are in protobuf only. Names in Go's spelling and in that of lines. A "
            "destination that nobody knows is passed over with a warning.", V2_BOTH, V2_FLOWS,
            V2_SHAPE, V2_FIELDS_FILE, SELECT, says=["\"nonsense\" is no column"]),
    Case("v2_bin_mapping_fields", "The flows of v2_mapping_fields as protobuf.", V2_BOTH, V2_FLOWS,
         {}, f"{V2} {MAPPING} -format bin -transport.file.sep=",
         files={"mapping.yaml": V2_FIELDS_FILE},
         output=output(V2_FLOWS, V2_SHAPE, "bin")),
    v2_case("layers", "Layers by number, by name, by ethertype in decimal and hexadecimal, and by "
            "protocol, which is the layer behind it. Bits that are no whole bytes: of up to eight "
            "the value, of twelve the first eight and then four. An offset may run past the end of "
            "its layer. A layer that is not there gives nothing, nor does one that is not inside "
            "another (encap).", SAMPLED, LAYER_FLOWS, LAYER_SHAPE, LAYERS_FILE),
    v1_case("frames_of_records", FRAMES_WHY, FRAMES, V1_FRAME_FLOWS, V1_FRAMES_FILE),
    v1_case("frames_of_records_strict", FRAMES_WHY + " With -strict the same.", FRAMES,
            V1_FRAME_FLOWS, V1_FRAMES_FILE, "-strict"),
    v2_case("frames_of_records", FRAMES_WHY, FRAMES, V2_FRAME_FLOWS, V2_FRAME_SHAPE,
            V2_FRAMES_FILE),
    v2_case("frames_of_records_strict", FRAMES_WHY + " With -strict the same.", FRAMES,
            V2_FRAME_FLOWS, V2_FRAME_SHAPE, V2_FRAMES_FILE, "-strict"),
    v2_case("tunnels", "Ports that a file knows lead into Geneve, GRE and Teredo; those with "
            "direction dst by destination only. encap chooses the inner UDP header, whose ports "
            "are no columns of the flow; Geneve and GRE behind a port are inside as well, so that "
            "an entry without encap does not meet them. udp7754 is what is behind that port.",
            TUNNELS, TUNNEL_FLOWS, TUNNEL_SHAPE, TUNNELS_FILE),
]
