# SPDX-License-Identifier: MIT
"""verify and show on what looks like TFRecord files, and on what does not."""

import gzip
import os
import struct

import hostile
import pytest
import tfrecord_bytes as made

EMPTY = made.record(b"")


def example(*features):
    return made.record(made.field(1, b"".join(features)))


def feature(name, kind, values):
    return made.field(1, made.field(1, name) + made.field(2, made.field(kind, values)))


# Content, words of verify (None: all is right), words of show (None: it is shown).
FILES = {
    "a length of 2^63": (made.header(2**63) + bytes(20), "9223372036854775808 bytes", "beyond"),
    "a length of 2^64 - 1": (made.header(2**64 - 1) + bytes(20), "beyond what a record", "beyond"),
    "a length of 2^64 - 17": (made.header(2**64 - 17) + bytes(20), "beyond what", "beyond"),
    "a length of 2 GiB": (made.header(2**31 - 1) + bytes(99), "of 2147483663 bytes", "ends within"),
    "a wrong checksum": (made.header(5) + b"hello" + bytes(4), "does not match", "not a tf.train"),
    "a header's wrong checksum": (struct.pack("<QI", 5, 0) + b"hello", "no TFRecord", "no TFRecord"),
    "an end within a header": (b"\5\0\0", "within its header", "within its header"),
    "compressed": (gzip.compress(EMPTY * 9), "gzip", "gzip"),
    "text": (b"hello, world\n" * 99, "no TFRecord", "no TFRecord"),
    "nested messages": (made.record(made.nested(2000)), None, "not UTF-8"),
    "a field of 2 GiB": (made.record(b"\x0a\xff\xff\xff\xff\x07"), None, "damaged"),
    "a field of 2^63 bytes": (made.record(b"\x0a" + b"\xff" * 9 + b"\x01"), None, "damaged"),
    "a number that never ends": (made.record(b"\x0a" + b"\xff" * 999), None, "damaged"),
    "groups": (made.record(b"\x0b" * 5000), None, "damaged"),
    "values of 2 GiB": (example(feature(b"a", 3, b"\x0a\xff\xff\xff\xff\x07")), None, "damaged"),
    "no UTF-8": (example(feature(b"\xff", 1, made.field(1, b"\xff"))), None, "not UTF-8"),
    "thousands of features": (example(*[feature(b"%d" % i, 1, made.field(1, b"x"))
                                        for i in range(20000)]), None, None),
    "a key a thousand times": (example(feature(b"a", 1, made.field(1, b"x")) * 999), None, None),
    "a hundred thousand values": (example(feature(b"a", 3, made.field(1, b"\1" * 100000))), None, None),
    "a hundred thousand empty records": (EMPTY * 100000, None, None),
    "escapes": (example(feature("\x1b[2J\u202e".encode(), 1,
                                made.field(1, "\x1b]0;x\a\u202e".encode()))), None, None),
}


@pytest.mark.fault(fault="TFRecord of impossible lengths, damaged or endless protobuf",
                  moment="when it is verified or shown",
                  expected="named with its byte, in 64 MB")
@pytest.mark.parametrize("content, verified, shown", FILES.values(), ids=FILES)
def test_hostile_records_are_named_or_shown(tfrecordfs, folder, content, verified, shown):
    path = folder / "x.tfrecord"
    path.write_bytes(content)
    result = hostile.run(tfrecordfs, "verify", path, code=1 if verified else 0, megabytes=24)
    assert (verified or "every checksum is right") in result.out
    result = hostile.run(tfrecordfs, "show", path, code=1 if shown else 0, megabytes=24)
    assert shown is None or shown in result.error
    result = hostile.run(tfrecordfs, "show", path, "--json", code=1 if shown else 0, megabytes=64)
    assert (shown in result.error) if shown else result.json["record"] == 0
    hostile.run(tfrecordfs, "verify", path, "--against", path, "--json",
                code=1 if verified else 0, megabytes=64)


def test_what_is_no_file_is_never_waited_for(tfrecordfs, folder):
    os.mkfifo(folder / "fifo")
    (folder / "loop").symlink_to("loop")
    (folder / "up").symlink_to(".")
    paths = [folder / "fifo", folder / "loop", "/dev/zero", "/dev/tty"]
    result = hostile.run(tfrecordfs, "verify", *paths, megabytes=16)
    assert "4 files are bad" in result.out
    for path in paths:
        assert hostile.run(tfrecordfs, "show", path, code=(1, 2), megabytes=16).error
        assert hostile.run(tfrecordfs, "where", path, 0, code=(1, 2), megabytes=16).error
    # Directories that hold themselves, and nothing else.
    assert "holds no TFRecord file" in hostile.run(tfrecordfs, "verify", folder).error


def test_holes_of_gigabytes_are_no_records(tfrecordfs, folder):
    with open(folder / "x.tfrecord", "wb") as file:
        file.truncate(8 << 30)
    assert "no TFRecord" in hostile.run(tfrecordfs, "verify", folder / "x.tfrecord",
                                        megabytes=16).out


@pytest.mark.parametrize("number", ["-1", "18446744073709551616", "1e3", "0x1", ""])
def test_numbers_of_records_that_are_none(tfrecordfs, folder, number):
    (folder / "x.tfrecord").write_bytes(EMPTY)
    assert hostile.run(tfrecordfs, "show", f"{folder}/x.tfrecord:{number}", code=(1, 2)).error
    assert hostile.run(tfrecordfs, "where", folder / "x.tfrecord", number, code=2).error
