# SPDX-License-Identifier: MIT
"""What stays in the page cache after a shard was read: one copy, or none."""

import ctypes
import mmap
import os
import shutil

import pytest

import images
import program as programs

PAGE = mmap.PAGESIZE
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int,
                      ctypes.c_int, ctypes.c_long]
libc.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]


def resident(path):
    """How many bytes of a file are in the page cache, by mincore()."""
    size = path.stat().st_size
    fd = os.open(path, os.O_RDONLY)
    place = libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, fd, 0)
    os.close(fd)
    assert place not in (None, ctypes.c_void_p(-1).value), os.strerror(ctypes.get_errno())
    pages = ctypes.create_string_buffer((size + PAGE - 1) // PAGE)
    assert libc.mincore(place, size, pages) == 0
    libc.munmap(place, size)
    return sum(page & 1 for page in pages.raw[:len(pages)]) * PAGE


def forget(paths):
    for path in paths:
        fd = os.open(path, os.O_RDONLY)
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


@pytest.fixture
def large(folder):
    """Images with a hundred pages each behind their ends; not in the page cache."""
    source = images.class_folders(folder / "photos", {"cat": 10, "dog": 10})
    for path in source.glob("*/*.bmp"):
        path.unlink()
    files = sorted(source.glob("*/*"))
    for number, path in enumerate(files):
        with open(path, "ab") as file:
            file.write(bytes([number]) * (100 * PAGE))
    forget(files)
    if sum(map(resident, files)):
        pytest.skip(f"{source} is on a file system that is the page cache itself")
    return source


def read_shards(mounted):
    return [path.read_bytes() for path in mounted.shards()]


def test_one_copy_stays_that_of_the_shards(mount, large):
    with mount(large, "--split", "train=1", "--shards", "2") as mounted:
        forget(large.glob("*/*"))    # which the scan has read the beginnings of
        whole = read_shards(mounted)
        assert sum(map(resident, mounted.shards())) >= sum(map(len, whole))
        assert sum(map(resident, large.glob("*/*"))) == 0


def test_images_that_were_in_memory_stay_there(mount, large):
    kept = sorted(large.glob("cat/*"))
    with mount(large, "--split", "train=1", "--shards", "2") as mounted:
        forget(large.glob("*/*"))
        before = {path: len(path.read_bytes()) for path in kept}
        read_shards(mounted)
        for path, size in before.items():
            assert resident(path) >= size
        assert sum(map(resident, large.glob("dog/*"))) == 0


def test_no_copy_stays_with_cache_none(mount, large):
    with mount(large, "--split", "train=1", "--shards", "2", at="plain") as mounted:
        whole = read_shards(mounted)
    with mount(large, "--split", "train=1", "--shards", "2", "--cache", "none") as mounted:
        forget(large.glob("*/*"))
        assert read_shards(mounted) == whole
        assert sum(map(resident, mounted.shards())) == 0
        assert sum(map(resident, large.glob("*/*"))) == 0


def test_what_is_not_cached_can_be_mapped_and_read_in_any_way(mount, large, folder, tf):
    with mount(large, "--split", "train=1", "--shards", "2", at="plain") as mounted:
        whole = read_shards(mounted)
    with mount(large, "--split", "train=1", "--shards", "2", "--cache", "none") as mounted:
        for path, expected in zip(mounted.shards(), whole):
            with open(path, "rb") as file:
                for flags in (mmap.MAP_PRIVATE, mmap.MAP_SHARED):
                    with mmap.mmap(file.fileno(), 0, flags=flags, prot=mmap.PROT_READ) as m:
                        assert m[:] == expected
                small = [os.pread(file.fileno(), 999, at)
                         for at in range(0, len(expected), 999)]
                assert b"".join(small) == expected
            shutil.copy(path, folder / "copy")
            assert (folder / "copy").read_bytes() == expected
        read = [record for record in tf.data.TFRecordDataset([*map(str, mounted.shards())])]
        assert len(read) == len(list(large.glob("*/*")))


@pytest.mark.parametrize("cache", ["auto", "kernel"])
def test_the_other_words_keep_what_was_read(mount, large, cache):
    with mount(large, "--split", "train=1", "--shards", "2", "--cache", cache) as mounted:
        whole = read_shards(mounted)
        assert sum(map(resident, mounted.shards())) >= sum(map(len, whole))


@pytest.mark.parametrize("gigabytes, kept", [(1, False), (8, True)])
def test_auto_keeps_what_fits_the_memory_of_the_container(mount, tfrecordfs, folder, kept,
                                                          gigabytes):
    source = images.class_folders(folder / "photos", {"cat": 12})
    for path in source.glob("*/*"):
        if path.suffix == ".png":
            os.truncate(path, 400 << 20)    # a hole, which takes no place on the disk
    with programs.control_group(gigabytes << 30) as group:
        tfrecordfs.prefix = ["sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh"]
        with mount(source, "--split", "train=1", "--shards", "1") as mounted:
            tfrecordfs.prefix = []
            shard, = mounted.shards()
            assert 1 << 30 < shard.stat().st_size < 6 << 30
            with open(shard, "rb") as file:
                assert len(file.read(1 << 20)) == 1 << 20
            assert (resident(shard) > 0) == kept


def test_another_word_is_refused(tfrecordfs, large, folder):
    (folder / "mnt").mkdir()
    said = tfrecordfs("mount", large, folder / "mnt", "--cache", "disk", code=2)
    assert said.error == '--cache wants auto, kernel or none, not "disk"'
