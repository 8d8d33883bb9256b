# SPDX-License-Identifier: MIT
"""Nothing leads out of the source, however it is swapped, and nothing is written elsewhere."""

import contextlib
import itertools
import os
import shutil
import socket
import time

import hostile
import images
import pytest

SECRET = b"the secret of another directory"


@pytest.fixture
def secret(folder):
    """An image outside the source, whose bytes must never be shown."""
    path = images.write(folder / "outside/secret.bmp", 5, ("bmp", "RGB"), (40, 40))
    path.write_bytes(path.read_bytes()[:-len(SECRET)] + SECRET)
    return path


def refused(tfrecordfs, source, manifest, names, index):
    """What is said of each of @names, which are all refused."""
    images.write_csv(manifest, ["file", "label"], [[name, "a"] for name in names])
    result = hostile.run(tfrecordfs, "check", source, "--manifest", manifest, "--json")
    problems = {p["file"]: p["reason"] for p in result.json["problems"]}
    assert hostile.run(tfrecordfs, "index", source, "--manifest", manifest, "--index", index).error
    return problems


@pytest.mark.fault(fault="path or link out of the source", moment="when it is indexed",
                  expected="named, never read")
def test_paths_of_manifests_never_leave_the_source(tfrecordfs, folder, secret):
    source = folder / "source"
    images.write(source / "in/0.png", 0)
    (source / "link.bmp").symlink_to(secret)
    (source / "dir").symlink_to(secret.parent)
    (source / "proc").symlink_to("/proc/self/fd")
    (source / "root").symlink_to("/")
    (source / "chain").symlink_to("dir")
    (source / "loop.png").symlink_to("loop.png")
    names = ["../outside/secret.bmp", str(secret), "in/../../outside/secret.bmp", "link.bmp",
             "dir/secret.bmp", "chain/secret.bmp", f"root{secret}", "proc/0", "/proc/self/fd/0",
             "/dev/zero", "/etc/passwd", "in/../../../../../../../../etc/passwd", "loop.png",
             "dir/../outside/secret.bmp", "//etc/passwd", "/", "..", "in/./../..",
             "./../source/../x"]
    problems = refused(tfrecordfs, source, folder / "m.csv", names, folder / "index")
    assert len(problems) == len(names)
    for name, reason in problems.items():
        assert any(words in reason for words in (
            "outside the source", "symbolic link out of", "loop of symbolic",
            "is a directory", "does not exist")), (name, reason)


def test_folders_and_links_never_leave_the_source(tfrecordfs, folder, secret):
    source = folder / "source"
    images.write(source / "a/0.png", 0)
    (source / "a/link.bmp").symlink_to(secret)
    (source / "b").symlink_to(secret.parent)
    (source / "a/up").symlink_to("..")
    hostile.run(tfrecordfs, "index", source, "--index", folder / "index", code=(0, 1))
    result = tfrecordfs("cat", source, "train-00000-of-00001.tfrecord", "--shards", 1, "--on-bad",
                        "skip", "--index", folder / "index", binary=True, code=None)
    assert SECRET not in result.out


def test_what_is_no_file_is_never_read(tfrecordfs, folder):
    source = folder / "source"
    images.write(source / "a/0.png", 0)
    os.mkfifo(source / "a/fifo.png")
    (source / "a/directory.png").mkdir()
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as sock:
        sock.bind(str(source / "a/socket.png"))
    if os.geteuid() == 0:
        with contextlib.suppress(PermissionError):
            os.mknod(source / "a/zero.png", 0o20666, os.makedev(1, 5))
    result = hostile.run(tfrecordfs, "check", source, megabytes=16)
    for name in ("fifo", "socket"):
        assert f"a/{name}.png: is not a regular file" in result.out


# --- Races -----------------------------------------------------------------------------


@pytest.mark.fault(fault="image or directory swapped for a link out of the source, over and over",
                  moment="while it is indexed and read",
                  expected="fails, the bytes outside never appear")
@pytest.mark.parametrize("what", ["file", "directory"])
def test_a_link_that_is_swapped_in_is_never_followed(tfrecordfs, folder, secret, what):
    place = folder / "source/in/secret.bmp"
    place.parent.mkdir(parents=True)
    place.write_bytes(secret.read_bytes().replace(SECRET, b"x" * len(SECRET)))
    if what == "file":
        one, other = place, secret
    else:
        one, other = place.parent, secret.parent
    (folder / "link").symlink_to(other)
    manifest = images.write_csv(folder / "m.csv", ["file", "label"], [["in/secret.bmp", "a"]])
    command = ["cat", folder / "source", "train-00000-of-00001.tfrecord", "--manifest", manifest,
               "--shards", 1]
    seen, deadline = set(), time.monotonic() + 2
    with hostile.exchanging(one, folder / "link"):
        for number in itertools.count():
            index = folder / f"index{number % 4}"
            if number % 4 == 0:
                shutil.rmtree(index, ignore_errors=True)
            result = tfrecordfs(*command, "--index", index, binary=True, code=None)
            assert result.code in (0, 1) and SECRET not in result.out, result.err
            seen.add(result.code)
            if time.monotonic() > deadline and (seen == {0, 1} or number > 300):
                break
    assert seen == {0, 1}


