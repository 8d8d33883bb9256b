# SPDX-License-Identifier: MIT
"""mount(8) and /etc/fstab, in a mount namespace whose /sbin has the links of an installation."""

import contextlib
import os
import shutil
import signal
import subprocess

import images
import program as programs
import pytest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can replace /etc/fstab")

# Of the namespace alone: a layer over directories of programs, a device that all may open.
SETUP = r"""
set -e
over=$1 program=$2 links=$3
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$over"
for directory in /usr/sbin /usr/local/bin /var/cache; do
	upper=$over$directory/upper work=$over$directory/work
	mkdir -p "$upper" "$work"
	mount -t overlay overlay -o "lowerdir=$directory,upperdir=$upper,workdir=$work" $directory
done
rm -rf /var/cache/tfrecordfs
ln -sf "$program" /usr/local/bin/tfrecordfs
for link in $links; do ln -sf "$program" /usr/sbin/$link; done
mknod "$over/fuse" c 10 229
chmod 666 "$over/fuse"
mount --bind "$over/fuse" /dev/fuse
cp "$4" "$over/fstab"
mount --bind "$over/fstab" /etc/fstab
cd /
set +e
"""
LINKS = "mount.tfrecordfs mount.fuse.tfrecordfs"


class Machine:
    """Runs scripts with an fstab; in these, "user" before a command is an ordinary user."""

    def __init__(self, program, folder, source):
        self.program, self.folder, self.source = program, folder, source
        self.mnt = folder / "mnt"
        self.mnt.mkdir()
        (folder / "over").mkdir()

    def line(self, options, source=None, mnt=None, kind="fuse.tfrecordfs"):
        return f"{source or self.source} {mnt or self.mnt} {kind} {options} 0 0"

    def run(self, script, *lines, code=0, links=LINKS):
        fstab = self.folder / "fstab"
        fstab.write_text("".join(line + "\n" for line in lines))
        prefix = " ".join(self.program.prefix) or "env"
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c",
             f"{SETUP}\nuser() {{ {prefix} \"$@\"; }}\n{script}", "sh", self.folder / "over",
             self.program.path, links, fstab],
            capture_output=True, text=True, check=False, timeout=120, stdin=subprocess.DEVNULL,
            env=self.program.environment())
        if code is not None:
            assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        return done


@pytest.fixture
def source(folder):
    """Images of which a manifest in the same directory lists three."""
    path = images.class_folders(folder / "data", {"x": 4}) / "x"
    names = sorted(file.name for file in path.iterdir())[:3]
    for manifest in ("labels.csv", "labels, all.csv"):
        images.write_csv(path / manifest, ["file", "label"], [[name, "cat"] for name in names])
    return path


@pytest.fixture
def machine(as_user, folder, source):
    machine = Machine(as_user, folder, source)
    yield machine
    for pid in programs.keepers_of(as_user):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    programs.wait_until(lambda: not programs.processes_of(as_user), 30, "the end of all mounts")


def expected(machine, *options):
    shard = "train-00000-of-00001.tfrecord"
    return machine.program("cat", machine.source, shard, "--manifest",
                           machine.source / "labels.csv", "--shards", 1, "--index", "none",
                           *options, binary=True).out


SHOW = 'cat "$mnt"/train-00000-of-00001.tfrecord | od -An -v -tx1 | tr -d " \\n"; echo'
OURS = "manifest=labels.csv,shards=1"
ALL = ("ro,nofail,_netdev,noatime,noauto,x-systemd.requires-mounts-for=/data,X-a=b,context=system_u,"
       # All of the kernel's and of mount(8)'s that it hands on, by the list of libmount 2.41.
       "sync,dirsync,mand,iversion,lazytime,relatime,strictatime,nodiratime,nosymfollow,silent,loud,"
       "noexec,nosuid,nodev,group,owner,users,user=x,comment=x,helper=x,uhelper=x,private")


@pytest.mark.parametrize("kind, links", [
    ("fuse.tfrecordfs", LINKS), ("tfrecordfs", LINKS), ("fuse.tfrecordfs", "")],
    ids=["fuse.tfrecordfs", "tfrecordfs", "by mount.fuse3"])
