# SPDX-License-Identifier: MIT
"""An index made in parts and joined: the same file as one scan makes, byte for byte."""

import os
import re
import shlex
import subprocess
import time

import damage
import images
import layouts
import pytest
import tracing

SHARD = "train-00000-of-00001.tfrecord"


def the_index(directory):
    """The one file of an index directory, which has no part any more."""
    (path,) = directory.iterdir()
    assert path.suffix == ".index"
    return path.read_bytes()


def parts_in(directory):
    return sorted(path.name.rsplit(".", 1)[1] for path in directory.iterdir()
                  if ".part-" in path.name)


@pytest.fixture
def parts(tfrecordfs, folder):
    """parts(*words): makes parts of @nr; where they are is parts.directory."""
    def make(*words, nr=3, numbers=None, **keywords):
        return [tfrecordfs("index", *words, "--index", make.directory, "--part", f"{i}/{nr}",
                           **keywords) for i in numbers or range(1, nr + 1)]
    make.directory = folder / "parts"
    return make


@pytest.fixture
def join(tfrecordfs, parts):
    def run(*words, **keywords):
        return tfrecordfs("index", *words, "--index", parts.directory, "--join", **keywords)
    return run


@pytest.fixture
def scan(tfrecordfs, folder):
    """The index that one scan makes."""
    def run(*words):
        tfrecordfs("index", *words, "--index", folder / "scan", "--reindex")
        return the_index(folder / "scan")
    return run


@pytest.fixture
def opened(tfrecordfs, folder):
    """opened(parts or join, ...): the images that it opened."""
    def run(function, *words, **keywords):
        with tracing.traced(tfrecordfs, *tracing.OPENS, log=folder / "log"):
            function(*words, env=tracing.UNLEAKED, **keywords)
        return tracing.images_opened(folder / "log")
    return run


def check_the_same(parts, join, scan, *words):
    parts(*words)
    assert len(parts_in(parts.directory)) == 3
    said = join(*words)
    assert the_index(parts.directory) == scan(*words)
    return said


@pytest.mark.parametrize("name", layouts.NAMES)
def test_whatever_lists_the_images_the_index_is_that_of_one_scan(parts, join, scan, folder,
                                                                 name):
    check_the_same(parts, join, scan, *layouts.laid_out(folder, name))


MADE = [["--resize", 9], ["--fix", "png2jpeg,cmyk"], ["--exif", "apply", "--check", "full"],
        ["--augment", "dog=rotate,hflip", "--keep-every", "cat=2"],
        ["--schema", "tfds", "--fix", "png2jpeg"], ["--split", "train=0.7,test=0.3"]]


@pytest.mark.parametrize("options", MADE, ids=lambda options: " ".join(map(str, options)))
def test_contents_are_made_by_the_parts(parts, join, scan, opened, folder, options):
    for i in range(40):
        images.write(folder / "images" / ["cat", "dog"][i % 2] / f"{i:02}.png", i,
                     ("png", "RGB"), (13, 9))
    words = [folder / "images", *options]
    parts(*words)
    assert opened(join, *words) == []
    assert the_index(parts.directory) == scan(*words)


def test_an_image_is_opened_by_one_machine_only_and_by_none_that_joins(parts, join, opened,
                                                                        aged_source):
    seen = [opened(parts, aged_source, nr=4, numbers=[i]) for i in range(1, 5)]
    assert sorted(sum(seen, [])) == images.paths(aged_source)
    assert all(len(share) < 30 for share in seen)
    assert opened(join, aged_source) == []


def test_masks_are_opened_with_their_images(parts, join, scan, opened, folder):
    words = layouts.laid_out(folder, "of_masks_in_a_column")
    seen = [opened(parts, *words, numbers=[i]) for i in range(1, 4)]
    for share in seen:
        assert len([path for path in share if path.startswith("masks/")]) == len(share) / 2
    assert sorted(sum(seen, [])) == images.paths(words[0])
    assert opened(join, *words) == []
    assert the_index(parts.directory) == scan(*words)


@pytest.mark.fault(fault="a mask changed that parts share", moment="between two parts",
                   expected="it is opened again by the join; no part is believed")
@pytest.mark.parametrize("first", [1, 2])
def test_a_mask_that_parts_saw_otherwise_is_opened_again(parts, join, scan, opened, folder, first):
    words = layouts.laid_out(folder, "of_masks_in_a_column")
    listed = folder / "of_masks_in_a_column/labels.csv"
    listed.write_text(re.sub(r"masks/\d", "masks/0", listed.read_text()))
    parts(*words, nr=2, numbers=[first])
    mask = words[0] / "masks/0.png"
    mask.write_bytes((words[0] / "masks/3.png").read_bytes())
    parts(*words, nr=2, numbers=[3 - first])
    said = opened(join, *words)
    assert said in (["masks/0.png"], [])
    assert the_index(parts.directory) == scan(*words)


