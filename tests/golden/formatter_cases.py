# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of a mapping file's formatter section in the profile goflow2-v2: columns of one's
own, renderers, other names, a choice of columns; and what it refuses."""

from case import ARRIVAL_SECONDS, EXPORTER, EXPORT_SECONDS, Case, capture
from columns_cases import ENTERPRISE, MAPPING, V2, enterprise_record, ip, plain, text
from support.netflow import VARIABLE, ipfix, number, one_set, template, variable
from support.v2_shape import Custom, Shape, output

TEMPLATE = 2
NANO = 10**9
EXPORT_NS = EXPORT_SECONDS * NANO


def flow(index: int = 0, **others) -> dict:
    return {"type": "IPFIX", "time_received_ns": (ARRIVAL_SECONDS + index) * NANO,
            "sequence_num": 77, "sampler_address": EXPORTER, "observation_domain_id": 7,
            "time_flow_start_ns": EXPORT_NS, "time_flow_end_ns": EXPORT_NS} | others


def formatter(shape: Shape) -> str:
    """The section in YAML, with one item a line."""
    out = "formatter:\n"
    if shape.fields:
        out += "  fields:\n" + "".join(f"    - {each}\n" for each in shape.fields)
    for key, table in (("render", shape.render), ("rename", shape.rename)):
        if table:
            out += f"  {key}:\n" + "".join(f"    {name}: {to}\n" for name, to in table.items())
    if shape.customs:
        out += "  protobuf:\n" + "".join(
            f"    - name: {each.name}\n      index: {each.number}\n      type: {each.type}\n"
            + ("      array: true\n" if each.array else "") for each in shape.customs)
    return out


def entries(destinations) -> str:
    """Element n of the enterprise goes to the n-th."""
    return "ipfix:\n  mapping:\n" + "".join(
        f"    - field: {i}\n      penprovided: true\n      pen: {ENTERPRISE}\n"
        f"      destination: {name}\n" for i, name in enumerate(destinations, 1))


def in_formats(name: str, why: str, content: bytes, flows: list[dict], shape: Shape, file: str,
               **others) -> list[Case]:
    return [Case(f"v2_{prefix}{name}", why, content, flows, {},
                 f"{V2} {MAPPING} {arguments}".strip(), files={"mapping.yaml": file},
                 output=output(flows, shape, form), **others)
            for form, prefix, arguments in (
                ("json", "", ""), ("text", "text_", "-format text"),
                ("bin", "bin_", "-format bin -transport.file.sep="))]


# --- Columns of one's own.
CUSTOMS = (Custom("count", 2000), Custom("label", 2001, "string"), Custom("blob", 2002, "bytes"),
           Custom("counts", 1999, "varint", True), Custom("labels", 2004, "string", True),
           Custom("absent", 2005), Custom("absents", 2006, "bytes", True))
COUNTED = Shape(["type", "count", "label", "blob", "counts", "labels", "absent", "absents",
                 "in_if"], CUSTOMS, {"label": "string", "labels": "string"},
                {"count": "my.count", "in_if": "input"})
# Two elements for each column: lists keep both, the others show the last.
COUNTED_TO = ("count", "counts", "label", "blob", "labels", "counts", "count", "labels", "blob",
              "InIf")
COUNTED_FIELDS = [plain(2**64 - 1), plain(5), text(b"one"), text(b"\x00\xff"), text(b"first"),
                  plain(0), plain(300), text(b"second"), text(b""), plain(9)]
COUNTED_FLOW = flow(in_if=9, custom=[
    ("count", 2**64 - 1), ("counts", 5), ("label", b"one"), ("blob", b"\x00\xff"),
    ("labels", b"first"), ("counts", 0), ("count", 300), ("labels", b"second"), ("blob", b"")])

# --- Renderers.
RENDERED_CUSTOMS = (
    Custom("as_ip", 3001, "bytes"), Custom("as_text", 3002, "bytes"), Custom("as_mac", 3003),
    Custom("as_etype", 3004), Custom("as_proto", 3005), Custom("as_time", 3006),
    Custom("as_nano", 3007), Custom("as_none", 3008, "string"),
    Custom("ips", 3009, "bytes", True), Custom("no_ip", 3010, "bytes"))
RENDERERS = {
    "as_ip": "ip", "as_text": "string", "as_mac": "mac", "as_etype": "etype", "as_proto": "proto",
    "as_time": "datetime", "as_nano": "datetimenano", "as_none": "none", "ips": "ip",
    "no_ip": "ip", "time_received_ns": "datetimenano", "time_flow_start_ns": "datetimenano",
    "sequence_num": "datetime", "in_if": "proto", "out_if": "etype", "etype": "none",
    "proto": "none", "src_mac": "none", "src_addr": "none", "src_net": "none", "packets": "mac"}
RENDERED = Shape([
    "type", "time_received_ns", "time_flow_start_ns", "sequence_num", "sampler_address", "in_if",
    "out_if", "etype", "proto", "src_mac", "dst_mac", "src_addr", "src_net", "dst_net", "packets",
    *[each.name for each in RENDERED_CUSTOMS]], RENDERED_CUSTOMS, RENDERERS)
RENDERED_TO = ("as_ip", "as_text", "as_mac", "as_etype", "as_proto", "as_time", "as_nano",
               "as_none", "ips", "ips", "no_ip", "InIf", "OutIf", "SrcMac", "SrcAddr", "SrcNet",
               "Packets", "Etype", "Proto", "TimeFlowStartNs")
FRACTIONS = EXPORT_NS + 120_000_000
RENDERED_FIELDS = [
    ip("2001:db8::1"), text("Größe".encode()), plain(0x02_00_00_00_00_07), plain(0x0806),
    plain(300), plain(EXPORT_SECONDS), plain(FRACTIONS), text(b"hex"), ip("10.0.0.1"),
    ip("::ffff:10.0.0.2"), text(b"abc"), plain(17), plain(0x86DD), plain(0x02_00_00_00_00_08),
    ip("10.1.2.3"), plain(24), plain(0x02_00_00_00_00_09), plain(0x0800), plain(6),
    plain(FRACTIONS)]
RENDERED_FLOW = flow(in_if=17, out_if=0x86DD, src_mac="02:00:00:00:00:08", src_addr="10.1.2.3",
                     src_net=24, packets=0x02_00_00_00_00_09, etype=0x0800, proto=6,
                     time_flow_start_ns=FRACTIONS, custom=[
                         ("as_ip", ip("2001:db8::1")[1]), ("as_text", "Größe".encode()),
                         ("as_mac", 0x02_00_00_00_00_07), ("as_etype", 0x0806), ("as_proto", 300),
                         ("as_time", EXPORT_SECONDS), ("as_nano", FRACTIONS), ("as_none", b"hex"),
                         ("ips", ip("10.0.0.1")[1]), ("ips", ip("::ffff:10.0.0.2")[1]),
                         ("no_ip", b"abc")])

# --- Renderers of columns that they cannot print: of numbers of 32 bits mac and datetimenano, of
# bytes all but ip and string, of numbers these two.
UNFIT = Shape(["in_if", "sequence_num", "src_mac", "bytes", "src_addr", "next_hop", "packets"],
              render={"in_if": "mac", "sequence_num": "datetimenano", "src_mac": "ip",
                      "bytes": "string", "src_addr": "mac", "next_hop": "datetime",
                      "packets": "datetimenano"})
UNFIT_FIELDS = ((10, 4), (56, 6), (1, 4), (8, 4), (15, 4), (2, 8))
UNFIT_FLOW = flow(in_if=9, src_mac="02:00:00:00:00:08", bytes=64, src_addr="10.1.2.3",
                  etype=0x0800, next_hop="10.9.9.9", packets=FRACTIONS)
UNFIT_CAPTURE = capture(ipfix(
    [one_set(TEMPLATE, template(256, UNFIT_FIELDS)),
     one_set(256, number(9, 4) + number(0x02_00_00_00_00_08, 6) + number(64, 4) + ip("10.1.2.3")[1]
             + ip("10.9.9.9")[1] + number(FRACTIONS, 8))], domain=7, sequence=77))

# --- JSON's letters. goflow2 loses a flow whose text has a quote; it is escaped here.
LETTERS = Shape(["label"], (Custom("label", 2001, "string"),), {"label": "string"})

# --- A choice of names.
NAMED = Shape(["SrcAddr", "icmp_name", "src_addr", "Etype", "proto", "bytes", "bytes", "SrcNet"],
              rename={"bytes": "octets", "icmp_name": "icmp"})
ICMP_FIELDS = ((4, 1), (176, 1), (8, 4), (9, 1), (1, 4))
ICMP_KINDS = [(protocol, kind) for protocol in (1, 58, 17) for kind in range(256)]


def icmp_records() -> bytes:
    values = b"".join(number(protocol, 1) + number(kind, 1) + bytes((10, 1, 2, 3)) + number(8, 1)
                      + number(64, 4) for protocol, kind in ICMP_KINDS)
    return capture(ipfix([one_set(TEMPLATE, template(256, ICMP_FIELDS)), one_set(256, values)],
                         domain=7, sequence=77))


ICMP_FLOWS = [flow(proto=protocol, icmp_type=kind, src_addr="10.1.2.3", src_net=8, etype=0x0800,
                   bytes=64) for protocol, kind in ICMP_KINDS]
TAKEN = Shape(["bytes", "more"], (Custom("more", 9),))
EMPTY = capture(ipfix([one_set(TEMPLATE, template(256, ((1, 4),))), one_set(256, number(1, 4))],
                      domain=7, sequence=77))


def refused(name: str, why: str, file: str, *says: str) -> Case:
    return Case(f"v2_{name}", why, EMPTY, [], {}, f"{V2} {MAPPING}",
                files={"mapping.yaml": file}, output=b"", says=list(says), exit=1)


LETTER_TEXTS = ("<a href=\"x\">&\u2028\u2029</a>", "back\\slash", "ü\u00e9€😀")
CASES = [
    *in_formats("custom_columns",
                "Columns that the file declares. In protobuf each value stands by itself, behind "
                "the profile's and in the order in which they came, whatever their numbers and "
                "also zeros and empty ones. A line shows the last value, of an array all; one "
                "without value is left out. Bytes are hexadecimal unless rendered.",
                capture(enterprise_record(COUNTED_FIELDS)), [COUNTED_FLOW], COUNTED,
                formatter(COUNTED) + entries(COUNTED_TO)),
    *in_formats("renderers",
                "Each renderer, on columns of the profile and on declared ones: times in RFC 3339 "
                "without zeros at the end, names of ethertypes and protocols (above 255 unknown), "
                "MAC, addresses (a v4-mapped one stays one; three bytes are none), text; and none "
                "takes a column's own renderer away, so that addresses are hexadecimal and names "
                "numbers. src_net without its renderer is the length.",
                capture(enterprise_record(RENDERED_FIELDS)), [RENDERED_FLOW], RENDERED,
                formatter(RENDERED) + entries(RENDERED_TO)),
    *in_formats("renderers_that_do_not_fit",
                "A renderer that cannot print a column leaves it to none: 32 bits are no MAC "
                "address and no nanoseconds, an address is hexadecimal. Each is a warning.",
                UNFIT_CAPTURE, [UNFIT_FLOW], UNFIT, formatter(UNFIT),
                says=["mac cannot print in_if", "datetime cannot print next_hop"]),
    *in_formats("renderers_of_nothing",
                "A declared column without value whose renderer is etype or proto is unknown, an "
                "array with a renderer is empty; all others are left out. Columns of the profile "
                "are always there: 0 is no ethertype with a name, and the protocol HOPOPT.",
                EMPTY, [flow(bytes=1)],
                Shape(RENDERED.fields, RENDERED_CUSTOMS, RENDERERS), formatter(RENDERED)),
    *in_formats("names_and_icmp",
                "Go's names of columns that have a renderer, a column twice, another name for one "
                "of the profile's and for the virtual icmp_name: names for ICMP (1) and ICMPv6 "
                "(58) by type, empty for types without a name, unknown for other protocols.",
                icmp_records(), ICMP_FLOWS, NAMED, formatter(NAMED)),
    in_formats("json_letters",
               "What goflow2's JSON escapes, <, >, & and the two separators of Unicode, is escaped "
               "the same way; a quote and a backslash, which cost goflow2 the flow, are escaped "
               "as JSON has it. Other letters stay as they are.",
               capture(*(enterprise_record([text(each.encode()), plain(1)])
                         for each in LETTER_TEXTS)),
               [flow(i, custom=[("label", each.encode())])
                for i, each in enumerate(LETTER_TEXTS)], LETTERS,
               formatter(LETTERS) + entries(["label"]))[0],
    *in_formats("custom_column_of_a_taken_number",
                "A declared column with the number of one of the profile's: a message has both, "
                "the profile's first. That is said in the log.",
                capture(enterprise_record([plain(5)], behind=((1, 4, number(64, 4)),))),
                [flow(bytes=64, custom=[("more", 5)])], TAKEN,
                formatter(TAKEN) + entries(["more"]), says=["more has number 9, as bytes has"]),
    refused("formatter_unknown_field", "fields names what nobody knows: flowd does not start.",
            "formatter:\n  fields: [bytes, nonsense]\n", "mapping.yaml:2", "nonsense"),
    refused("formatter_unknown_key", "key names what nobody knows: flowd does not start.",
            "formatter:\n  key: [nonsense]\n", "mapping.yaml:2", "nonsense"),
    refused("formatter_unknown_renderer", "network is a renderer of goflow2's own use, which a "
            "file cannot name: flowd does not start.",
            "formatter:\n  render:\n    src_net: network\n", "mapping.yaml:3", "network"),
    refused("formatter_unknown_type", "A declared column has a type that is none.",
            "formatter:\n  protobuf:\n    - {name: x, index: 5, type: float}\n", "mapping.yaml:3",
            "float"),
    refused("ports_unknown_parser", "An entry of ports names a parser that is none.",
            "sflow:\n  ports:\n    - {proto: udp, dir: both, port: 1, parser: nonsense}\n",
            "mapping.yaml:3", "nonsense"),
    refused("ports_unknown_direction", "An entry of ports has a direction that is none.",
            "sflow:\n  ports:\n    - {proto: udp, dir: up, port: 1, parser: gre}\n",
            "mapping.yaml:3", "up"),
]