def test_a_line_of_fstab_is_mounted_listed_and_unmounted(machine, kind, links):
    done = machine.run(f"""
        mnt={machine.mnt}
        mount $mnt && {SHOW} && findmnt -n -o SOURCE,FSTYPE,OPTIONS $mnt
        umount $mnt && ! findmnt $mnt""",
        machine.line(f"{OURS},{ALL}", kind=kind), links=links)
    shown, listed = done.stdout.splitlines()
    assert bytes.fromhex(shown) == expected(machine)
    assert listed.startswith(f"{machine.source} fuse.tfrecordfs ro,nosuid,nodev")
    assert done.stderr == ""


def test_mount_a_mounts_what_is_not_mounted_and_nothing_twice(machine):
    other = machine.folder / "other mnt"
    other.mkdir()
    done = machine.run(f"""
        mount -a && mount -a && findmnt -n -t fuse.tfrecordfs -o TARGET
        umount {machine.mnt} "{other}" """,
        machine.line(OURS), machine.line(OURS, mnt=str(other).replace(" ", "\\040")))
    assert set(done.stdout.splitlines()) == {str(machine.mnt), str(other)}


@pytest.mark.parametrize("options", [
    'manifest="labels, all.csv",shards=1', 'shards=1,manifest=labels\\,\\040all.csv'])
def test_commas_in_values_are_quoted_or_escaped(machine, options):
    done = machine.run(f"mnt={machine.mnt}; mount $mnt && {SHOW} && umount $mnt",
                       machine.line(options.replace(", all", ",\\040all")))
    assert bytes.fromhex(done.stdout) == expected(machine)


def test_a_data_set_file_is_a_source_and_its_directory_where_paths_begin(machine):
    (machine.folder / "set.json").write_text('{"source": "data/x", "manifest": "data/x/labels.csv"}')
    done = machine.run(f"mnt={machine.mnt}; mount $mnt && {SHOW} && mount -a && findmnt -no SOURCE "
                       "$mnt && umount $mnt", machine.line("shards=1",
                                                           source=machine.folder / "set.json"))
    shown, listed = done.stdout.splitlines()
    assert bytes.fromhex(shown) == expected(machine)
    assert listed == str(machine.folder / "set.json")


def test_a_converter_s_flags_stand_for_the_source(machine):
    images.class_folders(machine.folder / "train", {"cat": 2})
    (machine.folder / "labels.txt").write_text("cat\n")
    machine.run(
        f"mount {machine.mnt} && ls {machine.mnt}/train-00000-of-00002 && umount {machine.mnt}",
        machine.line(f"profile=inception,train_directory={machine.folder}/train,"
                     f"train_shards=2,labels_file={machine.folder}/labels.txt", source="none"))


def test_the_index_is_where_boot_finds_it_again(machine):
    script = f"mount {machine.mnt} && ls /var/cache/tfrecordfs && umount {machine.mnt}"
    assert ".index" in machine.run(script, machine.line(OURS)).stdout
    other = machine.folder / "index"
    machine.run(f"mount {machine.mnt} && umount {machine.mnt} && ! ls /var/cache/tfrecordfs",
                machine.line(f"{OURS},index={other}"))
    assert list(other.glob("*.index"))


def test_verbose_tells_and_fake_only_understands(machine):
    line = machine.line(OURS)
    assert "Mounted" in machine.run(f"mount -v {machine.mnt}; umount {machine.mnt}", line).stdout
    machine.run(f"mount -f {machine.mnt} && ! findmnt {machine.mnt}", line)
    machine.run(f"mount -f {machine.mnt}", machine.line("shrads=1"), code=1)
    machine.run(f"mount -f {machine.mnt} && ! findmnt {machine.mnt}",
                machine.line(f"{OURS},setuid=nobody"))


def test_sloppy_passes_over_what_nobody_knows(machine):
    machine.run(f"mount -s {machine.mnt} && umount {machine.mnt}",
                machine.line(f"{OURS},shrads=3,whatever"))


