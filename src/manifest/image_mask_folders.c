/* SPDX-License-Identifier: MIT */
/*
 * A folder of images and one of masks, paired by name: IMAGES/x.EXT and MASKS/x.png. Only
 * names with the extension count, in its very spelling, as the scripts that write decoded
 * pixels have it.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/beneath.h"
#include <errno.h>
#include <stdlib.h>

#define PATH_SIZE_MAX ((size_t)4 << 20)
#define MASK_TAIL     ".png"

/* Columns, in this order. */
enum { COLUMN_PATH, COLUMN_MASK };

/**
 * struct pairs - a reader
 * @images, @masks: directories, relative to the root
 * @tail: how the images' names end: ".png"
 * @listing, @entry: the images' directory, and its entry to come
 * @scratch: a path being put together
 */
struct pairs {
	const struct trfs_root *root;
	struct trfs_buffer images, masks;
	struct trfs_buffer tail;
	struct trfs_listing listing;
	size_t entry;
	struct trfs_buffer scratch;
};

static void pairs_close(void *reader)
{
	struct pairs *pairs = reader;

	if (!pairs)
		return;
	trfs_listing_done(&pairs->listing);
	trfs_buffer_done(&pairs->images);
	trfs_buffer_done(&pairs->masks);
	trfs_buffer_done(&pairs->tail);
	trfs_buffer_done(&pairs->scratch);
	free(pairs);
}

static void pairs_freep(struct pairs **pairs)
{
	pairs_close(*pairs);
}

static int find_directories(struct pairs *pairs,
			    const struct trfs_manifest_request *request,
			    struct trfs_inputs *inputs, struct trfs_error *err)
{
	const struct trfs_options *options = request->options;
	const char *extension = options->image_extension;
	int rc;

	if (extension)
		trfs_buffer_printf(&pairs->tail, ".%s", extension);
	else
		trfs_buffer_printf(&pairs->tail, MASK_TAIL);
	if (!trfs_buffer_text(&pairs->tail))
		return trfs_fail_memory(err, "an extension");
	rc = trfs_beneath_find(pairs->root, request->path,
			       trfs_dialect_path_option(request), &pairs->images, err);
	if (rc == 0)
		rc = trfs_beneath_find(pairs->root, options->masks, "--masks",
				       &pairs->masks, err);
	if (rc == 0)
		rc = trfs_beneath_list_all(pairs->root, (const char *)pairs->images.data,
					   &pairs->listing, inputs, err);
	return rc;
}

static int pairs_open(const struct trfs_root *root,
		      const struct trfs_manifest_request *request, int fd,
		      struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		      void **ret_reader, struct trfs_text_place *ret_place,
		      struct trfs_error *err)
{
	static const char *const columns[] = {
		[COLUMN_PATH] = "path", [COLUMN_MASK] = "mask"
	};
	TRFS_CLEANUP(pairs_freep) struct pairs *pairs = calloc(1, sizeof(*pairs));
	int rc;

	(void)fd;
	(void)ret_place;
	if (!pairs)
		return trfs_fail_memory(err, "the images");
	pairs->root = root;
	trfs_buffer_init(&pairs->images, PATH_SIZE_MAX);
	trfs_buffer_init(&pairs->masks, PATH_SIZE_MAX);
	trfs_buffer_init(&pairs->tail, PATH_SIZE_MAX);
	trfs_buffer_init(&pairs->scratch, PATH_SIZE_MAX);
	if (!request->options || !request->options->masks)
		return trfs_fail(
			err, -EINVAL,
			"dialect image-mask-folders needs the masks: type --masks DIR");
	rc = find_directories(pairs, request, inputs, err);
	if (rc == 0)
		rc = trfs_dialect_name_columns(rows, columns, TRFS_COUNT(columns), err);
	if (rc < 0)
		return rc;
	*ret_reader = TRFS_STEAL(pairs);
	return 0;
}

static int add_file(struct pairs *pairs, struct trfs_row_builder *rows, uint32_t column,
		    const struct trfs_buffer *directory, struct trfs_bytes stem,
		    const char *tail, struct trfs_error *err)
{
	if (trfs_beneath_put(trfs_buffer_bytes(directory), stem, tail, &pairs->scratch) <
	    0)
		return trfs_fail_memory(err, "a path");
	return trfs_row_builder_add_text(rows, column, trfs_buffer_bytes(&pairs->scratch),
					 err);
}

static int add_row(struct pairs *pairs, struct trfs_row_builder *rows, const char *name,
		   struct trfs_error *err)
{
	const char *tail = (const char *)pairs->tail.data;
	struct trfs_bytes stem = trfs_bytes_of(name);
	int rc;

	rc = trfs_beneath_check_name(pairs->root, trfs_buffer_bytes(&pairs->images), name,
				     err);
	if (rc < 0)
		return rc;
	stem.len -= strlen(tail);
	rc = add_file(pairs, rows, COLUMN_PATH, &pairs->images, stem, tail, err);
	if (rc == 0)
		rc = add_file(pairs, rows, COLUMN_MASK, &pairs->masks, stem, MASK_TAIL,
			      err);
	return rc < 0 ? rc : 1;
}

static int pairs_next(void *reader, struct trfs_row_builder *rows,
		      struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct pairs *pairs = reader;

	(void)ret_place;
	while (pairs->entry < pairs->listing.nr) {
		const char *name = trfs_listing_name(&pairs->listing, pairs->entry++);

		if (trfs_bytes_ends_with(trfs_bytes_of(name),
					 (const char *)pairs->tail.data))
			return add_row(pairs, rows, name, err);
	}
	return 0;
}

const struct trfs_dialect trfs_dialect_image_mask_folders = {
	.name = "image-mask-folders",
	.extensions = trfs_dialect_no_extensions,
	.recognise_directory = trfs_dialect_by_name_only,
	.role_columns = { [TRFS_ROLE_FILE] = "path", [TRFS_ROLE_MASK] = "mask" },
	.open = pairs_open,
	.next = pairs_next,
	.close = pairs_close,
};
