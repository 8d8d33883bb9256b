# SPDX-License-Identifier: MIT
"""What POSIX and Linux say of a read-only file system, call by call."""

import ctypes
import errno
import fcntl
import mmap
import os
import select
import socket
import stat
import struct
import subprocess

import pytest

from mount.posix_fixtures import (AT, FILE, NO_MOUNT_RIGHTS, errno_of, fd, file,  # noqa: F401
                                  libc, mounted, with_fd)
from mount.view_fixtures import place, program  # noqa: F401

# pylint: disable=redefined-outer-name

AT_EACCESS, AT_SYMLINK_NOFOLLOW, AT_REMOVEDIR = 0x200, 0x100, 0x200

# --- Everything that would write ---------------------------------------------------------

RENAME_NOREPLACE, RENAME_EXCHANGE = 1, 2
TIMES = struct.pack("qqqq", 1, 0, 1, 0)

# What is called, on the file @f in the directory @d, both of the mount.
WRITES = {
    "open O_WRONLY": lambda d, f: os.open(f, os.O_WRONLY),
    "open O_RDWR": lambda d, f: os.open(f, os.O_RDWR),
    "open O_RDWR|O_DIRECT": lambda d, f: os.open(f, os.O_RDWR | os.O_DIRECT),
    "open O_WRONLY|O_APPEND": lambda d, f: os.open(f, os.O_WRONLY | os.O_APPEND),
    "open O_RDONLY|O_TRUNC": lambda d, f: os.open(f, os.O_RDONLY | os.O_TRUNC),
    "open O_CREAT of a new name": lambda d, f: os.open(d / "new", os.O_RDONLY | os.O_CREAT),
    "open O_CREAT|O_EXCL": lambda d, f: os.open(d / "new", os.O_RDWR | os.O_CREAT | os.O_EXCL),
    "open O_TMPFILE": lambda d, f: os.open(d, os.O_WRONLY | os.O_TMPFILE),
    "creat": lambda d, f: libc("creat", d / "new", 0o644),
    "truncate": lambda d, f: os.truncate(f, 0),
    "truncate to its size": lambda d, f: os.truncate(f, f.stat().st_size),
    "mkdir": lambda d, f: os.mkdir(d / "new"),
    "mknod of a device": lambda d, f: os.mknod(d / "new", stat.S_IFCHR | 0o600, os.makedev(1, 3)),
    "mknod of a file": lambda d, f: os.mknod(d / "new", stat.S_IFREG | 0o600),
    "mkfifo": lambda d, f: os.mkfifo(d / "new"),
    "bind of a socket": lambda d, f: bind(d / "new"),
    "symlink": lambda d, f: os.symlink("x", d / "new"),
    "link": lambda d, f: os.link(f, d / "new"),
    "linkat of a descriptor": lambda d, f: link_descriptor(f, d / "new"),
    "rename": lambda d, f: os.rename(f, d / "new"),
    "rename over another": lambda d, f: os.rename(f, d / "labels.txt"),
    "renameat2 RENAME_NOREPLACE": lambda d, f: libc("renameat2", AT, f, AT, d / "new",
                                                    RENAME_NOREPLACE),
    "renameat2 RENAME_EXCHANGE": lambda d, f: libc("renameat2", AT, f, AT, d / "labels.txt",
                                                   RENAME_EXCHANGE),
    "unlink": lambda d, f: os.unlink(f),
    "rmdir": lambda d, f: os.rmdir(d / "epochs"),
    "unlinkat AT_REMOVEDIR": lambda d, f: libc("unlinkat", AT, d / "epochs", AT_REMOVEDIR),
    "chmod": lambda d, f: os.chmod(f, 0o600),
    "chmod of the root": lambda d, f: os.chmod(d, 0o700),
    "fchmod": lambda d, f: with_fd(f, lambda fd: os.fchmod(fd, 0o600)),
    "chown": lambda d, f: os.chown(f, 1, 1),
    "lchown": lambda d, f: os.lchown(f, 1, 1),
    "fchown": lambda d, f: with_fd(f, lambda fd: os.fchown(fd, 1, 1)),
    "utimensat": lambda d, f: libc("utimensat", AT, f, TIMES, 0),
    "utimensat of now": lambda d, f: libc("utimensat", AT, f, None, AT_SYMLINK_NOFOLLOW),
    "futimens": lambda d, f: with_fd(f, lambda fd: libc("futimens", fd, TIMES)),
    "setxattr": lambda d, f: os.setxattr(f, "user.x", b"1"),
    "setxattr of ours": lambda d, f: os.setxattr(f, "user.tfrecordfs.split", b"1"),
    "setxattr security.*": lambda d, f: os.setxattr(f, "security.x", b"1"),
    "fsetxattr": lambda d, f: with_fd(f, lambda fd: os.setxattr(fd, "user.x", b"1")),
    "removexattr": lambda d, f: os.removexattr(f, "user.tfrecordfs.split"),
    "lremovexattr": lambda d, f: os.removexattr(f, "user.x", follow_symlinks=False),
}

