# SPDX-License-Identifier: MIT
"""Calls of the C library by their own signatures, and a mount to call them on."""

import ctypes
import errno
import os

import pytest

import images
import program as programs
from mount.view_fixtures import place, program  # noqa: F401

# pylint: disable=redefined-outer-name

LIBC = ctypes.CDLL(None, use_errno=True)
FILE, VIEW_FILE = "train-00000-of-00002.tfrecord", "epochs/7/train-00000-of-00002.tfrecord"
AT = -100       # AT_FDCWD
NO_MOUNT_RIGHTS = pytest.mark.skipif(os.geteuid() != 0, reason="only root can do this")


@pytest.fixture(scope="module")
def mounted(program, place):
    source = place / "photos"
    for i in range(12):
        images.write(source / "ab"[i % 2] / f"{i}.bmp", i, ("bmp", "RGB"), (90, 90))
    with programs.mounted(program, source, place / "mnt", "--shards", 2,
                          index=place / "index") as mounted:
        yield mounted


@pytest.fixture(params=[FILE, VIEW_FILE], ids=["root", "view"])
def file(request, mounted):
    return mounted / request.param


@pytest.fixture
def fd(file):
    fd = os.open(file, os.O_RDONLY)
    yield fd
    os.close(fd)


def libc(name, *arguments):
    """A call of the C library by its own signature; raises as os does."""
    function = getattr(LIBC, name)
    function.restype = ctypes.c_long
    converted = [os.fsencode(a) if isinstance(a, (str, os.PathLike)) else
                 ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    ctypes.set_errno(0)
    found = function(*converted)
    if ctypes.c_int(found).value == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
    return found


def errno_of(call, *arguments):
    with pytest.raises(OSError) as caught:
        call(*arguments)
    return errno.errorcode[caught.value.errno]


def with_fd(path, call):
    fd = os.open(path, os.O_RDONLY)
    try:
        return call(fd)
    finally:
        os.close(fd)
