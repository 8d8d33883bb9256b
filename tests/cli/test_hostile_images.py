# SPDX-License-Identifier: MIT
"""Images made to be decoded for ever: they end soon, in little memory, with a sentence."""

import bombs
import hostile
import images
import pytest

CASES = {**bombs.ANNOUNCED, **bombs.DECODED}


@pytest.fixture(scope="module")
def bombed(tmp_path_factory):
    """One of each kind in a source."""
    source = tmp_path_factory.mktemp("bombs") / "source"
    for name, (make, _) in CASES.items():
        (source / "bad").mkdir(parents=True, exist_ok=True)
        (source / "bad" / name).write_bytes(make())
    for name, make in bombs.SOUND.items():
        (source / "sound").mkdir(parents=True, exist_ok=True)
        (source / "sound" / name).write_bytes(make())
    return source


def said_of(result):
    """What was said of which file, of a check."""
    lines = [line.strip() for line in result.out.splitlines()]
    return dict(line.split(": ", 1) for line in lines
                if line.startswith(("bad/", "sound/")) and ": " in line)


@pytest.mark.fault(fault="image announces gigabytes of pixels", moment="when it is indexed",
                  expected="named as bad by its header, in 24 MB")
def test_a_header_that_announces_gigabytes_is_refused_by_its_numbers(tfrecordfs, bombed):
    result = hostile.run(tfrecordfs, "check", bombed, megabytes=24)
    said = said_of(result)
    for name, (_, words) in bombs.ANNOUNCED.items():
        assert words in said[f"bad/{name}"], result
    assert set(said) == {f"bad/{name}" for name in bombs.ANNOUNCED}, result


@pytest.mark.fault(fault="decompression bomb, scan bomb, endless EXIF, ICC and text of megabytes",
                  moment="when every pixel is checked",
                  expected="named if bad, in 40 MB")
def test_every_pixel_of_bombs_is_decoded_in_the_memory_of_a_row(tfrecordfs, bombed):
    result = hostile.run(tfrecordfs, "check", bombed, "--check", "full", megabytes=40, seconds=15)
    said = said_of(result)
    for name, (_, words) in CASES.items():
        assert words in said[f"bad/{name}"], result
    assert not [name for name in said if name.startswith("sound/")], result


@pytest.mark.fault(fault="decompression bomb", moment="when images are made anew",
                  expected="left out beyond --max-pixels, the others are made")
@pytest.mark.parametrize("option", [("--resize", "8"), ("--fix", "png2jpeg,cmyk"),
                                    ("--exif", "apply")], ids=lambda option: option[0])
def test_bombs_are_left_out_of_what_is_made(tfrecordfs, bombed, folder, option):
    options = [*option, "--on-bad", "skip", "--max-pixels", 4000000, "--shards", 1]
    result = hostile.run(tfrecordfs, "index", bombed, *options, "--index", folder / "index",
                         code=0, megabytes=64, seconds=15)
    assert "skipped" in result.err
    shard = tfrecordfs("cat", bombed, "train-00000-of-00001.tfrecord", *options,
                       "--index", folder / "index", binary=True).out
    assert all(f"sound/{name}".encode() in shard for name in bombs.SOUND)
    assert not any(f"bad/{name}".encode() in shard for name in bombs.ANNOUNCED)


def test_a_picture_of_more_pixels_than_the_limit_is_never_made(tfrecordfs, folder):
    source = folder / "source"
    (source / "a").mkdir(parents=True)
    (source / "a/progressive.jpg").write_bytes(
        bombs.announcing(bombs.jpeg((64, 64), progressive=True), 13000, 13000))
    (source / "a/scans.jpg").write_bytes(bombs.of_many_scans(13000, 13000, 90))
    schema = images.write_json(folder / "pixels.json", {
        "name": "pixels", "features": {"pixels": "image.pixels"}})
    for options in (["--resize", "8"], ["--schema", schema]):
        result = hostile.run(tfrecordfs, "index", source, *options, "--max-pixels", 100000000,
                             "--index", folder / "index", megabytes=16)
        assert "has 13,000 x 13,000 pixels, more than --max-pixels 100,000,000" in result.error


@pytest.mark.fault(fault="image cut at any byte", moment="when it is indexed",
                  expected="named as bad, or read")
def test_images_cut_anywhere_are_called_bad_or_read(tfrecordfs, folder):
    source = folder / "source"
    (source / "a").mkdir(parents=True)
    wholes = {"png": bombs.png(before=chunks()), "jpg": bombs.of_many_scans(8, 8, 2),
              "gif": bombs.GIF_HEAD + bombs.GIF_FRAME + b";", "exif.jpg": bombs.SOUND["cyclic.jpg"]()}
    for name, whole in wholes.items():
        for length in range(0, len(whole), max(1, len(whole) // 150)):
            (source / "a" / f"{length:05d}.{name}").write_bytes(whole[:length])
    for options in ([], ["--check", "full"], ["--exif", "apply"]):
        result = hostile.run(tfrecordfs, "check", source, *options, megabytes=24)
        assert "truncated at" in result.out and "is empty" in result.out


def chunks():
    return (bombs.chunk(b"eXIf", bombs.CYCLIC) + bombs.chunk(b"iCCP", b"a\0\0" + bombs.zeros(500)) +
            bombs.chunk(b"tEXt", b"key\0value"))