# The kernel's answers where it has already looked at the name, or has no such call for FUSE.
ALSO = {"rmdir": {"ENOTEMPTY"}, "open O_TMPFILE": {"ENOTSUP"}}


def bind(path):
    with socket.socket(socket.AF_UNIX) as unbound:
        unbound.bind(str(path))


def link_descriptor(path, new):
    with_fd(path, lambda fd: libc("linkat", AT, f"/proc/self/fd/{fd}", AT, new, 0x400))


@pytest.mark.parametrize("name", WRITES)
def test_what_would_write_gives_erofs(mounted, name):
    assert errno_of(WRITES[name], mounted.path, mounted / FILE) == "EROFS"


@NO_MOUNT_RIGHTS
def test_what_would_write_is_refused_by_us_where_the_kernel_lets_it_through(mounted):
    before = {path: (path.stat(), path.read_bytes()) for path in mounted.shards()}
    subprocess.run(["mount", "-i", "-o", "remount,rw", mounted.path], check=True)
    try:
        for name, call in WRITES.items():
            found = errno_of(call, mounted.path, mounted / FILE)
            assert found in {"EROFS"} | ALSO.get(name, set()), name
    finally:
        subprocess.run(["mount", "-i", "-o", "remount,ro", mounted.path], check=True)
    assert {path: (path.stat(), path.read_bytes()) for path in mounted.shards()} == before


# --- Calls on a file that is open for reading ------------------------------------------------

ON_A_FILE = {
    "write": (lambda fd: os.write(fd, b"x"), "EBADF"),
    "pwrite": (lambda fd: os.pwrite(fd, b"x", 0), "EBADF"),
    "ftruncate": (lambda fd: os.ftruncate(fd, 0), "EINVAL"),
    "fallocate": (lambda fd: libc("fallocate", fd, 0, 0, 1), "EBADF"),
    "mmap PROT_WRITE of MAP_SHARED": (
        lambda fd: mmap.mmap(fd, 1, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE), "EACCES"),
    "pread at a negative offset": (lambda fd: os.pread(fd, 1, -1), "EINVAL"),
    "lseek before the beginning": (lambda fd: os.lseek(fd, -1, os.SEEK_SET), "EINVAL"),
    "lseek SEEK_DATA behind the end": (lambda fd: os.lseek(fd, 1 << 40, os.SEEK_DATA), "ENXIO"),
    "fcntl write lock": (lambda fd: fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB), "EBADF"),
    "ioctl that nobody knows": (lambda fd: fcntl.ioctl(fd, 0x1234), "ENOTTY"),
    "ioctl FS_IOC_GETFLAGS": (lambda fd: fcntl.ioctl(fd, 0x80086601, b"\0" * 8), "ENOTTY"),
    "listing it": (os.listdir, "ENOTDIR"),
    "fchdir": (os.fchdir, "ENOTDIR"),
    "a name beneath it": (lambda fd: os.stat("x", dir_fd=fd), "ENOTDIR"),
    "getxattr of what it has not": (lambda fd: os.getxattr(fd, "user.nothing"), "ENODATA"),
    "copy_file_range into itself": (lambda fd: os.copy_file_range(fd, fd, 1, 0, 9), "EBADF"),
}