# --- Places where the index goes -------------------------------------------------------


@pytest.fixture
def indexed(tfrecordfs, photos, folder):
    """The directory of an index, its file's name, and what runs to make it anew."""
    index = folder / "index"
    name = os.path.basename(tfrecordfs("index", photos, "--index", index).out.splitlines()[0])
    return index, name, ["index", photos, "--index", index]


@pytest.mark.fault(fault="link, FIFO or device in the place of the index",
                  moment="when it is saved",
                  expected="replaced, never written through")
def test_what_is_planted_in_the_place_of_an_index_is_not_written_through(tfrecordfs, indexed,
                                                                         folder):
    index, name, command = indexed
    victim = folder / "victim"
    for plant in (lambda path: path.symlink_to(victim), lambda path: os.link(victim, path),
                  os.mkfifo, lambda path: path.symlink_to("/dev/zero"),
                  lambda path: path.symlink_to(path.name), lambda path: path.write_bytes(b"x" * 99)):
        victim.write_bytes(b"not yours")
        for path in index.iterdir():
            path.unlink()
        for place in (index / name, *(index / f"{name.removesuffix('.index')}{end}"
                                      for end in (".crc32c", ".sha256"))):
            plant(place)
        result = hostile.run(tfrecordfs, *command, code=0, megabytes=32)
        assert victim.read_bytes() == b"not yours"
        assert (index / name).is_file() and not (index / name).is_symlink(), result
        assert (index / name).stat().st_nlink == 1
        assert tfrecordfs(*command, "--json").json["index_reused"] is True


def test_a_directory_in_its_place_is_told(tfrecordfs, indexed):
    index, name, command = indexed
    (index / name).unlink()
    (index / name / "in").mkdir(parents=True)
    assert "there is no saved index" in hostile.run(tfrecordfs, *command, megabytes=32).error
    assert (index / name / "in").is_dir()


@pytest.mark.fault(fault="links in the place of temporary files", moment="when the index is saved",
                  expected="passed over")
def test_temporary_names_that_are_taken_are_passed_over(tfrecordfs, indexed, folder):
    index, name, command = indexed
    victim = folder / "victim"
    victim.write_bytes(b"not yours")
    (index / name).unlink()
    # Whatever process it is, the first names are links already.
    for pid in range(os.getpid(), os.getpid() + 400):
        for attempt in range(3):
            (index / f".tfrecordfs-{pid}-{attempt}.tmp").symlink_to(victim)
    tfrecordfs(*command)
    assert (index / name).is_file() and victim.read_bytes() == b"not yours"


def test_an_index_that_is_cut_or_turned_is_made_anew(tfrecordfs, indexed):
    index, name, command = indexed
    whole = (index / name).read_bytes()
    turned = bytearray(whole)
    for at in range(0, 64, 4):
        turned[at:at + 4] = turned[at:at + 4][::-1]
    for content in (b"", whole[:7], whole[:len(whole) // 2], whole[:-1], whole + b"x" * 99,
                    bytes(turned), bytes(len(whole)), whole[::-1]):
        (index / name).write_bytes(content)
        result = hostile.run(tfrecordfs, *command, code=0, megabytes=32)
        assert (index / name).read_bytes() == whole, result


@pytest.mark.fault(fault="link of another user in the place of the index",
                  moment="when it is saved",
                  expected="told, never written through")
def test_an_index_of_somebody_else_is_read_but_not_theirs_to_redirect(as_user, photos, folder):
    if not as_user.prefix:
        pytest.skip("root is needed to own what others cannot write")
    index = folder / "shared"
    index.mkdir()
    index.chmod(0o1777)
    command = ["index", photos, "--index", index]
    victim = folder / "victim"
    victim.write_bytes(b"not yours")
    name = os.path.basename(as_user(*command).out.splitlines()[0])
    (index / name).unlink()
    # Root's, in a sticky directory: nobody else can move it away.
    (index / name).symlink_to(victim)
    result = hostile.run(as_user, *command, megabytes=32, code=(0, 1))
    assert victim.read_bytes() == b"not yours" and "index" in result.err


def test_only_the_directory_of_the_index_is_written(tfrecordfs, photos, folder):
    work = folder / "work"
    work.mkdir()
    hostile.run(tfrecordfs, "index", photos, code=0, cwd=work,
                env={"TMPDIR": str(work), "XDG_CACHE_HOME": str(folder / "cache")})
    assert os.listdir(work) == [] and os.listdir(folder / "cache") == ["tfrecordfs"]
