/* SPDX-License-Identifier: MIT */
/*
 * The Object Detection API's create_pascal_tf_record: a list of ids in
 * YEAR/ImageSets/Main, an annotation each in YEAR/Annotations, and images where the
 * annotation says: FOLDER/JPEGImages/FILENAME, all beneath the source.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/id_list.h"
#include "manifest/voc_row.h"
#include <errno.h>
#include <stdlib.h>

#define IMAGES		    "JPEGImages"
#define ANNOTATIONS_DEFAULT "Annotations"

/**
 * struct pascal - a reader
 * @list: its path, for messages; borrowed
 * @ids: of the list, a line each
 * @annotations: the directory, NUL-terminated
 */
struct pascal {
	struct trfs_voc_rows rows;
	const char *list;
	struct trfs_string_table *ids;
	uint64_t next;
	struct trfs_buffer annotations;
	struct trfs_buffer xml_path, image;
	int fd; /* owned */
};

static void pascal_close(void *reader)
{
	struct pascal *p = reader;

	if (!p)
		return;
	trfs_voc_rows_done(&p->rows);
	trfs_string_table_free(p->ids);
	trfs_buffer_done(&p->annotations);
	trfs_buffer_done(&p->xml_path);
	trfs_buffer_done(&p->image);
	trfs_file_close(p->fd);
	free(p);
}

static void pascal_freep(struct pascal **p)
{
	pascal_close(*p);
}

/* The directory that "ImageSets/Main/LIST" lies in, out of the list's own path. */
static int find_year(const struct trfs_root *root, const char *list,
		     struct trfs_buffer *ret, struct trfs_error *err)
{
	int rc = trfs_beneath_find(root, list, NULL, ret, err);

	if (rc < 0)
		return rc;
	for (int i = 0; i < 3; i++) {
		while (ret->len > 0 && ret->data[ret->len - 1] != '/')
			ret->len--;
		if (ret->len > 0)
			ret->len--;
		else if (i < 2)
			return trfs_fail(
				err, -EBADMSG,
				"does not lie in a folder ImageSets/Main, beside "
				"which the annotations were expected");
	}
	return trfs_buffer_text(ret) ? 0 : trfs_fail_memory(err, "a path");
}

static int find_annotations(struct pascal *p, const struct trfs_root *root,
			    const struct trfs_manifest_request *request,
			    struct trfs_error *err)
{
	const char *wanted = trfs_manifest_part_item(request, annotations);
	const char *year;
	int rc;

	if (wanted && wanted[0] == '/')
		return trfs_beneath_find(root, wanted, NULL, &p->annotations, err);
	rc = find_year(root, request->path, &p->image, err);
	if (rc < 0)
		return rc;
	year = trfs_buffer_text(&p->image);
	if (!year || !trfs_beneath_join(&p->annotations, year,
					wanted ? wanted : ANNOTATIONS_DEFAULT))
		return trfs_fail_memory(err, "a path");
	return 0;
}

static int read_list(struct pascal *p, int fd, struct trfs_text_place *ret_place,
		     struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer text;
	struct trfs_file_identity identity;
	uint8_t *room;
	int rc;

	trfs_buffer_init(&text, TRFS_ID_LIST_MAX);
	rc = trfs_file_identify(fd, &identity, NULL);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot look at the list");
	if (identity.size > TRFS_ID_LIST_MAX)
		return trfs_fail(err, -EBADMSG, "is over %d MiB long",
				 TRFS_ID_LIST_MAX >> 20);
	room = trfs_buffer_extend(&text, (size_t)identity.size);
	if (!room && identity.size > 0)
		return trfs_fail_memory(err, "the list");
	rc = identity.size > 0 ? trfs_file_read(fd, 0, room, (size_t)identity.size) : 0;
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot read the list");
	return trfs_id_list_parse(trfs_buffer_bytes(&text), p->ids, &ret_place->line,
				  err);
}

