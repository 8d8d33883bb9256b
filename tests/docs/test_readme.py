# SPDX-License-Identifier: MIT
"""Every command that README.md shows, run as it stands, and what it says of them."""

import json
import re

import documents
import images
import oracle
import pytest
from layouts import LAYOUTS

pytestmark = pytest.mark.fuse_required

LISTS = documents.rows(documents.section("What lists the images"))
COMMANDS = documents.rows(documents.section("The other commands"))
FIRST = "train-00000-of-00016.tfrecord"


def records(shards, split="train"):
    """{file: its record} of a split."""
    paths = [path for path in shards if path.name.startswith(split)]
    return {r["image/filename"][0].decode(): r for r in oracle.records(*paths)}


def check(terminal, options, **keywords):
    return terminal(f"tfrecordfs check ./images {options} --json", **keywords).json


def test_the_one_line_and_tensorflow(work, tf, monkeypatch):
    (line,) = documents.commands_of(documents.code_block("mkdir -p mnt && tfrecordfs mount"))
    (python,) = documents.code_block("tf.data.").splitlines()
    monkeypatch.chdir(work.directory)
    with work.mounted(line):
        read = eval(python, {"tf": tf})  # pylint: disable=eval-used
        assert sum(1 for _ in read) == 200


def test_from_images_to_a_training_run(work):
    check_line, before, mount, ls, show, umount = documents.commands_of(
        documents.code_block("tfrecordfs check ./images"))
    assert "No problems." in work(check_line).out and before == umount
    said = work(mount).out
    listed = work(ls).out
    shown = work(show).out
    work(umount)
    # "prints how many there are of each class in each split"
    assert re.search(r"train +validation +test", said)
    for name, count in (("cat", 60), ("dog", 100), ("newt", 40)):
        shares = rf" +{count * 8 // 10} +{count // 10} +{count // 10} +{count} "
        assert re.search(f"{name}{shares}", said)
    assert len(re.findall(r"-00016\.tfrecord$", listed, re.M)) == 48
    assert "image/class/label" in shown and "image/encoded" in shown
    assert not list((work / "mnt").iterdir())


def test_check_comes_first(work):
    (work / "images" / "cat" / "broken.jpg").write_bytes(b"no image")
    assert "cat/broken.jpg: is not an image" in work("tfrecordfs check ./images", code=1).out
    assert "cat/broken.jpg" in work("tfrecordfs mount ./images ./mnt", code=1).error
    with work.mounted("tfrecordfs mount ./images ./mnt --on-bad skip"):
        assert list((work / "mnt").iterdir())


def test_what_is_kept_is_an_index_of_so_many_bytes_an_image(work):
    low, high = map(int, re.search(r"`~/.cache/tfrecordfs`, (\d+) to (\d+) bytes an image",
                                   documents.README).groups())
    picture = images.encode(0)
    for directory in range(3):
        for place, name in (("short", "{:05}.jpg"), ("long", "n01440764_{:05}.JPEG")):
            path = work / place / f"n0144076{directory}"
            path.mkdir(parents=True)
            for i in range(1000):
                (path / name.format(i)).write_bytes(picture)
    sizes = [work(f"tfrecordfs index ./{place} --json").json["size"] / 3000
             for place in ("short", "long")]
    assert low <= sizes[0] <= sizes[1] <= high
    found = work("tfrecordfs index ./short", env={"XDG_CACHE_HOME": None}).out.splitlines()[0]
    assert found.startswith(f"{work.program.home}/.cache/tfrecordfs/")


# --- What lists the images -----------------------------------------------------------


@pytest.mark.parametrize("have, typed", LISTS)
def test_what_lists_the_images(terminal, tf, folder, have, typed):
    base = documents.spans(LISTS[0][1])[0]
    line = typed.strip("`")
    if line.startswith("--"):
        line = f"{base} {line}"
    elif line.startswith("the same"):
        line = base
    for number, layout in enumerate(LAYOUTS[have]):
        if number:
            (terminal / "images").rename(folder / f"before {number}")
        expected = layout.lay_out(terminal)
        for old, new in layout.typed.items():
            assert old in line
            line = line.replace(old, new)
        with terminal.mounted(line) as shards:
            read = {path: (split, r[layout.key])
                    for split in {split for split, _ in expected.values()}
                    for path, r in records(shards, split).items()}
        assert read == expected, layout.lay_out.__name__


def test_every_row_of_what_lists_the_images_is_run():
    assert {have for have, _ in LISTS} == set(LAYOUTS)


def test_the_kind_of_a_manifest_is_said_and_overruled(work):
    said = documents.section("What lists the images")
    assert "--dialect" in documents.spans(said)
    assert "as CSV" in work("tfrecordfs check ./images --manifest labels.csv").out
    with work.mounted("tfrecordfs mount ./images ./mnt --manifest labels.csv"):
        pass
    (work / "labels.csv").rename(work / "labels")
    assert check(work, "--manifest labels --dialect csv")["dialect"] == "CSV"
    work("tfrecordfs check ./images --manifest labels --dialect json-lines", code=1)
    said = work("tfrecordfs check ./images --dialect cvs", code=2).error
    assert "JSON-Lines, COCO" in said


