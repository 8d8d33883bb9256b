# SPDX-License-Identifier: MIT
"""Every converter's command line, with our name for its own: the same files come out.

What is expected is written by the oracle beside this file, which test_oracles.py holds to
shards of the real converters.
"""

import re

import pytest

pytest.importorskip("tensorflow")

import program as programs

from . import comparison
from .cases import CASES

pytestmark = pytest.mark.fuse_required
every_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@pytest.fixture
def converted(tfrecordfs, folder):
    """converted(case): (mount, directory the oracle wrote, what mount printed)."""
    contexts = []

    def convert(case):
        source, expected, mount = folder / "source", folder / "expected", folder / "out"
        source.mkdir()
        expected.mkdir()
        case.make(source)
        case.write(source, expected)
        context = comparison.mounted_profile(tfrecordfs, case.profile,
                                             case.flags(source, mount), mount,
                                             folder / "index", case.code)
        result = context.__enter__()
        contexts.append(context)
        comparison.adopt_masks(mount, expected, case.masks)
        return mount, expected, result

    yield convert
    for context in contexts:
        context.__exit__(None, None, None)


@every_case
def test_the_mount_shows_the_files_that_the_converter_writes(converted, case):
    mount, expected, result = converted(case)
    ours, wanted = comparison.contents(mount), comparison.contents(expected)
    comparison.assert_same_shards(ours, wanted)
    comparison.assert_same_side_files(ours, wanted)
    for word in case.words:
        assert re.search(word, result.out + result.err), f"{result}"


@every_case
def test_the_printed_parser_reads_every_record(tfrecordfs, converted, case):
    mount, _, _ = converted(case)
    shards = comparison.shards_of(comparison.contents(mount))
    records = sum(len(comparison.records_of(data)) for data in shards.values())
    assert records > 0
    parser = comparison.parser_of(tfrecordfs, case.profile)
    assert comparison.parse_all(parser, mount, shards) == records


@every_case
def test_verify_compares_them_and_names_the_first_difference(tfrecordfs, converted, case):
    mount, expected, _ = converted(case)
    # Directories stand for the TFRecord files that lie in them, not below.
    folders = sorted({path.parent.relative_to(expected) for path in expected.rglob("*")
                      if path.is_file() and comparison.SHARD.search(path.name)})
    arguments = [mount / f for f in folders], [expected / f for f in folders]
    tfrecordfs("verify", *arguments[0], "--against", *arguments[1])
    old, new = comparison.change_a_value(expected, case.label)
    result = tfrecordfs("verify", *arguments[0], "--against", *arguments[1], code=1)
    for word in (case.label, str(old), str(new)):
        assert word in result.out


@every_case
def test_the_data_set_file_of_the_mount_shows_the_same_again(tfrecordfs, folder, case):
    source, mount, again = folder / "source", folder / "out", folder / "again"
    source.mkdir()
    case.make(source)
    with comparison.mounted_profile(
            tfrecordfs, case.profile, [*case.flags(source, mount), "--side-files", "standard"],
            mount, folder / "index", case.code):
        file = folder / "dataset.json"
        file.write_bytes((mount / "dataset.json").read_bytes())
        shards = comparison.shards_of(comparison.contents(mount))
    with programs.mounted(tfrecordfs, file, again, index=folder / "other", code=case.code):
        assert comparison.shards_of(comparison.contents(again)) == shards