@pytest.mark.parametrize("name", ON_A_FILE)
def test_what_an_open_file_refuses(fd, name):
    call, number = ON_A_FILE[name]
    assert errno_of(call, fd) == number


def test_private_maps_may_be_written_and_change_nothing(fd, file):
    whole = file.read_bytes()
    with mmap.mmap(fd, 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE) as mapping:
        mapping[0:4] = b"abcd"
        mapping.flush()
        assert mapping[:8] == b"abcd" + whole[4:8]
    assert file.read_bytes() == whole


@pytest.mark.parametrize("flags", [mmap.MAP_SHARED, mmap.MAP_PRIVATE])
def test_what_is_written_anew_at_each_read_can_be_mapped(mounted, flags):
    path = mounted / "problems.csv"
    with open(path, "rb") as opened:
        with mmap.mmap(opened.fileno(), 0, flags=flags, prot=mmap.PROT_READ) as mapping:
            assert mapping[:] == path.read_bytes() != b""


def test_holes_and_data(fd, file):
    size = file.stat().st_size
    assert os.lseek(fd, 0, os.SEEK_HOLE) == size
    assert os.lseek(fd, 0, os.SEEK_DATA) == 0
    assert os.lseek(fd, size - 1, os.SEEK_DATA) == size - 1


def test_reads_behind_the_end_and_of_nothing(fd, file):
    size = file.stat().st_size
    assert os.pread(fd, 10, size) == os.pread(fd, 10, (1 << 62) - 5) == os.pread(fd, 0, 3) == b""
    assert len(os.pread(fd, 1 << 30, 5)) == size - 5


def test_vectors_and_flags_of_preadv2(fd, file):
    whole = file.read_bytes()
    buffers = [bytearray(7), bytearray(0), bytearray(5000), bytearray(1)]
    assert os.preadv(fd, buffers, 11) == 5008
    assert b"".join(buffers) == whole[11:11 + 5008]
    assert os.readv(fd, buffers) == 5008 and b"".join(buffers) == whole[:5008]
    assert os.preadv(fd, buffers, 3, os.RWF_HIPRI) == 5008
    assert errno_of(os.preadv, fd, buffers, 0, 1 << 30) == "ENOTSUP"
    try:
        got = os.preadv(fd, buffers, 0, os.RWF_NOWAIT)
    except OSError as error:
        assert error.errno in (errno.EAGAIN, errno.EOPNOTSUPP)
    else:
        assert b"".join(buffers)[:got] == whole[:got]


def test_a_bad_address_fails_and_harms_nobody(fd):
    libc("posix_fadvise", fd, 0, 0, os.POSIX_FADV_DONTNEED)
    assert errno_of(libc, "pread", fd, 8, 100, 0) == "EFAULT"
    assert len(os.pread(fd, 100, 0)) == 100


def test_syncing_and_advice_are_harmless(fd, file, mounted):
    whole = file.read_bytes()
    os.fsync(fd)
    os.fdatasync(fd)
    assert libc("syncfs", fd) == 0
    for advice in range(6):
        assert libc("posix_fadvise", fd, 5, 10_000, advice) == 0
    assert libc("readahead", fd, 0, 1 << 20) == 0
    with_fd(mounted.path, os.fsync)
    assert file.read_bytes() == whole


def test_locks_for_reading_and_of_whole_files(fd, file):
    fcntl.lockf(fd, fcntl.LOCK_SH | fcntl.LOCK_NB, 10, 5)
    fcntl.lockf(fd, fcntl.LOCK_UN, 10, 5)
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with open(file, "rb") as other:
        assert errno_of(fcntl.flock, other, fcntl.LOCK_SH | fcntl.LOCK_NB) == "EAGAIN"
        fcntl.flock(fd, fcntl.LOCK_UN)
        fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)