def usual_names():
    """Three lists of names: of the file, the label and the split."""
    text = documents.section("What lists the images")
    inside = re.search(r"usual names\s*\((.*?)\) or", text, re.S)[1]
    return [documents.spans(part) for part in inside.split(";")]


@pytest.mark.parametrize("place, name", [(i, name) for i, names in enumerate(usual_names())
                                         for name in names if name != "…"])
def test_a_usual_name_is_found(terminal, place, name):
    files = images.flat(terminal / "images", 8)
    header = ["filename", "label", "split"]
    header[place] = name
    images.write_csv(terminal / "m.csv", header,
                     [[f, "ab"[i % 2], ["train", "test"][i // 4]] for i, f in enumerate(files)])
    report = check(terminal, "--manifest m.csv")
    assert [c["name"] for c in report["classes"]] == ["a", "b"]
    assert [s["images"] for s in report["splits"]] == [4, 4]


def test_columns_of_other_names_are_named(terminal):
    files = images.flat(terminal / "images", 8)
    images.write_csv(terminal / "m.csv", ["foo", "bar", "baz"],
                     [[f, "ab"[i % 2], ["train", "test"][i // 4]] for i, f in enumerate(files)])
    report = check(terminal, "--manifest m.csv --file-column foo --label-column bar "
                             "--split-column baz")
    assert len(report["classes"]) == len(report["splits"]) == 2
    said = terminal("tfrecordfs check ./images --manifest m.csv", code=1).err
    assert "--file-column" in said


@pytest.mark.parametrize("write", [lambda path, top: path, lambda path, top: path.split(".")[0],
                                   lambda path, top: f"{top}/images/{path}"],
                         ids=["relative", "an id without its extension", "absolute"])
def test_paths_of_a_manifest(work, write):
    images.write_csv(work / "m.csv", ["image_id", "label"],
                     [[write(path, work.directory), "x"] for path in
                      images.paths(work / "images")])
    assert check(work, "--manifest m.csv")["images"] == 200


def test_several_labels_in_a_cell(work):
    (option,) = [s for s in documents.spans(documents.section("What lists the images"))
                 if s.startswith("--label-sep")]
    files = images.paths(work / "images")[:20]
    images.write_csv(work / "m.csv", ["filename", "label"],
                     [[f, ["a|b", "b|c"][i % 2]] for i, f in enumerate(files)])
    assert [c["images"] for c in check(work, f"--manifest m.csv {option}")["classes"]] == [
        10, 20, 10]


def test_numbers_of_classes(work):
    (option,) = [s for s in documents.spans(documents.section("What lists the images"))
                 if s.startswith("--labels ")]

    def ids(options):
        return {c["name"]: c["id"] for c in check(work, options)["classes"]}
    assert ids("") == {"cat": 0, "dog": 1, "newt": 2}
    assert ids(option) == {"newt": 0, "dog": 1, "cat": 2}
    images.write_csv(work / "m.csv", ["filename", "label"],
                     [[f, [7, 3][i % 2]] for i, f in enumerate(images.paths(work / "images"))])
    report = check(work, "--manifest m.csv")
    assert sorted(c["id"] for c in report["classes"] if c["images"]) == [3, 7]


# --- The other commands --------------------------------------------------------------

PLACES = {"SOURCE": "./images", "DEST": "./out", "SHARD": FIRST, "FILE[:N]": f"./mnt/{FIRST}:2",
          "FILE…": "./mnt/*.tfrecord", "FILE OFFSET": f"./mnt/{FIRST} 500", "NAME": "slim",
          "MNT": "./mnt"}


def typed(span):
    """A command of the table with its places filled in."""
    for place, text in PLACES.items():
        span = re.sub(rf"(?<= ){re.escape(place)}", text, span)
    return f"tfrecordfs {span}"


# What has to be in the output, by the command.
SAYS = {"check": "Found 200 images", "index": ".index\n", "export": "16 shards", "show": "image/encoded",
        "verify": "every checksum is right", "where": "images/", "schema": "import tensorflow",
        "reload": "nothing has changed", "log": "", "debug": "===== versions",
        "status": "200 records in 16 shards", "umount": ""}


def test_every_command_of_the_table_runs(work):
    spans = [span for row in COMMANDS for span in documents.spans(row[0])]
    assert spans[-1].startswith("umount")
    work("tfrecordfs mount ./images ./mnt")
    try:
        for span in spans:
            if span.startswith("cat"):
                work(f"{typed(span)} > window")
                assert (work / "window").read_bytes() == (work / "mnt" / FIRST).read_bytes()
            elif not span.startswith("umount"):
                assert SAYS[span.split()[0]] in work(typed(span)).out
    finally:
        work(typed(spans[-1]))


def test_the_commands_of_the_table_do_what_it_says(work):
    with work.mounted("tfrecordfs mount ./images ./mnt"):
        (work / "copy").mkdir()
        work("cp mnt/*.tfrecord copy")
        work("tfrecordfs verify ./mnt/*.tfrecord --against ./copy/*.tfrecord")
        work(f"rm copy/{FIRST}")
        work("tfrecordfs verify ./mnt/*.tfrecord --against ./copy/*.tfrecord", code=1)
        image = work(f"tfrecordfs where ./mnt/{FIRST} 500 --json").json["image"]
        assert image in {str(p) for p in (work / "images").rglob("*")}
        work("tfrecordfs export ./images ./out")
        out = {path.name: path for path in (work / "out").glob("*.tfrecord")}
        before = out[FIRST].stat().st_ino
        out.pop("train-00007-of-00016.tfrecord").unlink()
        work("tfrecordfs export ./mnt ./out")
        assert out[FIRST].stat().st_ino == before
        work("tfrecordfs verify ./mnt/*.tfrecord --against ./out/*.tfrecord --exact")
    (work / "images/cat/empty.jpg").write_bytes(b"")
    assert "cat/empty.jpg" in work("tfrecordfs check ./images", code=1).out


def test_which_commands_take_json(work, tfrecordfs):
    said = re.search(r"All (?:but `(\w+)` )?take `--json`", documents.README)
    without = {said[1]} - {None}
    commands = set(documents.commands_in_help(tfrecordfs))
    assert {c for c in commands if "--json" not in documents.options_in_help(tfrecordfs, c)} \
        == without
    assert work("tfrecordfs mount ./images ./mnt --json").json["seed"] == 42
    for row in COMMANDS:
        for span in documents.spans(row[0]):
            if span.split()[0] in commands - without - {"umount"}:
                assert work(f"{typed(span)} --json").json is not None
    assert work("tfrecordfs umount ./mnt --json").json == {"unmounted": True}


def test_exit_codes(work):
    said = re.search(r"Exit codes: (.*?)\.\n\n", documents.README, re.S)[1]
    assert re.findall(r"\d", said) == ["0", "1", "2", "3"]
    work("tfrecordfs check ./images")
    (work / "images/cat/empty.jpg").write_bytes(b"")
    work("tfrecordfs check ./images", code=1)
    work("tfrecordfs mount ./images ./mnt", code=1)
    work("tfrecordfs check ./images --nonsense", code=2)
    work("tfrecordfs umount ./mnt", code=3)
    work("tfrecordfs mount ./images ./nowhere --on-bad skip", code=3)


def test_your_own_schema(work, tf):
    text = documents.code_block('{ "name": "age"')
    (work / "age.json").write_text(text)
    ages = {row[0]: row[4] for row in csv_rows(work)}
    with work.mounted("tfrecordfs mount ./images ./mnt --manifest labels.csv --split-column "
                      "split --schema ./age.json --order manifest --shards 1") as shards:
        read = list(oracle.records(*[p for p in shards if p.name.startswith("train")]))
        rows = [row for row in csv_rows(work) if row[2] == "train"]
    assert len(read) == len(rows) == 150
    for record, row in zip(read, rows):
        assert set(record) == set(json.loads(text)["features"])
        assert record["age"] == [float(ages[row[0]] or -1)]
        assert record["image/class/label"] == [1 + ["cat", "dog", "newt"].index(row[1])]
        assert record["origin"] == [b"clinic"]
        assert record["image/encoded"] == [(work / "images" / row[0]).read_bytes()]


def csv_rows(work):
    return [line.split(",") for line in (work / "labels.csv").read_text().splitlines()[1:]]


def test_commands_within_sentences(work):
    everything = work("tfrecordfs mount --help-all").out
    assert all(documents.spans(row[0])[0].split()[0] in everything for row in documents.rows(
        documents.section("What you can choose")))
    assert "slim" in work("tfrecordfs schema").out
    assert "column.NAME" in work("tfrecordfs schema --sources").out


# --- What it costs, and words --------------------------------------------------------


def test_what_it_costs_is_what_was_measured():
    """Each figure of a row stands in one and the same row of the measurements."""
    page = (documents.TOP / "tests/bench/README.md").read_text()
    measured = [[re.sub(r" ±\d+ %", "", cell) for cell in row] for row in documents.rows(page)]
    rows = documents.rows(documents.section("What it costs"))
    assert len(rows) >= 10
    for _, ours, _, theirs, ratio in rows:
        figures = {figure for figure in (ours, theirs, ratio) if figure}
        assert figures and any(figures <= set(row) for row in measured), figures


JARGON = ["record", "shard", "split", "manifest", "schema", "profile", "view", "group", "index",
          "generation", "feature", "class folders"]


def test_words_are_explained_before_they_are_used(tfrecordfs):
    explained = {word.strip() for row in documents.rows(documents.section("Words"))
                 for word in row[0].split(",")}
    assert set(JARGON) <= explained
    out = tfrecordfs("--help").out + "".join(
        tfrecordfs(command, "--help").out for command in documents.commands_in_help(tfrecordfs))
    # Each is one that a newcomer meets.
    for word in set(JARGON) - {"generation", "view"}:
        assert re.search(rf"\b{word}s?\b", out), word
