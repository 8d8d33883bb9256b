# SPDX-License-Identifier: MIT
"""Where a mount can be: names of mountpoints, mounts in mounts, namespaces, devices."""

import contextlib
import os
import signal
import subprocess

import images
import program as programs
import pytest

SHARD = "train-00000-of-00001.tfrecord"
OPTIONS = ["--shards", 1]


def cat(program, source, folder):
    return program("cat", source, SHARD, *OPTIONS, "--index", folder / "other-index",
                   binary=True).out


@pytest.mark.parametrize("name", [
    "with space\tand tab", "new\nline", "\\040", "co:lon,comma", "#%s%n", "--ünï"])
def test_a_mountpoint_may_have_any_name(tfrecordfs, photos, folder, name):
    mnt = folder / name
    mnt.mkdir()
    expected = cat(tfrecordfs, photos, folder)
    tfrecordfs("mount", *OPTIONS, "--index", folder / "index", "--", photos, name, cwd=folder)
    assert (mnt / SHARD).read_bytes() == expected
    assert "already" in tfrecordfs("mount", "--", photos, name, cwd=folder, code=3).error
    (status,) = [entry for entry in tfrecordfs("status", "--json").json
                 if entry["mountpoint"] == str(mnt)]
    assert status["alive"] and status["source"] == str(photos)
    tfrecordfs("status", "--probe", "--", name, cwd=folder)
    tfrecordfs("umount", "--", name, cwd=folder)
    assert not os.path.ismount(mnt)


def test_a_source_may_have_any_name(tfrecordfs, photos, folder):
    source = folder / "a,b\\040=c d:\n"
    photos.rename(source)
    (folder / "mnt").mkdir()
    tfrecordfs("mount", source, folder / "mnt", *OPTIONS, "--index", folder / "index")
    assert (folder / "mnt" / SHARD).read_bytes() == cat(tfrecordfs, source, folder)
    (status,) = [entry for entry in tfrecordfs("status", "--json").json
                 if entry["mountpoint"] == str(folder / "mnt")]
    assert status["source"] == str(source)
    tfrecordfs("umount", folder / "mnt")


@pytest.mark.fault(fault="mountpoint in the source", moment="at the mount",
                   expected="refused where its folders are walked")
def test_a_mountpoint_in_the_source_is_refused_where_folders_are_walked(tfrecordfs, photos,
                                                                        folder):
    """The next reload, or mount, would have it for a class."""
    mnt = photos / "mnt"
    mnt.mkdir()
    (folder / "link").symlink_to(mnt)
    for place in (mnt, folder / "link", f"{photos}/cat/../mnt"):
        error = tfrecordfs("mount", photos, place, *OPTIONS, code=3).error
        assert "lies in the source" in error and not os.path.ismount(mnt)
    assert "lies in the source ." in tfrecordfs("mount", ".", "./mnt", cwd=photos, code=3).error
    images.write_csv(folder / "m.csv", ["file", "label"], [["cat/" + path.name, "cat"]
                     for path in sorted((photos / "cat").iterdir())])
    listed = [*OPTIONS, "--manifest", folder / "m.csv"]
    expected = tfrecordfs("cat", photos, SHARD, *listed, "--index", "none", binary=True).out
    tfrecordfs("mount", photos, mnt, *listed, "--index", folder / "index")
    assert (mnt / SHARD).read_bytes() == expected
    tfrecordfs("reload", mnt)
    assert (mnt / SHARD).read_bytes() == expected
    tfrecordfs("umount", mnt)


@pytest.mark.fault(fault="mount given as the source", moment="of any command",
                   expected="told what it shows")
def test_a_mount_is_no_source_and_says_what_is(mount, tfrecordfs, photos, folder):
    with mount(photos, *OPTIONS) as mounted:
        for command in (["check", mounted.path], ["index", mounted.path],
                        ["cat", mounted.path, SHARD]):
            error = tfrecordfs(*command, code=2).error
            assert f"{mounted.path} is a mount of tfrecordfs, which shows {photos}" in error


@pytest.mark.fault(fault="mountpoint is the source", moment="at the mount",
                   expected="refused")
def test_a_mountpoint_that_is_the_source_is_refused(tfrecordfs, photos, folder):
    assert "not empty" in tfrecordfs("mount", photos, photos, code=3).error
    (folder / "link").symlink_to(photos)
    assert "not empty" in tfrecordfs("mount", photos, folder / "link", code=3).error


@pytest.mark.fault(fault="source in the mountpoint", moment="at the mount",
                   expected="refused")
