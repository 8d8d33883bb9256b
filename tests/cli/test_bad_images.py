# SPDX-License-Identifier: MIT
"""Files that are no sound images, under --on-bad=fail and --on-bad=skip."""

import os

import images
import oracle
import pytest

GOOD = {"good/1.png": images.encode(1, ("png", "RGB"), (9, 7)),
        "good/2.jpg": images.encode(2, ("jpeg", "RGB"), (30, 20))}

JPEG = images.encode(3, ("jpeg", "RGB"), (64, 48))
PNG = images.encode(4, ("png", "RGB"), (64, 48))
GIF = images.encode(5, ("gif", "P"), (40, 30))
BMP = images.encode(6, ("bmp", "RGB"), (40, 30))

# Name, content, words of what is said.
BAD = {
    "zero bytes": ("0.jpg", b"", ["is empty"]),
    "one byte": ("1.jpg", b"\xff", ["not an image"]),
    "a text": ("t.png", b"Not an image at all\n" * 9, ["not an image"]),
    "a LFS pointer": ("l.jpg", b"version https://git-lfs.github.com/spec/v1\n", ["Git LFS pointer"]),
    "a JPEG cut in the middle": ("c.jpg", JPEG[:len(JPEG) // 2], ["ends before"]),
    "a JPEG without its end": ("e.jpg", JPEG[:-2], ["ends before"]),
    "a JPEG header alone": ("h.jpg", JPEG[:20], ["ends inside its header"]),
    "a PNG cut in the middle": ("c.png", PNG[:len(PNG) // 2], ["ends before"]),
    "a PNG without its end": ("e.png", PNG[:-12], ["ends before"]),
    "a PNG header alone": ("h.png", PNG[:24], ["ends before"]),
    "a GIF cut in the middle": ("c.gif", GIF[:len(GIF) // 2], ["ends inside"]),
    "a BMP cut in the middle": ("c.bmp", BMP[:len(BMP) // 2], ["ends before"]),
}


@pytest.fixture
def source(folder):
    path = folder / "images"
    for name, content in GOOD.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


@pytest.mark.parametrize("name, content, words", BAD.values(), ids=BAD)
@pytest.mark.fault(fault="image broken", moment="when it is indexed",
                   expected="refused by name, or skipped and listed")
def test_a_bad_image_is_refused_or_skipped(tfrecordfs, tf, source, folder, name, content, words):
    (source / "good" / name).write_bytes(content)
    result = tfrecordfs("index", source, "--index", folder / "index", code=1)
    for word in [f"good/{name}", *words]:
        assert word in result.error
    shard = folder / "shard"
    skipping = ["--on-bad", "skip", "--shards", 1]
    assert f"good/{name}" in tfrecordfs("check", source, *skipping, code=None).out
    shard.write_bytes(tfrecordfs("cat", source, "train-00000-of-00001.tfrecord", *skipping,
                                 "--index", folder / "index", binary=True).out)
    assert sorted(oracle.files_in(shard)) == sorted(GOOD)


def test_check_names_every_bad_image_and_exits_1(tfrecordfs, source):
    for name, content, _ in BAD.values():
        (source / "good" / name).write_bytes(content)
    result = tfrecordfs("check", source, code=1)
    for name, _, _ in BAD.values():
        assert f"good/{name}" in result.out
    assert tfrecordfs("check", source, "--json", code=1).json


def test_a_wrong_extension_is_told_and_no_fault(tfrecordfs, tf, source, folder):
    (source / "good" / "really-png.jpg").write_bytes(PNG)
    tfrecordfs("index", source, "--index", folder / "index")
    assert "really-png.jpg" in tfrecordfs("check", source, code=None).out
    shard = folder / "shard"
    shard.write_bytes(tfrecordfs("cat", source, "train-00000-of-00001.tfrecord", "--shards", 1,
                                 "--index", folder / "index", binary=True).out)
    formats = {r["image/filename"][0]: r["image/format"][0] for r in oracle.records(shard)}
    assert formats[b"good/really-png.jpg"] == b"png"


def test_damage_inside_an_image_is_found_when_every_pixel_is_decoded(tfrecordfs, source, folder):
    damaged = bytearray(PNG)
    damaged[len(PNG) // 2] ^= 0x55
    (source / "good" / "damaged.png").write_bytes(damaged)
    tfrecordfs("index", source, "--index", folder / "index")
    result = tfrecordfs("index", source, "--index", folder / "index", "--check", "full", code=1)
    assert "good/damaged.png" in result.error


def test_hidden_files_and_litter_are_passed_over(tfrecordfs, tf, source, folder):
    for litter in ("good/.DS_Store", "good/Thumbs.db", "good/desktop.ini", ".hidden/x.png"):
        (source / litter).parent.mkdir(exist_ok=True)
        (source / litter).write_bytes(b"litter")
    tfrecordfs("index", source, "--index", folder / "index")


@pytest.mark.fault(fault="file whose name is not UTF-8", moment="among class folders",
                   expected="named, or skipped and listed")
def test_a_name_that_is_not_utf8_is_one_bad_file(tfrecordfs, source, folder):
    with open(os.fsencode(source / "good") + b"/a\xff.png", "wb") as file:
        file.write(PNG)
    (source / "good" / "empty.png").write_bytes(b"")
    said = tfrecordfs("check", source, code=1).out
    assert "good/a\\xff.png: has a name that is not UTF-8" in said and "empty.png: is empty" in said
    tfrecordfs("index", source, "--index", folder / "index", "--on-bad", "skip")


@pytest.mark.fault(fault="FIFO, device, socket in the source", moment="when it is indexed",
                   expected="never opened to block; told")
def test_fifos_devices_and_sockets_never_block(tfrecordfs, source, folder):
    os.mkfifo(source / "good" / "fifo.png")
    result = tfrecordfs("index", source, "--index", folder / "index", code=1, timeout=20)
    assert "good/fifo.png" in result.error
    tfrecordfs("index", source, "--index", folder / "index", "--on-bad", "skip", timeout=20)
    assert "good/fifo.png: is not a regular file" in tfrecordfs("check", source, code=1).out


@pytest.mark.fault(fault="image without read permission", moment="when it is indexed",
                   expected="refused by name, or skipped and listed")
def test_files_that_may_not_be_read(as_user, source, folder):
    if not as_user.prefix:
        pytest.skip("root is needed to make files that others cannot read")
    (source / "good" / "1.png").chmod(0)
    result = as_user("index", source, "--index", as_user.home / "index", code=1)
    assert "good/1.png" in result.error and "Permission denied" in result.error
    as_user("index", source, "--index", as_user.home / "index", "--on-bad", "skip")


@pytest.mark.fault(fault="directory without permission", moment="when it is indexed",
                   expected="refused by name")
def test_directories_that_may_not_be_listed(as_user, source, folder):
    if not as_user.prefix:
        pytest.skip("root is needed to make directories that others cannot read")
    (source / "secret").mkdir(mode=0o700)
    result = as_user("index", source, "--index", as_user.home / "index", code=1)
    assert "secret" in result.error and "Permission denied" in result.error


def test_formats_of_doubt_are_let_in_when_named(tfrecordfs, source, folder):
    from PIL import Image
    Image.new("RGB", (5, 5)).save(source / "good" / "3.webp", "webp")
    result = tfrecordfs("index", source, "--index", folder / "index", code=1)
    assert "3.webp" in result.error and "--formats webp" in result.error
    report = tfrecordfs("check", source, "--json", code=1).json
    assert [p["kind"] for p in report["problems"] if "3.webp" in p["file"]] == ["other format"]
    tfrecordfs("index", source, "--index", folder / "index", "--formats", "webp")
