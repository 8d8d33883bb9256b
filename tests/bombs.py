# SPDX-License-Identifier: MIT
"""Images that are small as files and ask for much: of memory, of time, of patience."""

import functools
import io
import struct
import zlib

from PIL import Image

GIF_HEAD = b"GIF89a" + struct.pack("<HH", 4, 4) + b"\xf0\0\0" + b"\0\0\0\xff\xff\xff"
GIF_FRAME = b"\x2c" + struct.pack("<HHHHB", 0, 0, 4, 4, 0) + b"\2\3\x84\x8f\x05\0"


# --- PNG ------------------------------------------------------------------------------


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@functools.lru_cache(maxsize=None)
def zeros(size):
    """As many zeroes, deflated to a thousandth."""
    deflate = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join([deflate.compress(block[:min(len(block), size - at)])
                     for at in range(0, size, len(block))] + [deflate.flush()])


def png(width=2, height=2, depth=8, colour=2, interlace=0, pixels=None, before=b""):
    pixels = zeros((3 * width + 1) * height) if pixels is None else pixels
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", pixels) +
            chunk(b"IEND", b""))


# --- JPEG -----------------------------------------------------------------------------


def jpeg(size=(16, 16), mode="RGB", **options):
    encoded = io.BytesIO()
    Image.new(mode, size).save(encoded, "jpeg", **options)
    return encoded.getvalue()


def segment(marker, data=b""):
    return bytes([0xff, marker]) + struct.pack(">H", len(data) + 2) + data


def behind_start(data, *segments):
    return data[:2] + b"".join(segments) + data[2:]


def parts_of(data):
    """Marker and bytes of every segment, picture data with its header."""
    at = 2
    while data[at + 1] != 0xd9:
        end = at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        if data[at + 1] == 0xda:
            while data[end] != 0xff or data[end + 1] == 0 or 0xd0 <= data[end + 1] <= 0xd7:
                end += 1
        yield data[at + 1], data[at:end]
        at = end


def announcing(data, width, height):
    """The same JPEG with another size in its header."""
    for marker, part in parts_of(data):
        if marker in (0xc0, 0xc2):
            return data.replace(part, part[:5] + struct.pack(">HH", height, width) + part[9:])
    raise AssertionError("no frame header")


def of_many_scans(width, height, count):
    """A progressive JPEG that refines the same coefficients over and over."""
    data = announcing(jpeg((64, 64), progressive=True), width, height)
    parts = list(parts_of(data))
    last = max(i for i, (marker, _) in enumerate(parts) if marker == 0xda)
    unit = parts[last][1]
    if parts[last - 1][0] == 0xc4:
        unit = parts[last - 1][1] + unit
    return data[:2] + b"".join(part for _, part in parts) + unit * count + b"\xff\xd9"


# --- EXIF and TIFF --------------------------------------------------------------------


def tiff(*entries, following=0):
    """A directory at byte 8; entries are (tag, type, count, value)."""
    return (b"II*\0" + struct.pack("<IH", 8, len(entries)) +
            b"".join(struct.pack("<HHII", *entry) for entry in entries) +
            struct.pack("<I", following))


CYCLIC = tiff((0x8769, 4, 1, 8), (0x112, 3, 1, 6), following=8)
ENDLESS = b"II*\0" + struct.pack("<IH", 8, 65535) + struct.pack("<HHII", 0x100, 4, 1, 8) * 5000


def bmp(width, height):
    return struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 0, 0, 0, 54, 40, width, height, 1, 24, 0, 0,
                       0, 0, 0, 0)


# --- All of them ----------------------------------------------------------------------

SCREEN = b"\x2c" + struct.pack("<HHHHB", 0, 0, 20000, 20000, 0) + b"\2\3\x84\x8f\x05\0"