@pytest.mark.fault(fault="a directory of parts cannot be listed, or a part not looked at",
                   moment="at the join", expected="that is said; no part is called missing")
@pytest.mark.parametrize("call", ["getdents64", "newfstatat"])
def test_errors_of_looking_are_no_missing_parts(tfrecordfs, parts, join, aged_source, call):
    parts(aged_source)
    name = next(path.name for path in parts.directory.iterdir() if ".part-2" in path.name)
    with tracing.traced(tfrecordfs, "-P", name if call == "newfstatat" else parts.directory,
                        "-e", f"trace={call}", "-e", f"inject={call}:error=EIO"):
        error = join(aged_source, code=1, env=tracing.UNLEAKED).error
    assert "cannot look for parts" in error and "Input/output error" in error
    join(aged_source)


def test_one_part_is_all(parts, join, scan, aged_source):
    parts(aged_source, nr=1)
    join(aged_source)
    assert the_index(parts.directory) == scan(aged_source)


def test_more_parts_than_images(parts, join, scan, folder):
    images.class_folders(folder / "images", {"cat": 2, "dog": 1})
    parts(folder / "images", nr=9)
    join(folder / "images")
    assert the_index(parts.directory) == scan(folder / "images")


# --- Bad images ---------------------------------------------------------------------


def spoil(source):
    (source / "cat/bad.png").write_bytes(b"no image at all")
    (source / "dog/empty.png").write_bytes(b"")
    (source / "fox/none.png").symlink_to("nowhere")


def test_bad_images_are_left_out_as_in_one_scan(parts, join, scan, aged_source):
    spoil(aged_source)
    words = [aged_source, "--on-bad", "skip"]
    said = check_the_same(parts, join, scan, *words)
    assert "skipped 3 images" in said.err


def test_problems_of_rows_and_paths_are_those_of_one_scan(parts, join, scan, folder):
    names = images.flat(folder / "images", 20)
    rows = [[name, f"class{i % 2}"] for i, name in enumerate(names)]
    rows += [[names[0], "class0"], [names[1], "class0"], [names[2], ""], ["../out.png", "class0"],
             ["gone.png", "class1"], ["", "class1"]]
    manifest = images.write_csv(folder / "m.csv", ["file", "label"], rows)
    check_the_same(parts, join, scan, folder / "images", "--manifest", manifest, "--on-bad",
                   "skip")


@pytest.mark.fault(fault="bad images", moment="in a part of an index",
                   expected="named by the part of their share; the part is kept")
def test_bad_images_are_named_by_the_part_and_by_the_join(parts, join, scan, opened, aged_source):
    spoil(aged_source)
    codes = [parts(aged_source, numbers=[i], code=None) for i in (1, 2, 3)]
    said = "".join(result.err for (result,) in codes)
    assert {result.code for (result,) in codes} <= {0, 1}
    assert all(name in said for name in ("cat/bad.png", "dog/empty.png", "fox/none.png"))
    assert len(parts_in(parts.directory)) == 3
    assert "3 of 63 images are" in join(aged_source, code=1).error
    for bad in ("cat/bad.png", "dog/empty.png", "fox/none.png"):
        (aged_source / bad).unlink()
    assert opened(join, aged_source) == []
    assert the_index(parts.directory) == scan(aged_source)


def test_an_image_whose_content_cannot_be_made_is_left_out_as_in_one_scan(parts, join, scan,
                                                                          folder):
    for i in range(12):
        images.write(folder / "images/a" / f"{i}.png", i, ("png", "RGB"), (40, 30))
    whole = (folder / "images/a/3.png").read_bytes()
    (folder / "images/a/3.png").write_bytes(whole[:60] + b"\0" * 40 + whole[100:])
    said = check_the_same(parts, join, scan, folder / "images", "--resize", 9, "--on-bad",
                          "skip")
    assert "skipped 1 image: 1 bad image" in said.err


# --- What changes meanwhile ---------------------------------------------------------


@pytest.mark.fault(fault="image added or removed", moment="between a part of an index and the join",
                   expected="the index is of what is there")