static int pascal_open(const struct trfs_root *root,
		       const struct trfs_manifest_request *request, int fd,
		       struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		       void **ret_reader, struct trfs_text_place *ret_place,
		       struct trfs_error *err)
{
	TRFS_CLEANUP(pascal_freep) struct pascal *p = calloc(1, sizeof(*p));
	int rc;

	if (!p)
		return trfs_fail_memory(err, "reading");
	p->fd = -1;
	p->ids = trfs_string_table_new();
	trfs_buffer_init(&p->annotations, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&p->xml_path, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&p->image, TRFS_BENEATH_PATH_MAX);
	rc = trfs_voc_rows_init(&p->rows, root, inputs, request->remarks, rows, err);
	if (rc < 0)
		return rc;
	p->rows.keeps_odd_boxes = true;
	p->rows.drops_difficult = request->options && request->options->ignore_difficult;
	p->list = request->path;
	if (!p->ids)
		return trfs_fail_memory(err, "the list");
	rc = find_annotations(p, root, request, err);
	if (rc == 0)
		rc = read_list(p, fd, ret_place, err);
	if (rc < 0)
		return rc;
	p->fd = fd;
	*ret_reader = TRFS_STEAL(p);
	return 0;
}

/* "FOLDER/JPEGImages/FILENAME" of the annotation read last. */
static int find_image(struct pascal *p, struct trfs_error *err)
{
	const struct trfs_voc_annotation *a = &p->rows.annotation;
	struct trfs_bytes folder = trfs_voc_get(a, a->folder);
	struct trfs_bytes filename = trfs_voc_get(a, a->filename);

	trfs_buffer_reset(&p->image);
	trfs_buffer_printf(&p->image, "%.*s/" IMAGES "/%.*s", TRFS_BYTES_ARG(folder),
			   TRFS_BYTES_ARG(filename));
	return p->image.failed ? trfs_fail_memory(err, "a path") : 0;
}

static int pascal_next(void *reader, struct trfs_row_builder *rows,
		       struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct pascal *p = reader;
	struct trfs_strings ids = trfs_string_table_view(p->ids);
	struct trfs_bytes id;
	const char *xml_path;
	int rc;

	if (p->next == ids.nr)
		return 0;
	id = trfs_strings_get(&ids, p->next++);
	ret_place->line = p->next;
	rows->file = p->list;
	trfs_beneath_join(&p->xml_path, trfs_buffer_text(&p->annotations), "");
	trfs_buffer_printf(&p->xml_path, "%.*s.xml", TRFS_BYTES_ARG(id));
	xml_path = trfs_buffer_text(&p->xml_path);
	if (p->xml_path.lacks_memory)
		return trfs_fail_memory(err, "a path");
	if (!xml_path)
		return trfs_fail(err, -EBADMSG, "the id is too long");
	rc = trfs_voc_rows_read(&p->rows, xml_path, rows, err);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		rc = trfs_voc_rows_add_path(&p->rows, id, rows, err);
		return rc < 0 ? rc : 1;
	}
	/* From here on the row is what the annotation says. */
	rows->file = xml_path;
	ret_place->line = 1;
	if (p->rows.annotation.filename.len == 0) {
		trfs_row_builder_problem(
			rows, "is badly annotated: %s:1: has no <filename>", xml_path);
		rc = trfs_voc_rows_add_path(&p->rows, id, rows, err);
		return rc < 0 ? rc : 1;
	}
	rc = find_image(p, err);
	if (rc == 0)
		rc = trfs_voc_rows_add(&p->rows, trfs_buffer_bytes(&p->image), NULL,
				       xml_path, rows, err);
	return rc < 0 ? rc : 1;
}

const struct trfs_dialect trfs_dialect_pascal = {
	.name = "Pascal",
	.extensions = trfs_dialect_no_extensions,
	.role_columns = { [TRFS_ROLE_FILE] = "path",
			  [TRFS_ROLE_LABEL] = TRFS_OBJECTS_CLASS },
	.open = pascal_open,
	.next = pascal_next,
	.close = pascal_close,
};
