# SPDX-License-Identifier: MIT
"""Who may read a mount: nobody but who mounted, and with --allow-other who may read all."""

import contextlib
import errno
import os
import pathlib
import subprocess

import images
import program as programs
import pytest

SHARD = "train-00000-of-00001.tfrecord"
ONE = ["--shards", 1]
THEM, SOMEBODY = 4711, programs.NOBODY

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root plays several users")


@pytest.fixture
def theirs(folder):
    """Images of a user of their own, in a directory that others may enter."""
    source = folder / "theirs"
    for i in range(4):
        images.write(source / "a" / f"{i}.bmp", i, ("bmp", "RGB"), (30, 30))
    for path in [source, *source.rglob("*")]:
        os.chown(path, THEM, THEM)
        path.chmod(0o755 if path.is_dir() else 0o644)
    return source


def reads(path, uid=SOMEBODY, gid=None, groups=()):
    """Whether a user reads the file; what it has then."""
    clear = f"--groups={','.join(map(str, groups))}" if groups else "--clear-groups"
    done = subprocess.run(["setpriv", f"--reuid={uid}", f"--regid={gid or uid}", clear, "cat",
                           path], check=False, capture_output=True)
    return done.stdout if done.returncode == 0 else None


def mode(path):
    return os.stat(path).st_mode & 0o777


def test_nobody_else_reads_until_it_is_said(mount, theirs):
    with mount(theirs, *ONE) as mounted:
        assert (mounted / SHARD).read_bytes()
        assert reads(mounted / SHARD) is None
        assert reads(mounted / SHARD, THEM) is None
    with mount(theirs, *ONE, "--allow-other") as mounted:
        whole = (mounted / SHARD).read_bytes()
        assert reads(mounted / SHARD) == reads(mounted / SHARD, THEM) == whole
        assert reads(mounted / "labels.txt") == b"a\n"
        assert reads(mounted / "epochs/3" / SHARD)


def test_what_is_shown_is_of_the_sources_owner(mount, theirs):
    os.chown(theirs, THEM, SOMEBODY)
    for path in theirs.rglob("*.bmp"):
        os.chown(path, THEM, SOMEBODY)
        path.chmod(0o640)
    with mount(theirs, *ONE) as mounted:
        for path in mounted / SHARD, mounted / "labels.txt", mounted / "epochs/1" / SHARD:
            status = os.stat(path)
            assert (status.st_uid, status.st_gid) == (THEM, SOMEBODY)
            assert mode(path) == 0o440
        assert mode(mounted.path) == mode(mounted / "epochs/1") == 0o550


@pytest.mark.parametrize("index", ["scanned", "saved"])
def test_one_image_that_its_owner_keeps_closes_all_to_others(mount, tfrecordfs, theirs, folder,
                                                             index):
    (theirs / "a" / "2.bmp").chmod(0o600)
    if index == "saved":
        tfrecordfs("index", theirs, *ONE, "--index", folder / "index")
    with mount(theirs, *ONE, "--allow-other") as mounted:
        assert mode(mounted / SHARD) == 0o400 and mode(mounted.path) == 0o500
        assert reads(mounted / SHARD) is None
        assert reads(mounted / SHARD, THEM) == (mounted / SHARD).read_bytes()


@pytest.mark.parametrize("closed", ["a", ".", ".."])
def test_a_directory_that_others_cannot_enter_closes_all(mount, theirs, closed):
    target = theirs / closed
    os.chown(target, THEM, THEM)
    target.chmod(0o700)
    try:
        with mount(theirs, *ONE, "--allow-other") as mounted:
            assert mode(mounted / SHARD) == 0o400
    finally:
        target.chmod(0o755)


def test_a_mask_that_its_owner_keeps_closes_all_to_others(mount, theirs):
    for path in sorted((theirs / "a").iterdir()):
        images.write(theirs / "masks" / f"{path.stem}.png", 1, ("png", "L"), (30, 30))
    for path in [theirs / "masks", *(theirs / "masks").iterdir()]:
        os.chown(path, THEM, THEM)
    (theirs / "labels.csv").write_text("file,mask\n" + "".join(
        f"a/{i}.bmp,masks/{i}.png\n" for i in range(4)))
    options = [*ONE, "--manifest", theirs / "labels.csv", "--schema", "segmentation",
               "--allow-other"]
    with mount(theirs, *options) as mounted:
        assert mode(mounted / SHARD) == 0o444
    (theirs / "masks" / "2.png").chmod(0o600)
    with mount(theirs, *options, "--reindex") as mounted:
        assert mode(mounted / SHARD) == 0o400


