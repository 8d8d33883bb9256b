/* SPDX-License-Identifier: MIT */
/*
 * Lists of ids as build_voc2012_data.py reads them: each file SPLIT.txt of a folder, by
 * name, or a single list.  An id stands for IMAGES/ID.EXT and MASKS/ID.png.  Whether
 * these are there is for whoever looks at the images: a row says where its id stands.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/beneath.h"
#include "manifest/lines.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#define PATH_SIZE_MAX ((size_t)4 << 20)
#define TAIL	      ".txt"
#define MASK_TAIL     ".png"

/* Columns, in this order. */
enum { COLUMN_PATH, COLUMN_MASK, COLUMN_ID, COLUMN_SPLIT };

/**
 * struct deeplab - a reader
 * @images, @masks: directories, relative to the root
 * @tail: how the images' names end: ".jpg"
 * @path: of the lists' folder, or of the only list; borrowed from the request
 * @is_folder: which of them
 * @lists: the folder's entries
 * @entry: the next one of them; of a single list 1 once it is open
 * @lines: of the list that is open
 * @split: its split; empty: none is open
 * @scratch: a path being put together
 */
struct deeplab {
	struct trfs_inputs *inputs;
	struct trfs_buffer images, masks;
	const char *tail;
	const char *path;
	bool is_folder;
	struct trfs_listing lists;
	size_t entry;
	struct trfs_lines lines;
	struct trfs_buffer split;
	struct trfs_buffer scratch;
};

static void deeplab_close(void *reader)
{
	struct deeplab *deeplab = reader;

	if (!deeplab)
		return;
	trfs_listing_done(&deeplab->lists);
	trfs_lines_done(&deeplab->lines);
	trfs_buffer_done(&deeplab->images);
	trfs_buffer_done(&deeplab->masks);
	trfs_buffer_done(&deeplab->split);
	trfs_buffer_done(&deeplab->scratch);
	free(deeplab);
}

static void deeplab_freep(struct deeplab **deeplab)
{
	deeplab_close(*deeplab);
}

static int check_options(const struct trfs_manifest_request *request,
			 const char **ret_tail, struct trfs_error *err)
{
	static const char *const tails[] = { ".png", ".jpg", ".jpeg" };
	const struct trfs_options *options = request->options;
	const char *wanted = options ? options->image_extension : NULL;

	if (!request->path)
		return trfs_fail(
			err, -EINVAL,
			"dialect deeplab needs the lists of ids: type --manifest "
			"FOLDER, or --part SPLIT=FILE");
	if (!options || !options->masks)
		return trfs_fail(err, -EINVAL,
				 "dialect deeplab needs the masks: type --masks DIR");
	*ret_tail = tails[0];
	if (!wanted)
		return 0;
	for (size_t i = 0; i < TRFS_COUNT(tails); i++) {
		*ret_tail = tails[i];
		if (strcmp(wanted, tails[i] + 1) == 0)
			return 0;
	}
	return trfs_fail(err, -EINVAL,
			 "--image-ext is png, jpg or jpeg with dialect deeplab, not "
			 "\"%s\"",
			 wanted);
}

static int find_directories(struct deeplab *deeplab, const struct trfs_root *root,
			    const struct trfs_options *options, struct trfs_error *err)
{
	const char *images = options->image_directories.nr > 0
				     ? options->image_directories.items[0]
				     : NULL;
	int rc;

	rc = trfs_beneath_find(root, images, "--image-dir", &deeplab->images, err);
	if (rc == 0)
		rc = trfs_beneath_find(root, options->masks, "--masks", &deeplab->masks,
				       err);
	return rc;
}

/* List the folder of lists, which need not lie beneath the root. */
static int list_folder(struct deeplab *deeplab, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	char shown[TRFS_PRINTABLE_SIZE];
	int rc = 0;

	trfs_text_printable(trfs_bytes_of(deeplab->path), shown, sizeof(shown));
	fd = open(deeplab->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOTDIR)
		return 0;
	if (fd < 0)
		return trfs_fail_errno(err, -errno, "cannot open the lists %s", shown);
	deeplab->is_folder = true;
	rc = trfs_inputs_add(deeplab->inputs, fd);
	if (rc == 0)
		rc = trfs_listing_read_all(&deeplab->lists, fd);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot list the directory %s", shown);
	for (size_t i = 0; i < deeplab->lists.nr; i++) {
		struct trfs_bytes name =
			trfs_bytes_of(trfs_listing_name(&deeplab->lists, i));

		if (trfs_bytes_ends_with(name, TAIL))
			return 0;
	}
	return trfs_fail(err, -EBADMSG,
			 "%s has no list: a file SPLIT" TAIL " with an id on each line "
			 "was expected",
			 shown);
}

static int deeplab_open(const struct trfs_root *root,
			const struct trfs_manifest_request *request, int fd,
			struct trfs_inputs *inputs, struct trfs_row_builder *rows,
			void **ret_reader, struct trfs_text_place *ret_place,
			struct trfs_error *err)
{
	static const char *const columns[] = { [COLUMN_PATH] = "path",
					       [COLUMN_MASK] = "mask",
					       [COLUMN_ID] = "id",
					       [COLUMN_SPLIT] = "split" };
	TRFS_CLEANUP(deeplab_freep) struct deeplab *deeplab = calloc(1, sizeof(*deeplab));
	int rc;

