/* SPDX-License-Identifier: MIT */
/*
 * Reads the golden files.  Parses TFRecord framing by itself, so that it shares no code
 * with what it is there to test.
 */
#include "golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DIRECTORY	"tests/data/golden/"
#define FRAMING_SIZE	16
#define MAX_VALUES	20000
#define MAX_VALUE_BYTES 20000

static void *allocate(size_t size)
{
	void *p = malloc(size ? size : 1);

	assert_non_null(p);
	return p;
}

static uint8_t *read_file(const char *name, size_t *ret_len)
{
	char path[256];
	uint8_t *data;
	FILE *f;
	long len;

	snprintf(path, sizeof(path), "%s%s", DIRECTORY, name);
	f = fopen(path, "rb");
	if (!f)
		fail_msg("cannot open %s: run from the repository's root", path);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	len = ftell(f);
	assert_true(len >= 0);
	rewind(f);
	data = allocate((size_t)len + 1);
	assert_int_equal(fread(data, 1, (size_t)len, f), len);
	data[len] = 0;
	fclose(f);
	*ret_len = (size_t)len;
	return data;
}

void golden_records_load(struct golden_records *ret, const char *name)
{
	size_t len;
	size_t at = 0;

	ret->file = read_file(name, &len);
	for (ret->nr = 0; at < len; ret->nr++) {
		uint64_t data_len;

		assert_true(ret->nr < GOLDEN_MAX_RECORDS && len - at >= FRAMING_SIZE);
		memcpy(&data_len, ret->file + at, sizeof(data_len));
		assert_true(data_len <= len - at - FRAMING_SIZE);
		ret->framed[ret->nr] =
			(struct trfs_bytes){ ret->file + at, data_len + FRAMING_SIZE };
		at += data_len + FRAMING_SIZE;
	}
}

void golden_records_free(struct golden_records *g)
{
	free(g->file);
}

struct trfs_bytes golden_data(struct trfs_bytes framed)
{
	return (struct trfs_bytes){ framed.data + 12, framed.len - FRAMING_SIZE };
}

/* The count behind @mark in a word, which is cut there; 1 if there is none. */
static size_t cut_count(char *word, char mark)
{
	char *at = strrchr(word, mark);

	if (!at)
		return 1;
	*at = 0;
	return strtoul(at + 1, NULL, 10);
}

/* "-" or hexadecimal, perhaps with "^N"; the caller frees the bytes. */
static struct trfs_bytes parse_bytes(char *word)
{
	size_t count = cut_count(word, '^');
	size_t len = strcmp(word, "-") == 0 ? 0 : strlen(word) / 2;
	uint8_t *data = allocate(len * count);