def test_an_open_file_is_always_ready(fd):
    assert select.select([fd], [], [], 0) == ([fd], [], [])
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    assert poll.poll(0) == [(fd, select.POLLIN)]


# --- Ways to open -----------------------------------------------------------------------------


def test_a_descriptor_of_a_path_alone(file):
    fd = os.open(file, os.O_PATH)
    try:
        assert errno_of(os.pread, fd, 1, 0) == "EBADF"
        assert os.fstat(fd) == file.stat()
        with open(f"/proc/self/fd/{fd}", "rb") as again:
            assert again.read() == file.read_bytes()
    finally:
        os.close(fd)


def test_directories_and_files_are_told_apart(mounted, file):
    assert errno_of(os.open, file, os.O_RDONLY | os.O_DIRECTORY) == "ENOTDIR"
    assert errno_of(os.open, mounted.path, os.O_WRONLY) == "EISDIR"
    assert with_fd(mounted.path, lambda fd: errno_of(os.read, fd, 1)) == "EISDIR"
    assert errno_of(os.open, f"{file}/", os.O_RDONLY) == "ENOTDIR"
    assert errno_of(os.readlink, file) == errno_of(os.readlink, mounted.path) == "EINVAL"
    assert errno_of(os.rmdir, file) in ("EROFS", "ENOTDIR")


def test_links_from_outside_lead_in(place, file):
    link, loop = place / "link", place / "loop"
    link.symlink_to(file)
    loop.symlink_to(loop)
    try:
        assert link.read_bytes() == file.read_bytes()
        assert errno_of(os.open, link, os.O_RDONLY | os.O_NOFOLLOW) == "ELOOP"
        assert errno_of(os.open, loop / file.name, os.O_RDONLY) == "ELOOP"
        with_fd(file, os.fstat)
        os.close(os.open(file, os.O_RDONLY | os.O_NOFOLLOW))
    finally:
        link.unlink()
        loop.unlink()


def test_names_too_long_and_empty(mounted):
    for path in (mounted / ("x" * 256), mounted / "epochs" / ("1" * 256),
                 f"{mounted.path}/{'x/' * 2100}"):
        assert errno_of(os.stat, path) == errno_of(os.open, path, os.O_RDONLY) == "ENAMETOOLONG"
    assert errno_of(os.stat, mounted / ("x" * 255)) == "ENOENT"
    directory = os.open(mounted.path, os.O_PATH)
    try:
        assert errno_of(libc, "openat", directory, "", os.O_RDONLY) == "ENOENT"
    finally:
        os.close(directory)


def test_access_for_reading_only(file, mounted):
    assert os.access(file, os.R_OK | os.F_OK)
    assert errno_of(libc, "faccessat", AT, file, os.W_OK, 0) == "EROFS"
    assert errno_of(libc, "faccessat", AT, file, os.W_OK, AT_EACCESS) == "EROFS"
    assert errno_of(libc, "faccessat", AT, mounted.path, os.W_OK, 0) == "EROFS"
    assert errno_of(libc, "faccessat", AT, file, os.X_OK, 0) == "EACCES"
    assert errno_of(libc, "faccessat", AT, mounted / "new", os.F_OK, 0) == "ENOENT"
    assert errno_of(libc, "execv", file, ctypes.c_void_p(0)) == "EACCES"


def test_any_alignment_with_o_direct(file):
    whole, fd = file.read_bytes(), os.open(file, os.O_RDONLY | os.O_DIRECT)
    try:
        for offset, length in ((0, 4096), (1, 511), (4095, 2), (len(whole) - 3, 4096)):
            assert os.pread(fd, length, offset) == whole[offset:offset + length]
    finally:
        os.close(fd)