def test_a_source_in_the_mountpoint_is_refused(tfrecordfs, photos):
    assert "not empty" in tfrecordfs("mount", photos, photos.parent, code=3).error


def test_a_source_that_is_a_link_is_the_directory_it_names(mount, tfrecordfs, photos, folder):
    (folder / "link").symlink_to(photos)
    with mount(folder / "link", *OPTIONS) as mounted:
        assert mounted.shards()[0].read_bytes() == cat(tfrecordfs, photos, folder)
        # Read beneath the directory, wherever the link points to now.
        (folder / "link").unlink()
        (folder / "link").symlink_to(folder)
        assert (mounted / "by-index/train/0/image").read_bytes()


def test_a_mount_of_records_is_the_source_of_another(mount, tfrecordfs, photos, folder):
    """Images as one mount shows them are as good as any."""
    with mount(photos, *OPTIONS) as inner:
        rows = []
        for i in range(5):
            rows.append([f"by-index/train/{i}/image", "x"])
        manifest = images.write_csv(folder / "m.csv", ["file", "label"], rows)
        with mount(inner.path, "--manifest", manifest, *OPTIONS, "--formats", "webp") as outer:
            tfrecordfs("verify", *outer.shards())
            shown = sorted((outer / f"by-index/train/{i}/image").read_bytes() for i in range(5))
            assert shown == sorted((inner / row[0]).read_bytes() for row in rows)
            # The inner one is the outer one's source, but for reads not in use.
            assert inner.shards()


def test_mounts_on_top_of_each_other_end_one_by_one(mount, tfrecordfs, photos, folder):
    """Others may mount on what we have mounted on."""
    with mount(photos, *OPTIONS) as mounted:
        on_top = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", mounted.path], check=False,
                                capture_output=True)
        if on_top.returncode != 0:
            pytest.skip("only root can mount something else there")
        assert list(mounted.path.iterdir()) == []
        tfrecordfs("mount", photos, mounted.path, "--index", "none")
        assert len(mounted.shards()) == 16
        tfrecordfs("umount", mounted.path)
        refused = tfrecordfs("umount", mounted.path, code=3).error
        assert "on top" in refused and f"umount {mounted.path}" in refused
        assert list(mounted.path.iterdir()) == []
        subprocess.run(["umount", mounted.path], check=True)
        assert len(mounted.shards()) == 1


def in_namespace(arguments, script, program, *words, env=None):
    done = subprocess.run(["unshare", *arguments, "sh", "-c", script, "sh", *map(str, words)],
                          check=False, capture_output=True, timeout=120,
                          env=program.environment(env))
    if b"unshare" in done.stderr:
        pytest.skip(f"no such namespace here: {done.stderr.decode()}")
    return done


@pytest.mark.parametrize("who", ["root", "user"])
def test_an_empty_volume_can_be_mounted_on(tfrecordfs, as_user, photos, folder, who):
    """What docker run --volume and an emptyDir are, which have another number of device."""
    program = tfrecordfs if who == "root" else as_user
    volume, mnt = folder / "volume", folder / "mnt"
    volume.mkdir()
    mnt.mkdir()
    if who == "user":
        if subprocess.run([*as_user.prefix, "sh", "-c", "exec 3<>/dev/fuse"], check=False,
                          capture_output=True).returncode != 0:
            pytest.skip("an ordinary user may not open /dev/fuse")
    # Of another file system than the directory around it.
    script = ('mount -t tmpfs -o size=1m tmpfs "$1" && chmod 755 "$1" && chown "$4" "$1" && '
              'mount --bind "$1" "$2" && shift 2 && program=$1 && shift 2 && '
              '"$@" "$program" mount "$photos" "$mnt" --shards 1 --index none >&2 && '
              '"$@" cat "$mnt/' + SHARD + '" && "$@" "$program" umount "$mnt" >&2 && '
              'touch "$mnt/file" && ! "$@" "$program" mount "$photos" "$mnt" >&2')
    done = in_namespace(["--mount"], script, program, volume, mnt, program.path,
                        programs.NOBODY if who == "user" else 0, *(program.prefix or ["env"]),
                        env={"photos": str(photos), "mnt": str(mnt)})
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == cat(tfrecordfs, photos, folder)
    assert f"{mnt} is not empty (it holds file)" in done.stderr.decode()


