# SPDX-License-Identifier: MIT
"""Write the golden TFRecord files with real TensorFlow, and what is in them.

    build/venv/bin/python tests/data/golden/generate.py [--check]

examples.tfrecord      Examples as SerializeToString(deterministic=True) writes them under
                       upb, TensorFlow's protobuf runtime, framed by TFRecordWriter
examples-cpp.tfrecord  those of them that the pure-Python runtime orders differently
examples.txt           what the Examples hold, for tests/unit/golden.c to build them from
foreign.tfrecord       Examples in forms that no TensorFlow writes but each one reads
foreign.txt            what TensorFlow says they hold; kind "nothing": nothing is set
refused.tfrecord       records that TensorFlow says are no Examples
framing.tfrecord       raw records of the lengths in FRAMING_LENGTHS, byte i being i % 251
empty.tfrecord         no record at all

A line of a .txt file is "example NAME", or "KIND KEY VALUE...": key and bytes in
hexadecimal ("-" for none), floats as the bits of a float32 in hexadecimal, integers in
decimal. "V*N" stands for V repeated N times, "B^N" for bytes that are B repeated N times.
Features stand in the order in which Python has them, which is not the map's.
"""

import os
import pathlib
import struct
import subprocess
import sys
import tempfile

import tensorflow as tf
from google.protobuf.message import DecodeError
from google.protobuf.internal import api_implementation

HERE = pathlib.Path(__file__).resolve().parent
FRAMING_LENGTHS = [0, 1, 3, 0, 127, 128, 4096]
FLOAT_MAX = 3.4028234663852886e38
NAN, INF = float("nan"), float("inf")


class Repeated:
    """A list of equal values, or bytes of equal bytes, told briefly."""

    def __init__(self, value, count):
        self.value, self.count = value, count


# Keys that begin others, around the characters that sort before and after '/'.
PREFIX_KEYS = [b"image", b"image_name", b"image/x", b"a", b"ab", b"a-", b"a0", b"a/b", b"aa",
               b"b", b"", b"\x7f", b"a\x00", b"image/"]

