# SPDX-License-Identifier: MIT
"""TFRecord files and protobufs byte by byte, for tests of what no library would write."""

import struct


def _table():
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82f63b78 if value & 1 else 0)
        yield value


_TABLE = list(_table())


def masked_crc(data):
    crc = 0xffffffff
    for byte in data:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 255]
    crc ^= 0xffffffff
    return ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff


def header(length):
    return struct.pack("<Q", length) + struct.pack("<I", masked_crc(struct.pack("<Q", length)))


def record(data):
    return header(len(data)) + data + struct.pack("<I", masked_crc(data))


def varint(number):
    more = b""
    while number > 127:
        more += bytes([number & 127 | 128])
        number >>= 7
    return more + bytes([number])


def field(number, data):
    """A delimited field."""
    return bytes([number << 3 | 2]) + varint(len(data)) + data


def nested(depth):
    data = b""
    for _ in range(depth):
        data = field(1, data)
    return data
