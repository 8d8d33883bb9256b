# SPDX-License-Identifier: MIT
"""Completions: what the program offers for a line, and that real shells show it."""

import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import time

import documents
import images
import pytest

COMPLETIONS = documents.TOP / "src/cli/completions"
MANIFEST = "filename,label,split,patient id\na.jpg,cat,training,1\nb.jpg,dog,holdout,2\n"


@pytest.fixture
def offered(tfrecordfs, folder):
    """offered(words...) as [[candidate, help], ...], in a directory with some data."""
    images.class_folders(folder / "images", {"cat": 1, "dog": 1})
    images.class_folders(folder / "splits/train", {"newt": 1})
    images.class_folders(folder / "splits/test", {"newt": 1})
    (folder / "labels.csv").write_text(MANIFEST)
    (folder / "rows.jsonl").write_text('{"image": "a.jpg", "label": "x"}\n{"age": 1}\n')
    (folder / "odd.csv").write_text('filename,"a\nb",c\n')

    def ask(*words):
        said = tfrecordfs("complete", *words, cwd=folder)
        assert not said.err
        return [line.split("\t") for line in said.out.splitlines()]
    return ask


def names(candidates):
    return [candidate for candidate, _ in candidates]


def test_commands_are_those_of_help(offered, tfrecordfs):
    commands = documents.commands_in_help(tfrecordfs)
    assert names(offered("")) == [*commands, "help", "--help", "--version"]
    assert names(offered("help", "")) == commands
    assert offered("umo") == [["umount", "end a mount"]]
    assert offered("nonsense", "") == [] and offered("nonsense") == []


def test_options_are_those_of_help(offered, tfrecordfs):
    for command in documents.commands_in_help(tfrecordfs):
        known = {o for o in documents.options_in_help(tfrecordfs, command) if o[:2] == "--"}
        assert set(names(offered(command, "--"))) == known
    assert ["--seed", "for shuffling and splitting; default: 42"] in offered("mount", "--s")
    assert "--no-stratify" in names(offered("mount", "--no-"))
    assert names(offered("mount", "-o", "shards=16,ord")) == ["shards=16,order="]


def test_a_profiles_flags_are_offered(offered, tfrecordfs):
    seen = set()
    for profile in documents.profiles(tfrecordfs):
        assert profile in names(offered("mount", "--profile", ""))
        said = tfrecordfs("mount", "--profile", profile, "--help").out
        own = said.split("Its converter's own flags")[-1].split("What it stands for")[0]
        flags = set(re.findall(r"^  (--\w+)", own, re.M))
        assert flags <= set(names(offered("mount", "--profile", profile, "--")))
        seen |= flags
    assert {"--labels_file", "--include_masks"} <= seen


@pytest.mark.parametrize("words, first", [
    (["--order", "sh"], ["shuffled"]),
    (["--order=m"], ["--order=manifest"]),
    (["-o", "seed=7,order=loc"], ["seed=7,order=local"]),
    (["--cache", ""], ["auto", "kernel", "none"]),
    (["--confine="], ["--confine=auto", "--confine=require", "--confine=off"]),
    (["--log-level", "e"], ["error"]),
    (["--dialect", "json"], ["json-lines", "json"]),
    (["--formats", "webp,j"], ["webp,jpeg", "webp,jxl", "webp,jp2"]),
    (["--fix", "cmyk,png2"], ["cmyk,png2jpeg"]),
    (["--side-files=tfds,sl"], ["--side-files=tfds,slim-labels"]),
    (["--schema", "simp"], ["simple", ""]),
    (["images", "--manifest", "labels.csv", "--group", ""],
     ["filename", "label", "split", "patient id"]),
    (["images", "--manifest=labels.csv", "--label-column", "label,pat"], ["label,patient id"]),
    (["images", "--manifest", "rows.jsonl", "--extra", "a"], ["age"]),
    (["images", "--keep_every", ""], ["cat=", "dog="]),
    (["splits", "--keep-every="], ["--keep-every=newt="]),
    (["images", "--manifest", "labels.csv", "--augment", "d"], ["dog="]),
    (["images", "--manifest", "labels.csv", "--split", "train=0.8,"],
     ["train=0.8,train=", "train=0.8,validation=", "train=0.8,test=", "train=0.8,holdout="]),
    (["--part", "tr"], ["train="]),
    (["--seed", ""], []),
    (["--follow", ""], [""]),
    (["images", "mnt", "more", ""], []),
    (["images", "--manifest", "missing.csv", "--group", ""], []),
    (["nowhere", "--group", ""], []),
    (["images", "--manifest", "odd.csv", "--group", ""], ["filename", "c"]),
], ids=" ".join)
def test_values_are_offered(offered, words, first):
    assert names(offered("mount", *words)) == first


