# SPDX-License-Identifier: MIT
"""Command lines, environments and standard streams that no one in their right mind has."""

import os
import subprocess

import hostile
import images
import pytest

COMMANDS = ["mount", "check", "index", "cat", "export", "show", "verify", "where", "schema", "status",
            "umount", ""]
LONG = "x" * 120000


@pytest.mark.slow
@pytest.mark.fault(fault="command line of nonsense", moment="when it is parsed",
                  expected="a sentence, exit code 2")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_line_of_nonsense_is_answered_with_a_sentence(tfrecordfs, command):
    for arguments in (["--" + LONG], ["--\x1b[2J\u202e"], ["--="], ["--json=" + LONG],
                      [os.fsdecode(b"--\xff\xfe")]):
        result = hostile.run(tfrecordfs, command, *arguments, code=2, megabytes=16)
        assert result.error
    for arguments in ([""], [LONG], [os.fsdecode(b"\xff\xfe")], ["-"], ["\x1b[2J\u202e"]):
        result = hostile.run(tfrecordfs, command, *arguments, code=(1, 2, 3), megabytes=16)
        assert result.err or "file is bad" in result.out


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_hundred_thousand_arguments_are_too_many_or_done(tfrecordfs, command):
    for arguments in (["a"] * 100000, ["--shards", "4"] * 50000):
        result = hostile.run(tfrecordfs, command, *arguments, code=(1, 2, 3), megabytes=200)
        assert result.err or "files are bad" in result.out


VALUES = {
    "--shards": ["0", "-1", "99999999999", "18446744073709551617", "1e3", "nan", "0x10", "=5",
                 "train=", "train=1,train=1", "train=1" * 9999],
    "--split": ["train=1e308", "train=1e400", "train=-1", "train=nan", "train=inf", "train=0",
                "train=1,train=1", "=", "../x=1", "\u202e=1", "train=" + "9" * 9999,
                "train=0,5,test=0,5"],
    "--seed": ["-1", "99999999999999999999", "1e3", "nan", "١"],
    "--resize": ["0", "-1", "65501", "4294967297", "1x", "x", "nan", "1x1x1"],
    "--max-pixels": ["-1", "1e99", "99999999999999999999999"],
    "--quality": ["0", "101", "-1", "nan"],
    "--threads": ["-1", "99999999999"],
    "--one-hot": ["-1", "65537", "99999999999"],
    "--label-base": ["99999999999999999999", "9223372036854775807", "nan", "0.5"],
    "--keep-every": ["a=0", "a=-1", "a=4294967297", "=2", "a=", "nobody=2"],
    "--shard-names": ["/", "../x", "%n%n%s", "{split}/../x", "x" * 300, "\x1b[2J"],
    "--index": ["/dev/null", "/proc", "/etc/passwd"],
}


@pytest.mark.parametrize("option", VALUES)
def test_values_beyond_all_measure_are_refused(tfrecordfs, photos, folder, option):
    for value in VALUES[option]:
        index = [] if option == "--index" else ["--index", folder / "index"]
        result = hostile.run(tfrecordfs, "index", photos, f"{option}={value}", *index,
                             code=(1, 2), megabytes=32)
        assert result.error
    assert not (folder / "index").exists() or option == "--label-base"


def test_the_last_of_many_repetitions_is_meant(tfrecordfs, photos, folder):
    result = hostile.run(tfrecordfs, "index", photos, *["--seed", "7"] * 20, "--index",
                         folder / "index", code=(0, 2), megabytes=32)
    assert result.code == 0 or result.error


# --- The environment --------------------------------------------------------------------


ENVIRONMENTS = [
    {"XDG_CACHE_HOME": None}, {"XDG_CACHE_HOME": ""}, {"XDG_CACHE_HOME": "relative"},
    {"CACHE_DIRECTORY": "relative"}, {"CACHE_DIRECTORY": ""}, {"TMPDIR": "/nowhere"},
    {"COLUMNS": "garbage"}, {"COLUMNS": "-1"}, {"COLUMNS": "9" * 30}, {"TZ": "/etc/passwd"},
    {"LC_ALL": "tr_TR.UTF-8"}, {"LC_ALL": "de_DE.UTF-8"}, {"LC_ALL": "nonsense"},
    {"LC_ALL": "C", "LANG": "ja_JP.SJIS"}, {"NO_COLOR": ""}, {"POSIXLY_CORRECT": "1"},
]


