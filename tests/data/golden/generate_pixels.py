#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
pixels.tsv: what TensorFlow decodes each image of the torture collection to.

    build/venv/bin/python tests/data/golden/generate_pixels.py ../shared/torture

A line for each JPEG, PNG and BMP: zlib's CRC-32 of the pixels that tf.io.decode_image gives
with channels 0, 1 and 3, of those of decode_jpeg with INTEGER_ACCURATE and 3 channels, and
of the JPEG that encode_jpeg makes of 3 channels with quality 100; "-" where it fails, or
where the format cannot.
"""

import pathlib
import sys
import zlib

import tensorflow as tf

HERE = pathlib.Path(__file__).resolve().parent
KINDS = {b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png", b"BM": "bmp"}


def kind_of(data):
    return next((kind for start, kind in KINDS.items() if data.startswith(start)), None)


def crc_of(make):
    """The CRC of what @make gives: pixels, or bytes."""
    try:
        made = make().numpy()
    except tf.errors.OpError:
        return "-"
    return f"{zlib.crc32(made if isinstance(made, bytes) else made.tobytes()):08x}"


def line_of(name, data, kind):
    rgb = lambda: tf.io.decode_image(data, channels=3)
    fields = [crc_of(lambda: tf.io.decode_image(data, channels=channels))
              for channels in (0, 1, 3)]
    fields.append("-" if kind != "jpeg" else crc_of(
        lambda: tf.io.decode_jpeg(data, channels=3, dct_method="INTEGER_ACCURATE")))
    fields.append(crc_of(lambda: tf.io.encode_jpeg(rgb(), format="rgb", quality=100)))
    return "\t".join([name, *fields])


def main():
    collection = pathlib.Path(sys.argv[1])
    lines = ["file\tchannels0\tchannels1\tchannels3\taccurate3\tjpeg100"]
    for file in sorted(collection.glob("*/*")):
        data = file.read_bytes()
        kind = kind_of(data)
        if kind:
            lines.append(line_of(str(file.relative_to(collection)), data, kind))
    (HERE / "pixels.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
