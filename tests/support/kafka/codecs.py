# SPDX-License-Identifier: BSD-3-Clause
"""What record batches are packed with: the CRC-32C that guards them and the five codecs. gzip is
Python's own; snappy, LZ4 and Zstandard are the system's libraries, and `MissingCodec` where there
is none."""

import array
import ctypes
import struct
import sys
import zlib
from functools import cache

NAMES = ("none", "gzip", "snappy", "lz4", "zstd")  # by their number in a batch's attributes
LIBRARIES = {"snappy": "libsnappy.so.1", "lz4": "liblz4.so.1", "zstd": "libzstd.so.1"}
UNPACKED_SIZE_MAX = 1 << 30
# Kafka's Java clients cut snappy into blocks behind this mark and two version numbers; librdkafka
# writes one block without it. Both are on the wire.
SNAPPY_BLOCKS = b"\x82SNAPPY\0"


class MissingCodec(Exception):
    """The system has no library for this codec."""


class Damaged(Exception):
    """Packed bytes that their codec does not accept."""


# --- CRC-32C -----------------------------------------------------------------------------------

CASTAGNOLI_REFLECTED = 0x82F63B78


@cache
def crc_table() -> array.array:
    """For two bytes a step: pure Python is slow, and this is half as slow as a table of 256."""
    small = []
    for number in range(256):
        for _ in range(8):
            number = (number >> 1) ^ (CASTAGNOLI_REFLECTED if number & 1 else 0)
        small.append(number)
    return array.array("I", (small[(small[low] ^ high) & 0xFF] ^ (small[low] >> 8)
                             for high in range(256) for low in range(256)))


def crc32c(data) -> int:
    view = memoryview(data).cast("B")
    table = crc_table()
    crc = 0xFFFFFFFF
    words = array.array("H", view[:len(view) & ~1].tobytes())
    if sys.byteorder == "big":
        words.byteswap()
    for word in words:
        crc = table[(crc ^ word) & 0xFFFF] ^ (crc >> 16)
    if len(view) & 1:  # the last byte is a step of its own
        crc ^= view[-1]
        for _ in range(8):
            crc = (crc >> 1) ^ (CASTAGNOLI_REFLECTED if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


# --- Codecs ------------------------------------------------------------------------------------


def unpack(codec: int, packed: bytes) -> bytes:
    """`codec` is the number in the batch's attributes."""
    unpackers = (bytes, gzip, snappy, lz4, zstd)
    if codec >= len(unpackers):
        raise Damaged(f"there is no codec {codec}")
    return unpackers[codec](packed)


def is_available(name: str) -> bool:
    try:
        return name not in LIBRARIES or library(name) is not None
    except MissingCodec:
        return False


@cache
def library(name: str) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(LIBRARIES[name])
    except OSError as error:
        raise MissingCodec(f"{name}: {error}") from error


def gzip(packed: bytes) -> bytes:
    try:
        return zlib.decompress(packed, zlib.MAX_WBITS | 16)
    except zlib.error as error:
        raise Damaged(f"gzip: {error}") from error


def snappy(packed: bytes) -> bytes:
    if not packed.startswith(SNAPPY_BLOCKS):
        return snappy_block(packed)
    at, unpacked = len(SNAPPY_BLOCKS) + 8, []
    while at < len(packed):
        if at + 4 > len(packed):
            raise Damaged("snappy: a block's size is cut")
        size = struct.unpack_from(">I", packed, at)[0]
        if at + 4 + size > len(packed):
            raise Damaged("snappy: a block is cut")
        unpacked.append(snappy_block(packed[at + 4:at + 4 + size]))
        at += 4 + size
    return b"".join(unpacked)


def snappy_block(packed: bytes) -> bytes:
    functions = library("snappy")
    size = ctypes.c_size_t()
    if functions.snappy_uncompressed_length(packed, ctypes.c_size_t(len(packed)),
                                            ctypes.byref(size)) != 0:
        raise Damaged("snappy: no length in front")
    if size.value > UNPACKED_SIZE_MAX:
        raise Damaged(f"snappy: {size.value} bytes, the limit is {UNPACKED_SIZE_MAX}")
    room = ctypes.create_string_buffer(max(size.value, 1))
    if functions.snappy_uncompress(packed, ctypes.c_size_t(len(packed)), room,
                                   ctypes.byref(size)) != 0:
        raise Damaged("snappy: the block is damaged")
    return room.raw[:size.value]


class Buffer(ctypes.Structure):
    """ZSTD_inBuffer and ZSTD_outBuffer, which are alike: memory, its size, how much is used."""

    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_size_t), ("used", ctypes.c_size_t)]


def zstd(packed: bytes) -> bytes:
    """By the streaming calls: the frame need not say how long it is unpacked."""
    functions = library("zstd")
    functions.ZSTD_createDStream.restype = ctypes.c_void_p
    functions.ZSTD_decompressStream.restype = ctypes.c_size_t
    stream = ctypes.c_void_p(functions.ZSTD_createDStream())
    source = ctypes.create_string_buffer(packed, len(packed))
    room = ctypes.create_string_buffer(1 << 17)
    given = Buffer(ctypes.addressof(source), len(packed), 0)
    unpacked = bytearray()
    try:
        while True:
            taken = Buffer(ctypes.addressof(room), len(room), 0)
            left = functions.ZSTD_decompressStream(stream, ctypes.byref(taken),
                                                   ctypes.byref(given))
            if functions.ZSTD_isError(ctypes.c_size_t(left)):
                raise Damaged("zstd: the frame is damaged")
            unpacked += ctypes.string_at(room, taken.used)
            finish("zstd", len(unpacked), given.used < len(packed) or taken.used == len(room),
                   left)
            if left == 0 and given.used == len(packed):
                return bytes(unpacked)
    finally:
        functions.ZSTD_freeDStream(stream)


def lz4(packed: bytes) -> bytes:
    """Of the LZ4 frame format."""
    functions = library("lz4")
    functions.LZ4F_decompress.restype = ctypes.c_size_t
    functions.LZ4F_createDecompressionContext.restype = ctypes.c_size_t
    context = ctypes.c_void_p()
    frame_version = ctypes.c_uint(100)
    functions.LZ4F_createDecompressionContext(ctypes.byref(context), frame_version)
    source = ctypes.create_string_buffer(packed, len(packed))
    room = ctypes.create_string_buffer(1 << 17)
    at, unpacked = 0, bytearray()
    try:
        while True:
            written, read = ctypes.c_size_t(len(room)), ctypes.c_size_t(len(packed) - at)
            left = functions.LZ4F_decompress(
                context, room, ctypes.byref(written),
                ctypes.c_void_p(ctypes.addressof(source) + at), ctypes.byref(read), None)
            if functions.LZ4F_isError(ctypes.c_size_t(left)):
                raise Damaged("lz4: the frame is damaged")
            unpacked += ctypes.string_at(room, written.value)
            at += read.value
            finish("lz4", len(unpacked), at < len(packed) or written.value == len(room), left)
            if left == 0 and at == len(packed):
                return bytes(unpacked)
    finally:
        functions.LZ4F_freeDecompressionContext(context)


def finish(name: str, size: int, goes_on: bool, left: int):
    """Ends a loop that cannot get further: the frame is cut, or unpacks to more than any batch."""
    if size > UNPACKED_SIZE_MAX:
        raise Damaged(f"{name}: over {UNPACKED_SIZE_MAX} bytes")
    if left != 0 and not goes_on:
        raise Damaged(f"{name}: the frame is cut")
