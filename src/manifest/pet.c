/* SPDX-License-Identifier: MIT */
/*
 * The Object Detection API's create_pet_tf_record: the Oxford pets, whose class is in the
 * image's name.  Ids in annotations/trainval.txt, an annotation each in annotations/xmls,
 * images in images, masks in annotations/trimaps.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/id_list.h"
#include "manifest/trimap.h"
#include "manifest/voc_row.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define LIST	"annotations/trainval.txt"
#define XMLS	"annotations/xmls"
#define TRIMAPS "annotations/trimaps"

/**
 * struct pet - a reader
 * @ids: of the list, a line each
 * @base: the directory that holds images and annotations
 * @has_masks: whole pets: a mask, and the box around it
 * @has_numbers: as numbers, which no object at all cannot have
 * @bounds: of the mask at hand
 * @list: its path
 */
struct pet {
	struct trfs_voc_rows rows;
	struct trfs_string_table *ids;
	uint64_t next;
	bool has_masks;
	bool has_numbers;
	struct trfs_box bounds;
	struct trfs_pixels pixels;
	uint64_t max_pixels;
	struct trfs_buffer list;
	uint32_t column_mask;
	struct trfs_buffer mask;
	struct trfs_buffer base;
	struct trfs_buffer path, xml_path;
};

static void pet_close(void *reader)
{
	struct pet *p = reader;

	if (!p)
		return;
	trfs_voc_rows_done(&p->rows);
	trfs_string_table_free(p->ids);
	trfs_pixels_done(&p->pixels);
	trfs_buffer_done(&p->mask);
	trfs_buffer_done(&p->base);
	trfs_buffer_done(&p->list);
	trfs_buffer_done(&p->path);
	trfs_buffer_done(&p->xml_path);
	free(p);
}

static void pet_freep(struct pet **p)
{
	pet_close(*p);
}

static const char *base_of(struct pet *p)
{
	return trfs_buffer_text(&p->base);
}

/* Drop the last name of the base; "." is what is left of a single one. */
static void go_up(struct trfs_buffer *base)
{
	while (base->len > 0 && base->data[base->len - 1] != '/')
		base->len--;
	if (base->len > 0)
		base->len--;
	if (base->len == 0)
		trfs_buffer_put_u8(base, '.');
}

/* The list, and with it the base: the request names either, or the source is it. */
static int find_list(struct pet *p, const struct trfs_root *root, const char *wanted,
		     struct trfs_error *err)
{
	const char *base;
	int rc = trfs_beneath_find(root, wanted, NULL, &p->base, err);

	if (rc < 0)
		return rc;
	base = base_of(p);
	if (base && trfs_beneath_is_file(root, base)) {
		trfs_beneath_join(&p->list, ".", base);
		go_up(&p->base);
		go_up(&p->base);
	} else if (base) {
		trfs_beneath_join(&p->list, base, LIST);
	}
	return base && base_of(p) && trfs_buffer_text(&p->list)
		       ? 0
		       : trfs_fail_memory(err, "a path");
}

static int read_list(struct pet *p, const struct trfs_root *root,
		     struct trfs_inputs *inputs, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer text;
	const char *path = trfs_buffer_text(&p->list);
	uint64_t line;
	int rc;

	trfs_buffer_init(&text, TRFS_ID_LIST_MAX);
	rc = trfs_beneath_read(root, path, TRFS_ID_LIST_MAX, &text, inputs);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot read the list %s/%s", root->path,
				       path);
	rc = trfs_id_list_parse(trfs_buffer_bytes(&text), p->ids, &line, err);
	return rc < 0 ? trfs_error_prefix(err, rc, "%s:%" PRIu64, path, line) : 0;
}

/* So that an annotation which is added later makes a new index. */
static int add_directory(struct pet *p, const struct trfs_root *root,
			 struct trfs_inputs *inputs, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	const char *path = trfs_beneath_join(&p->path, base_of(p), XMLS);

	if (!path)
		return trfs_fail_memory(err, "a path");
	fd = trfs_root_open_directory(root, path);
	if (fd < 0)
		return trfs_fail_errno(err, fd, "cannot open the directory %s/%s",
				       root->path, path);
	return trfs_inputs_add(inputs, fd) < 0 ? trfs_fail_memory(err, "the inputs") : 0;
}

