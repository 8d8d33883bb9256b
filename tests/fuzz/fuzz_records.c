/* SPDX-License-Identifier: MIT */
/*
 * TFRecord files as `verify`, `show` and `verify --against` read them.
 *
 * With an odd first byte the rest is the file; else the rest says which records to make,
 * so that the fuzzer gets behind the checksums: a byte of damage (enum damage), two of
 * length, the data.  What is wrong with the file is found once more by a loop over its
 * bytes, and all readers must say the same, whatever window they read through.
 */
#include "feed_file.h"

#include "base/crc32c.h"
#include "cli/compare.h"
#include "cli/example_json.h"
#include "cli/example_print.h"
#include "cli/verify.h"
#include "wire/tfrecord.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum damage {
	DAMAGE_FOOTER = 1,
	DAMAGE_HEADER = 2,
	DAMAGE_LENGTH = 4, /* under a checksum that is right */
};

/* What a reader has to find in a file. */
struct expected {
	uint64_t nr_records;
	uint64_t nr_sound;
	uint64_t nr_faults;
	uint64_t first_fault; /* the offset of its record */
};

static void put_record(struct trfs_buffer *file, uint8_t damage, struct trfs_bytes data)
{
	uint64_t longer = damage & DAMAGE_LENGTH ? UINT64_C(1) << damage / 8 : 0;
	uint8_t header[TRFS_TFRECORD_HEADER_SIZE], footer[TRFS_TFRECORD_FOOTER_SIZE];

	trfs_tfrecord_header(data.len + longer, header);
	trfs_tfrecord_footer(trfs_crc32c(0, data.data, data.len), footer);
	header[8] ^= damage & DAMAGE_HEADER;
	footer[3] ^= damage & DAMAGE_FOOTER;
	trfs_buffer_put(file, header, sizeof(header));
	trfs_buffer_put(file, data.data, data.len);
	trfs_buffer_put(file, footer, sizeof(footer));
}

static void forge_file(struct trfs_bytes input, struct trfs_buffer *file)
{
	struct trfs_reader r = trfs_reader_of(input.data, input.len);

	if (trfs_reader_u8(&r) & 1) {
		trfs_buffer_put(file, r.left.data, r.left.len);
		return;
	}
	while (r.left.len > 0) {
		uint8_t damage = trfs_reader_u8(&r);
		size_t len = trfs_reader_u8(&r);

		len |= (size_t)trfs_reader_u8(&r) << 8;
		if (len > r.left.len)
			len = r.left.len;
		put_record(file, damage, trfs_reader_bytes(&r, len));
	}
}

static void note_fault(struct expected *e, size_t offset)
{
	if (e->nr_faults++ == 0)
		e->first_fault = offset;
}

static struct expected expect(struct trfs_bytes file)
{
	struct expected e = { 0 };
	size_t at = 0;

	while (at < file.len) {
		const uint8_t *record = file.data + at;
		size_t left = file.len - at;
		uint64_t len;

		if (left < TRFS_TFRECORD_FRAMING_SIZE ||
		    trfs_tfrecord_parse_header(record, &len) < 0 ||
		    len > left - TRFS_TFRECORD_FRAMING_SIZE) {
			note_fault(&e, at);
			break;
		}
		e.nr_records++;
		record += TRFS_TFRECORD_HEADER_SIZE;
		if (trfs_tfrecord_footer_matches(record + len,
						 trfs_crc32c(0, record, (size_t)len)))
			e.nr_sound++;
		else
			note_fault(&e, at);
		at += TRFS_TFRECORD_FRAMING_SIZE + (size_t)len;
	}
	return e;
}

/* What a terminal gets is lines of text, whatever is in the record. */
static void print(struct trfs_bytes data)
{
	struct trfs_error err = { 0 };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	json_t *json = NULL;
	int rc, rc_json;

	insist(out != NULL);
	rc = trfs_example_print(out, data, &err);
	insist(rc == 0 || rc == -EBADMSG);
	if (rc < 0)
		check_sentence(err.message);
	insist(fclose(out) == 0);
	insist(trfs_utf8_valid((struct trfs_bytes){ (const uint8_t *)text, len }));
	for (size_t i = 0; i < len; i++)
		insist(text[i] == '\n' ||
		       ((unsigned char)text[i] >= 0x20 && text[i] != 0x7f));
	free(text);
	rc_json = trfs_example_json(data, &json, &err);
	insist(rc_json == rc || rc_json == -ENOMEM);
	if (rc_json == 0) {
		text = json_dumps(json, JSON_SORT_KEYS | JSON_ENCODE_ANY);
		insist(text != NULL);
		free(text);
		json_decref(json);
	}
}