def test_where_links_lead_anywhere_only_the_owner_reads(mount, theirs):
    with mount(theirs, *ONE, "--allow-other", "--follow") as mounted:
        assert mode(mounted / SHARD) == 0o400
        assert reads(mounted / SHARD) is None


def test_a_group_reads_what_a_group_may_read(mount, theirs):
    for path in theirs.rglob("*.bmp"):
        path.chmod(0o640)
    with mount(theirs, *ONE, "--allow-other") as mounted:
        assert reads(mounted / SHARD) is None
        assert reads(mounted / SHARD, groups=[THEM])


def test_an_image_that_is_closed_afterwards_is_not_read(mount, theirs):
    with mount(theirs, *ONE, "--allow-other", "--cache", "none") as mounted:
        assert mode(mounted / SHARD) == 0o444
        (theirs / "a" / "1.bmp").chmod(0o600)
        assert reads(mounted / SHARD) is None
        with pytest.raises(OSError) as error:
            (mounted / SHARD).read_bytes()
        assert error.value.errno == errno.EIO
        said = mounted.program("status", mounted.path).out
        assert "a/1.bmp may be read by fewer users than what is mounted" in said
        mounted.program("reload", mounted.path)
        assert mode(mounted / SHARD) == 0o400
        assert reads(mounted / SHARD) is None
        assert reads(mounted / SHARD, THEM)


def test_owner_and_mode_can_be_said(mount, theirs):
    (theirs / "a" / "2.bmp").chmod(0o600)
    with mount(theirs, *ONE, "--allow-other", "--uid", 12, "--gid", SOMEBODY, "--mode",
               "0440") as mounted:
        status = os.stat(mounted / SHARD)
        assert (status.st_uid, status.st_gid, mode(mounted / SHARD)) == (12, SOMEBODY, 0o440)
        assert reads(mounted / SHARD)
        assert reads(mounted / SHARD, THEM) is None


@pytest.mark.parametrize("words", [["--uid", "me"], ["--gid", "-1"], ["--uid", 4294967295],
                                   ["--mode", "0644"], ["--mode", "r"], ["--mode", "0"]])
def test_what_is_no_owner_or_mode_is_refused(tfrecordfs, theirs, folder, words):
    (folder / "mnt").mkdir()
    assert words[0] in tfrecordfs("mount", theirs, folder / "mnt", *words, code=2).error


def test_others_who_read_do_not_command(mount, as_user, theirs):
    with mount(theirs, *ONE, "--allow-other") as mounted:
        assert "only who mounted" in as_user("reload", mounted.path, code=3).error


@contextlib.contextmanager
def fuse_conf(folder, text):
    """In the mount namespace that tests run in."""
    path = folder / "fuse.conf"
    path.write_text(text)
    path.chmod(0o644)
    if not os.path.exists("/etc/fuse.conf"):
        pathlib.Path("/etc/fuse.conf").touch()
    subprocess.run(["mount", "--bind", path, "/etc/fuse.conf"], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "/etc/fuse.conf"], check=True)


def test_ordinary_users_share_where_the_administrator_says_so(as_user, theirs, folder):
    point = as_user.home / "mnt"
    point.mkdir()
    programs.give_to_ordinary_user(point)
    as_user.home.chmod(0o755)
    with fuse_conf(folder, "# user_allow_other\n"):
        error = as_user("mount", theirs, point, *ONE, "--allow-other", code=3).error
        assert "echo user_allow_other | sudo tee -a /etc/fuse.conf" in error
    if subprocess.run([*as_user.prefix, "sh", "-c", "exec 3<>/dev/fuse"], check=False,
                      capture_output=True).returncode != 0:
        pytest.skip("an ordinary user may not open /dev/fuse")
    with fuse_conf(folder, "mount_max = 100\n user_allow_other\n"):
        as_user("mount", theirs, point, *ONE, "--allow-other")
        assert reads(point / SHARD, THEM) == reads(point / SHARD) == (point / SHARD).read_bytes()
        as_user("umount", point)
