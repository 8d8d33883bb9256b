/* SPDX-License-Identifier: MIT */
/* Annotations found by a stream, and read again by their place. */
#include "manifest/coco_file.h"

#include "base/error.h"
#include "manifest/coco_id.h"
#include "manifest/json_pick.h"
#include "manifest/json_scan.h"
#include "manifest/json_stream.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

static const char *const arrays[] = { "annotations", "categories", NULL };

enum array { ARRAY_ANNOTATIONS, ARRAY_CATEGORIES };

/* What every annotation is looked at for, in front of the markers. */
enum key { KEY_IMAGE_ID, KEY_ID, NR_KEYS };

void trfs_coco_file_borrow(struct trfs_coco_file *file, int fd)
{
	*file = (struct trfs_coco_file){ .fd = fd };
	trfs_buffer_init(&file->text, TRFS_JSON_VALUE_MAX);
}

void trfs_coco_file_done(struct trfs_coco_file *file)
{
	trfs_buffer_done(&file->text);
	if (file->owned)
		trfs_file_close(file->fd);
	file->owned = false;
}

int trfs_coco_file_open(struct trfs_coco_file *file, const char *path,
			struct trfs_inputs *inputs, struct trfs_error *err)
{
	struct trfs_file_identity identity;
	struct trfs_file_owner owner;
	int rc;

	trfs_coco_file_borrow(file, -1);
	trfs_text_printable(trfs_bytes_of(path), file->shown, sizeof(file->shown));
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (file->fd < 0)
		return trfs_fail_errno(err, -errno, "cannot open the annotations %s",
				       file->shown);
	file->owned = true;
	rc = trfs_file_identify(file->fd, &identity, &owner);
	if (rc == 0 && !S_ISREG(owner.mode))
		return trfs_fail(err, S_ISDIR(owner.mode) ? -EISDIR : -EINVAL,
				 "%s is not a file of annotations but a %s", file->shown,
				 S_ISDIR(owner.mode) ? "directory" : "device or pipe");
	if (rc == 0)
		rc = trfs_inputs_add(inputs, file->fd);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot look at %s", file->shown);
	return 0;
}

int trfs_coco_file_place(const struct trfs_coco_file *file, uint64_t line, int rc,
			 struct trfs_text_place *ret_place, struct trfs_error *err)
{
	if (!file->shown[0]) {
		*ret_place = (struct trfs_text_place){ .line = line };
		return rc;
	}
	*ret_place = (struct trfs_text_place){ 0 };
	if (line == 0)
		return trfs_error_prefix(err, rc, "%s", file->shown);
	return trfs_error_prefix(err, rc, "%s:%" PRIu64, file->shown, line);
}

static int add_annotation(const struct trfs_coco_wish *wishes, size_t nr_wishes,
			  const struct trfs_json_element *element, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_coco_id_done) struct trfs_coco_id id = { .json = NULL };
	const char *keys[NR_KEYS + TRFS_COCO_WISHES_MAX] = { "image_id", "id" };
	struct trfs_bytes values[NR_KEYS + TRFS_COCO_WISHES_MAX];
	int rc;

	for (size_t i = 0; i < nr_wishes; i++)
		keys[NR_KEYS + i] = wishes[i].marker ? wishes[i].marker : "image_id";
	rc = trfs_json_pick(element->text, keys, NR_KEYS + nr_wishes, values, err);
	for (size_t i = 0; rc == 0 && i < nr_wishes; i++) {
		struct trfs_coco_entry entry = {
			.offset = element->offset,
			.line = element->place.line,
			.len = (uint32_t)element->text.len,
		};

		if (wishes[i].marker && values[NR_KEYS + i].len == 0)
			continue;
		trfs_coco_id_done(&id);
		rc = trfs_coco_id_read(&id, "image_id", values[KEY_IMAGE_ID], err);
		if (rc < 0)
			return rc;
		wishes[i].index->lacks_ids |= values[KEY_ID].len == 0;
		rc = trfs_coco_index_add(wishes[i].index, id.bytes, entry);
		if (rc < 0)
			return trfs_fail_errno(err, rc, "cannot keep the annotations");
	}
	return rc;
}

static int check_has(const struct trfs_json_stream *stream, enum array array,
		     struct trfs_error *err)
{
	const char *skipped = trfs_json_stream_skipped(stream);

	if (trfs_json_stream_has(stream, array))
		return 0;
	return trfs_fail(err, -EBADMSG, "there is no \"%s\": [...]%s%s", arrays[array],
			 *skipped ? "; there is " : "", skipped);
}

static bool wants_all(const struct trfs_coco_wish *wishes, size_t nr_wishes)
{
	for (size_t i = 0; i < nr_wishes; i++)
		if (!wishes[i].marker)
			return true;
	return false;
}

int trfs_coco_file_load(struct trfs_coco_file *file, const struct trfs_coco_wish *wishes,
			size_t nr_wishes, struct trfs_coco_categories *categories,
			bool things, struct trfs_text_place *ret_place,
			struct trfs_error *err)
{
	struct trfs_json_stream *stream;
	struct trfs_json_element element;
	struct trfs_text_place place = { 0 };
	int rc;

	rc = trfs_json_stream_open(file->fd, arrays, false, &stream, err);
	if (rc < 0)
		return trfs_coco_file_place(file, 0, rc, ret_place, err);
	while ((rc = trfs_json_stream_next(stream, &element, &place, err)) > 0) {
		place = element.place;
		if (element.key == arrays[ARRAY_ANNOTATIONS])
			rc = add_annotation(wishes, nr_wishes, &element, err);
		else if (categories)
			rc = trfs_coco_categories_add(categories, element.text, things,
						      err);
		if (rc < 0)
			break;
	}
	if (rc == 0)
		place.line = 0;
	if (rc == 0 && wants_all(wishes, nr_wishes))
		rc = check_has(stream, ARRAY_ANNOTATIONS, err);
	if (rc == 0 && categories && file->owned)
		rc = check_has(stream, ARRAY_CATEGORIES, err);
	trfs_json_stream_close(stream);
	for (size_t i = 0; rc == 0 && i < nr_wishes; i++) {
		rc = trfs_coco_index_finish(wishes[i].index);
		if (rc < 0)
			rc = trfs_fail_memory(err, "the annotations");
	}
	return rc < 0 ? trfs_coco_file_place(file, place.line, rc, ret_place, err) : 0;
}

int trfs_coco_file_read(struct trfs_coco_file *file, const struct trfs_coco_entry *entry,
			struct trfs_bytes *ret, struct trfs_error *err)
{
	uint8_t *text;
	int rc;

	trfs_buffer_reset(&file->text);
	text = trfs_buffer_extend(&file->text, entry->len);
	if (!text)
		return trfs_fail_memory(err, "an annotation");
	rc = trfs_file_read(file->fd, entry->offset, text, entry->len);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot read the annotation again");
	*ret = trfs_buffer_bytes(&file->text);
	return 0;
}
