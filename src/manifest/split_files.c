/* SPDX-License-Identifier: MIT */
/* Manifests that a directory has by convention. */
#include "manifest/split_files.h"

#include "base/error.h"
#include "manifest/roles.h"
#include <errno.h>

void trfs_split_files_done(struct trfs_split_files *files)
{
	trfs_string_table_free(files->folders);
	trfs_string_table_free(files->paths);
	*files = (struct trfs_split_files){ .paths = NULL };
}

/* Add the file that @folder has, if any: 1, 0 or -ENOMEM. */
static int add_folder(struct trfs_split_files *files, const struct trfs_root *root,
		      const char *folder, const char *const *names,
		      struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer found, whole;
	struct trfs_bytes with_nul = { (const uint8_t *)folder, strlen(folder) + 1 };
	int rc;

	trfs_buffer_init(&found, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&whole, TRFS_BENEATH_PATH_MAX);
	rc = trfs_beneath_first_file(root, folder, names, &found);
	if (rc <= 0)
		return rc < 0 ? trfs_fail_memory(err, "a path") : 0;
	trfs_buffer_printf(&whole, "%s/%s", root->path, trfs_buffer_text(&found));
	trfs_buffer_put_u8(&whole, '\0');
	if (whole.failed || trfs_string_table_add(files->folders, with_nul, NULL) < 0 ||
	    trfs_string_table_add(files->paths, trfs_buffer_bytes(&whole), NULL) < 0)
		return trfs_fail_memory(err, "the manifests");
	return 1;
}

static bool is_split(const struct trfs_listing *listing, size_t i)
{
	return listing->entries[i].kind == TRFS_LISTING_DIRECTORY &&
	       trfs_split_name_usual(trfs_bytes_of(trfs_listing_name(listing, i)));
}

int trfs_split_files_find(struct trfs_split_files *files, const struct trfs_root *root,
			  const char *base, const char *const *names,
			  struct trfs_inputs *inputs, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing listing = { .nr = 0 };
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer joined;
	int rc;

	trfs_buffer_init(&joined, TRFS_BENEATH_PATH_MAX);
	*files = (struct trfs_split_files){ .folders = trfs_string_table_new(),
					    .paths = trfs_string_table_new() };
	if (!base || !files->folders || !files->paths)
		return trfs_fail_memory(err, "the manifests");
	rc = add_folder(files, root, base, names, err);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = trfs_beneath_list(root, base, &listing, inputs, err);
	for (size_t i = 0; rc >= 0 && i < listing.nr; i++) {
		const char *folder;

		if (!is_split(&listing, i))
			continue;
		folder = trfs_beneath_join(&joined, base, trfs_listing_name(&listing, i));
		rc = folder ? add_folder(files, root, folder, names, err)
			    : trfs_fail_memory(err, "the manifests");
	}
	if (rc >= 0 && trfs_string_table_view(files->paths).nr == 0)
		return trfs_fail(err, -ENOENT,
				 "%s/%s has no %s, nor has a folder of a split in it",
				 root->path, base, names[0]);
	return rc < 0 ? rc : 0;
}

int trfs_split_files_exist(const struct trfs_root *root, const char *base,
			   const char *const *names)
{
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing listing = { .nr = 0 };
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer joined, found;
	int rc;

	trfs_buffer_init(&joined, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&found, TRFS_BENEATH_PATH_MAX);
	rc = trfs_beneath_first_file(root, base, names, &found);
	if (rc != 0)
		return rc;
	rc = trfs_beneath_list(root, base, &listing, NULL, NULL);
	if (rc < 0)
		return trfs_beneath_is_absent(rc) ? 0 : rc;
	for (size_t i = 0; rc == 0 && i < listing.nr; i++) {
		const char *folder;

		if (!is_split(&listing, i))
			continue;
		folder = trfs_beneath_join(&joined, base, trfs_listing_name(&listing, i));
		rc = folder ? trfs_beneath_first_file(root, folder, names, &found)
			    : -ENOMEM;
	}
	return rc;
}
