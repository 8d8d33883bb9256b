# SPDX-License-Identifier: MIT
"""A naive model of a mount, and walks over the mount that compare each answer with it.

A Model is what a reader should see: the bytes of files by path, and the names of directories.
A Walk makes random file operations, which depend on its seed and on the model alone, so that
a walk that failed is taken again by its seed.
"""

import collections
import contextlib
import ctypes
import dataclasses
import errno
import fcntl
import fnmatch
import glob
import mmap
import os
import random
import select
import stat

LIBC = ctypes.CDLL(None, use_errno=True)
PAGE = mmap.ALLOCATIONGRANULARITY
MOST_FILES, MOST_MAPS = 24, 8


class Mismatch(AssertionError):
    """What the mount answered is not what the model has."""


@dataclasses.dataclass
class Model:
    """What a mount shows."""
    files: dict                                      # path: bytes
    directories: dict = dataclasses.field(default_factory=dict)   # path: names in it
    missing: list = dataclasses.field(default_factory=list)       # paths that are not there
    splits: dict = dataclasses.field(default_factory=dict)        # path of a shard: its split

    def paths(self):
        return sorted(self.files)


@dataclasses.dataclass
class Opened:
    """An open file, of one descriptor or several that share its position."""
    path: str
    position: int = 0


def fails(numbers, call, *arguments):
    """The errno of a call that has to fail with one of @numbers."""
    try:
        found = call(*arguments)
    except OSError as error:
        if error.errno not in numbers:
            raise Mismatch(f"{errno.errorcode.get(error.errno)} is not among "
                           f"{[errno.errorcode[n] for n in numbers]}") from error
        return error.errno
    raise Mismatch(f"was done, and gave {found!r}")


def same(found, expected):
    if found != expected:
        raise Mismatch(f"is {brief(found)}, not {brief(expected)}")


def brief(value):
    if isinstance(value, (bytes, bytearray)) and len(value) > 40:
        return f"{len(value)} bytes {bytes(value[:20])!r}..."
    return repr(value)


WRITES = {
    "open O_WRONLY": lambda p: os.open(p, os.O_WRONLY),
    "open O_RDWR": lambda p: os.open(p, os.O_RDWR),
    "open O_TRUNC": lambda p: os.open(p, os.O_RDONLY | os.O_TRUNC),
    "create": lambda p: os.open(f"{p}.new", os.O_CREAT | os.O_WRONLY | os.O_EXCL),
    "truncate": lambda p: os.truncate(p, 0),
    "unlink": os.unlink,
    "rename": lambda p: os.rename(p, f"{p}.new"),
    "link": lambda p: os.link(p, f"{p}.new"),
    "symlink": lambda p: os.symlink("x", f"{p}.new"),
    "mkdir": lambda p: os.mkdir(f"{p}.new"),
    "mkfifo": lambda p: os.mkfifo(f"{p}.new"),
    "chmod": lambda p: os.chmod(p, 0o777),
    "chown": lambda p: os.chown(p, 1, 1),
    "utime": lambda p: os.utime(p, (1, 1)),
    "setxattr": lambda p: os.setxattr(p, "user.x", b"x"),
    "removexattr": lambda p: os.removexattr(p, "user.tfrecordfs.split"),
}

# On a descriptor that was opened for reading: what the kernel answers by itself, or we.
WRITES_OF_FILES = {
    "write": (lambda fd: os.write(fd, b"x"), {errno.EBADF}),
    "pwrite": (lambda fd: os.pwrite(fd, b"x", 0), {errno.EBADF}),
    "ftruncate": (lambda fd: os.ftruncate(fd, 0), {errno.EINVAL, errno.EBADF}),
    "fallocate": (lambda fd: os.posix_fallocate(fd, 0, 1), {errno.EBADF}),
    "fchmod": (lambda fd: os.fchmod(fd, 0o777), {errno.EROFS}),
    "fchown": (lambda fd: os.fchown(fd, 1, 1), {errno.EROFS}),
    "futimens": (lambda fd: os.utime(fd, (1, 1)), {errno.EROFS}),
    "fsetxattr": (lambda fd: os.setxattr(fd, "user.x", b"x"), {errno.EROFS}),
    "mmap to write": (lambda fd: mmap.mmap(fd, 1, prot=mmap.PROT_READ | mmap.PROT_WRITE),
                      {errno.EACCES}),
}