	(void)fd;
	(void)ret_place;
	if (!deeplab)
		return trfs_fail_memory(err, "the lists");
	deeplab->inputs = inputs;
	deeplab->path = request->path;
	trfs_buffer_init(&deeplab->images, PATH_SIZE_MAX);
	trfs_buffer_init(&deeplab->masks, PATH_SIZE_MAX);
	trfs_buffer_init(&deeplab->split, PATH_SIZE_MAX);
	trfs_buffer_init(&deeplab->scratch, PATH_SIZE_MAX);
	rc = check_options(request, &deeplab->tail, err);
	if (rc == 0)
		rc = find_directories(deeplab, root, request->options, err);
	if (rc == 0)
		rc = list_folder(deeplab, err);
	if (rc == 0)
		rc = trfs_dialect_name_columns(rows, columns, TRFS_COUNT(columns), err);
	if (rc < 0)
		return rc;
	*ret_reader = TRFS_STEAL(deeplab);
	return 0;
}

/* The path of the next list in @scratch; NULL at the end. */
static const char *next_path(struct deeplab *deeplab)
{
	if (!deeplab->is_folder)
		return deeplab->entry++ == 0 ? deeplab->path : NULL;
	while (deeplab->entry < deeplab->lists.nr) {
		const char *name = trfs_listing_name(&deeplab->lists, deeplab->entry++);

		if (!trfs_bytes_ends_with(trfs_bytes_of(name), TAIL))
			continue;
		trfs_buffer_reset(&deeplab->scratch);
		trfs_buffer_printf(&deeplab->scratch, "%s/%s", deeplab->path, name);
		return trfs_buffer_text(&deeplab->scratch);
	}
	return NULL;
}

/* The list's name without directory and ".txt". */
static int set_split(struct deeplab *deeplab, const char *path, struct trfs_error *err)
{
	const char *slash = strrchr(path, '/');
	struct trfs_bytes name = trfs_bytes_of(slash ? slash + 1 : path);

	if (trfs_bytes_ends_with(name, TAIL))
		name.len -= strlen(TAIL);
	if (name.len == 0 || !trfs_utf8_valid(name))
		return trfs_fail(err, -EBADMSG,
				 "%s: has no split's name in front of " TAIL
				 "; rename it",
				 deeplab->lines.shown);
	trfs_buffer_reset(&deeplab->split);
	trfs_buffer_put(&deeplab->split, name.data, name.len);
	return deeplab->split.failed ? trfs_fail_memory(err, "a list") : 0;
}

/* 1 when a list is open, 0 when there is none left. */
static int open_next(struct deeplab *deeplab, struct trfs_error *err)
{
	const char *path = next_path(deeplab);
	int rc;

	trfs_lines_done(&deeplab->lines);
	if (deeplab->scratch.failed)
		return trfs_fail_memory(err, "a list");
	if (!path)
		return 0;
	rc = trfs_lines_open(&deeplab->lines, path, "the list", deeplab->inputs, err);
	if (rc == 0)
		rc = set_split(deeplab, path, err);
	return rc < 0 ? rc : 1;
}

/* DIRECTORY/ID.EXT; what leads out of the root is found when the file is looked at. */
static int add_file(struct deeplab *deeplab, struct trfs_row_builder *rows,
		    uint32_t column, const struct trfs_buffer *directory,
		    struct trfs_bytes id, const char *tail, struct trfs_error *err)
{
	if (trfs_beneath_put(trfs_buffer_bytes(directory), id, tail, &deeplab->scratch) <
	    0)
		return trfs_fail_memory(err, "a path");
	return trfs_row_builder_add_text(rows, column,
					 trfs_buffer_bytes(&deeplab->scratch), err);
}

static int add_row(struct deeplab *deeplab, struct trfs_row_builder *rows,
		   struct trfs_bytes id, struct trfs_error *err)
{
	int rc;

	if (trfs_bytes_trim(id).len == 0)
		return trfs_lines_prefix(
			&deeplab->lines,
			trfs_fail(err, -EBADMSG, "is blank; an id was expected"), err);
	rc = add_file(deeplab, rows, COLUMN_PATH, &deeplab->images, id, deeplab->tail,
		      err);
	if (rc == 0)
		rc = add_file(deeplab, rows, COLUMN_MASK, &deeplab->masks, id, MASK_TAIL,
			      err);
	if (rc == 0)
		rc = trfs_row_builder_add_text(rows, COLUMN_ID, id, err);
	if (rc == 0)
		rc = trfs_row_builder_add_text(rows, COLUMN_SPLIT,
					       trfs_buffer_bytes(&deeplab->split), err);
	return rc < 0 ? rc : 1;
}

static int deeplab_next(void *reader, struct trfs_row_builder *rows,
			struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct deeplab *deeplab = reader;
	struct trfs_bytes id;
	int rc = 0;

	while (!deeplab->lines.window.data ||
	       (rc = trfs_lines_next(&deeplab->lines, &id, err)) == 0) {
		rc = open_next(deeplab, err);
		if (rc <= 0)
			return rc;
	}
	if (rc < 0)
		return rc;
	ret_place->line = deeplab->lines.number;
	rows->file = deeplab->lines.shown;
	return add_row(deeplab, rows, id, err);
}

const struct trfs_dialect trfs_dialect_deeplab = {
	.name = "deeplab",
	.extensions = trfs_dialect_no_extensions,
	.recognise_directory = trfs_dialect_by_name_only,
	.role_columns = { [TRFS_ROLE_FILE] = "path",
			  [TRFS_ROLE_SPLIT] = "split",
			  [TRFS_ROLE_MASK] = "mask" },
	.open = deeplab_open,
	.next = deeplab_next,
	.close = deeplab_close,
};
