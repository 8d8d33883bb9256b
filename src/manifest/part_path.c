/* SPDX-License-Identifier: MIT */
/*
 * The real path decides where a directory is.  Only where that leaves the root, the path
 * as it was typed may still lie beneath it, through a link that --follow allows.
 */
#include "manifest/part_path.h"

#include "base/error.h"
#include "manifest/folders_layout.h"
#include "manifest/text.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* Two paths, both to be shown in one message. */
#define SHOWN_SIZE (TRFS_PRINTABLE_SIZE / 2)

/* The path as typed, made absolute by text alone; -errno of getcwd. */
static int make_absolute(const char *path, struct trfs_buffer *ret)
{
	char cwd[PATH_MAX];

	trfs_buffer_reset(ret);
	if (path[0] != '/') {
		if (!getcwd(cwd, sizeof(cwd)))
			return -errno;
		trfs_buffer_printf(ret, "%s/", cwd);
	}
	trfs_buffer_put(ret, path, strlen(path));
	return ret->failed ? -ENOMEM : 0;
}

/* Where the text of the path says that it is; -EXDEV for elsewhere. */
static int typed_path(const struct trfs_root *root, const char *path,
		      struct trfs_buffer *ret_path)
{
	struct trfs_buffer absolute;
	int rc;

	trfs_buffer_init(&absolute, 2 * PATH_MAX);
	rc = make_absolute(path, &absolute);
	if (rc == 0)
		rc = trfs_root_relative(root, trfs_buffer_bytes(&absolute), ret_path);
	trfs_buffer_done(&absolute);
	return rc;
}

static int real_path(const struct trfs_root *root, const char *path,
		     struct trfs_buffer *ret_path)
{
	char *real = realpath(path, NULL);
	int rc;

	if (!real)
		return -errno;
	rc = trfs_root_relative(root, trfs_bytes_of(real), ret_path);
	/* "/" beneath nothing but itself. */
	if (rc == -EXDEV && root->path[0] == '\0' && strcmp(real, "/") == 0) {
		trfs_buffer_printf(ret_path, ".");
		rc = trfs_buffer_text(ret_path) ? 0 : -ENOMEM;
	}
	free(real);
	return rc;
}

int trfs_part_path(const struct trfs_root *root, const char *path, const char *option,
		   struct trfs_buffer *ret_path, struct trfs_error *err)
{
	char shown[SHOWN_SIZE], where[SHOWN_SIZE];
	int rc;

	trfs_buffer_reset(ret_path);
	if (!path) {
		trfs_buffer_printf(ret_path, ".");
		return trfs_buffer_text(ret_path) ? 0 : trfs_fail_memory(err, "a path");
	}
	rc = real_path(root, path, ret_path);
	if (rc == -EXDEV && root->follow)
		rc = typed_path(root, path, ret_path);
	if (rc == 0)
		return 0;
	trfs_text_printable(trfs_bytes_of(path), shown, sizeof(shown));
	if (rc == -EXDEV)
		return trfs_fail(err, rc,
				 "%s %s: does not lie beneath the source %s; name a "
				 "directory as the source that holds both",
				 option, shown,
				 trfs_text_printable(trfs_bytes_of(root->path), where,
						     sizeof(where)));
	if (rc == -ENOMEM)
		return trfs_fail_memory(err, "a path");
	return trfs_fail_errno(err, rc, "%s %s: cannot open the directory", option,
			       shown);
}

int trfs_part_join(const struct trfs_root *root, struct trfs_bytes directory,
		   struct trfs_bytes name, struct trfs_buffer *ret_path)
{
	struct trfs_buffer joined;
	int rc;

	trfs_buffer_reset(ret_path);
	trfs_buffer_init(&joined, 2 * (size_t)PATH_MAX + name.len);
	trfs_buffer_put(&joined, directory.data, directory.len);
	trfs_buffer_put_u8(&joined, '/');
	trfs_buffer_put(&joined, name.data, name.len);
	rc = joined.failed
		     ? -ENOMEM
		     : trfs_root_relative(root, trfs_buffer_bytes(&joined), ret_path);
	trfs_buffer_done(&joined);
	return rc;
}

int trfs_part_put(struct trfs_bytes directory, struct trfs_bytes name, const char *tail,
		  struct trfs_buffer *ret_path)
{
	trfs_buffer_reset(ret_path);
	if (!trfs_bytes_equal(directory, trfs_bytes_of("."))) {
		trfs_buffer_put(ret_path, directory.data, directory.len);
		trfs_buffer_put_u8(ret_path, '/');
	}
	trfs_buffer_put(ret_path, name.data, name.len);
	trfs_buffer_put(ret_path, tail, strlen(tail));
	return ret_path->failed ? -ENOMEM : 0;
}

int trfs_part_list(const struct trfs_root *root, const char *path,
		   struct trfs_inputs *inputs, struct trfs_listing *ret,
		   struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	char where[SHOWN_SIZE], shown[SHOWN_SIZE];
	int rc;

	rc = trfs_folders_open(root, path, &fd, err);
	if (rc < 0)
		return rc;
	rc = trfs_inputs_add(inputs, fd);
	if (rc == 0)
		rc = trfs_listing_read_all(ret, fd);
	if (rc == 0)
		return 0;
	trfs_listing_done(ret);
	return trfs_fail_errno(
		err, rc, "cannot list the directory %s/%s",
		trfs_text_printable(trfs_bytes_of(root->path), where, sizeof(where)),
		trfs_text_printable(trfs_bytes_of(path), shown, sizeof(shown)));
}

int trfs_part_check_name(const struct trfs_root *root, struct trfs_bytes directory,
			 const char *name, struct trfs_error *err)
{
	char where[SHOWN_SIZE], folder[SHOWN_SIZE], shown[SHOWN_SIZE];
	bool in_root =
		directory.len == 0 || trfs_bytes_equal(directory, trfs_bytes_of("."));

	if (trfs_utf8_valid(trfs_bytes_of(name)))
		return 0;
	return trfs_fail(
		err, -EBADMSG,
		"%s/%s%s%s has a name that is not UTF-8; rename it (convmv does)",
		trfs_text_printable(trfs_bytes_of(root->path), where, sizeof(where)),
		in_root ? "" : trfs_text_printable(directory, folder, sizeof(folder)),
		in_root ? "" : "/",
		trfs_text_printable(trfs_bytes_of(name), shown, sizeof(shown)));
}
