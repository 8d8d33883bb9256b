/* SPDX-License-Identifier: MIT */
/* A person waits for each of these, so that no more is read than takes a moment. */
#include "cli/complete_data.h"

#include "manifest/folders_layout.h"
#include "manifest/manifest.h"

#include <sys/stat.h>

#define MANIFEST_SIZE_MAX                                                                \
	(64 << 20) /* some dialects are read whole when they are opened */
#define NR_ROWS_MAX	   20000
#define NR_ROWS_OF_COLUMNS 100 /* JSON objects may bring new columns */

/* A manifest that is being read, and what that needs. */
struct opened {
	struct trfs_root root;
	struct trfs_inputs inputs;
	struct trfs_manifest *manifest;
};

static void close_manifest(struct opened *o)
{
	o->manifest = trfs_manifest_free(o->manifest);
	trfs_inputs_done(&o->inputs);
	if (o->root.path)
		trfs_root_close(&o->root);
}

static bool is_small(const char *path)
{
	struct stat st;

	return !path || (stat(path, &st) == 0 && st.st_size <= MANIFEST_SIZE_MAX);
}

/* Also after a failure, close_manifest() has to be called. */
static bool open_manifest(struct opened *o, const struct trfs_options *options)
{
	const char *source = options->source ? options->source : ".";
	const char *path = options->manifest;
	struct trfs_manifest_request request;

	*o = (struct opened){ .manifest = NULL };
	if (!path && options->parts.nr > 0) {
		path = strchr(options->parts.items[0], '=');
		path = path ? path + 1 : NULL;
	}
	request = (struct trfs_manifest_request){ .path = path,
						  .dialect = options->dialect,
						  .options = options };
	if (!is_small(path))
		return false;
	if (trfs_root_open(&o->root, source, options->follow, NULL) < 0) {
		o->root.path = NULL;
		return false;
	}
	return trfs_inputs_init(&o->inputs) == 0 &&
	       trfs_manifest_open(&o->root, &request, &o->inputs, &o->manifest, NULL) ==
		       0;
}

void trfs_complete_columns(const struct trfs_options *options, struct trfs_candidates *c,
			   const char *ending)
{
	TRFS_CLEANUP(close_manifest) struct opened o;
	struct trfs_strings columns;
	struct trfs_row row;

	if (!open_manifest(&o, options))
		return;
	for (int i = 0; i < NR_ROWS_OF_COLUMNS; i++)
		if (trfs_manifest_next(o.manifest, &row, NULL) <= 0)
			break;
	columns = trfs_manifest_columns(o.manifest);
	for (uint64_t i = 0; i < columns.nr; i++)
		trfs_candidates_offer(c, trfs_strings_get(&columns, i), ending, NULL);
}

/* The column of @role once the rows so far were read; false where there is none. */
static bool find_role(const struct trfs_manifest *m, enum trfs_role role,
		      const char *wanted, uint32_t *ret)
{
	struct trfs_strings columns = trfs_manifest_columns(m);
	const char *of_dialect = trfs_manifest_role_column(m, role);

	return trfs_role_find(&columns, role, wanted ? wanted : of_dialect, ret, NULL) ==
	       1;
}

/* What the first rows have in the column of @role. */
static void offer_values(const struct trfs_options *options, enum trfs_role role,
			 const char *wanted, struct trfs_candidates *c,
			 const char *ending)
{
	TRFS_CLEANUP(close_manifest) struct opened o;
	struct trfs_row row;
	uint32_t column;

	if (!open_manifest(&o, options))
		return;
	for (int i = 0; i < NR_ROWS_MAX; i++) {
		if (trfs_manifest_next(o.manifest, &row, NULL) <= 0 ||
		    !find_role(o.manifest, role, wanted, &column))
			return;
		if (column >= row.nr_cells)
			continue;
		for (size_t k = 0; k < row.cells[column].nr_values; k++) {
			const struct trfs_value *value = &row.cells[column].values[k];

			if (value->kind == TRFS_VALUE_TEXT)
				trfs_candidates_offer(
					c,
					role == TRFS_ROLE_SPLIT
						? trfs_split_name(value->text)
						: value->text,
					ending, NULL);
		}
	}
}

/* The directories in @path, beneath @root. */
static void offer_folders(const struct trfs_root *root, const char *path,
			  struct trfs_candidates *c, const char *ending)
{
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing listing = { .nr = 0 };
	TRFS_CLEANUP(trfs_file_closep) int fd = trfs_root_open_directory(root, path);
	enum trfs_folders_layout layout;

	if (fd < 0 || trfs_listing_read(&listing, fd, TRFS_LISTING_BY_NAME) < 0)
		return;
	if (path[0] == '.' &&
	    trfs_folders_find_layout(root, &listing, &layout, NULL) == 0 &&
	    layout == TRFS_FOLDERS_SPLITS) {
		offer_folders(root, trfs_listing_first(&listing, TRFS_LISTING_DIRECTORY),
			      c, ending);
		return;
	}
	for (size_t i = 0; i < listing.nr; i++)
		if (listing.entries[i].kind == TRFS_LISTING_DIRECTORY)
			trfs_candidates_offer(
				c, trfs_bytes_of(trfs_listing_name(&listing, i)), ending,
				NULL);
}

void trfs_complete_classes(const struct trfs_options *options, struct trfs_candidates *c,
			   const char *ending)
{
	TRFS_CLEANUP(close_manifest) struct opened o;
	/* Their rows would be those of the first folders only. */
	bool folders = open_manifest(&o, options) &&
		       strcmp(trfs_manifest_dialect(o.manifest), "class folders") == 0;

	if (folders)
		offer_folders(&o.root, ".", c, ending);
	else
		offer_values(options, TRFS_ROLE_LABEL, options->label_column, c, ending);
}

void trfs_complete_splits(const struct trfs_options *options, struct trfs_candidates *c,
			  const char *ending)
{
	static const char *const usual[] = { "train", "validation", "test" };

	for (size_t i = 0; i < TRFS_COUNT(usual); i++)
		trfs_candidates_offer(c, trfs_bytes_of(usual[i]), ending, NULL);
	offer_values(options, TRFS_ROLE_SPLIT, options->split_column, c, ending);
}
