/* SPDX-License-Identifier: MIT */
/* Names of images joined with directories, as os.path.join() and the converters do. */
#include "manifest/coco_directories.h"

#include "base/error.h"
#include "base/strings.h"
#include "manifest/beneath.h"
#include "manifest/text.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>

enum { PATHS_MAX = 4 * PATH_MAX };
enum { SHOWN_SIZE = 160 }; /* of a directory, of which a message has two */

int trfs_coco_directories_init(struct trfs_coco_directories *d,
			       const struct trfs_root *root,
			       const struct trfs_option_list *directories,
			       struct trfs_error *err)
{
	unsigned int nr = directories ? directories->nr : 0;
	int rc = 0;

	*d = (struct trfs_coco_directories){ .root = root,
					     .prefixes = trfs_string_table_new() };
	trfs_buffer_init(&d->path, PATHS_MAX);
	if (!d->prefixes)
		return trfs_fail_memory(err, "the directories");
	for (unsigned int i = 0; rc == 0 && i < nr; i++) {
		rc = trfs_beneath_prefix(root, directories->items[i], "--image-dir",
					 false, &d->path, err);
		if (rc == 0 &&
		    trfs_string_table_add(d->prefixes, trfs_buffer_bytes(&d->path),
					  NULL) < 0)
			rc = trfs_fail_memory(err, "the directories");
	}
	return rc;
}

void trfs_coco_directories_done(struct trfs_coco_directories *d)
{
	trfs_string_table_free(d->prefixes);
	trfs_buffer_done(&d->path);
	d->prefixes = NULL;
}

static int join(struct trfs_coco_directories *d, struct trfs_bytes prefix,
		struct trfs_bytes name, struct trfs_error *err)
{
	trfs_buffer_reset(&d->path);
	trfs_buffer_put(&d->path, prefix.data, prefix.len);
	trfs_buffer_put(&d->path, name.data, name.len);
	trfs_buffer_text(&d->path);
	if (d->path.lacks_memory)
		return trfs_fail_memory(err, "a path");
	if (d->path.failed)
		return trfs_fail(err, -ENAMETOOLONG, "\"file_name\" is too long");
	return 0;
}

static bool exists(const struct trfs_root *root, const char *path)
{
	int fd = trfs_root_open_file(root, path);

	trfs_file_close(fd);
	return fd != -ENOENT && fd != -ENOTDIR;
}

/* A directory for a message: without the slash at its end. */
static const char *show_prefix(struct trfs_bytes prefix, char buf[SHOWN_SIZE])
{
	if (prefix.len == 0)
		return "the source itself";
	prefix.len--;
	return trfs_text_printable(prefix, buf, SHOWN_SIZE);
}

/* Which of several directories has it. */
static int search(struct trfs_coco_directories *d, struct trfs_bytes name,
		  uint64_t *ret_directory, struct trfs_error *err)
{
	struct trfs_strings prefixes = trfs_string_table_view(d->prefixes);
	char shown[TRFS_PRINTABLE_SIZE], one[SHOWN_SIZE], other[SHOWN_SIZE];
	uint64_t first = 0, nr_found = 0;

	for (uint64_t i = 0; i < prefixes.nr; i++) {
		int rc = join(d, trfs_strings_get(&prefixes, i), name, err);

		if (rc < 0)
			return rc;
		if (!exists(d->root, trfs_buffer_text(&d->path)))
			continue;
		first = nr_found++ == 0 ? i : first;
		*ret_directory = i;
	}
	if (nr_found == 1)
		return 0;
	trfs_text_printable(name, shown, sizeof(shown));
	if (nr_found == 0)
		return trfs_fail(err, -ENOENT,
				 "%s does not exist in any of the %" PRIu64
				 " image directories",
				 shown, prefixes.nr);
	return trfs_fail(err, -EEXIST,
			 "%s is in %" PRIu64 " of the %" PRIu64
			 " image directories, %s and %s among them; only one may have it",
			 shown, nr_found, prefixes.nr,
			 show_prefix(trfs_strings_get(&prefixes, first), one),
			 show_prefix(trfs_strings_get(&prefixes, *ret_directory), other));
}

int trfs_coco_directories_find(struct trfs_coco_directories *d, struct trfs_bytes name,
			       struct trfs_bytes *ret, struct trfs_error *err)
{
	struct trfs_strings prefixes = trfs_string_table_view(d->prefixes);
	uint64_t directory = 0;
	int rc;

	*ret = name;
	if (prefixes.nr == 0 || (name.len > 0 && name.data[0] == '/'))
		return 0;
	rc = prefixes.nr > 1 ? search(d, name, &directory, err) : 0;
	if (rc == 0)
		rc = join(d, trfs_strings_get(&prefixes, directory), name, err);
	if (rc == 0)
		*ret = trfs_buffer_bytes(&d->path);
	return rc;
}