@pytest.mark.slow
def test_the_environment_changes_neither_results_nor_numbers(tfrecordfs, photos, folder):
    command = ["check", photos, "--split", "train=0.5,test=0.5", "--json"]
    wanted = tfrecordfs(*command).out
    for environment in ENVIRONMENTS:
        result = hostile.run(tfrecordfs, *command, code=0, env=environment, cwd=folder)
        assert result.out == wanted, environment
        if "CACHE" in str(environment):
            result = hostile.run(tfrecordfs, "index", photos, code=0, env=environment, cwd=folder)
            assert result.out.startswith("/")
    assert not (folder / "relative").exists()


@pytest.mark.slow
@pytest.mark.fault(fault="no HOME, a cache directory that is none",
                  moment="when the index is saved",
                  expected="a sentence, the rest works")
@pytest.mark.parametrize("environment", [
    {"XDG_CACHE_HOME": "/proc"}, {"XDG_CACHE_HOME": "/dev/full"}, {"XDG_CACHE_HOME": "/" + LONG},
    {"XDG_CACHE_HOME": None, "HOME": None}, {"XDG_CACHE_HOME": None, "HOME": ""},
    {"XDG_CACHE_HOME": None, "HOME": "relative"}, {"CACHE_DIRECTORY": "/proc"},
    {"CACHE_DIRECTORY": "/" + LONG},
], ids=lambda e: " ".join(f"{k}={str(v)[:12]}" for k, v in e.items()))
def test_without_a_place_for_an_index_there_is_a_sentence_and_all_else_works(tfrecordfs, photos,
                                                                             folder, environment):
    result = hostile.run(tfrecordfs, "index", photos, code=(1, 2), env=environment, cwd=folder)
    assert "index" in result.error
    assert hostile.run(tfrecordfs, "check", photos, code=0, env=environment, cwd=folder).out
    shard = tfrecordfs("cat", photos, "train-00000-of-00001.tfrecord", "--shards", 1, binary=True,
                       env=environment, cwd=folder).out
    assert len(shard) > 1000
    assert sorted(os.listdir(folder)) == ["home", "photos"]


# --- Standard streams -------------------------------------------------------------------


@pytest.fixture
def commands(photos, folder, tfrecordfs):
    """Commands that print: their arguments."""
    cat = ["cat", str(photos), "train-00000-of-00001.tfrecord", "--shards", "1", "--index",
           str(folder / "index")]
    (folder / "x.tfrecord").write_bytes(tfrecordfs(*cat, binary=True).out)
    return [cat, ["check", str(photos)], ["check", str(photos), "--json"], ["index", str(photos)],
            ["show", str(folder / "x.tfrecord")], ["verify", str(folder / "x.tfrecord")],
            ["schema", "slim"], ["--help"], ["--version"], ["status", "--json"]]


def shell(tfrecordfs, arguments, script):
    return subprocess.run(["bash", "-c", script, *tfrecordfs.command(*arguments)],
                          env=tfrecordfs.environment(), capture_output=True, timeout=100,
                          check=False)


@pytest.mark.slow
@pytest.mark.fault(fault="disk full behind standard output", moment="when a command prints",
                  expected="a sentence, exit code 1")
def test_a_full_disk_behind_standard_output_is_a_failure(tfrecordfs, commands):
    for arguments in commands:
        done = shell(tfrecordfs, arguments, '"$0" "$@" > /dev/full')
        assert done.returncode == 1, arguments
        assert b"writing to standard output: No space left on device" in done.stderr


@pytest.mark.slow
def test_a_reader_that_went_away_ends_a_command_quietly(tfrecordfs, commands):
    for arguments in commands:
        done = shell(tfrecordfs, arguments, '"$0" "$@" | true; exit ${PIPESTATUS[0]}')
        assert done.returncode in (0, 141) and b"Broken" not in done.stderr, arguments


@pytest.mark.slow
@pytest.mark.fault(fault="descriptors 0 to 2 closed", moment="when a command starts",
                  expected="no file is opened in their place")
def test_closed_streams_are_neither_used_nor_missed(tfrecordfs, commands, folder):
    (folder / "work").mkdir()
    for arguments in commands:
        for streams in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
            done = shell(tfrecordfs, arguments, f'cd {folder}/work; "$0" "$@" {streams}')
            assert done.returncode == 0, (arguments, streams)
    # No file that was opened in their place was written to.
    assert subprocess.run(tfrecordfs.command("verify", folder / "x.tfrecord"), check=True,
                          capture_output=True, env=tfrecordfs.environment())
    images_now = {path: path.read_bytes() for path in folder.glob("photos/*/*")}
    assert all(content == images.encode(int(path.stem)) for path, content in images_now.items())