def test_what_was_added_is_opened_and_what_was_removed_is_not_there(parts, join, scan, opened,
                                                                    aged_source):
    parts(aged_source)
    images.write(aged_source / "dog/new.png", 777, ("png", "RGB"))
    (aged_source / "cat/0003.png").unlink()
    assert opened(join, aged_source) == ["dog/new.png"]
    assert the_index(parts.directory) == scan(aged_source)


@pytest.mark.fault(fault="image changed", moment="between a part of an index and the join",
                   expected="its reads fail, or --reindex opens it again; never wrong bytes")
def test_what_changed_is_opened_again_with_reindex(parts, join, scan, opened, aged_source):
    parts(aged_source)
    images.write(aged_source / "cat/0001.png", 4711, ("png", "L"), (77, 11))
    assert opened(join, aged_source, "--reindex") == ["cat/0001.png"]
    assert the_index(parts.directory) == scan(aged_source)


def test_what_changed_is_never_served_as_it_was(tfrecordfs, parts, join, aged_source):
    words = [aged_source, "--shards", 1]
    parts(*words)
    images.write(aged_source / "cat/0001.png", 4711, ("png", "L"), (77, 11))
    join(*words)
    cat = ["cat", aged_source, SHARD, "--shards", 1, "--index", parts.directory]
    assert "cat/0001.png changed after it was indexed" in tfrecordfs(*cat, code=1,
                                                                     binary=True).err
    right = tfrecordfs("cat", aged_source, SHARD, "--shards", 1, "--index", "none",
                       binary=True).out
    assert tfrecordfs(*cat, "--reindex", binary=True).out == right


def test_contents_are_made_again_where_the_manifest_changed(parts, join, scan, folder):
    names = images.flat(folder / "images", 24)
    names = [name for name in names if not name.endswith(".gif")]

    def write(labels):
        images.write_csv(folder / "m.csv", ["file", "label"],
                         [[name, labels[i % 2]] for i, name in enumerate(names)])
    write("ab")
    words = [folder / "images", "--manifest", folder / "m.csv", "--resize", 7, "--augment",
             "a=rotate"]
    parts(*words)
    write("ba")
    join(*words)
    assert the_index(parts.directory) == scan(*words)


def test_a_part_that_is_made_again_opens_nothing(parts, join, scan, opened, aged_source):
    parts(aged_source)
    before = {path.name: path.read_bytes()[128:] for path in parts.directory.iterdir()}
    assert opened(parts, aged_source, numbers=[2]) == []
    images.write(aged_source / "fox/new.png", 12, ("png", "RGB"))
    assert opened(parts, aged_source, numbers=[1]) in ([], ["fox/new.png"])
    assert len(before) == 3
    join(aged_source)
    assert the_index(parts.directory) == scan(aged_source)


def test_a_part_made_again_with_reindex_opens_its_share(parts, opened, aged_source):
    first = opened(parts, aged_source, numbers=[2])
    again = opened(parts, aged_source, "--reindex", numbers=[2])
    assert first == again != []


# --- What is missing, damaged or of something else ----------------------------------


@pytest.mark.fault(fault="a part of an index is missing", moment="at the join",
                   expected="named, with what to type")
def test_missing_parts_are_named(parts, join, aged_source):
    parts(aged_source, nr=8, numbers=[1, 2, 4, 5, 7, 8])
    assert "parts 3 and 6 of 8 are missing in" in join(aged_source, code=1).error
    parts(aged_source, nr=8, numbers=[3])
    said = join(aged_source, code=1).error
    assert "part 6 of 8 is missing in" in said and "--part 6/8" in said
    parts(aged_source, nr=40, numbers=[1])
    assert "part 6 of 8 is missing" in join(aged_source, code=1).error


def test_many_missing_parts_are_counted(parts, join, aged_source):
    parts(aged_source, nr=100, numbers=[7])
    said = join(aged_source, code=1).error
    assert "parts 1, 2, 3, 4, 5, 6, 8, 9 and 91 more of 100 are missing" in said


def test_without_any_part_it_is_told_how_to_make_them(join, parts, aged_source):
    parts.directory.mkdir()
    assert "--part 1/N to --part N/N" in join(aged_source, code=1).error


def test_a_directory_that_is_not_there_is_named(join, parts, aged_source):
    assert f"{parts.directory}: No such file" in join(aged_source, code=1).error


def test_parts_of_other_options_are_not_joined(parts, join, aged_source):
    parts(aged_source, "--fix", "png2jpeg")
    said = join(aged_source, code=1).error
    assert "of other options" in said and "--join in place of --part" in said
    assert len(parts_in(parts.directory)) == 3
    join(aged_source, "--fix", "png2jpeg")


