# SPDX-License-Identifier: MIT
"""Checksums beside the index move with their images when the index is built anew."""

import struct

import images
import pytest

HEADER, ENTRY = 64, {"crc32c": 12, "sha256": 40}
SCHEMA = '{"features": {"name": "file.path", "image": "image.encoded", "hash": "image.sha256"}}'
SHARD = "train-00000-of-00001.tfrecord"


def entries(folder, kind):
    """What the file beside the index has of each image."""
    (path,) = (folder / "index").glob(f"*.{kind}")
    data = path.read_bytes()
    assert data[:8] == b"TRFSSUM\n" and struct.unpack_from("<II", data, 8)[0] == 1
    return [data[at:at + ENTRY[kind]] for at in range(HEADER, len(data), ENTRY[kind])]


@pytest.fixture
def cat(tfrecordfs, folder):
    (folder / "schema.json").write_text(SCHEMA)

    def read(*options, command="cat", index=folder / "index"):
        return tfrecordfs(command, folder / "source", *([SHARD] if command == "cat" else []),
                          "--shards", 1, "--order", "manifest", "--schema",
                          folder / "schema.json", "--index", index, *options, binary=True).out
    return read


def test_they_move_with_their_images(cat, folder):
    """Of more images than are moved at a time; some go, some come, one changes."""
    source = folder / "source"
    names = {f"{i % 7}/{i:04}.png" for i in range(1300)}
    for i, name in enumerate(sorted(names)):
        images.write(source / name, i, ("png", "RGB"), (4, 4))
    cat()
    before = {kind: dict(zip(sorted(names), entries(folder, kind))) for kind in ENTRY}
    gone = set(sorted(names)[3::100])
    come = {f"{i % 7}/{i}-new.png" for i in range(40)} | {f"00/{i}.png" for i in range(700)}
    for name in gone:
        (source / name).unlink()
    for i, name in enumerate(sorted(come)):
        images.write(source / name, i + 5000, ("png", "RGB"), (4, 4))
    changed = sorted(names - gone)[500]
    images.write(source / changed, 9999, ("png", "RGB"), (4, 4))
    cat(command="index")
    left = sorted(names - gone | come)
    for kind in ENTRY:
        after = entries(folder, kind)
        for name, entry in zip(left, after):
            assert entry == before[kind].get(name, bytes(ENTRY[kind])), name
        assert all(name in come for name in left[len(after):])
    assert cat() == cat(index="none")
    for kind in ENTRY:
        after = dict(zip(left, entries(folder, kind)))
        assert len(after) == len(left) and all(any(entry) for entry in after.values())
        assert {n for n in names - gone if after[n] != before[kind][n]} == {changed}
    assert cat() == cat(index="none")


def test_an_index_that_cannot_be_read_takes_them_with_it(cat, folder):
    for i in range(20):
        images.write(folder / "source" / f"a/{i:02}.png", i, ("png", "RGB"), (4, 4))
    expected = cat()
    (index,) = (folder / "index").glob("*.index")
    index.write_bytes(b"nothing of the kind")
    images.write(folder / "source/a/00-new.png", 77, ("png", "RGB"), (4, 4))
    assert cat() == cat(index="none") != expected
