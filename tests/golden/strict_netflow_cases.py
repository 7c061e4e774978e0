# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of goflow2's own reading of NetFlow v9 and IPFIX, for the faults that no capture of
the corpus shows. Each is a row of the table in lib/flow/decode/goflow2/README.md."""

from case import A, EXPORT_SECONDS, capture
from netflow9_cases import FIELDS, TEMPLATE_SET, data, record
from strict import Both, in_both, in_v1, in_v2, ipfix_flow, v9_flow
from support.netflow import (VARIABLE, ipfix, ipfix_options_template, number, one_set, template,
                             v9, v9_options_template, variable)

V9_TEMPLATE, V9_OPTIONS, TEMPLATE, OPTIONS = 0, 1, 2, 3
NTP_OFFSET = 2_208_988_800
FLOW = {"Bytes": 1000, "Packets": 3, "SrcAddr": "10.0.0.1", "DstAddr": "10.0.0.2", "Etype": 2048,
        "Proto": 17, "SrcPort": 1234, "DstPort": 53}
IPFIX_TEMPLATE_SET = one_set(TEMPLATE, template(256, FIELDS))
CUT_TEMPLATE = template(300, FIELDS, count=40)
NAME = 82  # interfaceName, which is not read


def laid_out(fields, values: bytes) -> bytes:
    """An IPFIX message of a template and what its set holds, not padded."""
    return ipfix([one_set(TEMPLATE, template(256, fields)), one_set(256, values, align=False)])


def v9_laid_out(fields, values: bytes) -> bytes:
    return v9([one_set(V9_TEMPLATE, template(256, fields)), one_set(256, values)], count=2)


def large() -> bytes:
    """12,048 bytes: 36 before the records, of 1,001 bytes each."""
    return laid_out(((210, 1000), (4, 1)),
                    b"".join(bytes(1000) + number(each, 1) for each in range(1, 13)))


def template_sets() -> bytes:
    return capture(
        v9([one_set(V9_TEMPLATE, template(256, FIELDS) + CUT_TEMPLATE)], count=1),
        v9([data(record())], count=1),
        v9([one_set(V9_TEMPLATE, template(257, FIELDS)), one_set(V9_TEMPLATE, CUT_TEMPLATE),
            data(record(), set_id=257)], count=3),
        v9([data(record(), set_id=257)], count=1))


def rates() -> bytes:
    """Elements 34 and 50 of two records, behind a flow; then flows alone; then an options template
    of another kind under the same id."""
    options = v9_options_template(257, ((1, 4),), ((34, 4), (50, 4)))
    values = (number(1, 4) + number(10, 4) + number(100, 4)
              + number(2, 4) + number(20, 4) + number(200, 4))
    others = v9_options_template(257, ((1, 4),), ((41, 4),))
    return capture(
        v9([TEMPLATE_SET, data(record(1)), one_set(V9_OPTIONS, options), one_set(257, values),
            data(record(2))], count=5),
        v9([data(record(3))], count=1),
        v9([one_set(V9_OPTIONS, others), one_set(257, number(1, 4) + number(7, 4)),
            data(record(4))], count=3))


def wide_rate() -> bytes:
    options = ipfix_options_template(257, ((302, 4),), ((305, 8),))
    return capture(ipfix([one_set(OPTIONS, options),
                          one_set(257, number(1, 4) + number(5 << 32 | 100, 8)),
                          IPFIX_TEMPLATE_SET, data(record())]))


QUARTER = (EXPORT_SECONDS - 2 + NTP_OFFSET) << 32 | 2**30
BEFORE_1970 = -NTP_OFFSET * 1_000_000_000 % 2**64


def ntp_flow(index: int, per_second: int) -> Both:
    """1.3.7 takes the 64 bits for a plain number of parts of a second."""
    seconds, milliseconds = QUARTER // per_second, QUARTER * 1000 // per_second
    flow = ipfix_flow(index)
    flow.v1 |= {"TimeFlowStart": seconds, "TimeFlowEnd": seconds,
                "TimeFlowStartMs": milliseconds, "TimeFlowEndMs": milliseconds}
    return flow


NTP_CAPTURE = capture(laid_out(((154, 8), (155, 8)), number(QUARTER, 8) * 2),
                      laid_out(((156, 8), (157, 8)), number(QUARTER, 8) * 2))
ZERO_TIMES = {"time_flow_start_ns": BEFORE_1970, "time_flow_end_ns": BEFORE_1970}

# 40 and 41, exportedOctetTotalCount and exportedMessageTotalCount, have no column.
MAPPING = """\
netflowv9:
  mapping:
    - {field: 40, destination: InIf, endian: little}
    - {field: 41, destination: out_if}
    - {field: 34, destination: SamplingRate}