def test_an_ordinary_user_mounts_and_unmounts_a_line_with_user(machine):
    programs.give_to_ordinary_user(machine.mnt)
    done = machine.run(f"""
        mnt={machine.mnt}
        user mount $mnt && user sh -c 'cat $1/*.tfrecord >/dev/null' sh $mnt &&
        findmnt -n -o OPTIONS $mnt && user umount $mnt && ! findmnt $mnt""",
        machine.line(f"{OURS},user,noauto"))
    assert f"user_id={programs.NOBODY}" in done.stdout


def test_setuid_serves_as_another_user(machine):
    programs.give_to_ordinary_user(machine.mnt)
    done = machine.run(f"""
        mount {machine.mnt} && findmnt -n -o OPTIONS {machine.mnt}
        user umount {machine.mnt}""", machine.line(f"{OURS},setuid=nobody"))
    assert f"user_id={programs.NOBODY}" in done.stdout


@pytest.mark.fault(fault="wrong option in fstab", moment="mount -a",
                   expected="one sentence with the nearest name, exit code 1")
def test_a_wrong_option_names_the_nearest(machine):
    done = machine.run(f"mount {machine.mnt}", machine.line("shrads=3"), code=1)
    (line,) = done.stderr.splitlines()
    assert "shrads" in line and "--shards" in line


@pytest.mark.parametrize("options, word", [
    ("split=train=0.8,test=0.2,shards=1", 'split="train=0.8,test=0.2"'),
    ('split="train=0.8,test=0.2,manifest=labels.csv', "a quote is not closed"),
], ids=["no quotes", "one quote"])
@pytest.mark.fault(fault="commas in a value without quotes", moment="mount -a",
                   expected="one sentence with the quotes, exit code 1")
def test_a_value_that_wants_quotes_is_told(machine, options, word):
    done = machine.run(f"/usr/sbin/mount.tfrecordfs {machine.source} {machine.mnt} -o '{options}'",
                       code=1)
    (line,) = done.stderr.splitlines()
    assert line.startswith("tfrecordfs: ") and word in line


@pytest.mark.parametrize("options, images_at, mnt, word", [
    (OURS, None, "/nowhere/at/all", "mkdir -p"),
    (OURS, "/nowhere/at/all", None, "No such file"),
    (OURS, "nowhere", None, "whole path"),
    ("manifest=nothing.csv", None, None, "nothing.csv"),
], ids=["mountpoint", "source", "relative source", "manifest"])
@pytest.mark.fault(fault="something is missing that fstab names", moment="mount",
                   expected="one sentence, exit code 32")
def test_what_is_missing_is_told_in_one_sentence(machine, options, images_at, mnt, word):
    helper = "/usr/sbin/mount.tfrecordfs"
    done = machine.run(f"{helper} {images_at or machine.source} {mnt or machine.mnt} -o {options}",
                       code=32)
    (line,) = done.stderr.splitlines()
    assert line.startswith("tfrecordfs: ") and word in line


@pytest.mark.fault(fault="remount with other options", moment="of a mount",
                   expected="refused with what to do instead; the mount goes on")
def test_a_remount_is_refused_with_what_to_do_instead(machine):
    done = machine.run(f"""
        mount {machine.mnt} || exit
        mount -o remount,shards=2 {machine.mnt}; echo $?
        ls {machine.mnt}/train-00000-of-00001.tfrecord && umount {machine.mnt}""",
        machine.line(OURS))
    assert done.stdout.splitlines()[0] == "32"
    (line,) = done.stderr.splitlines()
    assert "tfrecordfs reload" in line and "umount" in line


@pytest.mark.parametrize("words", [[], ["a"], ["a", "b", "c"], ["a", "b", "-x"], ["a", "b", "-o"]])
def test_a_wrong_call_is_a_wrong_usage(tfrecordfs, folder, words):
    link = folder / "mount.tfrecordfs"
    shutil.copy(tfrecordfs.path, link)
    done = subprocess.run([link, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1
