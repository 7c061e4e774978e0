#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Proves that each rule of tidy fires on a bad snippet in a small tree, on the right line, and is
silent on the good one beside it. Needs nothing but the scripts."""

import contextlib
import io
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import tidy  # noqa: E402
import tidy_cpp  # noqa: E402
import tidy_rules  # noqa: E402

HEAD = "// SPDX-License-Identifier: BSD-3-Clause\n// What this is, for a stranger.\n"
HEADER = HEAD + "#pragma once\n"


class TidyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, files):
        for path, text in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")

    def check(self, files):
        """Findings in a tree of these files, as (path, line, rule)."""
        self.write(files)
        return [(found.path, found.line, found.rule)
                for found in tidy.findings(tidy.Tree(self.root))]

    def in_lib(self, body, path="lib/flow/base/x.hpp"):
        return [(line, rule) for _, line, rule in self.check({path: HEADER + body})]

    def assert_silent(self, files):
        self.assertEqual(self.check(files), [])


class Size(TidyTest):
    def test_a_file_of_600_lines_passes_and_one_more_is_found(self):
        fill = tidy_rules.FILE_LINES_MAX - 3
        self.assertEqual(self.in_lib("//\n" * fill), [])
        self.assertEqual(self.in_lib("//\n" * (fill + 1)), [(1, "file-lines")])

    def test_a_line_of_100_columns_passes_and_one_more_is_found(self):
        self.assertEqual(self.in_lib("//" + "ü" * 98 + "\n"), [])
        self.assertEqual(self.in_lib("//" + "ü" * 99 + "\n"), [(4, "line-columns")])

    def test_a_function_of_70_lines_passes_and_one_more_is_found(self):
        self.assertEqual(self.in_lib("void f() {\n" + "g();\n" * 68 + "}\n"), [])
        self.assertEqual(self.in_lib("\nvoid f() {\n" + "g();\n" * 69 + "}\n"),
                         [(5, "function-lines")])

    def test_a_long_table_is_no_function(self):
        self.assertEqual(self.in_lib("constexpr int t[] = {\n" + "f(1),\n" * 90 + "};\n"), [])

    def test_a_long_type_is_no_function_but_its_members_are(self):
        short = "struct S {\n" + "int f(int a = g({})) const noexcept { return a; }\n" * 90 + "};\n"
        self.assertEqual(self.in_lib(short), [])
        long = "struct S {\npublic:\n    S() : a_{1}, b_(2) {\n" + "g();\n" * 90 + "}\n};\n"
        self.assertEqual(self.in_lib(long), [(6, "function-lines")])

    def test_python_functions_are_measured_too(self):
        body = "# SPDX-License-Identifier: BSD-3-Clause\n# What.\ndef f():\n" + "    g()\n" * 70
        self.assertEqual(self.check({"scripts/x.py": body}),
                         [("scripts/x.py", 3, "function-lines")])


class Functions(unittest.TestCase):
    def names(self, text):
        return [(found.name, found.lines) for found in tidy_cpp.functions(text)]

    def test_definitions_are_found_in_all_their_shapes(self):
        text = """
