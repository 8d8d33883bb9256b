# SPDX-License-Identifier: MIT
"""Attributes, directories and watches of a read-only file system, call by call."""

import ctypes
import errno
import os
import select
import stat
import struct

import pytest

from mount.posix_fixtures import (AT, LIBC, NO_MOUNT_RIGHTS, errno_of, fd, file,  # noqa: F401
                                  libc, mounted)
from mount.view_fixtures import place, program  # noqa: F401

# pylint: disable=redefined-outer-name

AT_SYMLINK_NOFOLLOW = 0x100

# --- Attributes --------------------------------------------------------------------------------


def test_statx_says_what_stat_says(file, mounted):
    answer = ctypes.create_string_buffer(256)
    libc("statx", AT, file, AT_SYMLINK_NOFOLLOW, 0x7ff, answer)
    mask, block, _, links, _, _, mode, _, inode, size, blocks = struct.unpack_from(
        "=IIQIIIHHQQQ", answer.raw)
    status = file.stat()
    assert mask & 0x7ff == 0x7ff
    assert (links, mode, inode, size, blocks, block) == (
        status.st_nlink, status.st_mode, status.st_ino, status.st_size, status.st_blocks,
        status.st_blksize)
    assert status.st_nlink == 1 and status.st_blocks == -(-status.st_size // 512)
    root = mounted.path.stat()
    directories = [entry for entry in os.scandir(mounted.path) if entry.is_dir()]
    # At least, or find would not look into the last ones; some are there and not listed.
    assert root.st_nlink >= 2 + len(directories)


def test_statfs_of_paths_and_descriptors(mounted, file, fd):
    of_path, of_file = os.statvfs(file), os.fstatvfs(fd)
    assert of_path == of_file
    assert of_path.f_flag & os.ST_RDONLY and of_path.f_bfree == of_path.f_ffree == 0
    assert of_path.f_namemax == 255 and of_path.f_files > 2
    assert of_path.f_blocks * of_path.f_frsize >= sum(p.stat().st_size for p in mounted.shards())


def test_a_handle_of_a_file_opens_it_or_is_refused(file, mounted):
    """No file handles are given out for NFS; whoever asks is told so, or gets the same file."""
    handle = struct.pack("Ii", 128, 0) + bytes(128)
    buffer, mount_id = ctypes.create_string_buffer(handle), ctypes.c_int()
    try:
        libc("name_to_handle_at", AT, file, buffer, ctypes.byref(mount_id), 0)
    except OSError as error:
        assert error.errno in (errno.EOPNOTSUPP, errno.EOVERFLOW)
        return
    directory = os.open(mounted.path, os.O_RDONLY)
    try:
        fd = libc("open_by_handle_at", directory, buffer, os.O_RDONLY)
    except OSError as error:
        assert error.errno in (errno.ESTALE, errno.EPERM, errno.EOPNOTSUPP)
    else:
        try:
            assert os.fstat(fd) == file.stat()
            assert os.pread(fd, 100, 50) == file.read_bytes()[50:150]
        finally:
            os.close(fd)
    finally:
        os.close(directory)


# --- Directories -------------------------------------------------------------------------------


class Entry(ctypes.Structure):
    """struct dirent"""
    _fields_ = [("d_ino", ctypes.c_uint64), ("d_off", ctypes.c_int64),
                ("d_reclen", ctypes.c_uint16), ("d_type", ctypes.c_ubyte),
                ("d_name", ctypes.c_char * 256)]


def read_entry(stream):
    LIBC.readdir.restype = ctypes.POINTER(Entry)
    entry = LIBC.readdir(ctypes.c_void_p(stream))
    if not entry:
        return None
    return entry.contents.d_name, entry.contents.d_ino, entry.contents.d_type


@pytest.fixture
def stream(mounted):
    LIBC.opendir.restype = ctypes.c_void_p
    stream = LIBC.opendir(os.fsencode(mounted.path))
    yield stream
    LIBC.closedir(ctypes.c_void_p(stream))


def test_entries_have_the_inode_and_the_type_of_what_they_name(stream, mounted):
    entries = list(iter(lambda: read_entry(stream), None))
    assert [name for name, _, _ in entries[:2]] == [b".", b".."]
    for name, inode, kind in entries[2:]:
        status = os.stat(mounted.path / os.fsdecode(name))
        assert inode == status.st_ino
        assert kind << 12 == stat.S_IFMT(status.st_mode)
    assert [os.fsdecode(name) for name, _, _ in entries[2:]] == os.listdir(mounted.path)


def test_places_in_a_directory_stay_where_they_are(stream):
    LIBC.telldir.restype = ctypes.c_long
    handle, places = ctypes.c_void_p(stream), []
    while True:
        place, entry = LIBC.telldir(handle), read_entry(stream)
        if entry is None:
            break
        places.append((place, entry))
    assert len({place for place, _ in places}) == len(places) > 20
    for place, entry in [*places[::-3], *places[::5]]:
        LIBC.seekdir(handle, ctypes.c_long(place))
        assert read_entry(stream) == entry
    LIBC.rewinddir(handle)
    assert [read_entry(stream) for _ in places] == [entry for _, entry in places]
    assert read_entry(stream) is None


def test_a_directory_is_read_with_any_buffer(mounted):
    for size in (300, 1000, 4096, 1 << 20):
        fd, names = os.open(mounted.path, os.O_RDONLY), []
        buffer = ctypes.create_string_buffer(size)
        while got := libc("getdents64", fd, buffer, size):
            at = 0
            while at < got:
                length = struct.unpack_from("=H", buffer.raw, at + 16)[0]
                names.append(buffer.raw[at + 19:at + length].split(b"\0")[0])
                at += length
        os.close(fd)
        assert [os.fsdecode(n) for n in names] == [".", "..", *os.listdir(mounted.path)]


# --- Being watched ------------------------------------------------------------------------------


def events_of(fd, seconds=5):
    assert select.select([fd], [], [], seconds)[0], "no event"
    return os.read(fd, 4096)


def test_inotify_sees_who_opens_and_reads(file):
    fd = libc("inotify_init1", os.O_NONBLOCK)
    try:
        libc("inotify_add_watch", fd, file, 0x1 | 0x20)       # IN_ACCESS, IN_OPEN
        with open(file, "rb", buffering=0) as opened:
            opened.read(10)
        masks = {struct.unpack_from("=iIII", events_of(fd), 0)[1]}
        assert masks & {0x1, 0x20}
        assert errno_of(libc, "inotify_add_watch", fd, file.parent / "new", 0x20) == "ENOENT"
    finally:
        os.close(fd)


@NO_MOUNT_RIGHTS
def test_fanotify_sees_who_opens(file):
    try:
        fd = libc("fanotify_init", 0x2, os.O_RDONLY)          # FAN_NONBLOCK
    except OSError as error:
        pytest.skip(f"fanotify is not there: {error.strerror}")
    try:
        libc("fanotify_mark", fd, 0x1, ctypes.c_uint64(0x20), AT, file)   # FAN_OPEN
        with open(file, "rb"):
            pass
        opened = struct.unpack_from("=IBBHQii", events_of(fd), 0)[5]
        assert os.fstat(opened) == file.stat()
        os.close(opened)
    finally:
        os.close(fd)