@pytest.mark.parametrize("kind", [*damage.KINDS, "other"])
@pytest.mark.fault(fault="a part of an index cut, flipped, or of another version",
                   moment="at the join", expected="named, with what to type; the others stay")
def test_a_damaged_part_is_named_and_made_anew(parts, join, scan, aged_source, kind):
    parts(aged_source)
    (path,) = parts.directory.glob("*.part-2-of-3")
    (other,) = parts.directory.glob("*.part-1-of-3")
    path.write_bytes(other.read_bytes() if kind == "other"
                     else damage.damaged(path.read_bytes(), kind))
    said = join(aged_source, code=1).error
    assert "part 2 of 3 in" in said and "--part 2/3" in said and str(path) in said
    assert ("another version" in said) == (kind == "version")
    assert "part 1 of 3 by its content" in said or kind != "other"
    parts(aged_source, numbers=[2])
    join(aged_source)
    assert the_index(parts.directory) == scan(aged_source)


def test_of_two_complete_sets_the_newer_is_joined_and_the_other_stays(parts, join, scan,
                                                                      aged_source):
    parts(aged_source, nr=2)
    time.sleep(0.05)
    parts(aged_source, nr=3)
    join(aged_source)
    assert parts_in(parts.directory) == ["part-1-of-2", "part-2-of-2"]
    join(aged_source)
    assert the_index(parts.directory) == scan(aged_source)


# --- What is typed and printed ------------------------------------------------------


def test_a_part_is_told_as_text_and_as_json(parts, join, aged_source):
    out = parts(aged_source, numbers=[1])[0].out.splitlines()
    assert out[0].endswith(".part-1-of-3") and out[1].startswith("Part 1 of 3 in ")
    found = [result.json for result in parts(aged_source, "--json")]
    assert sum(part["images"] for part in found) == 60
    assert [(part["number"], part["of"], part["rows"]) for part in found] == [
        (1, 3, 60), (2, 3, 60), (3, 3, 60)]
    assert all(os.stat(part["part"]).st_size == part["size"] for part in found)
    assert join(aged_source, "--json").json["records"] == 60


@pytest.mark.parametrize("words, said", [
    (["--part", "3"], "--part 1/8"), (["--part", "0/3"], "no part 0 of 3"),
    (["--part", "4/3"], "no part 4 of 3"), (["--part", "1/0"], "no part 1 of 0"),
    (["--part", "1/99999"], "at most 10000"), (["--part", "-1/3"], "--part 1/8"),
    (["--part", "1/2", "--join"], "one of the two"),
    (["--part", "1/2", "--index", "none"], "--index DIR"),
    (["--join", "--index", "none"], "--index DIR")])
def test_what_makes_no_sense_is_a_usage_error(tfrecordfs, folder, aged_source, words, said):
    result = tfrecordfs("index", aged_source, "--index", folder / "index", *words, code=2)
    assert said in result.error
    assert not (folder / "index").exists()


def test_part_with_an_equals_sign_is_a_split_of_the_data_set(tfrecordfs, parts, join, scan,
                                                              folder):
    names = images.flat(folder / "images", 12)
    for split, half in ("train", names[:8]), ("test", names[8:]):
        images.write_csv(folder / f"{split}.csv", ["file", "label"], [[n, "x"] for n in half])
    words = [folder / "images", "--part", f"train={folder}/train.csv", "--part",
             f"test={folder}/test.csv"]
    check_the_same(parts, join, scan, *words)


def test_progress_says_which_part_it_is(tfrecordfs, folder):
    """On a terminal, where each stage that takes a while is shown."""
    images.small(folder / "source", 1000)
    with tracing.traced(tfrecordfs, "-e", "trace=openat2",
                        "-e", "inject=openat2:delay_enter=5000"):
        words = tfrecordfs.command("index", folder / "source", "--index", folder / "index",
                                   "--threads", 1, "--part", "2/3")
    done = subprocess.run(["script", "-qec", shlex.join(words), "/dev/null"],
                          capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
                          env=tfrecordfs.environment(tracing.UNLEAKED))
    assert re.search(r"Images of part 2/3 +\d+%", done.stdout)


def test_a_current_index_needs_no_parts(parts, join, aged_source):
    parts(aged_source)
    assert join(aged_source, "--json").json["index_reused"] is False
    assert join(aged_source, "--json").json["index_reused"] is True
    (aged_source / "cat/0001.png").unlink()
    assert "has no parts of this data set" in join(aged_source, code=1).error