namespace flow { namespace {
template <class T, class = std::enable_if_t<(sizeof(T) > 1)>>
[[nodiscard]] constexpr auto free(T value) noexcept -> T {
    if (value) { return [] { return T{}; }(); }
    return "}"[0] + '{';  // }
}
}
class Base {
public:
    explicit Base(int a) noexcept(noexcept(f(a))) : Other(a), a_{a}, b_{[] { return 1; }()} {
        use(a);
    }
    Base& operator=(const Base&) = delete;
    bool operator==(const Base&) const = default;
    Base& operator=(Base&& other) noexcept { return *this; }
    ~Base() {}
private:
    int a_{};
    std::array<int, 2> b_ = {1, 2};
};
#define BROKEN(x) {
enum class E : std::uint8_t { one, two };
TEST(Cursor, IsFound) {
}
}
"""
        self.assertEqual(self.names(text), [("free", 5), ("Base", 3), ("operator=", 1),
                                            ("~Base", 1), ("TEST", 2)])

    def test_digit_separators_and_raw_strings_do_not_confuse(self):
        text = 'int f() {\n return 1\'000 + g(R"x(" } {)x", \'"\');\n}\nint h() {\n}\n'
        self.assertEqual(self.names(text), [("f", 3), ("h", 2)])


class Heads(TidyTest):
    def test_the_license_is_on_the_first_line(self):
        bad = {"src/main.cpp": "// A comment.\n" + HEAD, "src/config/meson.build": "x = 1\n"}
        self.assertEqual(self.check(bad), [("src/config/meson.build", 1, "spdx"),
                                           ("src/main.cpp", 1, "spdx")])

    def test_a_script_has_it_below_its_interpreter(self):
        good = "#!/bin/bash\n# SPDX-License-Identifier: BSD-3-Clause\n# What.\n"
        self.assert_silent({"scripts/go": good})
        self.assertEqual(self.check({"scripts/go": "#!/bin/bash\necho\n"}),
                         [("scripts/go", 2, "spdx")])

    def test_prose_follows_the_license(self):
        self.assertEqual(self.check({"src/main.cpp": HEAD.split("\n")[0] + "\n\nint x;\n"}),
                         [("src/main.cpp", 2, "prose")])

    def test_a_header_says_pragma_once(self):
        commented = HEAD + "// #pragma once\nint x;\n"
        self.assertEqual(self.check({"lib/flow/base/x.hpp": commented}),
                         [("lib/flow/base/x.hpp", 1, "pragma-once")])
        self.assertEqual(self.in_lib("int x;\n"), [])


class Includes(TidyTest):
    NOUNS = {f"lib/flow/{folder}/a.hpp": HEADER for folder in ("base", "wire", "packet", "model")}

    def include(self, path, *targets):
        lines = "".join(f'#include "{target}"\n' for target in targets)
        found = self.check({**self.NOUNS, path: HEADER + lines})
        return [(line, rule) for where, line, rule in found if where == path]

    def stub(self, *paths):
        self.write({path: HEADER for path in paths})

    def test_base_includes_nothing_above_it(self):
        self.assertEqual(self.include("lib/flow/base/b.hpp", "flow/base/a.hpp"), [])
        self.assertEqual(self.include("lib/flow/base/b.hpp", "flow/base/a.hpp", "flow/wire/a.hpp"),
                         [(5, "include-table")])

    def test_stages_share_nouns_and_never_each_other(self):
        stages = ("decode", "produce", "format", "pipeline")
        self.stub(*(f"lib/flow/{stage}/s.hpp" for stage in stages))
        for stage in stages[:3]:
            nouns = [f"flow/{noun}/a.hpp" for noun in ("base", "wire", "packet", "model")]
            path = f"lib/flow/{stage}/b.hpp"
            self.assertEqual(self.include(path, *nouns, f"flow/{stage}/s.hpp"), [])
            for other in set(stages) - {stage}:
                self.assertEqual(self.include(path, f"flow/{other}/s.hpp"), [(4, "include-table")])
        everything = [f"flow/{stage}/s.hpp" for stage in stages]
        self.assertEqual(self.include("lib/flow/pipeline/b.hpp", *everything), [])

    def test_the_library_knows_no_daemon(self):
        self.stub("src/config/c.hpp")
        self.assertEqual(self.include("lib/flow/pipeline/b.hpp", "config/c.hpp"),
                         [(4, "include-table")])

    def test_formats_share_render_but_do_not_know_each_other(self):
        self.stub("lib/flow/format/json/j.hpp", "lib/flow/format/render/r.hpp")
        self.write({f"lib/flow/format/{name}/README.md": "x\n" for name in ("json", "text")})
        path = "lib/flow/format/text/t.hpp"
        self.assertEqual(self.include(path, "flow/format/render/r.hpp"), [])
        self.assertEqual(self.include(path, "flow/format/json/j.hpp"), [(4, "include-table")])
        self.assertEqual(self.include("lib/flow/format/list.hpp", "flow/format/json/j.hpp"), [])

    def test_ingress_drivers_are_apart_but_a_replay_uses_the_scan(self):
        self.stub("src/ingress/pcap/p.hpp", "src/ingress/ingress.hpp", "src/ingress/dpdk/d.hpp")
        self.assertEqual(self.include("src/ingress/dpdk/x.hpp", "ingress/ingress.hpp",
                                      "ingress/pcap/p.hpp"), [])
        self.assertEqual(self.include("src/ingress/udp/x.hpp", "ingress/ingress.hpp",
                                      "ingress/dpdk/d.hpp"), [(5, "include-table")])

    def test_the_worker_sees_interfaces_only(self):
        self.stub("src/ingress/ingress.hpp", "src/ingress/udp/u.hpp", "src/ring/r.hpp")
        path = "src/worker/w.hpp"
        self.assertEqual(self.include(path, "ingress/ingress.hpp", "ring/r.hpp"), [])
        self.assertEqual(self.include(path, "ingress/udp/u.hpp"), [(4, "include-table")])

    def test_tools_are_apart_and_main_sees_everything(self):
        self.stub("src/tools/gen/g.hpp", "src/worker/w.hpp")
        self.assertEqual(self.include("src/tools/ctl/x.hpp", "tools/gen/g.hpp"),
                         [(4, "include-table")])
        self.assertEqual(self.include("src/tools/gen/x.hpp", "tools/gen/g.hpp"), [])
        self.assertEqual(self.include("src/main.cpp", "worker/w.hpp", "flow/base/a.hpp"), [])

    def test_paths_are_written_from_lib_and_src(self):
        self.assertEqual(self.include("lib/flow/base/b.hpp", "a.hpp", "../base/a.hpp"),
                         [(4, "include-path"), (5, "include-path")])

    def test_a_folder_without_a_row_is_found(self):
        self.assertEqual(self.include("src/misc/x.hpp"), [(1, "include-table")])
        self.assertEqual(self.include("lib/flow/extra/x.hpp"), [(1, "include-table")])

    def test_commented_includes_do_not_count(self):
        text = HEADER + '// #include "flow/wire/a.hpp"\n/*\n#include "flow/wire/a.hpp"\n*/\n'
        self.assert_silent({**self.NOUNS, "lib/flow/base/b.hpp": text})


class Doors(TidyTest):
    DOORS = (("rte_ring.h", "src/ring"), ("rte_ethdev.h", "src/tools/gen"),
             ("librdkafka/rdkafka.h", "src/transport/kafka"), ("toml++/toml.h", "src/config"),
             ("yaml-cpp/yaml.h", "src/config"), ("spdlog/spdlog.h", "src/log"),
             ("prometheus/registry.h", "src/http"), ("microhttpd.h", "src/http"),
             ("maxminddb.h", "src/enrich"), ("pcap/pcap.h", "src/ingress/pcap"),
             ("google/protobuf/message.h", "src/tools/ctl"), ("flow.pb.h", "src/tools/ctl"),
             ("curl/curl.h", "src/tools/ctl"), ("curses.h", "src/tools/ctl"))

    def test_each_library_has_its_door(self):
        for header, door in self.DOORS:
            with self.subTest(header):
                for folder, expected in ((door, []), ("src/worker", ["one-door"]),
                                         ("src/control", ["one-door"])):
                    path = f"{folder}/x.cpp"
                    found = self.check({path: f"{HEAD}#include <{header}>\n",
                                        f"{folder}/README.md": "x\n"})
                    self.assertEqual([rule for where, _, rule in found if where == path], expected)

    def test_tests_and_perf_may_use_what_they_judge_with(self):
        text = HEAD + "#include <gtest/gtest.h>\n#include <rte_ring.h>\n#include <pcap.h>\n"
        self.assert_silent({"tests/support/x.cpp": text, "perf/ring/x_bench.cpp": text})
        self.assertEqual(self.check({"src/log/x.cpp": HEAD + "#include <gtest/gtest.h>\n"}),
                         [("src/log/x.cpp", 3, "one-door")])


class Bans(TidyTest):
    def test_lib_has_no_threads_io_clock_or_exceptions(self):
        for line in ("#include <thread>", "#include <iostream>", "#include <chrono>",
                     "#include <sys/socket.h>", "throw Error{};", "try {", "std::abort();",
                     'printf("x");', "clock_gettime(a, b);", 'getenv("X");', "std::exit(1);"):
            with self.subTest(line):
                self.assertIn((4, "lib-pure"), self.in_lib(line + "\n"))

    def test_lib_may_use_the_rest_of_the_language(self):
        good = ("#include <atomic>\n#include <immintrin.h>\n#include <cstdint>\n"
                "// throw, try and std::abort() are words here.\n"
                'const char* text = "catch (...)";\nint retry = 0, rethrown = 0;\n')
        self.assertEqual(self.in_lib(good), [])

    def test_hot_folders_do_without_the_banned_names(self):
        for name in ("std::shared_ptr<int> p;", "std::function<void()> f;", "std::string s;",
                     "std::unordered_map<int, int> m;", "std::map<int, int> m;",
                     "std::mutex m;", "auto s = std::to_string(1);", "#include <sstream>"):
            with self.subTest(name):
                self.assertIn((4, "hot"), self.in_lib(name + "\n", "lib/flow/packet/x.hpp"))
                self.assertIn((4, "hot"), self.in_lib(name + "\n", "src/ring/x.hpp"))

    def test_the_message_holds_the_replacement(self):
        self.write({"src/worker/x.hpp": HEADER + "std::string s;\n"})
        found = tidy.findings(tidy.Tree(self.root))
        self.assertIn("std::string_view", found[0].message)

    def test_cold_files_may_use_them(self):
        text = HEAD + "std::string s;\n"
        self.assert_silent({path: text for path in (
            "lib/flow/decode/learn.cpp", "lib/flow/produce/plan.cpp",
            "lib/flow/produce/compile_steps.cpp", "src/config/x.cpp", "src/ingress/udp/open.cpp",
        )} | {"src/ingress/udp/README.md": "x\n"})
        self.assertEqual(self.check({"src/ingress/udp/ingress.cpp": text}),
                         [("src/ingress/udp/ingress.cpp", 3, "hot")])

    def test_string_view_is_not_string(self):
        self.assertEqual(self.in_lib("std::string_view s; std::stringish t;\n"), [])

    def test_every_atomic_names_its_order(self):
        head = "std::atomic<int> a;\n"
        self.assertEqual(self.in_lib(head + "int x = a.load();\na.store(f(1));\n"),
                         [(5, "memory-order"), (6, "memory-order")])
        good = ("a.store(f(1),\n    std::memory_order_release);\n"
                "b.load(std::memory_order_relaxed);\n")
        self.assertEqual(self.in_lib(head + good), [])
        self.assertEqual(self.in_lib("config.load(path);\n"), [])


class Trees(TidyTest):
    def test_a_test_stands_at_its_mirrored_path(self):
        self.assert_silent({"lib/flow/wire/cursor.hpp": HEADER, "src/ring/ring.cpp": HEAD,
                            "src/ring/batch_ring.hpp": HEADER,
                            "tests/wire/cursor_test.cpp": HEAD, "tests/ring/ring_test.cpp": HEAD,
                            "tests/ring/batch_ring_test.cpp": HEAD,
                            "tests/wire/cursor_damage_test.cpp": HEAD,
                            "tests/e2e/replay_test.cpp": HEAD})
        self.assertEqual(self.check({"tests/wire/gone_test.cpp": HEAD,
                                     "tests/packet/cursor_test.cpp": HEAD}),
                         [("tests/packet/cursor_test.cpp", 1, "mirror"),
                          ("tests/wire/gone_test.cpp", 1, "mirror")])

    def test_every_driver_folder_has_a_readme(self):
        folders = ("lib/flow/decode/ipfix", "lib/flow/format/json", "src/transport/file",
                   "src/ingress/udp")
        shared = ("lib/flow/decode/templates", "lib/flow/format/render")
        files = {f"{folder}/x.hpp": HEADER for folder in folders + shared}
        self.assertEqual(self.check(files),
                         [(f"{folder}/README.md", 1, "readme") for folder in sorted(folders)])
        self.assert_silent({f"{folder}/README.md": "x\n" for folder in folders})

    def test_build_folders_and_generated_files_are_not_read(self):
        self.assert_silent({"build/x.cpp": "throw;\n", "build-sanitize/x.hpp": "x\n",
                            "src/main.cpp": HEAD, "tests/support/flow.pb.h": "x\n",
                            "tests/captures/x.pcap": "FIX" + "ME\n"})

    @unittest.skipUnless(shutil.which("clang-format-14"), "clang-format-14 is not installed")
    def test_formatting_is_the_tools_opinion(self):
        style = (ROOT / ".clang-format").read_text(encoding="utf-8")
        self.assert_silent({".clang-format": style, "src/main.cpp": HEAD + "int x = 1;\n"})
        self.assertEqual(self.check({"src/main.cpp": HEAD + "int   x=1;\n"}),
                         [("src/main.cpp", 3, "clang-format")])


class Words(TidyTest):
    def test_repairs_do_not_reach_main(self):
        self.assertEqual(self.in_lib("// FIX" + "ME: later\n"), [(4, "fixme")])

    def test_what_is_to_do_has_an_owner_and_a_reason(self):
        todo = "// TO" + "DO"
        self.assertEqual(self.in_lib(f"{todo}: later\n{todo}(ada):\n"), [(4, "todo"), (5, "todo")])
        self.assertEqual(self.in_lib(f"{todo}(ada): when IPv7 comes\n"), [])

    def test_paths_of_one_machine_are_found_anywhere(self):
        for path in ("/" + "work/main", "/tmp/" + "bash_jobs", "/ho" + "me/ada"):
            self.assertEqual(self.check({"config/README.md": f"# x\nsee {path}/x\n"}),
                             [("config/README.md", 2, "machine-path")])
        self.assert_silent({"config/README.md": "src/work" + "/x, /tmp/flows, frame" + "work/\n"})


class Allowances(TidyTest):
    LINE = "std::string s;"

    def hot(self, body):
        return self.in_lib(body, "src/ring/x.hpp")

    def test_an_allowance_lifts_the_finding_on_its_line_only(self):
        self.assertEqual(self.hot(f"{self.LINE}  // tidy: allow std::string — read at start\n"), [])
        allowed = f"{self.LINE}  // tidy: allow hot — read at start\n"
        self.assertEqual(self.hot(allowed + self.LINE + "\n"), [(5, "hot")])

    def test_alone_on_a_line_it_covers_the_next(self):
        self.assertEqual(self.hot(f"// tidy: allow hot - read at start\n{self.LINE}\n"), [])

    def test_without_a_reason_it_lifts_nothing(self):
        self.assertEqual(self.hot(f"{self.LINE}  // tidy: allow hot\n"), [(4, "allow"), (4, "hot")])

    def test_another_name_does_not_lift_and_an_idle_one_is_found(self):
        self.assertEqual(self.hot(f"{self.LINE}  // tidy: allow mutex — no\n"),
                         [(4, "allow"), (4, "hot")])
        self.assertEqual(self.hot("int x;  // tidy: allow hot — no longer\n"), [(4, "allow")])


class CommandLine(TidyTest):
    def run_tidy(self, *arguments):
        return subprocess.run([sys.executable, ROOT / "scripts/tidy.py", *arguments],
                              capture_output=True, text=True, check=False)

    def test_findings_are_lines_and_the_status_is_1(self):
        self.write({"src/main.cpp": "int x;\n"})
        run = self.run_tidy(self.root)
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stdout, r"\Asrc/main\.cpp:1: spdx: line 1 must be .+\n\Z")

    def test_a_clean_tree_is_silent_and_the_status_is_0(self):
        self.write({"src/main.cpp": HEAD})
        run = self.run_tidy(self.root)
        self.assertEqual((run.returncode, run.stdout), (0, ""))

    def test_a_tree_with_nothing_to_check_is_no_success(self):
        self.assertEqual(self.run_tidy(self.root).returncode, 2)
        self.assertEqual(self.run_tidy(self.root / "absent").returncode, 2)

    def test_usage_is_told(self):
        with contextlib.redirect_stderr(io.StringIO()) as stderr:
            self.assertEqual(tidy.main(["a", "b"]), 2)
        self.assertIn("usage", stderr.getvalue())


if __name__ == "__main__":
    unittest.main()