/* All sound records, and all but the first. */
struct visited {
	struct trfs_record_set sets[2];
	uint64_t nr;
};

static int visit(void *user, uint64_t file, const struct trfs_record_span *span,
		 struct trfs_bytes data)
{
	struct visited *v = user;

	insist(file == 0 && span->data_len == data.len);
	insist(trfs_record_set_add(&v->sets[0], 0, span, data) == 0);
	if (v->nr++ > 0)
		insist(trfs_record_set_add(&v->sets[1], 1, span, data) == 0);
	print(data);
	return 0;
}

static void compare(struct visited *v)
{
	struct trfs_comparison c = trfs_compare(v->sets);

	insist(c.nr_same_bytes == (v->nr > 0 ? v->nr - 1 : 0));
	insist(c.nr_same_features == 0 && c.nr_changed == 0 && c.nr_only[1] == 0);
	insist(c.nr_only[0] == (v->nr > 0));
	trfs_record_set_done(&v->sets[0]);
	trfs_record_set_done(&v->sets[1]);
}

static void verify(const char *path, const struct expected *e)
{
	struct trfs_string_table *paths = trfs_string_table_new();
	struct visited visited = { .nr = 0 };
	struct trfs_verdict verdict;
	struct trfs_strings view;

	insist(paths && trfs_string_table_add(paths, trfs_bytes_of(path), NULL) == 0);
	view = trfs_string_table_view(paths);
	for (int i = 0; i < 2; i++) {
		insist(trfs_verify_files(&view, i ? visit : NULL, &visited, NULL,
					 &verdict, NULL) == 0);
		insist(verdict.error.code == 0);
		insist(verdict.nr_records == e->nr_records);
		insist(verdict.nr_faults == e->nr_faults);
		insist(trfs_verdict_is_good(&verdict) == (e->nr_faults == 0));
		insist(verdict.first_fault.offset == e->first_fault);
	}
	insist(visited.nr == e->nr_sound);
	compare(&visited);
	trfs_string_table_free(paths);
}

static void check_fault(const struct trfs_record_fault *fault, int rc)
{
	char text[512];

	insist(fault->code == rc);
	check_sentence(fault->reason);
	check_sentence(trfs_record_fault_text(fault, text, sizeof(text)));
}

/* Header to header, as `show` goes, through a window of @size bytes. */
static void walk(const char *path, size_t size, const struct expected *e)
{
	struct trfs_record_fault fault = { 0 };
	struct trfs_error err = { 0 };
	struct trfs_record_span span;
	struct expected found = { 0 };
	struct trfs_record_file f;
	struct trfs_buffer data;
	int rc;

	trfs_buffer_init(&data, TRFS_TFRECORD_MAX_DATA_SIZE);
	insist(trfs_record_file_open(&f, path, size, &err) == 0);
	(void)!trfs_record_file_looks_right(&f);
	while ((rc = trfs_record_file_next(&f, &span, &fault)) > 0) {
		insist(span.number == found.nr_records++);
		rc = trfs_record_file_load(&f, &span, &data, &fault);
		insist(data.len == span.data_len);
		insist(trfs_record_file_check(&f, &span, &fault) == rc);
		if (rc < 0) {
			check_fault(&fault, rc);
			note_fault(&found, (size_t)fault.offset);
		} else {
			found.nr_sound++;
		}
	}
	if (rc < 0) {
		check_fault(&fault, rc);
		note_fault(&found, (size_t)fault.offset);
	}
	insist(memcmp(&found, e, sizeof(found)) == 0);
	trfs_record_file_close(&f);
	trfs_buffer_done(&data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trfs_buffer file;
	struct expected e;
	const char *path;

	if (size < 1)
		return 0;
	trfs_buffer_init(&file, 1u << 20);
	forge_file((struct trfs_bytes){ data, size }, &file);
	insist(!file.failed);
	e = expect(trfs_buffer_bytes(&file));
	path = feed_file("fuzz.tfrecord", file.data, file.len);
	verify(path, &e);
	walk(path, TRFS_RECORD_WINDOW_SKIP, &e);
	walk(path, TRFS_TFRECORD_HEADER_SIZE + data[0] / 2, &e);
	trfs_buffer_done(&file);
	return 0;
}