EXAMPLES = {
    "no_features": [],
    "label": [("int64", b"label", [3])],
    "all_kinds": [
        ("int64", b"image/height", [480]),
        ("int64", b"image/width", [640]),
        ("bytes", b"image/encoded", [b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\xff\xd9"]),
        ("bytes", b"image/format", [b"jpeg"]),
        ("float", b"image/object/bbox/xmin", [0.1, 0.25, 1 / 3]),
        ("int64", b"image/class/label", [0]),
    ],
    "classification": [
        ("int64", b"image/height", [512]),
        ("int64", b"image/width", [384]),
        ("bytes", b"image/filename", [b"melanoma/ISIC_0024313.jpg"]),
        ("bytes", b"image/source_id", [b"4711"]),
        ("bytes", b"image/key/sha256", [b"0123456789abcdef" * 4]),
        ("bytes", b"image/encoded", [Repeated(b"\x5a", 3000)]),
        ("bytes", b"image/format", [b"jpg"]),
        ("int64", b"image/label", [6]),
    ],
    "integers": [
        ("int64", b"negative", [-1, -128, -(2**31), -(2**31) - 1]),
        ("int64", b"extremes", [-(2**63), 2**63 - 1, 0]),
        ("int64", b"steps", [v for bits in range(7, 63, 7)
                             for v in ((1 << bits) - 1, 1 << bits)]),
    ],
    "floats": [
        ("float", b"special", [NAN, INF, -INF, 0.0, -0.0]),
        ("float", b"rounded", [0.1, 1 / 3, 16777217.0, 1.0000000596046448, -2.5]),
        ("float", b"range", [FLOAT_MAX, -FLOAT_MAX, 1.1754943508222875e-38, 1e-45, 1e-46]),
    ],
    "empty_lists": [("bytes", b"b", []), ("float", b"f", []), ("int64", b"i", [])],
    "empty_bytes": [
        ("bytes", b"one", [b""]),
        ("bytes", b"between", [b"x", b"", b"", b"y"]),
        ("bytes", b"three", [Repeated(b"", 3)]),
    ],
    "list_lengths": [
        ("int64", b"i126", [Repeated(1, 126)]),
        ("int64", b"i127", [Repeated(1, 127)]),
        ("int64", b"i128", [Repeated(1, 128)]),
        ("float", b"f31", [Repeated(1.5, 31)]),
        ("float", b"f32", [Repeated(1.5, 32)]),
        ("bytes", b"b126", [Repeated(b"\x01", 126)]),
        ("bytes", b"b127", [Repeated(b"\x01", 127)]),
        ("bytes", b"b128", [Repeated(b"\x01", 128)]),
        ("bytes", b"b42", [Repeated(b"x", 3)]),
        ("int64", b"n13", [Repeated(-1, 13)]),
    ],
    "bytes_16383": [("bytes", b"image/encoded", [Repeated(b"\xab", 16383)])],
    "bytes_16384": [("bytes", b"image/encoded", [Repeated(b"\xab", 16384)])],
    "features_16383": [("bytes", b"k", [Repeated(b"\xcd", 16383 - 15)])],
    "features_16384": [("bytes", b"k", [Repeated(b"\xcd", 16384 - 15)])],
    "ints_16383": [("int64", b"i", [Repeated(7, 16383)])],
    "ints_16384": [("int64", b"i", [Repeated(7, 16384)])],
    "floats_16384": [("float", b"f", [Repeated(-0.5, 4096)])],
    "key_lengths": [("int64", b"k" * n, [n]) for n in (1, 126, 127, 128, 300)],
    "other_scripts": [
        ("int64", "größe".encode(), [1]),
        ("bytes", "图像/编码".encode(), ["猫".encode()]),
        ("int64", "изображение".encode(), [2]),
        ("int64", "🐈".encode(), [3]),
        ("int64", "\uffee".encode(), [4]),
        ("int64", b"grosse", [5]),
        ("int64", "gr".encode(), [6]),
    ],
    "prefix_keys": [("int64", key, [i]) for i, key in enumerate(PREFIX_KEYS)],
    "prefix_keys_bytes": [
        ("bytes", b"image", [Repeated(b"\x11", 200)]),
        ("bytes", b"image_name", [b"1.png"]),
        ("bytes", b"image/filename", [b"a/1.png"]),
        ("int64", b"label", [1]),
        ("float", b"label_weight", [0.5]),
    ],
    "eight_images": [("bytes", b"images", [bytes([65 + i]) * (i * 20) for i in range(9)])],
    "many_features": [("int64" if i % 5 else "bytes", b"feature_%02d" % i,
                       [i if i % 5 else b"%d" % i]) for i in range(40)],
    "mask_and_image": [
        ("bytes", b"mask", [Repeated(b"\x01", 500)]),
        ("bytes", b"image", [Repeated(b"\x02", 1500)]),
    ],
}


def varint(value):
    head = b""
    while value >= 128:
        head += bytes([value % 128 + 128])
        value //= 128
    return head + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def fixed64(field, value):
    return varint(field << 3 | 1) + struct.pack("<Q", value)


def message(field, *parts):
    body = b"".join(parts)
    return varint(field << 3 | 2) + varint(len(body)) + body


def group(field, *parts):
    return varint(field << 3 | 3) + b"".join(parts) + varint(field << 3 | 4)


def fixed32(field, value):
    return varint(field << 3 | 5) + struct.pack("<f", value)


def entry(key, *features):
    """A map entry with the key and any number of Feature messages, each in parts."""
    return message(1, message(1, key), *(message(2, *parts) for parts in features))


def one(*parts):
    """An Example whose one key is "k" and whose one Feature is made of the parts."""
    return message(1, entry(b"k", parts))


UNKNOWN = (number(9, 300) + fixed64(10, 1) + message(11, b"?") + fixed32(13, 1)
           + group(12, number(1, 1), group(2, message(3, b"x"))))

FOREIGN = {
    "nothing_at_all": b"",
    "unpacked_ints": one(message(3, number(1, 1), number(1, 2), number(1, 2**64 - 1))),
    "packed_in_runs": one(message(3, message(1, b"\x05\x06"), message(1), message(1, b"\x07"))),
    "packed_and_not": one(message(3, number(1, 4), message(1, b"\x05\x06"), number(1, 7))),
    "unpacked_floats": one(message(2, fixed32(1, 1.5), message(1, struct.pack("<f", 2)),
                                   fixed32(1, -0.0))),
    "overlong_varints": one(message(3, message(1, b"\x81\x80\x00\x82\x80\x80\x80\x80\x00"))),
    # None inside the entry itself: there the runtimes differ, upb dropping the entry.
    "unknown_fields": UNKNOWN + message(1, UNKNOWN, entry(b"k", [UNKNOWN, message(
        1, UNKNOWN, message(1, b"a"), UNKNOWN, message(1, b"b"), UNKNOWN)]), UNKNOWN),
    "other_wire_types": number(1, 7) + message(1, number(1, 7), entry(b"k", [
        number(1, 7), message(1, number(1, 7), fixed32(1, 1), message(1, b"a")),
        fixed32(2, 1)])),
    "float_of_other_types": one(message(2, number(1, 7), fixed64(1, 7), fixed32(1, 7))),
    "int_of_other_types": one(message(3, fixed32(1, 7), fixed64(1, 7), number(1, 7))),
    "two_features": (message(1, entry(b"k", [message(3, number(1, 1))]))
                     + message(1) + message(1, entry(b"l", [message(1, message(1, b"x"))]))),
    "value_before_key": message(1, message(1, message(2, message(1, message(1, b"v"))),
                                           message(1, b"k"))),
    "two_keys": message(1, message(1, message(1, b"first"), message(1, b"last"),
                                   message(2, message(3, number(1, 1))))),
    "no_key": message(1, message(1, message(2, message(3, number(1, 1))))),
    "no_value": message(1, message(1, message(1, b"k"))),
    "empty_entry": message(1, message(1)),
    "nothing_set": one(),
    "pieces_of_one_list": one(message(1, message(1, b"a")), message(1),
                              message(1, message(1, b"b"), message(1, b"c"))),
    "pieces_of_numbers": one(message(3, number(1, 1), message(1, b"\x02")), UNKNOWN,
                             message(3, message(1, b"\x03"), number(1, 4))),
    "another_kind_wins": one(message(3, number(1, 7)), message(1, message(1, b"x")),
                             message(3, number(1, 8)), message(3, number(1, 9))),
    "empty_kind_wins": one(message(1, message(1, b"x")), message(2)),
    "pieces_in_two_values": message(1, entry(
        b"k", [message(1, message(1, b"a"))], [], [message(1, message(1, b"b"))])),
    "another_kind_in_two_values": message(1, entry(
        b"k", [message(1, message(1, b"a"))],
        [message(3, number(1, 1)), message(1, message(1, b"b"))],
        [UNKNOWN, message(1, message(1, b"c"))])),
    "key_with_nul": message(1, entry(b"a\0b", [message(3, number(1, 1))])),
    "deep_groups": b"\x7b" * 40 + b"\x7c" * 40,
}

REFUSED = {
    "cut_length": b"\x0a",
    "cut_features": b"\x0a\x05\x0a",
    "cut_entry": b"\x0a\x02\x0a\x05",
    "cut_key": message(1, message(1, b"\x0a\x05k")),
    "cut_value": message(1, message(1, message(1, b"k"), b"\x12\x05\x0a")),
    "cut_list": one(b"\x0a\x05\x0a"),
    "cut_bytes": one(message(1, b"\x0a\x05x")),
    "cut_int": one(message(3, b"\x08\x80")),
    "cut_packed_int": one(message(3, message(1, b"\x01\x80"))),
    "cut_packed_float": one(message(2, message(1, b"\x01\x02\x03"))),
    "cut_piece": one(message(1, message(1, b"a")), message(1, b"\x0a\x05x")),
    "int_of_eleven_bytes": one(message(3, number(1, 0)[:1] + b"\x80" * 10 + b"\x00")),
    "key_not_utf8": message(1, entry(b"\xff", [])),
    "key_surrogate": message(1, entry(b"\xed\xa0\x80", [])),
    "key_overlong": message(1, entry(b"\xc0\xaf", [])),
    "key_beyond_unicode": message(1, entry(b"\xf4\x90\x80\x80", [])),
    "key_cut_behind_nul": message(1, entry(b"a\0\xc3", [])),
    "field_zero": b"\x02\x00",
    "wire_type_six": b"\x0e\x00",
    "wire_type_seven": b"\x0f\x00",
    "group_not_begun": b"\x0c",
    "group_not_ended": b"\x7b\x08\x01",
    "group_ended_as_another": b"\x7b\x74",
    "tag_of_six_bytes": b"\xf8\x80\x80\x80\x80\x00\x00",
    "tag_of_33_bits": b"\xf8\x80\x80\x80\x10\x00",
    "length_of_2_31": b"\x7a\x80\x80\x80\x80\x08",
}


def expand(kind, values):
    """Plain Python values: lists for numbers, and bytes where bytes were repeated."""
    for value in values:
        if not isinstance(value, Repeated):
            yield value
        elif kind == "bytes" and len(value.value) == 1:
            yield value.value * value.count
        else:
            yield from [value.value] * value.count


def feature(kind, values):
    values = list(expand(kind, values))
    if kind == "bytes":
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
    if kind == "float":
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=values))


