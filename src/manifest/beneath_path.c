/* SPDX-License-Identifier: MIT */
/* Paths beneath the root: where one that a user typed is, and how they are joined. */
#include "manifest/beneath.h"

#include "base/error.h"
#include "manifest/text.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
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

/* Whether ".." behind a link did not make two places of the text and the path. */
static bool is_same_place(const struct trfs_root *root, const char *path,
			  struct trfs_buffer *found)
{
	const char *text = trfs_buffer_text(found);
	struct stat typed, beneath;

	return text && stat(path, &typed) == 0 &&
	       fstatat(root->fd, text, &beneath, 0) == 0 &&
	       typed.st_dev == beneath.st_dev && typed.st_ino == beneath.st_ino;
}

/* Where the text of the path says that it is; -EXDEV for elsewhere. */
static int typed_path(const struct trfs_root *root, const char *path,
		      struct trfs_buffer *ret)
{
	struct trfs_buffer absolute;
	int rc;

	trfs_buffer_init(&absolute, 2 * PATH_MAX);
	rc = make_absolute(path, &absolute);
	if (rc == 0)
		rc = trfs_root_relative(root, trfs_buffer_bytes(&absolute), ret);
	trfs_buffer_done(&absolute);
	if (rc == 0 && !is_same_place(root, path, ret))
		rc = -EXDEV;
	return rc;
}

static int real_path(const struct trfs_root *root, const char *path,
		     struct trfs_buffer *ret)
{
	char *real = realpath(path, NULL);
	int rc;

	if (!real)
		return -errno;
	rc = trfs_root_relative(root, trfs_bytes_of(real), ret);
	/* "/" beneath nothing but itself. */
	if (rc == -EXDEV && root->path[0] == '\0' && strcmp(real, "/") == 0) {
		trfs_buffer_printf(ret, ".");
		rc = trfs_buffer_text(ret) ? 0 : -ENOMEM;
	}
	free(real);
	return rc;
}

static int fail_find(const struct trfs_root *root, int rc, const char *path,
		     const char *option, bool is_link, struct trfs_error *err)
{
	char shown[SHOWN_SIZE], where[SHOWN_SIZE];
	const char *source = root->path[0] ? root->path : "/";

	if (rc == -ENOMEM)
		return trfs_fail_memory(err, "a path");
	trfs_text_printable(trfs_bytes_of(path), shown, sizeof(shown));
	trfs_text_printable(trfs_bytes_of(source), where, sizeof(where));
	if (rc == -EXDEV && is_link)
		trfs_fail(err, rc,
			  "is a link that leads out of %s; type --follow to allow that",
			  where);
	else if (rc == -EXDEV)
		trfs_fail(err, rc,
			  "does not lie beneath the source %s; name a directory as the "
			  "source that holds both",
			  where);
	else
		trfs_fail_errno(err, rc, "cannot open");
	return trfs_error_prefix(err, rc, "%s%s%s", option ? option : "",
				 option ? " " : "", shown);
}

/*
 * The real path decides.  Only where that leaves the root, the path as it was typed may
 * still lie beneath it, through a link that --follow allows: @ret_is_link.
 */
static int find(const struct trfs_root *root, const char *path, struct trfs_buffer *ret,
		bool *ret_is_link)
{
	int rc;

	*ret_is_link = false;
	trfs_buffer_reset(ret);
	if (!path) {
		trfs_buffer_printf(ret, ".");
		return trfs_buffer_text(ret) ? 0 : -ENOMEM;
	}
	rc = real_path(root, path, ret);
	if (rc == -EXDEV)
		*ret_is_link = typed_path(root, path, ret) == 0;
	return *ret_is_link && root->follow ? 0 : rc;
}

int trfs_beneath_find(const struct trfs_root *root, const char *path, const char *option,
		      struct trfs_buffer *ret, struct trfs_error *err)
{
	bool is_link;
	int rc = find(root, path, ret, &is_link);

	return rc < 0 ? fail_find(root, rc, path, option, is_link, err) : 0;
}

int trfs_beneath_prefix(const struct trfs_root *root, const char *path,
			const char *option, bool outside, struct trfs_buffer *ret,
			struct trfs_error *err)
{
	char real[PATH_MAX];
	bool is_link;
	int rc = find(root, path, ret, &is_link);

	if (rc == -EXDEV && outside && realpath(path, real)) {
		trfs_buffer_reset(ret);
		trfs_buffer_printf(ret, "%s", real);
	} else if (rc < 0) {
		return fail_find(root, rc, path, option, is_link, err);
	}
	if (trfs_bytes_equal(trfs_buffer_bytes(ret), trfs_bytes_of(".")))
		trfs_buffer_reset(ret);
	else
		trfs_buffer_put_u8(ret, '/');
	return ret->failed ? trfs_fail_memory(err, "a path") : 0;
}

int trfs_beneath_put(struct trfs_bytes folder, struct trfs_bytes name, const char *tail,
		     struct trfs_buffer *ret)
{
	trfs_buffer_reset(ret);
	if (folder.len > 0 && !trfs_bytes_equal(folder, trfs_bytes_of("."))) {
		trfs_buffer_put(ret, folder.data, folder.len);
		trfs_buffer_put_u8(ret, '/');
	}
	trfs_buffer_put(ret, name.data, name.len);
	trfs_buffer_put(ret, tail, strlen(tail));
	return trfs_buffer_text(ret) ? 0 : -ENOMEM;
}

const char *trfs_beneath_join(struct trfs_buffer *ret, const char *folder,
			      const char *name)
{
	if (trfs_beneath_put(trfs_bytes_of(folder), trfs_bytes_of(name), "", ret) < 0)
		return NULL;
	return trfs_buffer_text(ret);
}

int trfs_beneath_fold(const struct trfs_root *root, struct trfs_bytes folder,
		      struct trfs_bytes name, struct trfs_buffer *ret)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer joined;

	trfs_buffer_reset(ret);
	trfs_buffer_init(&joined, folder.len + name.len + 1);
	if (folder.len > 0) {
		trfs_buffer_put(&joined, folder.data, folder.len);
		trfs_buffer_put_u8(&joined, '/');
	}
	trfs_buffer_put(&joined, name.data, name.len);
	return joined.failed ? -ENOMEM
			     : trfs_root_relative(root, trfs_buffer_bytes(&joined), ret);
}
