/* SPDX-License-Identifier: MIT */
/* show: one record of any TFRecord file, found by going from header to header. */
#include "cli/command.h"
#include "cli/example_json.h"
#include "cli/example_print.h"
#include "cli/json_output.h"
#include "cli/digits.h"
#include "cli/output.h"
#include "cli/record_file.h"

#include "base/error.h"
#include "wire/tfrecord.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What is asked for: "FILE" or "FILE:RECORD".  A file of that very name wins. */
struct wanted {
	char *path;
	uint64_t number;
};

static int parse_wanted(const char *argument, struct wanted *ret, struct trfs_error *err)
{
	const char *colon = strrchr(argument, ':');
	size_t len = strlen(argument);
	uint64_t number = 0;

	if (colon && access(argument, F_OK) < 0) {
		if (trfs_digits_parse(colon + 1, &number))
			len = (size_t)(colon - argument);
		else if (strchr(colon, '/') == NULL)
			return trfs_fail(err, -EINVAL,
					 "\"%s\" is no number of a record: FILE:5 is the "
					 "sixth record of FILE",
					 colon + 1);
	}
	*ret = (struct wanted){ strndup(argument, len), number };
	return ret->path ? 0 : trfs_fail_memory(err, "a file's name");
}

static int fail_past_end(const struct trfs_record_file *f, struct trfs_error *err)
{
	char count[TRFS_COUNT_SIZE];

	if (f->next_number == 0)
		return trfs_fail(err, -EBADMSG, "%s is empty: it has no records",
				 f->path);
	return trfs_fail(err, -EBADMSG,
			 "%s has %s record%s, numbered 0 to %" PRIu64 ": try %s:%" PRIu64,
			 f->path, trfs_count_text(f->next_number, count),
			 f->next_number == 1 ? "" : "s", f->next_number - 1, f->path,
			 f->next_number - 1);
}

/* Go to record @number. */
static int find_record(struct trfs_record_file *f, uint64_t number,
		       struct trfs_record_span *ret, struct trfs_error *err)
{
	struct trfs_record_fault fault = { 0 };
	char text[512];
	int rc;

	do {
		rc = trfs_record_file_next(f, ret, &fault);
	} while (rc > 0 && ret->number < number);
	if (rc < 0)
		return trfs_fail(err, rc, "%s: %s", f->path,
				 trfs_record_fault_text(&fault, text, sizeof(text)));
	return rc == 0 ? fail_past_end(f, err) : 0;
}

static int print_json(const struct trfs_record_file *f,
		      const struct trfs_record_span *span, const struct trfs_buffer *data,
		      const struct trfs_record_fault *fault, struct trfs_error *err)
{
	json_t *features = NULL;
	int rc = trfs_example_json(trfs_buffer_bytes(data), &features, err);
	int code = fault->code ? TRFS_EXIT_DATA : TRFS_EXIT_DONE;

	if (rc < 0)
		return trfs_error_prefix(err, rc, "%s:%" PRIu64, f->path, span->number);
	return trfs_json_print(
		json_pack("{s:o, s:o, s:o, s:o, s:b, s:o}", "file",
			  trfs_json_text(f->path), "record",
			  trfs_json_count(span->number), "offset",
			  trfs_json_count(span->offset), "size",
			  trfs_json_count(span->data_len + TRFS_TFRECORD_FRAMING_SIZE),
			  "checksum_ok", fault->code == 0, "features", features),
		code);
}

static int print_text(const struct trfs_record_file *f,
		      const struct trfs_record_span *span, const struct trfs_buffer *data,
		      struct trfs_error *err)
{
	char size[TRFS_COUNT_SIZE];
	int rc;

	trfs_output_text(stdout, trfs_bytes_of(f->path));
	printf(": record %" PRIu64 " at byte %" PRIu64 ", %s bytes\n", span->number,
	       span->offset,
	       trfs_count_text(span->data_len + TRFS_TFRECORD_FRAMING_SIZE, size));
	rc = trfs_example_print(stdout, trfs_buffer_bytes(data), err);
	if (rc < 0)
		return trfs_error_prefix(err, rc, "%s:%" PRIu64, f->path, span->number);
	return TRFS_EXIT_DONE;
}

/* The exit code, or a negative errno with @err. */
static int show(const struct trfs_settings *settings, struct trfs_record_file *f,
		uint64_t number, struct trfs_buffer *data, struct trfs_error *err)
{
	struct trfs_record_fault fault = { 0 };
	struct trfs_record_span span;
	char text[512];
	int rc = find_record(f, number, &span, err);

	if (rc < 0)
		return rc;
	rc = trfs_record_file_load(f, &span, data, &fault);
	if (rc < 0 && rc != -EBADMSG)
		return trfs_fail(err, rc, "%s: %s", f->path,
				 trfs_record_fault_text(&fault, text, sizeof(text)));
	rc = settings->json ? print_json(f, &span, data, &fault, err)
			    : print_text(f, &span, data, err);
	if (fault.code) {
		trfs_output_note("%s: %s", f->path,
				 trfs_record_fault_text(&fault, text, sizeof(text)));
		return rc < 0 ? rc : TRFS_EXIT_DATA;
	}
	return rc;
}

int trfs_cmd_show(const struct trfs_settings *settings)
{
	struct trfs_error err = { 0 };
	struct trfs_record_file f;
	struct trfs_buffer data;
	struct wanted wanted = { NULL, 0 };
	int code = parse_wanted(settings->positionals[0], &wanted, &err);

	if (code == 0) {
		code = trfs_record_file_open(&f, wanted.path, TRFS_RECORD_WINDOW_SKIP,
					     &err);
		if (code == 0) {
			trfs_buffer_init(&data, TRFS_TFRECORD_MAX_DATA_SIZE);
			code = show(settings, &f, wanted.number, &data, &err);
			trfs_buffer_done(&data);
			trfs_record_file_close(&f);
		}
		free(wanted.path);
	}
	if (code < 0) {
		trfs_output_error("%s", err.message);
		return trfs_output_exit_code(&err);
	}
	return code;
}
