/* SPDX-License-Identifier: MIT */
/*
 * Class folders: CLASS/x.jpg, CLASS/more/x.jpg, or SPLIT/CLASS/x.jpg.  A walk that holds
 * one sorted listing for each directory between the root and where it is, so memory
 * depends on the largest directory and not on the number of files.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/beneath.h"
#include "manifest/folders_layout.h"
#include "manifest/listing.h"
#include "manifest/roles.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DEPTH_MAX = 64,
};

#define NOT_UTF8 "has a name that is not UTF-8; rename it (convmv does)"

/* Columns, in this order. */
enum { COLUMN_FILE, COLUMN_LABEL, COLUMN_SPLIT };

/**
 * struct level - a directory that is being walked
 * @next: the entry to come
 * @path_len: of its path and the slash behind it, 0 for the root
 * @device, @inode: to find links that lead back to it
 */
struct level {
	struct trfs_listing listing;
	size_t next;
	size_t path_len;
	dev_t device;
	ino_t inode;
};

/**
 * struct folders - the walk
 * @class_depth: names in front of a file's that a class needs: 1, or 2 with splits
 * @levels: from the root inwards, @depth of them
 * @path: of the entry at hand, relative to the root, NUL-terminated
 */
struct folders {
	const struct trfs_root *root;
	struct trfs_inputs *inputs;
	unsigned int class_depth;
	unsigned int depth;
	struct level levels[DEPTH_MAX];
	uint64_t nr_ignored;
	char path[PATH_MAX];
};

static struct level *innermost(struct folders *f)
{
	return &f->levels[f->depth - 1];
}

/* The path at hand as messages show it: where the root is, then the path. */
static const char *show(const struct folders *f, char *buf, size_t len)
{
	char whole[2 * PATH_MAX];

	snprintf(whole, sizeof(whole), "%s%s%s", f->root->path, f->path[0] ? "/" : "",
		 f->path);
	return trfs_text_printable(trfs_bytes_of(whole), buf, len);
}

TRFS_COLD
static int fail_here(const struct folders *f, int code, const char *what,
		     struct trfs_error *err)
{
	char shown[TRFS_PRINTABLE_SIZE];

	return trfs_fail(err, code, "%s %s", show(f, shown, sizeof(shown)), what);
}

/* Put an entry of the innermost directory at the end of the path. */
static int set_path(struct folders *f, const char *name, struct trfs_error *err)
{
	size_t before = innermost(f)->path_len;
	size_t len = strlen(name);

	/* One more byte than the NUL, for the slash behind a directory. */
	if (len + 2 > sizeof(f->path) - before) {
		f->path[before] = '\0';
		return fail_here(f, -ENAMETOOLONG,
				 "holds an entry whose path is too long", err);
	}
	memcpy(f->path + before, name, len + 1);
	return 0;
}

/* A link to a directory that we are in would be walked for ever. */
static int check_no_loop(const struct folders *f, const struct stat *st,
			 struct trfs_error *err)
{
	for (unsigned int i = 0; i < f->depth; i++) {
		if (f->levels[i].device == st->st_dev && f->levels[i].inode == st->st_ino)
			return fail_here(f, -ELOOP,
					 "is a link to a directory that it lies in; "
					 "remove it",
					 err);
	}
	return 0;
}

/* List the directory @fd, whose path is at hand, and go on there. */
static int enter_open(struct folders *f, int fd, struct trfs_error *err)
{
	struct level *level = &f->levels[f->depth];
	enum trfs_listing_order order;
	char shown[TRFS_PRINTABLE_SIZE];
	struct stat st;
	int rc;

	if (fstat(fd, &st) < 0)
		return trfs_fail_errno(err, -errno, "cannot look at %s",
				       show(f, shown, sizeof(shown)));
	rc = check_no_loop(f, &st, err);
	if (rc < 0)
		return rc;
	rc = trfs_inputs_add(f->inputs, fd);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot look at %s",
				       show(f, shown, sizeof(shown)));
	*level = (struct level){ .path_len = strlen(f->path),
				 .device = st.st_dev,
				 .inode = st.st_ino };
	if (level->path_len > 0)
		f->path[level->path_len++] = '/';
	order = f->depth < f->class_depth ? TRFS_LISTING_BY_NAME : TRFS_LISTING_BY_PATH;
	f->depth++;
	rc = trfs_listing_read(&level->listing, fd, order);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot list the directory %s",
				       show(f, shown, sizeof(shown)));
	f->nr_ignored += level->listing.nr_ignored;
	return 0;
}

static int enter(struct folders *f, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	int rc;

	if (!trfs_utf8_valid(trfs_bytes_of(f->path)))
		return fail_here(f, -EBADMSG, NOT_UTF8, err);
	if (f->depth == DEPTH_MAX)
		return fail_here(f, -ELOOP, "lies too deep: 64 folders are the limit",
				 err);
	rc = trfs_beneath_open_directory(f->root, f->path, &fd, err);
	if (rc < 0)
		return rc;
	return enter_open(f, fd, err);
}

static void leave(struct folders *f)
{
	trfs_listing_done(&innermost(f)->listing);
	f->depth--;
}

static void folders_close(void *reader)
{
	struct folders *f = reader;

	while (f && f->depth > 0)
		leave(f);
	free(f);
}

static void folders_freep(struct folders **f)
{
	folders_close(*f);
}

static int name_columns(struct trfs_row_builder *rows, enum trfs_folders_layout layout,
			struct trfs_error *err)
{
	static const char *const names[] = {
		[COLUMN_FILE] = "file", [COLUMN_LABEL] = "label", [COLUMN_SPLIT] = "split"
	};
	size_t nr = layout == TRFS_FOLDERS_SPLITS ? 3 : 2;
	uint32_t column;

