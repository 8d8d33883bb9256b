/* SPDX-License-Identifier: MIT */
/*
 * Lines of synset, tab and text, and the same file as labels that are numbered by line:
 * what was loaded is text and is found again.
 */
#include "feed_file.h"

#include "manifest/label_lines.h"
#include "manifest/synset_texts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void load_texts(const char *path, struct trfs_inputs *inputs)
{
	struct trfs_synset_texts texts = { .synsets = NULL };
	struct trfs_error err = { 0 };
	struct trfs_strings synsets;
	struct trfs_bytes text;
	int rc = trfs_synset_texts_load(path, inputs, &texts, &err);

	insist(rc == 0 || (err.code == rc && err.message[0]));
	if (rc < 0)
		return;
	synsets = trfs_string_table_view(texts.synsets);
	for (uint64_t i = 0; i < synsets.nr; i++) {
		insist(trfs_synset_texts_find(&texts, trfs_strings_get(&synsets, i),
					      &text));
		insist(trfs_utf8_valid(text) &&
		       (text.len == 0 || !memchr(text.data, '\n', text.len)));
	}
	trfs_synset_texts_done(&texts);
}

static void load_labels(const char *path, struct trfs_inputs *inputs)
{
	struct trfs_labels labels = { .names = NULL };
	struct trfs_error err = { 0 };
	int rc = trfs_label_lines_load(path, inputs, &labels, &err);

	insist(rc == 0 || (err.code == rc && err.message[0]));
	for (uint32_t i = 1; i < labels.nr; i++)
		insist(labels.ids[i] > labels.ids[i - 1]);
	trfs_labels_done(&labels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *path = feed_file("metadata.txt", data, len);
	struct trfs_inputs inputs;

	insist(trfs_inputs_init(&inputs) == 0);
	load_texts(path, &inputs);
	load_labels(path, &inputs);
	trfs_inputs_done(&inputs);
	return 0;
}
