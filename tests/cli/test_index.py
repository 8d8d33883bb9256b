# SPDX-License-Identifier: MIT
"""The saved index: used when current, never believed when odd, never a reason to fail."""

import os
import re
import struct
import subprocess

import damage
import images
import pytest

OPTIONS = ["--shards", 2, "--split", "train=0.8,test=0.2"]
SHARD = "train-00001-of-00002.tfrecord"


@pytest.fixture
def cat(tfrecordfs, photos, folder):
    """Read the shard; the result, and the bytes as its .out."""
    def read(*options, index=folder / "index", source=photos, **keywords):
        return tfrecordfs("cat", source, SHARD, *OPTIONS, "--index", index, *options,
                          binary=True, **keywords)
    return read


def saved(directory):
    """The one index of an index directory."""
    (path,) = [p for p in directory.glob("*.index") if p.is_file()]
    return path


def identity(path):
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def test_a_second_run_uses_the_saved_index(tfrecordfs, photos, folder):
    first = tfrecordfs("index", photos, *OPTIONS, "--index", folder / "index", "--json").json
    before = identity(saved(folder / "index"))
    second = tfrecordfs("index", photos, *OPTIONS, "--index", folder / "index", "--json").json
    assert identity(saved(folder / "index")) == before
    assert first["index_reused"] is False and second["index_reused"] is True


def test_the_whole_disk_as_a_source_with_absolute_paths(tfrecordfs, photos, folder):
    paths = sorted(photos.rglob("*.png"))[:2]
    (folder / "all.csv").write_text("file,label\n" + "".join(f"{p},x\n" for p in paths))
    reused = [tfrecordfs("index", "/", "--manifest", folder / "all.csv", "--index",
                         folder / "index", "--json").json["index_reused"] for _ in range(2)]
    assert reused == [False, True]


def test_other_options_are_other_indexes(cat, folder):
    first = cat()
    other = cat("--seed", 7)
    assert first.out != other.out
    assert len(list((folder / "index").glob("*.index"))) == 2
    assert cat().out == first.out


@pytest.mark.parametrize("kind", [*damage.KINDS, "directory", "garbage"])
@pytest.mark.fault(fault="index cut, flipped, foreign, a directory", moment="when it is loaded",
                   expected="told in one line, built anew, same bytes")
def test_an_odd_index_is_told_in_one_line_and_built_anew(cat, folder, kind):
    expected = cat().out
    index = saved(folder / "index")
    content = index.read_bytes()
    index.unlink()
    if kind == "directory":
        index.mkdir()
    else:
        content = (os.urandom(len(content)) if kind == "garbage"
                   else damage.damaged(content, kind))
        index.write_bytes(content)
    result = cat()
    assert result.out == expected
    (line,) = result.err.splitlines()
    assert "index" in line and str(index) in line
    if kind != "directory":
        assert saved(folder / "index").read_bytes() != content
        again = cat()
        assert (again.out, again.err) == (expected, "")


@pytest.mark.parametrize("version, word", [(5, "an older"), (4711, "a newer")])
@pytest.mark.fault(fault="index of an older or a newer version", moment="when it is looked for",
                   expected="told once in one line; stays, beside the new one")
def test_an_index_of_another_version_is_told_and_stays(cat, folder, version, word):
    """Another version's fingerprint, and so its name, is another: it counts its format in."""
    expected = cat().out
    index = saved(folder / "index")
    content = bytearray(index.read_bytes())
    content[8:12] = struct.pack("<I", version)
    other = index.with_name(re.sub("[0-9a-f]{32}", "0123456789abcdef" * 2, index.name))
    index.unlink()
    other.write_bytes(content)
    result = cat()
    assert result.out == expected
    (line,) = result.err.splitlines()
    assert f"{word} version" in line and f"format {version}, this one has " in line
    assert other.read_bytes() == bytes(content) and index.exists()
    again = cat()
    assert (again.out, again.err) == (expected, "")
    assert cat("--seed", 9).err == ""


def meaningful_bytes(content):
    """Offsets of what src/index/format.h gives a meaning: all but the zeroes between."""
    (count,) = struct.unpack_from("<I", content, 12)
    yield from range(64 + 32 * count)
    for i in range(count):
        offset, length = struct.unpack_from("<QQ", content, 64 + 32 * i + 8)
        yield from range(offset, offset + length)


@pytest.mark.slow
@pytest.mark.fault(fault="a byte of the index flipped", moment="when it is loaded",
                   expected="never believed")
