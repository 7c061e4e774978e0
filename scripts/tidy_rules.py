# SPDX-License-Identifier: BSD-3-Clause
"""What tidy knows, as data: limits, who may include whom, the doors of third-party libraries, and
the names that lib and the hot folders do without. The table is the architecture's ("The tree"); a
row changes together with that page, by decision."""

import re

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
LINE_COLUMNS_MAX = 100

SPDX = "SPDX-License-Identifier: BSD-3-Clause"

CPP_SUFFIXES = (".hpp", ".cpp")
SKIPPED_FOLDERS = re.compile(r"^(\.git|\.cache|__pycache__|build.*|subprojects)$")
GENERATED_FILES = re.compile(r"\.pb\.(h|cc)$")
TEXT_SUFFIXES = CPP_SUFFIXES + (
    ".py", ".sh", ".js", ".build", ".proto", ".md", ".txt", ".toml", ".yaml", ".yml", ".service",
    ".in")
COMMENT_OF_SUFFIX = {
    ".hpp": "//", ".cpp": "//", ".proto": "//", ".js": "//", ".py": "#", ".sh": "#", ".build": "#"}

# --- Who may include whom --------------------------------------------------------------------

BASE, WIRE = "lib/flow/base", "lib/flow/wire"
PACKET, MODEL = "lib/flow/packet", "lib/flow/model"
NOUNS = (BASE, WIRE, PACKET, MODEL)
DRIVER = NOUNS + ("src/config", "src/metrics", "src/log")

# Folder -> folders and files that it may include besides itself. The longest matching row counts.
INCLUDE_TABLE = {
    BASE: (),
    WIRE: (BASE,),
    # Addresses, kinds of layers, their selectors and dialects are nouns of frames too.
    PACKET: (BASE, WIRE, "lib/flow/model/address.hpp", "lib/flow/model/layer.hpp",
             "lib/flow/model/dialect.hpp", "lib/flow/model/mapping.hpp"),
    MODEL: (BASE, WIRE),
    "lib/flow/decode": NOUNS,
    "lib/flow/produce": NOUNS,
    "lib/flow/format": NOUNS,
    # A datagram as a message of its own, without flows: decodes and writes in one step.
    "lib/flow/raw": NOUNS + ("lib/flow/decode", "lib/flow/format/render"),
    "lib/flow/pipeline": ("lib/flow",),
    "src/log": (BASE, "lib/flow/model/address.hpp"),
    # Diagnoses are made of what was observed of exporters.
    "src/metrics": (BASE, MODEL, "src/log/address.hpp", "lib/flow/decode/traits.hpp",
                    "lib/flow/decode/deviation.hpp"),
    "src/config": (BASE, MODEL, "src/log"),
    "src/enrich": (BASE, MODEL, "src/log", "src/config"),
    "src/state": (BASE, MODEL, "src/log"),
    "src/ring": DRIVER,
    # Whose datagram is it? Sharding asks what the decoders would find.
    "src/ingress": DRIVER + ("lib/flow/decode/peek.hpp",),
    "src/transport": DRIVER,
    "src/worker": (BASE, MODEL, "lib/flow/pipeline", "lib/flow/decode/handover.hpp",
                   "lib/flow/decode/handover_page.hpp", "src/ring", "src/ingress/ingress.hpp",
                   "src/ingress/sharding.hpp", "src/ingress/shard_table.hpp",
                   "src/transport/transport.hpp", "src/config", "src/metrics",
                   "src/log/failure.hpp"),
    "src/http": (BASE, MODEL, "src/config", "src/metrics", "src/log", "src/worker"),
    "src/control": (BASE, MODEL, "src/config", "src/metrics", "src/log", "src/worker",
                    "src/state", "src/ingress/shard_table.hpp", "src/ring",
                    "lib/flow/decode/account.hpp", "lib/flow/decode/handover_page.hpp"),
    "src/tools": ("lib/flow", "src/config", "src/log", "src/ingress/dpdk/eal_end.hpp"),
    "src": ("lib/flow", "src"),  # main.cpp and daemon.*: they wire everything together
}