@pytest.mark.parametrize("words, which", [
    (["mount", ""], "files"), (["mount", "images", ""], "directories"),
    (["mount", "--manifest", ""], "files"), (["mount", "--masks", ""], "directories"),
    (["mount", "--part", "train="], "files"), (["verify", "a", "b", ""], "files"),
    (["mount", "--profile", "inception", "--labels_file", ""], "files"),
    (["mount", "--", "--images", ""], "directories"), (["status", ""], "directories"),
], ids=str)
def test_where_files_may_stand_it_is_said(offered, words, which):
    assert offered(*words)[-1] == ["", which]


NONSENSE = ["", "-", "--", "-=", "--=", "--=x", "-o", ",", "\\,", "a=,b=", "=", "--order==",
            "-z=", "--profile=", "\xff", "--" + "x" * 10_000 + "=", "x" * 10_000, "--no-", "--part"]


def test_nonsense_offers_what_it_can_and_breaks_nothing(offered):
    for first in NONSENSE:
        for last in NONSENSE:
            for before in ([], ["mount"], ["mount", "-o"], ["verify", "--against"]):
                assert all(len(line) == 2 for line in offered(*before, first, last))


@pytest.mark.fuse_required
def test_mounts_are_offered_to_commands_that_ask_them(offered, mount, photos):
    with mount(photos) as mounted:
        for command in ("umount", "status", "reload", "log", "debug"):
            assert [str(mounted.path), str(photos)] in offered(command, "")
        assert names(offered("log", str(mounted.path), "no")) == ["notice"]


# --- Real shells ---------------------------------------------------------------------

class Shell:
    """An interactive shell on a terminal; type() gives the line that Tab makes."""

    def __init__(self, command, setup, folder, program):
        self.line = folder / "line"
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ.update(TERM="dumb", HOME=str(folder), LC_ALL="C.UTF-8",
                              PATH=f"{program.parent}:{os.environ['PATH']}")
            os.execvp(command[0], command)
        for line in [*setup, f"cd {folder}", "echo ready > ready"]:
            os.write(self.terminal, line.encode() + b"\n")
        self.wait_for(folder / "ready")

    def wait_for(self, path):
        deadline = time.monotonic() + 60
        said = b""
        while not path.exists() or not path.read_text().endswith("\n"):
            assert time.monotonic() < deadline, said.decode(errors="replace")
            if select.select([self.terminal], [], [], 0.05)[0]:
                said += os.read(self.terminal, 65536)
        text = path.read_text()
        path.unlink()
        return text.removesuffix("\n")

    def type(self, text):
        """Keys are taken one after the other, so the line is written when it is done."""
        os.write(self.terminal, text.encode() + b"\t\x18\x18")
        line = self.wait_for(self.line)
        os.write(self.terminal, b"\x15")
        return line

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def bash(folder):
    return (["bash", "--norc", "-i"],
            [f"source {COMPLETIONS / 'tfrecordfs.bash'}",
             f'show() {{ printf "%s\\n" "$READLINE_LINE" > {folder / "line"}; }}',
             """bind -x '"\\C-x\\C-x": show'"""])


def zsh(folder):
    (folder / "functions").mkdir()
    shutil.copy(COMPLETIONS / "tfrecordfs.zsh", folder / "functions/_tfrecordfs")
    return (["zsh", "-f", "-i"],
            [f"fpath=({folder / 'functions'} $fpath); autoload -Uz compinit; compinit -D -u",
             f"show() {{ print -r -- $BUFFER > {folder / 'line'} }}; zle -N show",
             "bindkey '^X^X' show; bindkey '^U' kill-whole-line"])