class Walk:
    """Random operations on the mount at @root, one after the other."""

    def __init__(self, root, model, seed):
        self.root, self.model, self.seed = root, model, seed
        self.numbers = random.Random(seed)
        self.opened, self.maps = {}, []
        self.said = collections.deque(maxlen=30)
        self.steps = [(name[5:], getattr(self, name)) for name in sorted(dir(self))
                      if name.startswith("step_")]
        self.weights = [WEIGHTS.get(name, 2) for name, _ in self.steps]

    def run(self, count):
        """So many steps; raises Mismatch with what led to it."""
        try:
            for number in range(count):
                (name, step), = self.numbers.choices(self.steps, self.weights)
                self.said.append(f"{number}: {name}")
                step()
        except (Mismatch, OSError) as error:
            raise Mismatch(f"TRFS_MODEL_SEED={self.seed}: {error}, after\n  "
                           + "\n  ".join(self.said)) from error
        finally:
            self.close()

    def close(self):
        for mapping, _, _ in self.maps:
            mapping.close()
        for fd in self.opened:
            os.close(fd)
        self.maps, self.opened = [], {}

    # --- Choices --------------------------------------------------------------------

    def say(self, what):
        self.said[-1] += f" {what}"

    def a_path(self):
        path = self.numbers.choice(self.model.paths())
        self.say(path)
        return path

    def at(self, path):
        return os.path.join(self.root, path) if path else str(self.root)

    def a_file(self):
        """A descriptor, what is open there, and the bytes of it."""
        if not self.opened:
            self.step_open()
        fd = self.numbers.choice(sorted(self.opened))
        opened = self.opened[fd]
        self.say(f"{opened.path} at {opened.position}")
        return fd, opened, self.model.files[opened.path]

    def a_place(self, size):
        """An offset: anywhere, about a page, about the end, or behind it."""
        kind = self.numbers.randrange(10)
        if kind < 6 and size > 0:
            return self.numbers.randrange(size)
        if kind < 8:
            page = self.numbers.randrange(size // PAGE + 1) * PAGE
            return max(0, page + self.numbers.randint(-1, 1))
        if kind < 9:
            return max(0, size + self.numbers.randint(-20, 20))
        return size + self.numbers.choice([PAGE, 1 << 20, 1 << 40, (1 << 62) - size])

    def a_length(self):
        most = self.numbers.choice([1, 16, 100, 4096, 5000, 70_000, 131_072, 400_000])
        length = self.numbers.randint(0 if self.numbers.random() < 0.05 else 1, most)
        return length

    def a_window(self, size):
        offset, length = self.a_place(size), self.a_length()
        self.say(f"[{offset}, +{length}]")
        return offset, length

    # --- Opening and closing -----------------------------------------------------------

    def step_open(self):
        path = self.a_path()
        flags = self.numbers.choice([0, 0, 0, os.O_DIRECT, os.O_NOFOLLOW, os.O_NONBLOCK,
                                     os.O_SYNC])
        self.keep(os.open(self.at(path), os.O_RDONLY | os.O_CLOEXEC | flags), Opened(path))

    def step_open_beneath(self):
        path = self.a_path()
        directory = os.open(self.at(os.path.dirname(path)), os.O_PATH | os.O_DIRECTORY)
        try:
            self.keep(os.open(os.path.basename(path), os.O_RDONLY, dir_fd=directory),
                      Opened(path))
        finally:
            os.close(directory)

    def step_dup(self):
        fd, opened, _ = self.a_file()
        self.keep(os.dup(fd), opened)

    def keep(self, fd, opened):
        self.opened[fd] = opened
        if len(self.opened) > MOST_FILES:
            self.step_close()

    def step_close(self):
        fd, _, _ = self.a_file()
        os.close(fd)
        del self.opened[fd]

    # --- Bytes ----------------------------------------------------------------------------

    def step_pread(self):
        fd, _, data = self.a_file()
        offset, length = self.a_window(len(data))
        same(os.pread(fd, length, offset), data[offset:offset + length])

    def step_preadv(self):
        fd, _, data = self.a_file()
        offset, length = self.a_window(len(data))
        buffers = [bytearray(length), bytearray(self.numbers.randint(1, 40)), bytearray(length)]
        got = os.preadv(fd, buffers, offset)
        same(b"".join(buffers)[:got], data[offset:offset + sum(map(len, buffers))])

    def step_preadv_nowait(self):
        fd, _, data = self.a_file()
        offset, length = self.a_window(len(data))
        buffer = bytearray(length)
        try:
            got = os.preadv(fd, [buffer], offset, os.RWF_NOWAIT)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EOPNOTSUPP):
                raise
        else:
            same(buffer[:got], data[offset:offset + got])

    def step_read(self):
        fd, opened, data = self.a_file()
        length = self.a_length()
        self.say(f"+{length}")
        found = os.read(fd, length)
        same(found, data[opened.position:opened.position + length])
        opened.position += len(found)

    def step_lseek(self):
        fd, opened, data = self.a_file()
        place = self.a_place(len(data))
        how, offset = self.numbers.choice([(os.SEEK_SET, place),
                                           (os.SEEK_CUR, place - opened.position),
                                           (os.SEEK_END, place - len(data))])
        self.say(f"to {place}")
        same(os.lseek(fd, offset, how), place)
        opened.position = place
        fails({errno.EINVAL}, os.lseek, fd, -1 - place, os.SEEK_CUR)

    def step_data_and_holes(self):
        fd, opened, data = self.a_file()
        place = self.a_place(len(data))
        self.say(place)
        if place >= len(data):
            fails({errno.ENXIO}, os.lseek, fd, place, os.SEEK_DATA)
            fails({errno.ENXIO}, os.lseek, fd, place, os.SEEK_HOLE)
        else:
            same(os.lseek(fd, place, os.SEEK_DATA), place)
            same(os.lseek(fd, place, os.SEEK_HOLE), len(data))
        os.lseek(fd, opened.position, os.SEEK_SET)

    def step_whole(self):
        path = self.a_path()
        with open(self.at(path), "rb") as file:
            same(file.read(), self.model.files[path])

    def step_map(self):
        fd, opened, data = self.a_file()
        if not data:
            return
        start = self.numbers.randrange(len(data)) // PAGE * PAGE
        length = self.numbers.randint(1, min(len(data) - start, 300_000))
        flags = self.numbers.choice([mmap.MAP_PRIVATE, mmap.MAP_SHARED])
        self.say(f"[{start}, +{length}]")
        mapping = mmap.mmap(fd, length, flags=flags, prot=mmap.PROT_READ, offset=start)
        self.maps.append((mapping, opened.path, start))
        if len(self.maps) > MOST_MAPS:
            self.maps.pop(0)[0].close()
        self.step_look_at_map()

    def step_look_at_map(self):
        if not self.maps:
            return
        mapping, path, start = self.numbers.choice(self.maps)
        at = self.numbers.randrange(len(mapping))
        end = min(len(mapping), at + self.a_length())
        self.say(f"of {path} [{start + at}, {start + end})")
        same(mapping[at:end], self.model.files[path][start + at:start + end])

    def step_sendfile(self):
        fd, _, data = self.a_file()
        offset, length = self.a_window(len(data))
        sink = os.memfd_create("sink")
        try:
            sent = os.sendfile(sink, fd, offset, length)
            same(os.pread(sink, length + 1, 0), data[offset:offset + sent])
            same(sent > 0, 0 < length and offset < len(data))
        finally:
            os.close(sink)

    def step_copy_file_range(self):
        fd, _, data = self.a_file()
        offset, length = self.a_window(len(data))
        sink = os.memfd_create("sink")
        try:
            # Between file systems only where the kernel has a way.
            with contextlib.suppress(OSError):
                copied = os.copy_file_range(fd, sink, length, offset)
                same(os.pread(sink, length + 1, 0), data[offset:offset + copied])
        finally:
            os.close(sink)

    def step_splice(self):
        fd, _, data = self.a_file()
        offset, length = self.a_window(len(data))
        out, into = os.pipe2(os.O_NONBLOCK)
        try:
            spliced = os.splice(fd, into, min(length, 60_000), offset_src=offset)
            same(os.read(out, 60_000) if spliced else b"", data[offset:offset + spliced])
            same(spliced > 0, 0 < length and offset < len(data))
        finally:
            os.close(out)
            os.close(into)

    # --- Names and attributes ---------------------------------------------------------------

    def step_stat(self):
        path = self.a_path()
        status = os.stat(self.at(path))
        same((stat.S_IFMT(status.st_mode), status.st_mode & 0o222, status.st_nlink,
              status.st_size, os.lstat(self.at(path))),
             (stat.S_IFREG, 0, 1, len(self.model.files[path]), status))
        same(os.access(self.at(path), os.R_OK), True)
        same(os.access(self.at(path), os.W_OK), False)

    def step_fstat(self):
        fd, opened, data = self.a_file()
        status = os.fstat(fd)
        same((status.st_size, status.st_ino), (len(data), os.stat(self.at(opened.path)).st_ino))
        same(os.fstatvfs(fd).f_flag & os.ST_RDONLY, os.ST_RDONLY)

    def step_list(self):
        path = self.numbers.choice(sorted(self.model.directories))
        self.say(path)
        same(os.listdir(self.at(path)), self.model.directories[path])

    def step_scan(self):
        path = self.numbers.choice(sorted(self.model.directories))
        self.say(path)
        with os.scandir(self.at(path)) as entries:
            for name, entry in zip(self.model.directories[path], entries, strict=True):
                below = os.path.join(path, name)
                same((entry.name, entry.is_symlink()), (name, False))
                if below in self.model.files:
                    same((entry.is_file(), entry.stat().st_size, entry.inode()),
                         (True, len(self.model.files[below]), entry.stat().st_ino))

    def step_glob(self):
        path = self.numbers.choice(sorted(self.model.directories))
        pattern = self.numbers.choice(["train-*", "*-00000-of-*", "*.tfrecord", "*.txt", "x*"])
        self.say(f"{path}/{pattern}")
        found = glob.glob(os.path.join(glob.escape(self.at(path)), pattern))
        same(sorted(map(os.path.basename, found)),
             fnmatch.filter(self.model.directories[path], pattern))

    def step_missing(self):
        path = self.numbers.choice(self.model.missing)
        self.say(path)
        fails({errno.ENOENT}, os.stat, self.at(path))
        fails({errno.ENOENT}, os.open, self.at(path), os.O_RDONLY)

    def step_below_a_file(self):
        path = self.a_path()
        fails({errno.ENOTDIR}, os.stat, self.at(path) + "/x")
        fails({errno.ENOTDIR}, os.listdir, self.at(path))
        fails({errno.EINVAL}, os.readlink, self.at(path))
        fails({errno.ENOTDIR}, os.open, self.at(path), os.O_DIRECTORY)

    def step_xattr(self):
        path = self.a_path()
        names = os.listxattr(self.at(path))
        same(bool(names), path in self.model.splits)
        if names:
            split = os.getxattr(self.at(path), "user.tfrecordfs.split").decode()
            same(split, self.model.splits[path])
        fails({errno.ENODATA}, os.getxattr, self.at(path), "user.tfrecordfs.nonsense")

    # --- What is refused, or changes nothing --------------------------------------------------

    def step_write(self):
        path, name = self.a_path(), self.numbers.choice(sorted(WRITES))
        self.say(name)
        fails({errno.EROFS}, WRITES[name], self.at(path))

    def step_write_of_a_file(self):
        name = self.numbers.choice(sorted(WRITES_OF_FILES))
        fd, _, data = self.a_file()
        self.say(name)
        call, numbers = WRITES_OF_FILES[name]
        if data or name != "mmap to write":
            fails(numbers, call, fd)

    def step_umount(self):
        self.a_file()
        fails({errno.EBUSY, errno.EPERM}, umount, self.root)

    def step_advise(self):
        fd, _, data = self.a_file()
        offset, length = self.a_window(len(data))
        os.posix_fadvise(fd, offset, length, self.numbers.choice(
            [os.POSIX_FADV_DONTNEED, os.POSIX_FADV_DONTNEED, os.POSIX_FADV_WILLNEED,
             os.POSIX_FADV_RANDOM, os.POSIX_FADV_SEQUENTIAL, os.POSIX_FADV_NORMAL]))

    def step_sync(self):
        fd, _, _ = self.a_file()
        os.fsync(fd)
        os.fdatasync(fd)

    def step_lock(self):
        fd, _, _ = self.a_file()
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(fd, fcntl.LOCK_UN)

    def step_poll(self):
        fd, _, _ = self.a_file()
        same(select.select([fd], [], [], 0), ([fd], [], []))


WEIGHTS = {"pread": 30, "read": 15, "map": 8, "look_at_map": 8, "open": 10, "preadv": 8,
           "close": 6, "whole": 3, "umount": 0.3, "list": 3, "advise": 4}


def umount(path):
    if LIBC.umount2(os.fsencode(path), 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