# Stages whose folders are drivers: a driver knows itself, the files at the root of its stage and
# the folders named here, never its neighbour. A file at the root (the list) knows all drivers.
DRIVER_STAGES = {
    "lib/flow/decode": ("templates", "sampling"),
    "lib/flow/format": ("render",),
    "src/ingress": (),
    "src/transport": (),
}
NEIGHBOURS = {"src/ingress/dpdk": ("src/ingress/pcap",)}  # a replay is net_pcap plus a pre-scan

# Folders of a driver stage that are no drivers and need no README.
README_EXEMPT = ("lib/flow/decode/templates", "lib/flow/decode/sampling", "lib/flow/format/render")

# --- One door per third-party library ----------------------------------------------------------

COMPRESSING = ("src/transport/file", "src/transport/spool", "src/tools/cat")

# Library, its headers, and the folders that may include them. tests/ and perf/ may use any: they
# judge with them.
DOORS = (
    ("DPDK", re.compile(r"^rte_\w+\.h$"), ("src/ingress/dpdk", "src/ring", "src/tools/gen")),
    ("librdkafka", re.compile(r"^librdkafka/"), ("src/transport/kafka",)),
    ("toml++", re.compile(r"^toml(\+\+|plusplus|\.hpp)"), ("src/config",)),
    ("yaml-cpp", re.compile(r"^yaml-cpp/"), ("src/config",)),
    ("librdkafka", re.compile(r"^librdkafka/"), ("src/transport/kafka",)),
    ("spdlog", re.compile(r"^(spdlog|fmt)/"), ("src/log",)),
    ("prometheus-cpp", re.compile(r"^prometheus/"), ("src/http",)),
    ("libmicrohttpd", re.compile(r"^microhttpd\.h$"), ("src/http",)),
    ("libmaxminddb", re.compile(r"^maxminddb"), ("src/enrich",)),
    ("libprotobuf", re.compile(r"^google/protobuf/|\.pb\.h$"), ("src/tools",)),
    ("libpcap", re.compile(r"^pcap(\.h$|/)"),
     ("src/ingress/pcap", "src/ingress/dpdk", "src/tools/gen")),
    ("libsystemd", re.compile(r"^systemd/"), ("src/control",)),
    ("libseccomp", re.compile(r"^seccomp\.h$"), ("src/control",)),
    ("libzstd", re.compile(r"^zstd\w*\.h$"), COMPRESSING),
    ("liblz4", re.compile(r"^lz4\w*\.h$"), COMPRESSING),
    ("libcurl", re.compile(r"^curl/"), ("src/tools/ctl",)),
    ("ncurses", re.compile(r"^(ncursesw?/)?(n?curses|term)\.h$"), ("src/tools/ctl",)),
    ("GoogleTest", re.compile(r"^(gtest|gmock)/"), ()),
    ("Google Benchmark", re.compile(r"^benchmark/"), ()),
)

# --- lib is pure ---------------------------------------------------------------------------------

LIB = "lib/flow"
# A header with a dot is the system's; only these, which the variants of hot kernels need.
LIB_SYSTEM_HEADERS = ("immintrin.h", "x86intrin.h", "cpuid.h")

