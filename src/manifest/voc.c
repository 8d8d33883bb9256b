/* SPDX-License-Identifier: MIT */
/*
 * A directory of Pascal VOC's annotations: Annotations beside JPEGImages, with splits
 * from the lists in ImageSets/Main; or XML files beside their images, in split folders or
 * not, as Roboflow exports them.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/voc_files.h"
#include "manifest/voc_row.h"
#include <stdlib.h>

/**
 * struct voc - a reader
 * @files: the annotations, in the order of rows
 */
struct voc {
	struct trfs_voc_rows rows;
	struct trfs_voc_files files;
	uint32_t next;
	uint32_t column_split;
	struct trfs_buffer xml_path, image, found;
};

static void voc_close(void *reader)
{
	struct voc *voc = reader;

	if (!voc)
		return;
	trfs_voc_rows_done(&voc->rows);
	trfs_voc_files_done(&voc->files);
	trfs_buffer_done(&voc->xml_path);
	trfs_buffer_done(&voc->image);
	trfs_buffer_done(&voc->found);
	free(voc);
}

static void voc_freep(struct voc **voc)
{
	voc_close(*voc);
}

static int voc_open(const struct trfs_root *root,
		    const struct trfs_manifest_request *request, int fd,
		    struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		    void **ret_reader, struct trfs_text_place *ret_place,
		    struct trfs_error *err)
{
	TRFS_CLEANUP(voc_freep) struct voc *voc = calloc(1, sizeof(*voc));
	int rc;

	(void)fd;
	(void)ret_place;
	if (!voc)
		return trfs_fail_memory(err, "reading");
	trfs_buffer_init(&voc->xml_path, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&voc->image, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&voc->found, TRFS_BENEATH_PATH_MAX);
	rc = trfs_voc_rows_init(&voc->rows, root, inputs, request->remarks, rows, err);
	voc->rows.drops_difficult =
		request->options && request->options->ignore_difficult;
	if (rc == 0)
		rc = trfs_beneath_find(root, request->path,
				       trfs_dialect_path_option(request), &voc->image,
				       err);
	if (rc == 0)
		rc = trfs_voc_files_find(&voc->files, root, trfs_buffer_text(&voc->image),
					 inputs, request->remarks, err);
	if (rc == 0 && voc->files.has_splits)
		rc = trfs_row_builder_column(rows, trfs_bytes_of("split"),
					     &voc->column_split, err);
	if (rc == 0)
		*ret_reader = TRFS_STEAL(voc);
	return rc;
}

/*
 * The image's path: as the annotation names it; where there is no such file, which is so
 * when images were renamed, the one that is called as the annotation is.
 */
static int find_image(struct voc *voc, const char *folder, struct trfs_bytes xml,
		      struct trfs_bytes filename, struct trfs_error *err)
{
	const uint8_t *slash = memrchr(xml.data, '/', xml.len);
	const char *path;
	int rc;

	if (slash)
		xml = (struct trfs_bytes){ slash + 1,
					   (size_t)(xml.data + xml.len - (slash + 1)) };
	trfs_beneath_join(&voc->image, folder, "");
	trfs_buffer_put(&voc->image, filename.data, filename.len);
	path = trfs_buffer_text(&voc->image);
	if (!path)
		return trfs_fail_memory(err, "a path");
	if (filename.len > 0 && trfs_beneath_is_file(voc->rows.root, path))
		return 0;
	rc = trfs_beneath_image_of(voc->rows.root, folder, trfs_beneath_stem(xml),
				   &voc->found);
	if (rc < 0)
		return trfs_fail_memory(err, "a path");
	if (rc > 0) {
		trfs_buffer_reset(&voc->image);
		trfs_buffer_put(&voc->image, voc->found.data, voc->found.len);
	} else if (filename.len == 0) {
		xml = trfs_beneath_stem(xml);
		trfs_buffer_put(&voc->image, xml.data, xml.len);
	}
	return voc->image.failed ? trfs_fail_memory(err, "a path") : 0;
}

static int voc_next(void *reader, struct trfs_row_builder *rows,
		    struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct voc *voc = reader;
	const struct trfs_voc_annotation *a = &voc->rows.annotation;
	struct trfs_bytes xml, filename = { NULL, 0 }, split;
	const char *xml_path;
	const char *folder;
	int found;
	int rc;

	(void)ret_place;
	if (voc->next == voc->files.nr)
		return 0;
	xml = trfs_voc_files_get(&voc->files, voc->next, &folder, &split);
	voc->next++;
	trfs_buffer_reset(&voc->xml_path);
	trfs_buffer_put(&voc->xml_path, xml.data, xml.len);
	xml_path = trfs_buffer_text(&voc->xml_path);
	if (!xml_path)
		return trfs_fail_memory(err, "a path");
	found = trfs_voc_rows_read(&voc->rows, xml_path, rows, err);
	if (found < 0)
		return found;
	if (found)
		filename = trfs_voc_get(a, a->filename);
	rc = find_image(voc, folder, xml, filename, err);
	if (rc == 0 && found)
		rc = trfs_voc_rows_add(&voc->rows, trfs_buffer_bytes(&voc->image), NULL,
				       xml_path, rows, err);
	else if (rc == 0)
		rc = trfs_voc_rows_add_path(&voc->rows, trfs_buffer_bytes(&voc->image),
					    rows, err);
	if (rc == 0 && split.len > 0)
		rc = trfs_row_builder_add_text(rows, voc->column_split, split, err);
	return rc < 0 ? rc : 1;
}

static uint64_t voc_nr_ignored(const void *reader)
{
	const struct voc *voc = reader;

	return voc->files.nr_ignored;
}

const struct trfs_dialect trfs_dialect_voc = {
	.name = "VOC",
	.extensions = trfs_dialect_no_extensions,
	.recognise_directory = trfs_voc_files_recognise,
	.role_columns = { [TRFS_ROLE_FILE] = "path",
			  [TRFS_ROLE_LABEL] = TRFS_OBJECTS_CLASS },
	.open = voc_open,
	.next = voc_next,
	.close = voc_close,
	.nr_ignored = voc_nr_ignored,
};
