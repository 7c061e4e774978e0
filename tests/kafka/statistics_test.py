#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What librdkafka says of itself about a real broker is what flowd counted: as many messages, no
errors, one broker that is up. And each message is booked to the account whose it was."""

import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from broker_test import ClusterTest  # noqa: E402
from support import flowd  # noqa: E402
from support.kafka import consumer, jars  # noqa: E402

PROBE = ""
MESSAGES = 12_345
RTT_HISTOGRAM_US = 500_000  # librdkafka has percentiles of what is shorter


class StatisticsTest(ClusterTest):
    choices = {"auto_create": False}

    def test_are_what_was_delivered(self):
        self.cluster.create_topic("flows", 2)
        done = subprocess.run([PROBE, self.brokers, "flows", str(MESSAGES)],
                              capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        said = json.loads(done.stdout)
        self.assertEqual(said["delivered"], MESSAGES)
        self.assertEqual(said["accounts"], [0, MESSAGES // 3, MESSAGES - MESSAGES // 3])
        sent = consumer.consume(self.brokers, "flows")
        self.assertEqual(len(sent), MESSAGES)
        numbers = said["statistics"]
        self.assertEqual(numbers["txmsgs"], MESSAGES)
        self.assertEqual(numbers["txmsg_bytes"], sum(len(each.value) for each in sent))
        self.assertEqual(numbers["msg_cnt"], 0)
        self.assertEqual(numbers["brokers_up"], 1)
        self.assertEqual(numbers["brokers_total"], 1)
        for name in ("txerrs", "txretries", "req_timeouts", "outbuf_cnt", "waitresp_cnt"):
            self.assertEqual(numbers[name], 0, name)
        for name in ("tx", "tx_bytes", "rx", "rx_bytes", "rtt_avg_us_max", "rtt_p99_us_max",
                     "batchsize_avg_max", "batchcnt_avg_max"):
            self.assertGreater(said["most"][name], 0, name)
        if said["most"]["rtt_avg_us_max"] < RTT_HISTOGRAM_US:
            self.assertGreaterEqual(said["most"]["rtt_p99_us_max"],
                                    said["most"]["rtt_avg_us_max"])


if __name__ == "__main__":
    PROBE = sys.argv.pop(1)
    try:
        jars.fetch()
    except jars.Unavailable as reason:
        flowd.skip(str(reason))
    unittest.main()
