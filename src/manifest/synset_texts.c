/* SPDX-License-Identifier: MIT */
/* A table from one string to another, out of a file of pairs. */
#include "manifest/synset_texts.h"

#include "base/error.h"
#include "manifest/lines.h"
#include <errno.h>
#include <stdlib.h>

void trfs_synset_texts_done(struct trfs_synset_texts *texts)
{
	trfs_string_table_free(texts->synsets);
	trfs_string_table_free(texts->texts);
	free(texts->text_of);
	*texts = (struct trfs_synset_texts){ .synsets = NULL };
}

static int add_pair(struct trfs_synset_texts *t, struct trfs_bytes synset,
		    struct trfs_bytes text)
{
	size_t larger = t->capacity ? t->capacity * 2 : 1024;
	uint32_t number, nr_text;
	uint32_t *text_of;
	int rc;

	rc = trfs_string_table_intern(t->synsets, synset, &number, NULL);
	if (rc == 0)
		rc = trfs_string_table_add(t->texts, text, &nr_text);
	if (rc < 0)
		return rc;
	if (number == t->capacity) {
		text_of = reallocarray(t->text_of, larger, sizeof(*text_of));
		if (!text_of)
			return -ENOMEM;
		t->text_of = text_of;
		t->capacity = larger;
	}
	t->text_of[number] = nr_text;
	return 0;
}

static int add_line(struct trfs_synset_texts *t, struct trfs_bytes line,
		    struct trfs_error *err)
{
	struct trfs_bytes synset = trfs_bytes_trim(line), text;
	const uint8_t *tab = synset.len ? memchr(synset.data, '\t', synset.len) : NULL;
	char shown[TRFS_PRINTABLE_SIZE];

	if (tab) {
		text.data = tab + 1;
		text.len = (size_t)(synset.data + synset.len - text.data);
		synset.len -= text.len + 1;
	}
	if (!tab || memchr(text.data, '\t', text.len))
		return trfs_fail(
			err, -EBADMSG, "\"%s\" is not a synset, one tab, and a text",
			trfs_text_printable(trfs_bytes_trim(line), shown, sizeof(shown)));
	if (add_pair(t, synset, text) < 0)
		return trfs_fail_memory(err, "the metadata");
	return 0;
}

static int load(struct trfs_synset_texts *t, const char *path, struct trfs_inputs *inputs,
		struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_lines_done) struct trfs_lines lines = { .fd = -1 };
	struct trfs_bytes line;
	int rc;

	t->synsets = trfs_string_table_new();
	t->texts = trfs_string_table_new();
	if (!t->synsets || !t->texts)
		return trfs_fail_memory(err, "the metadata");
	rc = trfs_lines_open(&lines, path, "the metadata", inputs, err);
	if (rc < 0)
		return rc;
	while ((rc = trfs_lines_next(&lines, &line, err)) > 0) {
		rc = add_line(t, line, err);
		if (rc < 0)
			return trfs_lines_prefix(&lines, rc, err);
	}
	return rc;
}

int trfs_synset_texts_load(const char *path, struct trfs_inputs *inputs,
			   struct trfs_synset_texts *ret, struct trfs_error *err)
{
	struct trfs_synset_texts texts = { .synsets = NULL };
	int rc = load(&texts, path, inputs, err);

	if (rc < 0)
		trfs_synset_texts_done(&texts);
	else
		*ret = texts;
	return rc;
}

bool trfs_synset_texts_find(const struct trfs_synset_texts *texts,
			    struct trfs_bytes synset, struct trfs_bytes *ret)
{
	struct trfs_strings all;
	uint32_t number;

	if (!texts->synsets || !trfs_string_table_find(texts->synsets, synset, &number))
		return false;
	all = trfs_string_table_view(texts->texts);
	*ret = trfs_strings_get(&all, texts->text_of[number]);
	return true;
}
