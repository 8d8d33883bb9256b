/* SPDX-License-Identifier: MIT */
/*
 * Label cells into names.  A label is known by its text, whichever way a manifest writes
 * it: the JSON number 3 and the CSV cell "3" are one class.
 */
#include "dataset/label_names.h"

#include "base/buffer.h"
#include "dataset/cell.h"

#include <errno.h>
#include <stdlib.h>

#define NR_FIRST   64
#define NUMBER_MAX 64

void trfs_label_names_done(struct trfs_label_names *labels)
{
	trfs_string_table_free(labels->names);
	free(labels->members);
	free(labels->ends);
	*labels = (struct trfs_label_names){ 0 };
}

static int add_name(struct trfs_label_names *labels, struct trfs_bytes name)
{
	size_t capacity = labels->capacity ? labels->capacity * 2 : NR_FIRST;
	uint32_t *members;

	name = trfs_bytes_trim(name);
	if (name.len == 0)
		return 0;
	if (labels->nr_members == labels->capacity) {
		members = reallocarray(labels->members, capacity, sizeof(*members));
		if (!members)
			return -ENOMEM;
		labels->members = members;
		labels->capacity = capacity;
	}
	return trfs_string_table_intern(labels->names, name,
					&labels->members[labels->nr_members++], NULL);
}

static int add_text(struct trfs_label_names *labels, struct trfs_bytes text,
		    const char *separator)
{
	size_t separator_len = separator ? strlen(separator) : 0;
	int rc = 0;

	while (rc == 0 && separator_len > 0) {
		const uint8_t *end =
			memmem(text.data, text.len, separator, separator_len);
		size_t len;

		if (!end)
			break;
		len = (size_t)(end - text.data);
		rc = add_name(labels, (struct trfs_bytes){ text.data, len });
		text.data += len + separator_len;
		text.len -= len + separator_len;
	}
	return rc < 0 ? rc : add_name(labels, text);
}

static int add_number(struct trfs_label_names *labels, const struct trfs_value *value)
{
	struct trfs_buffer text;
	int rc;

	trfs_buffer_init(&text, NUMBER_MAX);
	trfs_value_print(value, &text);
	rc = text.failed ? -ENOMEM : add_name(labels, trfs_buffer_bytes(&text));
	trfs_buffer_done(&text);
	return rc;
}

static int add_cell(struct trfs_label_names *labels, struct trfs_bytes cell,
		    const char *separator)
{
	struct trfs_cell_reader reader;
	struct trfs_value value;
	int rc = 0;

	trfs_cell_reader_init(&reader, cell);
	while (rc == 0 && trfs_cell_reader_next(&reader, &value)) {
		if (value.kind == TRFS_VALUE_TEXT)
			rc = add_text(labels, value.text, separator);
		else
			rc = add_number(labels, &value);
	}
	return rc;
}

int trfs_label_names_read(struct trfs_label_names *labels,
			  const struct trfs_strings *cells, const char *separator)
{
	int rc = 0;

	labels->names = trfs_string_table_new();
	labels->ends = calloc(cells->nr, sizeof(*labels->ends));
	if (!labels->names || !labels->ends)
		return -ENOMEM;
	for (uint64_t i = 0; rc == 0 && i < cells->nr; i++) {
		rc = add_cell(labels, trfs_strings_get(cells, i), separator);
		labels->ends[i] = labels->nr_members;
	}
	return rc;
}

bool trfs_label_integer(struct trfs_bytes name, int64_t *ret)
{
	bool negative = name.len > 0 && name.data[0] == '-';
	uint64_t most = (uint64_t)INT64_MAX + (negative ? 1 : 0);
	uint64_t number = 0;
	size_t first = negative ? 1 : 0;

	if (name.len == first || (name.data[first] == '0' && name.len > 1))
		return false;
	for (size_t i = first; i < name.len; i++) {
		uint64_t digit = (uint64_t)name.data[i] - '0';

		if (digit > 9 || number > (most - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*ret = (int64_t)(negative ? 0 - number : number);
	return true;
}
