/* SPDX-License-Identifier: MIT */
/* Records were digested and forgotten; those to be named are read once more. */
#include "cli/compare_print.h"

#include "cli/json_output.h"
#include "cli/output.h"
#include "manifest/text.h"
#include "wire/tfrecord.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#define NR_NAMED 5

static const char *const set_names[2] = { "first", "second" };

/* The record's own name, read into @data; empty where it has none or cannot be read. */
static struct trfs_bytes read_name(const char *path,
				   const struct trfs_compared_record *record,
				   struct trfs_buffer *data)
{
	struct trfs_bytes name = { NULL, 0 };
	struct trfs_record_fault fault;
	struct trfs_record_span span;
	struct trfs_error unused;
	struct trfs_record_file f;

	if (trfs_record_file_open(&f, path, TRFS_RECORD_WINDOW_SKIP, &unused) < 0)
		return name;
	f.next_offset = record->offset < f.size ? record->offset : f.size;
	if (trfs_record_file_next(&f, &span, &fault) > 0 &&
	    trfs_record_file_load(&f, &span, data, &fault) == 0)
		name = trfs_record_name(trfs_buffer_bytes(data));
	trfs_record_file_close(&f);
	return name;
}

static void copy_path(const struct trfs_compared *c,
		      const struct trfs_compared_record *record, char path[PATH_MAX])
{
	struct trfs_bytes text = trfs_strings_get(c->paths, record->file);

	snprintf(path, PATH_MAX, "%.*s", TRFS_BYTES_ARG(text));
}

/* "  mnt/train-00000-of-00016.tfrecord:12  cat/12.jpg" */
static void print_record(FILE *out, const struct trfs_compared *c,
			 const struct trfs_compared_record *record)
{
	char path[PATH_MAX], shown[TRFS_PRINTABLE_SIZE];
	struct trfs_buffer data;
	struct trfs_bytes name;

	copy_path(c, record, path);
	trfs_buffer_init(&data, TRFS_TFRECORD_MAX_DATA_SIZE);
	name = read_name(path, record, &data);
	fprintf(out, "    %s:%" PRIu64 "%s%s\n", path, record->number,
		name.len ? "  " : "", trfs_text_printable(name, shown, sizeof(shown)));
	trfs_buffer_done(&data);
}

static void print_only(FILE *out, const struct trfs_compared *c, int set)
{
	const struct trfs_record_set *records = &c->sets[set];
	uint64_t nr = c->result.nr_only[set];
	char count[TRFS_COUNT_SIZE];
	uint64_t nr_named = 0;

	if (nr == 0)
		return;
	fprintf(out, "  %s only in the %s set:\n", trfs_count_text(nr, count),
		set_names[set]);
	for (uint64_t i = 0; i < records->nr && nr_named < NR_NAMED; i++) {
		if (records->records[i].matched)
			continue;
		print_record(out, c, &records->records[i]);
		nr_named++;
	}
	if (nr > nr_named)
		fprintf(out, "    and %s more\n", trfs_count_text(nr - nr_named, count));
}

void trfs_compare_print(FILE *out, const struct trfs_compared *c)
{
	char count[TRFS_COUNT_SIZE], files[TRFS_COUNT_SIZE];

	for (int i = 0; i < 2; i++)
		fprintf(out, "%s set: %s record%s in %s file%s\n", i ? "Second" : "First",
			trfs_count_text(c->sets[i].nr, count),
			c->sets[i].nr == 1 ? "" : "s",
			trfs_count_text(c->nr_files[i], files),
			c->nr_files[i] == 1 ? "" : "s");
	fprintf(out, "  %s the same, byte for byte\n",
		trfs_count_text(c->result.nr_same_bytes, count));
	if (c->result.nr_same_features > 0)
		fprintf(out,
			"  %s with the same features, written another way (keys in "
			"another order, say)\n",
			trfs_count_text(c->result.nr_same_features, count));
	for (int i = 0; i < 2; i++)
		print_only(out, c, i);
	fputs(trfs_compared_are_alike(c) ? "The sets hold the same examples.\n"
					 : "The sets differ.\n",
	      out);
}

static json_t *record_json(const struct trfs_compared *c,
			   const struct trfs_compared_record *record)
{
	struct trfs_buffer data;
	struct trfs_bytes name;
	char path[PATH_MAX];
	json_t *json;

	copy_path(c, record, path);
	trfs_buffer_init(&data, TRFS_TFRECORD_MAX_DATA_SIZE);
	name = read_name(path, record, &data);
	json = json_pack("{s:o, s:o, s:o, s:o}", "file", trfs_json_text(path), "record",
			 trfs_json_count(record->number), "offset",
			 trfs_json_count(record->offset), "name",
			 name.len ? trfs_json_bytes(name) : json_null());
	trfs_buffer_done(&data);
	return json;
}

static json_t *only_json(const struct trfs_compared *c, int set)
{
	const struct trfs_record_set *records = &c->sets[set];
	json_t *json = json_array();

	for (uint64_t i = 0; json && i < records->nr; i++) {
		if (records->records[i].matched)
			continue;
		if (json_array_append_new(json, record_json(c, &records->records[i])) <
		    0) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}

json_t *trfs_compare_json(const struct trfs_compared *c)
{
	return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "alike",
			 trfs_compared_are_alike(c), "records_first",
			 trfs_json_count(c->sets[0].nr), "records_second",
			 trfs_json_count(c->sets[1].nr), "same_bytes",
			 trfs_json_count(c->result.nr_same_bytes), "same_features",
			 trfs_json_count(c->result.nr_same_features), "only_first",
			 only_json(c, 0), "only_second", only_json(c, 1));
}