static int pet_open(const struct trfs_root *root,
		    const struct trfs_manifest_request *request, int fd,
		    struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		    void **ret_reader, struct trfs_text_place *ret_place,
		    struct trfs_error *err)
{
	TRFS_CLEANUP(pet_freep) struct pet *p = calloc(1, sizeof(*p));
	int rc;

	(void)fd;
	(void)ret_place;
	if (!p)
		return trfs_fail_memory(err, "reading");
	p->ids = trfs_string_table_new();
	p->has_masks = request->options && !request->options->faces_only;
	p->has_numbers =
		p->has_masks && request->options->mask_type == TRFS_MASK_NUMERICAL;
	trfs_buffer_init(&p->mask, TRFS_TRIMAP_FILE_MAX);
	trfs_buffer_init(&p->base, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&p->list, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&p->path, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&p->xml_path, TRFS_BENEATH_PATH_MAX);
	rc = trfs_voc_rows_init(&p->rows, root, inputs, request->remarks, rows, err);
	if (rc < 0)
		return rc;
	p->rows.keeps_odd_boxes = true;
	if (p->has_masks)
		p->rows.only_box = &p->bounds;
	p->max_pixels = request->options ? request->options->max_pixels : 0;
	if (!p->ids)
		return trfs_fail_memory(err, "the list");
	rc = p->has_masks ? trfs_row_builder_column(rows, trfs_bytes_of("mask"),
						    &p->column_mask, err)
			  : 0;
	if (rc == 0)
		rc = find_list(p, root, request->path, err);
	if (rc == 0)
		rc = read_list(p, root, inputs, err);
	if (rc == 0)
		rc = add_directory(p, root, inputs, err);
	if (rc == 0)
		*ret_reader = TRFS_STEAL(p);
	return rc;
}

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* "american_bulldog" of "american_bulldog_105.jpg"; empty where there is no number. */
static struct trfs_bytes class_of(struct trfs_bytes name)
{
	struct trfs_bytes class_text = { name.data, 0 };
	size_t at = 0, first_digit;

	while (at < name.len && (is_letter(name.data[at]) || name.data[at] == '_'))
		at++;
	first_digit = at;
	while (at < name.len && name.data[at] >= '0' && name.data[at] <= '9')
		at++;
	if (first_digit < 2 || name.data[first_digit - 1] != '_' || at == first_digit ||
	    name.len - at < 4 ||
	    !trfs_bytes_equal_nocase((struct trfs_bytes){ name.data + at, 4 },
				     trfs_bytes_of(".jpg")))
		return class_text;
	class_text.len = first_digit - 1;
	return class_text;
}

/* BASE/FOLDER/NAME and an extension, in the scratch path. */
static const char *put_path(struct pet *p, struct trfs_buffer *path, const char *folder,
			    struct trfs_bytes name, const char *extension)
{
	trfs_beneath_join(path, base_of(p), folder);
	trfs_buffer_put_u8(path, '/');
	trfs_buffer_put(path, name.data, name.len);
	trfs_buffer_printf(path, "%s", extension);
	return trfs_buffer_text(path);
}

/* The mask's path into the row, and its bounds, or the row's problem. */
static int add_mask(struct pet *p, struct trfs_bytes id, struct trfs_row_builder *rows,
		    struct trfs_error *err)
{
	const char *path = put_path(p, &p->path, TRIMAPS, id, ".png");
	struct trfs_error why = { 0 };
	int rc;