def test_a_user_namespace_mounts_without_a_helper(as_user, photos, folder):
    """Where an ordinary user is root of its own namespace, as in rootless containers."""
    if subprocess.run([*as_user.prefix, "sh", "-c", "exec 3<>/dev/fuse"], check=False,
                      capture_output=True).returncode != 0:
        pytest.skip("an ordinary user may not open /dev/fuse")
    expected = cat(as_user, photos, as_user.home)
    mnt = as_user.home / "mnt"
    mnt.mkdir()
    programs.give_to_ordinary_user(mnt)
    script = ('"$1" mount "$2" "$3" --shards 1 --index none >&2 && cat "$3/' + SHARD + '" && '
              '"$1" status "$3" --probe && "$1" umount "$3"')
    done = subprocess.run([*as_user.prefix, "unshare", "-Urm", "sh", "-c", script, "sh",
                           as_user.path, photos, mnt], check=False, capture_output=True,
                          timeout=120, env=as_user.environment(), cwd=as_user.home)
    if b"unshare" in done.stderr:
        pytest.skip("no user namespaces here")
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == expected


@pytest.mark.parametrize("hide, word", [
    ("mount -t tmpfs tmpfs /dev && mkdir /dev/fd", "is not there"),
    ("mount --bind /dev/null /dev/fuse", "something else"),
    ("mount -t tmpfs -o nodev tmpfs /mnt && mknod /mnt/fuse c 10 229 && "
     "mount --bind /mnt/fuse /dev/fuse", "may not be opened"),
], ids=["absent", "another device", "a mount without devices"])
@pytest.mark.fault(fault="/dev/fuse is another device", moment="at the mount",
                   expected="refused with the reason")
def test_a_device_that_is_none_is_told(tfrecordfs, photos, folder, hide, word):
    (folder / "mnt").mkdir()
    script = hide + ' && exec "$@"'
    done = in_namespace(["--mount"], script, tfrecordfs,
                        *tfrecordfs.command("mount", photos, folder / "mnt", "--index",
                                            folder / "index"))
    assert done.returncode == 3, done
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("tfrecordfs: ") and word in line


@pytest.mark.parametrize("who", ["root", "user"])
def test_a_dead_mount_is_told_and_replaced_by_who_mounted(tfrecordfs, as_user, photos, folder,
                                                          who):
    program = tfrecordfs if who == "root" else as_user
    if who == "user" and subprocess.run([*as_user.prefix, "sh", "-c", "exec 3<>/dev/fuse"],
                                        check=False, capture_output=True).returncode != 0:
        pytest.skip("an ordinary user may not open /dev/fuse")
    mnt = program.home / "mnt"
    mnt.mkdir()
    if who == "user":
        programs.give_to_ordinary_user(mnt)
    program("mount", photos, mnt, *OPTIONS)
    (keeper,) = programs.keepers_of(program, mnt)
    os.kill(keeper, signal.SIGKILL)
    programs.wait_until(lambda: not programs.processes_of(program, mnt), 30, "the death")
    refused = program("mount", photos, mnt, *OPTIONS, code=3).error
    assert "dead" in refused and "--replace" in refused
    program("mount", photos, mnt, *OPTIONS, "--replace")
    assert program("verify", mnt / SHARD).code == 0
    program("umount", mnt)
    with contextlib.suppress(AssertionError):
        programs.wait_until(lambda: not programs.processes_of(program, mnt), 30, "the end")
    assert not programs.processes_of(program, mnt)


@pytest.mark.parametrize("is_alive", [True, False], ids=["alive", "dead"])
def test_a_mount_of_another_user_is_told(tfrecordfs, as_user, photos, is_alive):
    """The kernel lets nobody look at it, so that nobody can say whether it is dead."""
    if not as_user.prefix:
        pytest.skip("root is needed to mount as two users")
    mnt = as_user.home / "mnt"
    mnt.mkdir()
    programs.give_to_ordinary_user(mnt)
    tfrecordfs("mount", photos, mnt, *OPTIONS)
    if not is_alive:
        os.kill(programs.keepers_of(tfrecordfs, mnt)[0], signal.SIGKILL)
        programs.wait_until(lambda: not programs.processes_of(tfrecordfs, mnt), 30, "the end")
    for options in ([], ["--replace"]):
        refused = as_user("mount", photos, mnt, *OPTIONS, *options, code=3).error
        assert "another user" in refused and "umount" in refused
    assert f"{mnt}: another user's" in as_user("status", mnt, code=None).out
    assert as_user("status", mnt, "--json", code=3).json[0]["alive"] is None
    as_user("umount", mnt, code=3)
    tfrecordfs("umount", mnt)