def test_no_flipped_byte_of_an_index_is_believed(cat, folder):
    expected = cat().out
    index = saved(folder / "index")
    content = index.read_bytes()
    places = list(meaningful_bytes(content))
    for place in places[::max(1, len(places) // 100)]:
        damaged = bytearray(content)
        damaged[place] ^= 0x10
        index.write_bytes(damaged)
        result = cat()
        assert result.out == expected, f"byte {place}"
        assert len(result.err.splitlines()) == 1, f"byte {place} was believed"


def test_a_changed_folder_is_scanned_again(cat, photos):
    cat()
    images.write(photos / "dog" / "new.png", 777, ("png", "RGB"))
    result = cat()
    assert len(result.err.splitlines()) == 1 and "changed" in result.err


def test_a_changed_manifest_is_read_again(tfrecordfs, folder):
    names = images.flat(folder / "images", 4)
    manifest = folder / "m.csv"
    images.write_csv(manifest, ["file", "label"], [[n, "x"] for n in names])

    def index():
        return tfrecordfs("index", folder / "images", "--manifest", manifest,
                          "--index", folder / "index", "--json").json
    index()
    assert index()["index_reused"] is True
    status = manifest.stat()
    content = manifest.read_text()
    manifest.write_text(content.replace("x", "y"))
    os.utime(manifest, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert index()["index_reused"] is False


def test_reindex_scans_anew(cat, photos, folder):
    cat()
    before = identity(saved(folder / "index"))
    cat("--reindex")
    assert identity(saved(folder / "index")) != before


def test_no_index_is_kept_where_none_is_wanted(cat, folder, tfrecordfs):
    cat(index="none")
    assert not (folder / "index").exists()
    assert not (tfrecordfs.home / "cache").exists()


def test_the_usual_place_is_the_cache_directory(tfrecordfs, photos):
    tfrecordfs("cat", photos, SHARD, *OPTIONS, binary=True)
    assert saved(tfrecordfs.home / "cache" / "tfrecordfs")
    tfrecordfs("cat", photos, SHARD, *OPTIONS, binary=True,
               env={"CACHE_DIRECTORY": str(tfrecordfs.home / "service")})
    assert list((tfrecordfs.home / "service").rglob("*"))
    tfrecordfs("cat", photos, SHARD, *OPTIONS, binary=True, env={"XDG_CACHE_HOME": None})
    assert saved(tfrecordfs.home / ".cache" / "tfrecordfs")


@pytest.mark.fault(fault="index directory cannot be written", moment="when the index is saved",
                   expected="told in one line; serves without")
def test_an_index_directory_that_cannot_be_written_is_told(cat, folder):
    (folder / "file").write_text("in the way")
    expected = cat().out
    result = cat(index=folder / "file" / "index")
    assert result.out == expected
    (line,) = result.err.splitlines()
    assert "was not saved" in line


@pytest.mark.fault(fault="disk full", moment="when the index is saved",
                   expected="told; nothing half written is left")
def test_a_full_disk_is_told_and_leaves_nothing_half_written(cat, folder):
    tiny = folder / "tiny"
    tiny.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", tiny],
                      check=False, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a tiny tmpfs")
    try:
        (tiny / "filler").write_bytes(b"x" * 4096)
        result = cat(index=tiny)
        assert result.out == cat().out
        (line,) = result.err.splitlines()
        assert "was not saved" in line and "No space left on device" in line
        assert [p.name for p in tiny.iterdir()] == ["filler"]
    finally:
        subprocess.run(["umount", tiny], check=True)


@pytest.mark.fault(fault="limit of file sizes", moment="when the index is saved",
                   expected="serves, one line says it, no half file")
def test_a_limit_of_file_sizes_is_told_and_leaves_nothing_half_written(cat, tfrecordfs,
                                                                       folder):
    expected = cat().out
    tfrecordfs.prefix = ["prlimit", "--fsize=300"]
    result = cat(index=folder / "limited")
    assert result.out == expected
    (line,) = result.err.splitlines()
    assert "was not saved" in line and "File too large" in line
    assert not list((folder / "limited").iterdir())


@pytest.mark.fault(fault="index directory read-only", moment="when the index is saved",
                   expected="serves what is there")
def test_a_read_only_index_directory_still_serves(as_user, photos, folder):
    if not as_user.prefix:
        pytest.skip("root is needed to make a directory that others cannot write")
    (folder / "locked").mkdir(mode=0o755)
    result = as_user("cat", photos, SHARD, *OPTIONS, "--index", folder / "locked", binary=True)
    (line,) = result.err.splitlines()
    assert result.out and "was not saved" in line and "Permission denied" in line


def test_nothing_is_written_beside_the_images(cat, photos):
    before = images.paths(photos)
    cat()
    assert images.paths(photos) == before