def serialize(features):
    """As the converters do, but in the one order that is the same in each run."""
    entries = {key.decode(): feature(kind, values) for kind, key, values in features}
    example = tf.train.Example(features=tf.train.Features(feature=entries))
    return example.SerializeToString(deterministic=True)


def describe_value(kind, value):
    if isinstance(value, Repeated):
        mark = "^" if kind == "bytes" and len(value.value) == 1 else "*"
        return f"{describe_value(kind, value.value)}{mark}{value.count}"
    if kind == "bytes":
        return value.hex() or "-"
    if kind == "float":
        return struct.pack(">f", value).hex()
    return str(value)


def what_tensorflow_reads(data):
    """The features of a serialized Example, as EXAMPLES has them."""
    features = []
    for key, value in sorted(tf.train.Example.FromString(data).features.feature.items()):
        kind = value.WhichOneof("kind")
        values = list(getattr(value, kind).value) if kind else []
        features.append(((kind or "nothing_").partition("_")[0], key.encode(), values))
    return features


def is_refused(data):
    try:
        tf.train.Example.FromString(data)
    except DecodeError:
        return True
    return False


def describe(examples):
    lines = []
    for name, features in examples.items():
        lines.append(f"example {name}")
        for kind, key, values in features:
            words = [kind, key.hex() or "-", *(describe_value(kind, v) for v in values)]
            lines.append(" ".join(words))
    return "\n".join(lines).encode() + b"\n"


