# SPDX-License-Identifier: MIT
"""index: what it prints and exits with; what a saved index is worth says test_index.py."""

import pathlib


def test_the_path_stands_alone_on_the_first_line(tfrecordfs, photos, folder):
    out = tfrecordfs("index", photos, "--index", folder / "index").out.splitlines()
    assert pathlib.Path(out[0]).parent == folder / "index" and pathlib.Path(out[0]).is_file()
    assert out[1].startswith("Indexed in ") and "34 records in 16 shards" in out[1]


def test_a_current_index_is_told(tfrecordfs, photos, folder):
    first = tfrecordfs("index", photos, "--index", folder / "index", "--json").json
    second = tfrecordfs("index", photos, "--index", folder / "index", "--json").json
    assert (first["index_reused"], second["index_reused"]) == (False, True)
    for member in ("index", "records", "shards", "size", "bytes_shown", "skipped"):
        assert first[member] == second[member]
    assert first["size"] == pathlib.Path(first["index"]).stat().st_size
    assert "Current already" in tfrecordfs("index", photos, "--index", folder / "index").out


def test_what_was_skipped_is_told(tfrecordfs, photos, folder):
    (photos / "cat" / "empty.jpg").write_bytes(b"")
    options = ["--index", folder / "index", "--on-bad", "skip"]
    for _ in range(2):
        result = tfrecordfs("index", photos, *options)
        assert "note: skipped 1 image: 1 bad image" in result.err
    assert tfrecordfs("index", photos, *options, "--json").json["skipped"] == 1
    assert tfrecordfs("index", photos, *options, "-q").err == ""


def test_no_place_for_an_index_is_a_usage_error(tfrecordfs, photos):
    assert "--index DIR" in tfrecordfs("index", photos, "--index", "none", code=2).error


def test_an_index_that_could_not_be_saved_is_a_failure(tfrecordfs, photos):
    result = tfrecordfs("index", photos, "--index", "/proc/nothing", code=1)
    assert result.error == "there is no saved index" and "note: " in result.err
    assert "/proc/nothing" in tfrecordfs("index", photos, "--index", "/proc/nothing", "-q",
                                         code=1).error