	assert_true(len * count <= MAX_VALUE_BYTES);
	for (size_t i = 0; i < len * count; i++) {
		const char *pair = word + 2 * (i % len);
		char digits[3] = { pair[0], pair[1], 0 };

		data[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return (struct trfs_bytes){ data, len * count };
}

/* Room for one more value of a list, of which the lists here have few thousand. */
static void *grow(const void *values, size_t nr, size_t size)
{
	void *p = realloc((void *)(uintptr_t)values, (nr + 1) * size);

	assert_non_null(p);
	assert_true(nr < MAX_VALUES);
	return p;
}

static void add_value(struct trfs_feature *f, const char *word)
{
	size_t i = f->nr_values;

	if (f->kind == TRFS_FEATURE_BYTES) {
		struct trfs_bytes_value *values = grow(f->bytes, i, sizeof(*values));
		char copy[1024];
		struct trfs_bytes b;

		snprintf(copy, sizeof(copy), "%s", word);
		b = parse_bytes(copy);
		values[i] = (struct trfs_bytes_value){ .data = b.data, .len = b.len };
		f->bytes = values;
	} else if (f->kind == TRFS_FEATURE_FLOAT) {
		float *values = grow(f->floats, i, sizeof(*values));
		uint32_t bits = (uint32_t)strtoul(word, NULL, 16);

		memcpy(&values[i], &bits, sizeof(bits));
		f->floats = values;
	} else {
		int64_t *values = grow(f->ints, i, sizeof(*values));

		values[i] = strtoll(word, NULL, 10);
		f->ints = values;
	}
	f->nr_values++;
}

static enum trfs_feature_kind parse_kind(const char *word)
{
	if (strcmp(word, "bytes") == 0)
		return TRFS_FEATURE_BYTES;
	if (strcmp(word, "float") == 0)
		return TRFS_FEATURE_FLOAT;
	if (strcmp(word, "int64") == 0)
		return TRFS_FEATURE_INT64;
	assert_string_equal(word, "nothing");
	return (enum trfs_feature_kind)0;
}

static void parse_line(struct golden_examples *g, char *line)
{
	char *rest = NULL;
	char *word = strtok_r(line, " ", &rest);
	struct golden_example *example;
	struct trfs_feature *f;

	if (strcmp(word, "example") == 0) {
		assert_true(g->nr < GOLDEN_MAX_EXAMPLES);
		example = &g->examples[g->nr++];
		snprintf(example->name, sizeof(example->name), "%s",
			 strtok_r(NULL, " ", &rest));
		return;
	}
	example = &g->examples[g->nr - 1];
	assert_true(example->nr_features < GOLDEN_MAX_FEATURES);
	f = &example->features[example->nr_features++];
	f->kind = parse_kind(word);
	f->key = parse_bytes(strtok_r(NULL, " ", &rest));
	while ((word = strtok_r(NULL, " ", &rest))) {
		for (size_t n = cut_count(word, '*'); n > 0; n--)
			add_value(f, word);
	}
}

struct golden_examples *golden_examples_load(const char *name)
{
	struct golden_examples *g = allocate(sizeof(*g));
	size_t len;
	char *text = (char *)read_file(name, &len);
	char *rest = NULL;

	memset(g, 0, sizeof(*g));
	for (char *line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		parse_line(g, line);
	free(text);
	assert_true(g->nr > 0);
	return g;
}

static void free_feature(struct trfs_feature *f)
{
	if (f->kind == TRFS_FEATURE_BYTES) {
		for (size_t i = 0; i < f->nr_values; i++)
			free((void *)(uintptr_t)f->bytes[i].data);
	}
	free((void *)(uintptr_t)f->bytes);
	free((void *)(uintptr_t)f->key.data);
}

void golden_examples_free(struct golden_examples *g)
{
	for (size_t i = 0; i < g->nr; i++) {
		for (size_t k = 0; k < g->examples[i].nr_features; k++)
			free_feature(&g->examples[i].features[k]);
	}
	free(g);
}

static int compare_upb(const void *a, const void *b)
{
	return trfs_feature_key_compare_upb(((const struct trfs_feature *)a)->key,
					    ((const struct trfs_feature *)b)->key);
}

static int compare_cpp(const void *a, const void *b)
{
	return trfs_feature_key_compare_cpp(((const struct trfs_feature *)a)->key,
					    ((const struct trfs_feature *)b)->key);
}

void golden_sort_upb(struct trfs_feature *features, size_t nr)
{
	qsort(features, nr, sizeof(*features), compare_upb);
}

void golden_sort_cpp(struct trfs_feature *features, size_t nr)
{
	qsort(features, nr, sizeof(*features), compare_cpp);
}

/* The values of a list of bytes, which we allocated and may change; else none. */
static struct trfs_bytes_value *own_values(const struct trfs_feature *f, size_t *ret_nr)
{
	*ret_nr = f->kind == TRFS_FEATURE_BYTES ? f->nr_values : 0;
	return (struct trfs_bytes_value *)(uintptr_t)f->bytes;
}

size_t golden_make_holes(struct golden_example *example,
			 struct trfs_bytes ret_contents[GOLDEN_HOLES_MAX])
{
	uint32_t nr_holes = 0;

	for (size_t i = 0; i < example->nr_features; i++) {
		size_t nr;
		struct trfs_bytes_value *v = own_values(&example->features[i], &nr);

		for (size_t k = 0; k < nr; k++) {
			if (v[k].len == 0 || nr_holes == GOLDEN_HOLES_MAX)
				continue;
			ret_contents[nr_holes] =
				(struct trfs_bytes){ v[k].data, (size_t)v[k].len };
			v[k].data = NULL;
			v[k].hole = GOLDEN_FIRST_HOLE + nr_holes++;
		}
	}
	return nr_holes;
}

void golden_fill_holes(struct golden_example *example, const struct trfs_bytes *contents)
{
	for (size_t i = 0; i < example->nr_features; i++) {
		size_t nr;
		struct trfs_bytes_value *v = own_values(&example->features[i], &nr);

		for (size_t k = 0; k < nr; k++) {
			if (!v[k].data)
				v[k].data = contents[v[k].hole - GOLDEN_FIRST_HOLE].data;
		}
	}
}
