/* SPDX-License-Identifier: MIT */
/*
 * JSON: an array of objects, or an object whose "images" is one, as the Model Garden's
 * --image_info_file and COCO have it.  Each object is a row.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/json_stream.h"
#include "manifest/json_values.h"
#include <errno.h>
#include <stdlib.h>

struct json {
	int fd; /* owned */
	struct trfs_json_stream *stream;
};

static const char *const wanted_keys[] = { "images", NULL };

static int json_open(const struct trfs_root *root,
		     const struct trfs_manifest_request *request, int fd,
		     struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		     void **ret_reader, struct trfs_text_place *ret_place,
		     struct trfs_error *err)
{
	struct json *json = calloc(1, sizeof(*json));
	int rc;

	(void)request;
	(void)root;
	(void)inputs;
	(void)rows;
	(void)ret_place;
	if (!json)
		return trfs_fail_memory(err, "reading");
	rc = trfs_json_stream_open(fd, wanted_keys, true, &json->stream, err);
	if (rc < 0) {
		free(json);
		return rc;
	}
	json->fd = fd;
	*ret_reader = json;
	return 0;
}

static void json_close(void *reader)
{
	struct json *json = reader;

	if (!json)
		return;
	trfs_json_stream_close(json->stream);
	trfs_file_close(json->fd);
	free(json);
}

static int check_complete(const struct json *json, struct trfs_text_place *ret_place,
			  struct trfs_error *err)
{
	const char *skipped = trfs_json_stream_skipped(json->stream);

	if (trfs_json_stream_is_array(json->stream) ||
	    trfs_json_stream_has(json->stream, 0))
		return 0;
	*ret_place = (struct trfs_text_place){ 0 };
	return trfs_fail(err, -EBADMSG,
			 "expected an array of objects, or an object with \"images\": "
			 "[...]; found an object with %s",
			 *skipped ? skipped : "nothing in it");
}

static int json_next(void *reader, struct trfs_row_builder *rows,
		     struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct json *json = reader;
	TRFS_CLEANUP(json_decrefp) json_t *object = NULL;
	struct trfs_json_element element;
	int rc;

	rc = trfs_json_stream_next(json->stream, &element, ret_place, err);
	if (rc == 0)
		return check_complete(json, ret_place, err);
	if (rc < 0)
		return rc;
	*ret_place = element.place;
	rc = trfs_json_parse(element.text, element.place, &object, ret_place, err);
	if (rc < 0)
		return rc;
	rc = trfs_json_values_add(object, rows, err);
	return rc < 0 ? rc : 1;
}

static uint64_t json_nr_read(const void *reader)
{
	const struct json *json = reader;

	return trfs_json_stream_nr_read(json->stream);
}

static bool json_recognise(struct trfs_bytes head)
{
	head = trfs_bytes_trim(trfs_text_after_mark(head));
	return head.len > 0 && (head.data[0] == '[' || head.data[0] == '{');
}

static const char *const json_extensions[] = { ".json", NULL };

const struct trfs_dialect trfs_dialect_json = {
	.name = "JSON",
	.extensions = json_extensions,
	.recognise = json_recognise,
	.open = json_open,
	.next = json_next,
	.close = json_close,
	.nr_read = json_nr_read,
};