# What is typed, and what Tab makes of it in every shell.
TYPED = {
    "tfrecordfs umo": "tfrecordfs umount ",
    "tfrecordfs mount --ord": "tfrecordfs mount --order ",
    "tfrecordfs mount --order=sh": "tfrecordfs mount --order=shuffled ",
    "tfrecordfs mount --order shu": "tfrecordfs mount --order shuffled ",
    "tfrecordfs mount --profile incep": "tfrecordfs mount --profile inception ",
    "tfrecordfs mount images --manifest=lab": "tfrecordfs mount images --manifest=labels.csv ",
    "tfrecordfs mount images --manifest labels.csv --group pat":
        "tfrecordfs mount images --manifest labels.csv --group patient\\ id ",
    "tfrecordfs mount images --manifest labels.csv --split train=0.8,ho":
        "tfrecordfs mount images --manifest labels.csv --split train=0.8,holdout=",
    "tfrecordfs mount images --keep-every d": "tfrecordfs mount images --keep-every dog=",
    "tfrecordfs mount ima": "tfrecordfs mount images/",
    "tfrecordfs mount --masks ima": "tfrecordfs mount --masks images/",
    "tfrecordfs mount 'images' --keep-every d": "tfrecordfs mount 'images' --keep-every dog=",
}


# Names with what shells cut words at, and words that are quoted already.
TYPED_ODD = {
    "tfrecordfs mount images --manifest co:lon/lab":
        "tfrecordfs mount images --manifest co:lon/labels.csv ",
    "tfrecordfs mount images --manifest=co:lon/lab":
        "tfrecordfs mount images --manifest=co:lon/labels.csv ",
    "tfrecordfs mount images -o seed=7,manifest=co:lon/lab":
        "tfrecordfs mount images -o seed=7,manifest=co:lon/labels.csv ",
    "tfrecordfs mount x=y/im": "tfrecordfs mount x=y/images/",
    "tfrecordfs mount --masks=x=y/im": "tfrecordfs mount --masks=x=y/images/",
    "tfrecordfs mount --masks x=y/im": "tfrecordfs mount --masks x=y/images/",
    "tfrecordfs mount --part train=lab": "tfrecordfs mount --part train=labels.csv ",
    "tfrecordfs mount images --manifest labels.csv --group 'pat":
        "tfrecordfs mount images --manifest labels.csv --group 'patient id' ",
    'tfrecordfs mount images --manifest labels.csv --group "pat':
        'tfrecordfs mount images --manifest labels.csv --group "patient id" ',
    "tfrecordfs mount 'ima": "tfrecordfs mount 'images/",
}


@pytest.mark.parametrize("shell", [bash, zsh], ids=["bash", "zsh"])
def test_a_shell_completes_odd_names_and_within_quotes(offered, shell, folder, program_path):
    assert offered("umo")
    if not shutil.which(shell.__name__):
        pytest.skip(f"{shell.__name__} is not installed")
    (folder / "x=y/images").mkdir(parents=True)
    (folder / "co:lon").mkdir()
    (folder / "co:lon/labels.csv").write_text(MANIFEST)
    terminal = Shell(*shell(folder), folder, program_path)
    try:
        assert {typed: terminal.type(typed) for typed in TYPED_ODD} == TYPED_ODD
    finally:
        terminal.close()


@pytest.mark.parametrize("shell", [bash, zsh], ids=["bash", "zsh"])
def test_a_shell_completes_what_is_typed(offered, shell, folder, program_path):
    assert offered("umo")
    if not shutil.which(shell.__name__):
        pytest.skip(f"{shell.__name__} is not installed")
    terminal = Shell(*shell(folder), folder, program_path)
    try:
        for typed, line in TYPED.items():
            assert terminal.type(typed) == line
    finally:
        terminal.close()


def test_fish_completes_what_is_typed(offered, folder, program_path):
    assert offered("umo")
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    for typed, line in TYPED.items():
        word = line.replace("\\ ", "\0").rstrip(" ").split(" ")[-1].replace("\0", " ")
        said = subprocess.run(
            ["fish", "--no-config", "--command",
             f"source {COMPLETIONS / 'tfrecordfs.fish'}; complete --do-complete \"{typed}\""],
            cwd=folder, capture_output=True, text=True, check=True, timeout=60,
            env={**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8",
                 "PATH": f"{program_path.parent}:{os.environ['PATH']}"}).stdout
        assert said.splitlines() and said.splitlines()[0].split("\t")[0] == word


def test_each_shell_has_its_file():
    there = {path.name for path in pathlib.Path(COMPLETIONS).iterdir()}
    assert there == {"tfrecordfs.bash", "tfrecordfs.zsh", "tfrecordfs.fish"}