# File names, their content, and what is said of those that are bad: before a pixel is
# decoded, or (None) not even then.
ANNOUNCED = {
    "large.png": (lambda: png(65500, 65500, pixels=b""), "announces 65,500 x 65,500 pixels"),
    "largest.png": (lambda: png(2**31 - 1, 2**31 - 1, pixels=b""), "2,147,483,647"),
    "large.jpg": (lambda: announcing(jpeg(), 65500, 65500), "announces 65,500 x 65,500"),
    "largest.jpg": (lambda: announcing(jpeg(), 65535, 65535), "announces 65,535 x 65,535"),
    "large.bmp": (lambda: bmp(65500, 65500), "announces 65,500 x 65,500 pixels"),
    "largest.bmp": (lambda: bmp(2**31 - 1, 2**31 - 1), "2,147,483,647"),
    "upwards.bmp": (lambda: bmp(1, -2**31), "announces 1 x 2,147,483,648"),
    "cgbi.png": (lambda: png(before=b"").replace(b"\r\n\x1a\n",
                                                 b"\r\n\x1a\n" + chunk(b"CgBI", b"\x50\0\x20\x02"),
                                                 1), "CgBI"),
    "fill.jpg": (lambda: b"\xff\xd8" + b"\xff" * 4000000, "ends inside its header"),
    "segments.jpg": (lambda: b"\xff\xd8" + segment(0xe0) * 500000, "ends inside its header"),
    "starts.jpg": (lambda: behind_start(jpeg(), b"\xff\xd8"), "starts again"),
    "webp.png": (lambda: b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + struct.pack("<I", 10) +
                 bytes(4) + b"\xff" * 6, "WebP"),
    "tiff.png": (lambda: CYCLIC, "TIFF"),
}

# Those that only who decodes every pixel finds out about.
DECODED = {
    "promise.png": (lambda: png(13000, 13000, pixels=zeros(1 << 20)), "does not decode as PNG"),
    "deep.png": (lambda: png(9000, 9000, 16, 6, pixels=zeros(1 << 20)), "does not decode as PNG"),
    "interlaced.png": (lambda: png(9000, 9000, interlace=1, pixels=zeros(1 << 20)),
                       "does not decode as PNG"),
    "palette.png": (lambda: png(colour=3, before=chunk(b"PLTE", b"") + chunk(b"tRNS", bytes(70000))),
                    "does not decode as PNG"),
    "scans.jpg": (lambda: of_many_scans(64, 64, 20000), "more than 500 scans"),
    "huffman.jpg": (lambda: behind_start(jpeg(), segment(0xc4, b"\0" + b"\xff" * 16 + bytes(255))),
                    "does not decode as JPEG"),
    "large.gif": (lambda: b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\xf0\0\0" + bytes(6) +
                  SCREEN + b";", "first frame is damaged"),
    "frames.gif": (lambda: GIF_HEAD + GIF_FRAME * 100000 + b";", "first frame is damaged"),
}

# Sound, if odd: none of it is needed to know the picture.
SOUND = {
    "texts.png": lambda: png(before=chunk(b"tEXt", b"a\0b") * 20000),
    "ztxt.png": lambda: png(before=chunk(b"zTXt", b"a\0\0" + zeros(64 << 20))),
    "itxt.png": lambda: png(before=chunk(b"iTXt", b"a\0\1\0\0\0" + zeros(64 << 20)) * 3),
    "iccp.png": lambda: png(before=chunk(b"iCCP", b"a\0\0" + zeros(64 << 20))),
    "behind.png": lambda: png(pixels=zeros(64 << 20)),
    "empty-idats.png": lambda: png().replace(b"\0\0\0\0IEND", chunk(b"IDAT", b"") * 50000 +
                                             b"\0\0\0\0IEND"),
    "cyclic.png": lambda: png(before=chunk(b"eXIf", CYCLIC)),
    "endless.png": lambda: png(before=chunk(b"eXIf", ENDLESS) * 50),
    "cyclic.jpg": lambda: behind_start(jpeg(), segment(0xe1, b"Exif\0\0" + CYCLIC)),
    "endless.jpg": lambda: behind_start(jpeg(),
                                        segment(0xe1, b"Exif\0\0" + ENDLESS[:65000]) * 100),
    "profile.jpg": lambda: behind_start(jpeg(), *[
        segment(0xe2, b"ICC_PROFILE\0" + bytes([i + 1, 255]) + bytes(65500)) for i in range(255)]),
    "comments.jpg": lambda: behind_start(jpeg(), segment(0xfe) * 200000),
    "restarts.jpg": lambda: jpeg()[:-2] + b"\xff\xd0" * 1000000 + b"\xff\xd9",
    "few-scans.jpg": lambda: of_many_scans(64, 64, 90),
}