NO_THREADS = "lib has no threads; the caller owns one shard per thread"
NO_IO = "lib does no I/O; return a value or write into the caller's memory"
NO_CLOCK = "lib reads no clock; take the time from the datagram"
NO_EXCEPTIONS = "lib has no exceptions; return Error or Result"
LIB_HEADERS_BANNED = {
    "thread": NO_THREADS, "mutex": NO_THREADS, "shared_mutex": NO_THREADS, "future": NO_THREADS,
    "condition_variable": NO_THREADS, "semaphore": NO_THREADS, "latch": NO_THREADS,
    "barrier": NO_THREADS, "stop_token": NO_THREADS,
    "iostream": NO_IO, "fstream": NO_IO, "ostream": NO_IO, "istream": NO_IO, "sstream": NO_IO,
    "cstdio": NO_IO, "filesystem": NO_IO, "iomanip": NO_IO,
    "chrono": NO_CLOCK, "ctime": NO_CLOCK,
    "exception": NO_EXCEPTIONS, "stdexcept": NO_EXCEPTIONS, "system_error": NO_EXCEPTIONS,
    "random": "lib is deterministic; take a seed or a number from the caller",
    "regex": "lib parses by hand, with a bound on every loop",
    "functional": "take a template parameter or a function pointer",
    "locale": "lib reads no global state; write digits by hand",
}
# Name, its pattern in code without comments and strings, and what to write instead.
LIB_NAMES_BANNED = (
    ("throw", re.compile(r"\bthrow\b"), NO_EXCEPTIONS),
    ("try", re.compile(r"\btry\b"), NO_EXCEPTIONS),
    ("catch", re.compile(r"\bcatch\b"), NO_EXCEPTIONS),
    ("abort", re.compile(r"\b(abort|terminate|_?exit|quick_exit)\s*\("),
     "lib never ends the process; return an Error, or assert what only a bug can break"),
    ("printf", re.compile(r"\b(f|s|sn|v|vsn)?printf\s*\(|\bf?puts\s*\("), NO_IO),
    ("clock", re.compile(r"\b(clock_gettime|gettimeofday|steady_clock|system_clock)\b"
                         r"|\bstd::time\s*\(|::time\s*\("), NO_CLOCK),
    ("getenv", re.compile(r"\bgetenv\s*\("), "lib reads no global; take a parameter"),
    ("sleep", re.compile(r"\b(u|nano)?sleep(_for|_until)?\s*\("), NO_THREADS),
)

# --- Hot and cold --------------------------------------------------------------------------------

HOT_FOLDERS = (re.compile(r"^lib/flow/"), re.compile(r"^src/(ring|worker)/"),
               re.compile(r"^src/ingress/[^/]+/ingress\.[ch]pp$"))
# What runs once per template or once per start, in a file of its own.
COLD_FILES = re.compile(r"(^|/)(learn\.cpp|plan\.cpp|create\.cpp|[^/]*compile[^/]*)$")

HOT_NAMES_BANNED = (
    ("shared_ptr", re.compile(r"\b(std::)?(shared_ptr|make_shared|weak_ptr)\b"),
     "one owner: std::unique_ptr, and a plain pointer or a span for who borrows"),
    ("std::function", re.compile(r"\bstd::(move_only_)?function\b"),
     "a template parameter, or a function pointer with its context"),
    ("std::string", re.compile(r"\bstd::(string\b|basic_string\b|to_string\b)"),
     "std::string_view, or a fixed array that the owner sizes at start"),
    ("iostream", re.compile(r"#\s*include\s*<(iostream|sstream|fstream)>|\bstd::(cout|cerr|clog)\b"
                            r"|\bstd::[io]?stringstream\b"),
     "count it; the control plane logs"),
    ("unordered_map", re.compile(r"\bstd::(unordered_(multi)?(map|set)|(multi)?map|list|deque)\b"),
     "an open table or array over flow::Slots, sized at start"),
    ("mutex", re.compile(r"\bstd::(\w*mutex|lock_guard|scoped_lock|unique_lock)\b"),
     "one writer per cache line; cross threads through the ring or a mailbox"),
    ("typeid", re.compile(r"\b(dynamic_cast|typeid)\b"),
     "hot targets have no RTTI; bind at compile time"),
)

# --- Tests -----------------------------------------------------------------------------------

TEST_SUFFIX = "_test.cpp"
MIRROR_EXEMPT = ("tests/support", "tests/e2e", "tests/corpus", "tests/golden", "tests/fuzz",
                 "tests/tidy", "tests/proto",  # proto/ holds schemas, no C++
                 "tests/damage", "tests/install")
MIRRORED_ROOTS = ("lib/flow", "src")

# --- Words. The classes in brackets keep these patterns from finding themselves. --------------

WORDS = (
    ("fixme", re.compile(r"\bFIX[M]E\b"), "repair it; it does not reach main"),
    ("todo", re.compile(r"\bTO[D]O\b(?!\([\w .-]+\): \S)"),
     "give it an owner and a reason, as in `TO" "DO(name): reason`"),
    ("machine-path", re.compile(r"(?<![\w.])/(wor[k]/|tm[p]/bash|hom[e]/\w)"),
     "a path of one machine means nothing to others; write it relative to the repository"),
)
