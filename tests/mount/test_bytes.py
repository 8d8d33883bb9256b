# SPDX-License-Identifier: MIT
"""The bytes of a mount, however they are asked for: all are slices of one whole."""

import concurrent.futures
import hashlib
import mmap
import os
import random
import subprocess

import images
import oracle
import pytest

SPLIT = ["--split", "train=0.7,validation=0.15,test=0.15", "--shards", 3]


@pytest.fixture
def big(folder):
    """Images from 100 bytes to 300 kB, so that windows are within and across records."""
    source = folder / "big"
    for i in range(60):
        size = (8, 8) if i % 3 else (300, 340)
        images.write(source / "abc"[i % 3] / f"{i}.bmp", i, ("bmp", "RGB"), size)
    return source


def test_the_mount_shows_what_tensorflow_writes(mount, tf, photos, folder):
    with mount(photos, *SPLIT) as mounted:
        oracle.check_shards(mounted.contents(), oracle.SLIM, photos,
                            oracle.rows_of_folders(photos), folder / "expected")


def test_the_mount_shows_what_cat_writes(mount, tfrecordfs, photos, folder):
    with mount(photos, *SPLIT) as mounted:
        for name, data in mounted.contents().items():
            assert data == tfrecordfs("cat", photos, name, *SPLIT, "--index", folder / "index",
                                      binary=True).out


def test_sizes_are_exact_before_the_first_read(mount, big):
    with mount(big, *SPLIT) as mounted:
        sizes = {path.name: path.stat().st_size for path in mounted.shards()}
        assert {name: len(data) for name, data in mounted.contents().items()} == sizes


def windows(size, numbers, count):
    for _ in range(count):
        length = numbers.choice([1, 4, 12, 16, 100, 4096, 5000, 131072, 262144])
        yield numbers.randrange(size + 10), numbers.randint(1, length)


@pytest.mark.parametrize("seed", range(3))
def test_random_windows_of_a_cold_mount_are_slices(mount, big, seed):
    """Each window is read before the whole, so that no cache can hide a fault."""
    numbers = random.Random(seed)
    read = []
    with mount(big, *SPLIT) as mounted:
        for path in mounted.shards():
            with open(path, "rb", buffering=0) as file:
                for offset, length in windows(path.stat().st_size, numbers, 60):
                    read.append((path.name, offset, length,
                                 os.pread(file.fileno(), length, offset)))
        whole = mounted.contents()
    for name, offset, length, data in read:
        assert data == whole[name][offset:offset + length], (name, offset, length)


def test_windows_past_the_end_are_empty(mount, photos):
    with mount(photos, *SPLIT) as mounted:
        path = mounted.shards()[0]
        with open(path, "rb", buffering=0) as file:
            size = path.stat().st_size
            assert os.pread(file.fileno(), 100, size) == b""
            assert os.pread(file.fileno(), 100, size + 10**12) == b""
            assert len(os.pread(file.fileno(), 100, size - 1)) == 1


def test_direct_reads_see_the_same(mount, big):
    with mount(big, *SPLIT) as mounted:
        for path in mounted.shards():
            fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
            buffer = mmap.mmap(-1, 1 << 20)
            whole = path.read_bytes()
            try:
                for offset in range(0, len(whole), 1 << 20):
                    got = os.preadv(fd, [buffer], offset)
                    assert buffer[:got] == whole[offset:offset + (1 << 20)]
            finally:
                os.close(fd)


def test_threads_that_read_at_once_see_the_same(mount, big):
    with mount(big, *SPLIT) as mounted:
        paths = mounted.shards()

        def read(seed):
            numbers = random.Random(seed)
            read = []
            for _ in range(40):
                path = numbers.choice(paths)
                with open(path, "rb", buffering=0) as file:
                    for offset, length in windows(path.stat().st_size, numbers, 3):
                        read.append((path.name, offset, length,
                                     os.pread(file.fileno(), length, offset)))
            return read
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            read = [window for result in pool.map(read, range(8)) for window in result]
        whole = mounted.contents()
    for name, offset, length, data in read:
        assert data == whole[name][offset:offset + length]


def test_processes_that_read_at_once_see_the_same(mount, big):
    with mount(big, *SPLIT) as mounted:
        paths = [str(path) for path in mounted.shards()]
        running = [subprocess.Popen(["sha256sum", *order], stdout=subprocess.PIPE, text=True)
                   for order in (paths, paths[::-1], paths[1:] + paths[:1], paths)]
        sums = [sorted(process.communicate(timeout=60)[0].splitlines()) for process in running]
        expected = sorted(f"{hashlib.sha256(data).hexdigest()}  {mounted / name}"
                          for name, data in mounted.contents().items())
        assert sums == [expected] * 4


@pytest.mark.parametrize("flags", [mmap.MAP_PRIVATE, mmap.MAP_SHARED], ids=["private", "shared"])
def test_maps_show_the_same(mount, big, flags):
    with mount(big, *SPLIT) as mounted:
        mapped = {}
        for path in mounted.shards():
            with open(path, "rb") as file:
                mapping = mmap.mmap(file.fileno(), 0, flags=flags, prot=mmap.PROT_READ)
                mapping.madvise(mmap.MADV_RANDOM)
                last = mapping[-1:]
                mapped[path.name] = mapping[:]
                assert last == mapped[path.name][-1:]
                mapping.close()
        assert mapped == mounted.contents()


def test_cp_rsync_and_sendfile_copy_the_same(mount, big, folder):
    with mount(big, *SPLIT) as mounted:
        whole = mounted.contents()
        subprocess.run(["cp", "-r", mounted.path, folder / "cp"], check=True)
        subprocess.run(["rsync", "-a", "--checksum", f"{mounted.path}/", folder / "rsync"],
                       check=True)
        for copied in ("cp", "rsync"):
            assert {p.name: p.read_bytes() for p in (folder / copied).glob("*.tfrecord")} == whole
        for path in mounted.shards():
            with open(path, "rb") as source, open(folder / "sent", "w+b") as sink:
                while os.sendfile(sink.fileno(), source.fileno(), None, 1 << 20):
                    pass
                sink.seek(0)
                assert sink.read() == whole[path.name]
            subprocess.run(["cmp", path, folder / "cp" / path.name], check=True)


def test_a_path_of_spaces_quotes_and_other_scripts(mount, tf, folder):
    source = images.class_folders(folder / "it's a \"source\", 源", {"a b": 3, "ü,ñ": 4})
    images.write(source / "a b" / "new\nline and \\ backslash.png", 70, ("png", "RGB"))
    with mount(source, "--shards", 1, at="a mount, 挂载\\") as mounted:
        oracle.check_shards(mounted.contents(), oracle.SLIM, source,
                            oracle.rows_of_folders(source), folder / "expected")


def test_few_images_make_few_shards_and_no_empty_ones(mount, tfrecordfs, folder):
    source = images.class_folders(folder / "few", {"a": 2, "b": 1})
    with mount(source) as mounted:
        assert [path.name for path in mounted.shards()] == [
            f"train-{i:05}-of-00003.tfrecord" for i in range(3)]
        assert all(mounted.contents().values())
    result = tfrecordfs("mount", source, folder / "mnt", "--shards", 8, code=2)
    assert "would be empty" in result.error


def test_mounts_of_one_source_are_alike(mount, photos, folder):
    with mount(photos, *SPLIT, "--threads", 1, index=folder / "i1") as first, \
         mount(photos, *SPLIT, "--threads", 8, index=folder / "i2") as second:
        assert first.contents() == second.contents()
