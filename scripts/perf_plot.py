#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Draws what scripts/perf measured, as it comes on stdin (--json), into the PNG that is named: CPU
time per flow, horizontal bars, one panel per input. Usage: perf_plot.py FILE.png < FILE.json"""

import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from PIL import Image  # noqa: E402

TITLES = {"netflow5": "NetFlow v5, 30 records", "netflow9": "NetFlow v9, 20 fields",
          "ipfix-ipv4": "IPFIX, 20 fields", "netflow9-one": "NetFlow v9, one record a datagram",
          "sflow": "sFlow, raw headers"}
FLOWD, FLOWD_LIGHT, PEER = "#1f6f8b", "#8cc0d0", "#b5651d"
# Which rows are drawn, what they are called.
BARS = (("flowd", "replay → pb, null", "flowd: replay → protobuf, null", FLOWD),
        ("flowd", "UDP, saturated", "flowd: sockets → protobuf, file", FLOWD),
        ("flowd", "replay → json, null", "flowd: replay → JSON, null", FLOWD_LIGHT),
        ("nfcapd", "UDP, saturated", "nfcapd: sockets → its file", PEER),
        ("sfcapd", "UDP, saturated", "sfcapd: sockets → its file", PEER),
        ("nfacctd", "pcap", "nfacctd: pcap → nothing (decoder only)", PEER))


def bars_of(rows: list[dict], name: str) -> list[tuple[str, float, str]]:
    known = {program for program, *_ in BARS}
    bars = []
    for program, path, label, colour in BARS:
        for row in rows:
            if (row["input"], row["program"]) == (name, program) and row["path"].startswith(path):
                value = row["rx_ns"] if program == "nfacctd" else row["total_ns"]
                if value is not None:
                    bars.append((label, value, colour))
    for row in rows:  # of --peer
        if row["input"] == name and row["program"] not in known | {"bare loop"}:
            if row["total_ns"] is not None and "paced" not in row["path"]:
                bars.append((f"{row['program']}: {row['path']}", row["total_ns"], PEER))
    return bars


def draw(axis, title: str, bars: list[tuple[str, float, str]]) -> None:
    places = range(len(bars))
    axis.barh(places, [value for _, value, _ in bars], color=[colour for *_, colour in bars],
              height=0.66)
    axis.set_yticks(places, [label for label, *_ in bars], fontsize=8.5)
    axis.invert_yaxis()
    most = max(value for _, value, _ in bars)
    axis.set_xlim(0, most * 1.14)
    for place, (_, value, _) in zip(places, bars):
        axis.text(value + most * 0.012, place, f"{value:,.0f} ns", va="center", fontsize=8.5,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})
    axis.set_title(title, loc="left", fontsize=10, fontweight="bold")
    axis.tick_params(axis="x", labelsize=8)
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="x", color="#dddddd", linewidth=0.6)
    axis.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)


def main(path: str) -> int:
    result = json.load(sys.stdin)
    names = [name for name in dict.fromkeys(row["input"] for row in result["rows"])
             if bars_of(result["rows"], name)]
    panels = [(TITLES.get(name, name), bars_of(result["rows"], name)) for name in names]
    heights = [len(bars) + 1.3 for _, bars in panels]
    figure, axes = plt.subplots(len(panels), 1, figsize=(8.4, 0.29 * sum(heights) + 0.9),
                                gridspec_kw={"height_ratios": heights}, squeeze=False)
    for axis, (title, bars) in zip(axes[:, 0], panels):
        draw(axis, title, bars)
    host = result["machine"]
    figure.suptitle("CPU time per flow, all threads (shorter is better)", x=0.01, ha="left",
                    fontsize=11.5)
    figure.text(0.01, 0.004, f"{result['date']}, {host['cpu']} (family {host['family']}, model "
                f"{host['model']}; {', '.join(host['features'])}). scripts/perf; "
                "perf/README.md says what each row is.", fontsize=7, color="#555555")
    figure.tight_layout(rect=(0, 0.015, 1, 0.995), h_pad=0.9)
    figure.savefig(path, dpi=110)
    with Image.open(path) as image:  # flat colours: a palette is a third of the size
        image.convert("RGB").quantize(64).save(path, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