	if (!path)
		return trfs_fail_memory(err, "a path");
	p->bounds = (struct trfs_box){ 0 };
	rc = trfs_row_builder_add_text(rows, p->column_mask, trfs_buffer_bytes(&p->path),
				       err);
	if (rc < 0)
		return rc;
	rc = trfs_beneath_read(p->rows.root, path, TRFS_TRIMAP_FILE_MAX, &p->mask,
			       p->rows.inputs);
	if (trfs_is_shortage(rc))
		return trfs_fail_errno(err, rc, "cannot read %s", path);
	if (rc < 0)
		trfs_fail_errno(&why, rc, "cannot be read");
	else
		rc = trfs_trimap_bounds(trfs_buffer_bytes(&p->mask), p->max_pixels,
					&p->pixels, &p->bounds, &why);
	if (rc == -ENOMEM)
		return trfs_fail_memory(err, "a mask");
	if (rc < 0)
		trfs_row_builder_problem(rows, "has a bad mask: %s %s", path,
					 why.message);
	return 0;
}

static int add_annotated(struct pet *p, struct trfs_bytes id, const char *xml_path,
			 struct trfs_row_builder *rows, struct trfs_error *err)
{
	const struct trfs_voc_annotation *a = &p->rows.annotation;
	struct trfs_bytes name = trfs_voc_get(a, a->filename);
	struct trfs_bytes class_text = class_of(name);
	int rc;

	if (class_text.len == 0)
		trfs_row_builder_problem(rows,
					 "has no class: the name \"%.*s\" in %s is not "
					 "CLASS_NUMBER.jpg",
					 TRFS_BYTES_ARG(name), xml_path);
	if (p->has_numbers && a->nr_objects == 0)
		trfs_row_builder_problem(rows,
					 "has no object in %s, of which numerical masks "
					 "could be made",
					 xml_path);
	rc = p->has_masks ? add_mask(p, id, rows, err) : 0;
	if (rc < 0)
		return rc;
	if (!put_path(p, &p->path, "images", name, ""))
		return trfs_fail_memory(err, "a path");
	return trfs_voc_rows_add(&p->rows, trfs_buffer_bytes(&p->path), &class_text,
				 xml_path, rows, err);
}

static int pet_next(void *reader, struct trfs_row_builder *rows,
		    struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct pet *p = reader;
	struct trfs_strings ids = trfs_string_table_view(p->ids);
	struct trfs_bytes id;
	const char *xml_path;
	int rc;

	if (p->next == ids.nr)
		return 0;
	id = trfs_strings_get(&ids, p->next++);
	ret_place->line = p->next;
	rows->file = (const char *)p->list.data;
	xml_path = put_path(p, &p->xml_path, XMLS, id, ".xml");
	if (p->xml_path.lacks_memory)
		return trfs_fail_memory(err, "a path");
	if (!xml_path)
		return trfs_fail(err, -EBADMSG, LIST ":%" PRIu64 ": the id is too long",
				 p->next);
	rc = trfs_voc_rows_read(&p->rows, xml_path, rows, err);
	if (rc < 0)
		return rc;
	if (rc > 0)
		rc = add_annotated(p, id, xml_path, rows, err);
	else if (put_path(p, &p->path, "images", id, ".jpg"))
		rc = trfs_voc_rows_add_path(&p->rows, trfs_buffer_bytes(&p->path), rows,
					    err);
	return rc < 0 ? rc : 1;
}

static int pet_recognise_directory(const struct trfs_root *root, const char *path)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer joined;

	trfs_buffer_init(&joined, TRFS_BENEATH_PATH_MAX);
	if (!trfs_beneath_join(&joined, path, LIST))
		return -ENOMEM;
	if (!trfs_beneath_is_file(root, trfs_buffer_text(&joined)))
		return 0;
	if (!trfs_beneath_join(&joined, path, XMLS))
		return -ENOMEM;
	return trfs_beneath_is_directory(root, trfs_buffer_text(&joined));
}

const struct trfs_dialect trfs_dialect_pet = {
	.name = "Pet",
	.extensions = trfs_dialect_no_extensions,
	.recognise_directory = pet_recognise_directory,
	.role_columns = { [TRFS_ROLE_FILE] = "path",
			  [TRFS_ROLE_LABEL] = TRFS_OBJECTS_CLASS },
	.open = pet_open,
	.next = pet_next,
	.close = pet_close,
};
