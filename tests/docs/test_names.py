# SPDX-License-Identifier: MIT
"""What README.md names is there, and what is there is named: commands, options, targets."""

import re
import subprocess

import documents
import pytest

README = documents.README
# Where each kind of code in README.md is run; a block of another kind fails a test here.
BLOCKS = {
    "make demo": "mount/test_examples.py::test_the_demo_runs_twice_and_leaves_nothing_mounted",
    "mkdir -p mnt && tfrecordfs mount": "docs/test_readme.py::test_the_one_line_and_tensorflow",
    "tf.data.TFRecordDataset": "docs/test_readme.py::test_the_one_line_and_tensorflow",
    "tfrecordfs check ./images":
        "docs/test_readme.py::test_from_images_to_a_training_run",
    "# python build_image_data.py":
        "docs/test_profiles.py::test_a_converters_command_line_with_another_name",
    "{ \"name\": \"age\"": "docs/test_readme.py::test_your_own_schema",
    "for epoch in range(90)": "docs/test_views.py::test_an_epoch_as_readme_reads_it",
    "tfrecordfs index ./images --index ./shared": "cli/test_index_parts.py::"
        "test_whatever_lists_the_images_the_index_is_that_of_one_scan",
    "./images, labels.csv": "docs/test_names.py::test_the_drawing_is_a_drawing",
    "make    ": "docs/test_library.py::test_building_and_installing",
}
# Commands within sentences, and who runs them.
IN_SENTENCES = {
    "tfrecordfs mount --foreground ./images ./mnt":
        "mount/test_container.py::test_the_first_process_ends_by_a_signal_and_unmounts",
    "tfrecordfs mount --foreground ./images /dev/fd/N":
        "mount/test_container.py::test_a_plugin_hands_a_mount_to_who_may_do_nothing",
    "tfrecordfs reload": "mount/test_reload.py::"
                         "test_a_changed_label_is_shown_and_only_its_shard_is_another_file",
    "tfrecordfs mount --help-all": "docs/test_readme.py::test_commands_within_sentences",
    "tfrecordfs mount --profile NAME --help":
        "docs/test_profiles.py::test_every_flag_of_the_table_is_one_of_its_profile",
    "tfrecordfs schema NAME": "docs/test_profiles.py::test_a_profile_has_a_schema_and_a_parser",
    "tfrecordfs verify ./out --against ./the-old-shards":
        "docs/test_profiles.py::test_a_converters_command_line_with_another_name",
    "tfrecordfs schema": "docs/test_readme.py::test_commands_within_sentences",
    "tfrecordfs schema --sources": "docs/test_readme.py::test_commands_within_sentences",
    "tfrecordfs mount dataset.json ./mnt":
        "mount/test_view_readers.py::test_mounting_dataset_json_shows_the_same_bytes",
    "tfrecordfs mount ./images ./mnt": "docs/test_readme.py::test_what_lists_the_images",
}


def command_lines():
    """Every command line of tfrecordfs: of blocks, sentences, and the table of commands."""
    lines = [line for block in documents.code_blocks() for line in documents.commands_of(block)]
    lines += documents.spans(README)
    lines += [f"tfrecordfs {span}" for row in documents.rows(documents.section(
        "The other commands")) for span in documents.spans(row[0])]
    return sorted({line for line in lines if line.startswith("tfrecordfs ")})


def test_the_documents_are_taken_apart():
    """None of the tests below looks at nothing."""
    assert len(documents.code_blocks()) >= 6 and len(command_lines()) >= 12
    assert len(documents.rows(documents.section("What you can choose"))) >= 9
    assert len(documents.manual_displays("EXAMPLES")) >= 6


def test_every_block_of_code_is_run_by_a_test():
    unknown = [block for block in documents.code_blocks()
               if sum(block.startswith(beginning) for beginning in BLOCKS) < 1]
    assert not unknown, f"README.md shows what no test runs: {unknown}"
    for beginning in BLOCKS:
        assert any(block.startswith(beginning) for block in documents.code_blocks()), beginning
    documents.assert_tests_exist(BLOCKS.values())


def test_the_drawing_is_a_drawing():
    """Nothing in it is to be typed."""
    block = documents.code_block("./images, labels.csv")
    assert not re.search(r"^(tfrecordfs|make) ", block, re.M) and "<--" in block
    assert max(map(len, block.splitlines())) < 90


def test_every_command_of_a_sentence_is_run_by_a_test():
    said = {span for span in documents.spans(README) if span.startswith("tfrecordfs ")}
    assert said == set(IN_SENTENCES)
    documents.assert_tests_exist(IN_SENTENCES.values())


@pytest.mark.parametrize("line", command_lines())
def test_a_command_of_readme_exists_and_takes_its_options(tfrecordfs, line):
    command, *words = line.split()[1:]
    assert command in documents.commands_in_help(tfrecordfs)
    options = {word.split("=")[0] for word in words if re.match("-[-a-z]", word)}
    known = documents.options_in_help(tfrecordfs, command) | {"--help", "-h"}
    if "--profile" in words and (profile := words[words.index("--profile") + 1]) != "NAME":
        known |= documents.flags_of_profile(tfrecordfs, profile)
    assert options <= known


def test_every_option_of_readme_exists(tfrecordfs):
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9_-]*", README))
    there = set().union(*(documents.options_in_help(tfrecordfs, command)
                          for command in documents.commands_in_help(tfrecordfs)),
                        *(documents.flags_of_profile(tfrecordfs, profile)
                          for profile in documents.profiles(tfrecordfs)))
    # systemctl's.
    assert named - {"--now"} <= there
    assert len(named) > 12


def test_every_option_that_stands_alone_is_one_of_mount(tfrecordfs):
    # Those of converters are looked at by test_profiles.py.
    ours = README.replace(documents.section("From a converter's command line"), "")
    alone = {span.split()[0].split("=")[0] for span in documents.spans(ours)
             if span.startswith("--")} - {"--against"}
    assert alone <= documents.options_in_help(tfrecordfs, "mount")


def test_every_command_of_help_is_in_readme_and_in_the_manual(tfrecordfs):
    for command in documents.commands_in_help(tfrecordfs):
        assert re.search(rf"(tfrecordfs |`){command}\b", README), f"README.md lacks {command}"
        assert re.search(rf"^\.It Cm {command}\b", documents.MANUAL, re.M)


def test_every_target_of_readme_exists():
    said = set(re.findall(r"(?:`|^    |; )make ([a-z]+)", README, re.M))
    helped = subprocess.run(["make", "help"], cwd=documents.TOP, capture_output=True, text=True,
                            check=True).stdout
    assert said >= {"demo", "check", "bench", "install", "uninstall"}
    assert said <= {line.split()[0] for line in helped.splitlines() if line.startswith("  ")}


def test_every_link_leads_somewhere():
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    assert not [link for link in links if not (documents.TOP / link).exists()]


def test_make_check_runs_all_tests():
    planned = subprocess.run(["make", "-n", "check"], cwd=documents.TOP, capture_output=True,
                             text=True, check=True).stdout
    assert "tests/run all" in planned and "tests/setup/install --tests" in planned


def test_the_table_that_readme_points_at_is_filled():
    page = (documents.TOP / "tests" / "bench" / "README.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(rows) > 10 and any("epoch 2" in row for row in rows)