"""

MISSING_LENGTH = capture(laid_out(((7, 2), (NAME, VARIABLE)),
                                  number(443, 2) + variable(b"a") + number(80, 2)),
                         ipfix([one_set(256, number(444, 2) + variable(b"b"))]))
ONLY_VARIABLE = capture(laid_out(((NAME, VARIABLE),), variable(b"abc")))
WIDE_NUMBER = capture(v9_laid_out(((1, 9), (4, 1)), number(1000, 9) + number(6, 1) + bytes(2)))
LENGTHS = capture(ipfix([IPFIX_TEMPLATE_SET, data(record(1))], length=16),
                  ipfix([IPFIX_TEMPLATE_SET, data(record(2))], length=15),
                  ipfix([IPFIX_TEMPLATE_SET, data(record(3)), data(record(4))],
                        length=16 + len(IPFIX_TEMPLATE_SET) + len(data(record()))))

CASES = [
    *in_both("receive_buffer",
             "goflow2 receives into 9,000 bytes: of twelve records of 1,001 bytes, which begin at "
             "byte 36, eight are whole there. A set that is longer than what is left is no error.",
             capture(large()), [ipfix_flow(Proto=each) for each in range(1, 9)]),
    *in_both("v9_count",
             "Count 0: not even the template is read. Count 1 and two FlowSets: the template is "
             "learnt and the data left.",
             capture(v9([TEMPLATE_SET, data(record())], count=0),
                     v9([TEMPLATE_SET, data(record())], count=1),
                     v9([data(record())], count=1)),
             [v9_flow(2, **FLOW)]),
    *in_v1("ipfix_length",
           "A Length of 16 or less is an empty message. Otherwise it ends the message, and what is "
           "behind it is left.",
           LENGTHS, [ipfix_flow(2, **FLOW | {"Bytes": 3})]),
    *in_v2("ipfix_length",
           "A Length of 16 is an empty message; 15 less 16 is 65,535 in 16 bits, and so no limit. "
           "What is behind the third message's Length is left.",
           LENGTHS, [ipfix_flow(1, **FLOW | {"Bytes": 2}), ipfix_flow(2, **FLOW | {"Bytes": 3})]),
    *in_both("template_set_error",
             "A template that is cut off spoils the one before it in its FlowSet: 256 stays "
             "unknown. It costs the whole datagram, but 257, of a FlowSet before, is kept.",
             template_sets(), [v9_flow(3, **FLOW)], {"truncated": 2, "unknown_template": 1}),
    *in_both("template_padding",
             "Four bytes of padding behind an options template of 14 are taken for the next one, "
             "which needs six: the datagram is lost, but for the template before it.",
             capture(v9([TEMPLATE_SET,
                         one_set(V9_OPTIONS, v9_options_template(257, ((1, 4),), ((34, 4),))
                                 + bytes(4), align=False), data(record())], count=3),
                     v9([data(record())], count=1)),
             [v9_flow(1, **FLOW)], {"truncated": 1}),
    *in_both("template_withdrawal",
             "goflow2 keeps a withdrawal as a template without fields, and reads the data that "
             "follow for ever. Here such data give nothing, until there is a template again.",
             capture(ipfix([IPFIX_TEMPLATE_SET, data(record())]),
                     ipfix([one_set(TEMPLATE, template(256, ()))]),
                     ipfix([data(record())]),
                     ipfix([IPFIX_TEMPLATE_SET, data(record())])),
             [ipfix_flow(0, **FLOW), ipfix_flow(3, **FLOW)], {"bad_template": 1}),
    *in_both("template_empty",
             "Records of no bytes have no end for goflow2. Here they give nothing, and the set "
             "beside them its flow.",
             capture(v9([one_set(V9_TEMPLATE, template(300, ((8, 0), (12, 0)))), TEMPLATE_SET,
                         data(record(), set_id=300), data(record())], count=4)),
             [v9_flow(**FLOW)], {"bad_template": 1}),
    *in_both("variable_padding",
             "A field of variable length counts no byte, so that one byte of padding is one more "
             "record: a name of no bytes, and a protocol of none.",
             capture(laid_out(((NAME, VARIABLE), (4, 1)),
                              variable(b"name") + number(6, 1) + bytes(1))),
             [ipfix_flow(Proto=6), ipfix_flow()]),
    *in_both("variable_overrun",
             "The name says 200 bytes and has five, where the set ends: it is cut, and the fields "
             "behind it are empty.",
             capture(laid_out(((7, 2), (NAME, VARIABLE), (11, 2), (4, 1)),
                              number(443, 2) + number(200, 1) + b"abcde")),
             [ipfix_flow(SrcPort=443)]),
    *in_v1("variable_missing_length",
           "The second record ends before the length of its name: a flow without fields.",
           MISSING_LENGTH,
           [ipfix_flow(SrcPort=443), ipfix_flow(), ipfix_flow(1, SrcPort=444)]),
    *in_v2("variable_missing_length",
           "The second record ends before the length of its name, which costs the datagram. The "
           "template is kept.",
           MISSING_LENGTH, [ipfix_flow(1, SrcPort=444)], {"bad_record": 1}),
    *in_v1("variable_only",
           "A template of one field of variable length: 1.3.7 goes on at the end of the set for "
           "ever. Here the end is the end.",
           ONLY_VARIABLE, [ipfix_flow()]),
    *in_v2("variable_only",
           "A template of one field of variable length: the missing length at the end of the set "
           "costs the datagram.",
           ONLY_VARIABLE, [], {"bad_record": 1}),
    *in_v1("wide_number", "Octets of nine bytes are left out.", WIDE_NUMBER, [v9_flow(Proto=6)]),
    *in_v2("wide_number", "Octets of nine bytes cost the datagram.", WIDE_NUMBER, [],
           {"bad_record": 1}),
    *in_both("sampling_first",
             "The first options record of the datagram has the rate, samplerRandomInterval (50) "
             "before samplingInterval (34): 100, also for the flow before it and for those of "
             "later datagrams, although the template has gone.",
             rates(),
             [v9_flow(0, **FLOW | {"Bytes": 1, "SamplingRate": 100}),
              v9_flow(0, **FLOW | {"Bytes": 2, "SamplingRate": 100}),
              v9_flow(1, **FLOW | {"Bytes": 3, "SamplingRate": 100}),
              v9_flow(2, **FLOW | {"Bytes": 4, "SamplingRate": 100})]),
    *in_both("sampling_width",
             "samplingPacketInterval of eight bytes, 5 * 2^32 + 100: the first four count.",
             wide_rate(), [ipfix_flow(**FLOW | {"SamplingRate": 5})]),
    *in_both("sampling_data",
             "A rate in the record itself (34) is not read.",
             capture(v9_laid_out((*FIELDS, (34, 4)), record() + number(7, 4))),
             [v9_flow(**FLOW)]),
    *in_v1("ntp_times",
           "154 to 157 are plain numbers of micro- and nanoseconds, which makes 1.68e13 and "
           "1.68e10 seconds of 2023.",
           NTP_CAPTURE, [ntp_flow(0, 10**6), ntp_flow(1, 10**9)]),
    *in_v2("ntp_zero",
           "An NTP timestamp of 0 is the year 1900: -2,208,988,800 s, in 64 bits without a sign.",
           capture(laid_out(((154, 8), (155, 8)), bytes(16))), [ipfix_flow(v2=ZERO_TIMES)]),
    *in_v1("flags_as_offset",
           "fragmentFlags (197) 0x40 are put into FragmentOffset: 185 | 64 is 249.",
           capture(v9_laid_out(((88, 2), (197, 1)), number(185, 2) + number(0x40, 1))),
           [v9_flow(FragmentOffset=249)]),
    *in_both("mapping_names",
             "The key `endian` is not read, so that InIf is big-endian; out_if is no name of a "
             "column in Go; and what is mapped to SamplingRate is overwritten by the options', of "
             "which there are none.",
             capture(v9_laid_out(((40, 4), (41, 4), (34, 4)),
                                 number(1 << 24, 4) + number(2, 4) + number(7, 4))),
             [v9_flow(InIf=1 << 24)], mapping=MAPPING),
    *in_both("ip_version",
             "ipVersion (60) behind the address has the last word: 6, beside an address of IPv4.",
             capture(v9_laid_out(((8, 4), (60, 1)), A + number(6, 1))),
             [v9_flow(SrcAddr="10.0.0.1", Etype=0x86DD)]),
]