	for (size_t i = 0; i < nr; i++) {
		int rc = trfs_row_builder_column(rows, trfs_bytes_of(names[i]), &column,
						 err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Begin in a directory that the user names: there the folders are classes. */
static int enter_part(struct folders *f, const struct trfs_manifest_request *request,
		      struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer path;
	int rc;

	trfs_buffer_init(&path, sizeof(f->path) - 1);
	rc = trfs_beneath_find(f->root, request->path, trfs_dialect_path_option(request),
			       &path, err);
	if (rc < 0)
		return rc;
	if (trfs_bytes_equal(trfs_buffer_bytes(&path), trfs_bytes_of("."))) {
		rc = enter_open(f, f->root->fd, err);
	} else {
		memcpy(f->path, path.data, path.len + 1);
		rc = enter(f, err);
	}
	if (rc < 0 || innermost(f)->listing.nr_directories > 0)
		return rc;
	/* Without the slash behind it. */
	f->path[innermost(f)->path_len ? innermost(f)->path_len - 1 : 0] = '\0';
	return fail_here(f, -EBADMSG,
			 "has no class folders; put the images of each class into a "
			 "folder of its own",
			 err);
}

static int enter_root(struct folders *f, enum trfs_folders_layout *ret_layout,
		      struct trfs_error *err)
{
	int rc = enter_open(f, f->root->fd, err);

	return rc < 0 ? rc
		      : trfs_folders_find_layout(f->root, &f->levels[0].listing,
						 ret_layout, err);
}

static int folders_open(const struct trfs_root *root,
			const struct trfs_manifest_request *request, int fd,
			struct trfs_inputs *inputs, struct trfs_row_builder *rows,
			void **ret_reader, struct trfs_text_place *ret_place,
			struct trfs_error *err)
{
	TRFS_CLEANUP(folders_freep) struct folders *f = calloc(1, sizeof(*f));
	enum trfs_folders_layout layout = TRFS_FOLDERS_CLASSES;
	int rc;

	(void)fd;
	(void)ret_place;
	if (!f)
		return trfs_fail_memory(err, "the class folders");
	f->root = root;
	f->inputs = inputs;
	f->class_depth = 1;
	rc = request->path ? enter_part(f, request, err) : enter_root(f, &layout, err);
	if (rc < 0)
		return rc;
	f->class_depth = layout;
	rc = name_columns(rows, layout, err);
	if (rc < 0)
		return rc;
	*ret_reader = TRFS_STEAL(f);
	return 0;
}

/* One name of the path: that of the directory which level @depth lists. */
static struct trfs_bytes folder_name(const struct folders *f, unsigned int depth)
{
	size_t start = f->levels[depth - 1].path_len;
	size_t end = f->levels[depth].path_len - 1;

	return (struct trfs_bytes){ (const uint8_t *)f->path + start, end - start };
}

/* Its name, or what can be said of it. */
static int add_name(const struct folders *f, struct trfs_row_builder *rows,
		    struct trfs_error *err)
{
	char shown[TRFS_PRINTABLE_SIZE];
	struct trfs_bytes path = trfs_bytes_of(f->path);

	if (!trfs_utf8_valid(path)) {
		trfs_row_builder_problem(rows, NOT_UTF8);
		path = trfs_bytes_of(trfs_text_printable(path, shown, sizeof(shown)));
	}
	return trfs_row_builder_add_text(rows, COLUMN_FILE, path, err);
}

static int add_file(struct folders *f, struct trfs_row_builder *rows,
		    struct trfs_error *err)
{
	int rc;

	if (f->depth <= f->class_depth) {
		if (trfs_folders_is_document(f->path + innermost(f)->path_len)) {
			f->nr_ignored++;
			return 0;
		}
		return fail_here(f, -EBADMSG,
				 "lies beside the class folders: move it into the folder "
				 "of its class, or elsewhere",
				 err);
	}
	rc = add_name(f, rows, err);
	if (rc < 0)
		return rc;
	rc = trfs_row_builder_add_text(rows, COLUMN_LABEL, folder_name(f, f->class_depth),
				       err);
	if (rc < 0)
		return rc;
	if (f->class_depth == TRFS_FOLDERS_CLASSES)
		return 1;
	rc = trfs_row_builder_add_text(rows, COLUMN_SPLIT,
				       trfs_split_name(folder_name(f, 1)), err);
	return rc < 0 ? rc : 1;
}

static int folders_next(void *reader, struct trfs_row_builder *rows,
			struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct folders *f = reader;
	int rc = 0;

	(void)ret_place;
	while (rc == 0 && f->depth > 0) {
		struct level *level = innermost(f);
		size_t entry = level->next;

		if (entry == level->listing.nr) {
			leave(f);
			continue;
		}
		level->next++;
		rc = set_path(f, trfs_listing_name(&level->listing, entry), err);
		if (rc < 0)
			return rc;
		/* A FIFO or device is a row like any other; looking at it tells. */
		if (level->listing.entries[entry].kind == TRFS_LISTING_DIRECTORY)
			rc = enter(f, err);
		else
			rc = add_file(f, rows, err);
	}
	return rc;
}

static uint64_t folders_nr_ignored(const void *reader)
{
	const struct folders *f = reader;

	return f->nr_ignored;
}

const struct trfs_dialect trfs_dialect_folders = {
	.name = "class folders",
	.extensions = trfs_dialect_no_extensions,
	.open = folders_open,
	.next = folders_next,
	.close = folders_close,
	.nr_ignored = folders_nr_ignored,
};