def write_records(path, records):
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record)


def serialize_in_pure_python():
    """All Examples under protobuf's other runtime, which a process chooses only once."""
    environment = dict(os.environ, PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION="python")
    run = subprocess.run([sys.executable, __file__, "--pipe"], env=environment, check=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    records, rest = [], run.stdout
    while rest:
        (length,) = struct.unpack_from("<Q", rest)
        records.append(rest[8:8 + length])
        rest = rest[8 + length:]
    return records


def generate(directory):
    assert api_implementation.Type() == "upb", api_implementation.Type()
    upb = [serialize(features) for features in EXAMPLES.values()]
    cpp = serialize_in_pure_python()
    assert len(upb) == len(cpp)
    framing = [bytes(i % 251 for i in range(length)) for length in FRAMING_LENGTHS]
    write_records(directory / "examples.tfrecord", upb)
    write_records(directory / "examples-cpp.tfrecord",
                  [b for a, b in zip(upb, cpp) if a != b])
    write_records(directory / "framing.tfrecord", framing)
    write_records(directory / "empty.tfrecord", [])
    (directory / "examples.txt").write_bytes(describe(EXAMPLES))

    accepted = [name for name, data in REFUSED.items() if not is_refused(data)]
    assert not accepted, accepted
    write_records(directory / "refused.tfrecord", REFUSED.values())
    write_records(directory / "foreign.tfrecord", FOREIGN.values())
    (directory / "foreign.txt").write_bytes(describe(
        {name: what_tensorflow_reads(data) for name, data in FOREIGN.items()}))


def check():
    """Whether the committed files are what today's TensorFlow writes."""
    with tempfile.TemporaryDirectory() as name:
        fresh = pathlib.Path(name)
        generate(fresh)
        stale = [path.name for path in sorted(fresh.iterdir())
                 if not (HERE / path.name).is_file()
                 or path.read_bytes() != (HERE / path.name).read_bytes()]
    for name in stale:
        print(f"{name} is not what generate.py writes now", file=sys.stderr)
    return 1 if stale else 0


def main(arguments):
    if arguments == ["--pipe"]:
        for features in EXAMPLES.values():
            data = serialize(features)
            sys.stdout.buffer.write(struct.pack("<Q", len(data)) + data)
        return 0
    if arguments == ["--check"]:
        return check()
    if arguments:
        sys.exit("usage: generate.py [--check]")
    generate(HERE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
