/* SPDX-License-Identifier: MIT */
/*
 * One folder is listed at a time.  A label is a name and never a pattern, whatever "*"
 * means to the converters; it may be a path, but none that leaves the root.
 */
#include "manifest/label_walk.h"

#include "base/error.h"
#include "manifest/beneath.h"
#include "manifest/lines.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define PATH_SIZE_MAX ((size_t)4 << 20)
#define SHOWN_SIZE    (TRFS_PRINTABLE_SIZE / 2)
#define REASON_SIZE   (2 * TRFS_PRINTABLE_SIZE + 100)

void trfs_label_walk_done(struct trfs_label_walk *walk)
{
	trfs_listing_done(&walk->listing);
	trfs_buffer_done(&walk->path);
	trfs_buffer_done(&walk->base);
	trfs_string_table_free(walk->labels);
	*walk = (struct trfs_label_walk){ .label = 0 };
}

static const char *base_text(const struct trfs_label_walk *walk)
{
	return (const char *)walk->base.data;
}

static int read_labels(struct trfs_label_walk *walk, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_lines_done) struct trfs_lines lines = { .fd = -1 };
	struct trfs_bytes line;
	int rc;

	rc = trfs_lines_open(&lines, walk->request.labels, "the labels",
			     walk->request.inputs, err);
	if (rc < 0)
		return rc;
	while ((rc = trfs_lines_next(&lines, &line, err)) > 0) {
		rc = trfs_string_table_add(walk->labels, trfs_bytes_trim(line), NULL);
		if (rc < 0)
			return trfs_fail_memory(err, "the labels");
	}
	return rc;
}

static int take_folders(struct trfs_label_walk *walk, const struct trfs_listing *listing,
			struct trfs_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < listing->nr; i++) {
		const char *name = trfs_listing_name(listing, i);

		if (listing->entries[i].kind != TRFS_LISTING_DIRECTORY)
			continue;
		rc = trfs_beneath_check_name(walk->request.root,
					     trfs_buffer_bytes(&walk->base), name, err);
		if (rc < 0)
			return rc;
		rc = trfs_string_table_add(walk->labels, trfs_bytes_of(name), NULL);
	}
	return rc < 0 ? trfs_fail_memory(err, "the labels") : 0;
}

static int remark(struct trfs_label_walk *walk, struct trfs_bytes name,
		  const char *reason, struct trfs_error *err)
{
	if (trfs_remarks_add(walk->request.remarks, name, 0, trfs_bytes_of(reason)) < 0)
		return trfs_fail_memory(err, "the remarks");
	return 0;
}

/* A folder that no line names is left out, images and all: never silently. */
static int remark_unnamed(struct trfs_label_walk *walk,
			  const struct trfs_listing *listing, struct trfs_error *err)
{
	struct trfs_strings labels = trfs_string_table_view(walk->labels);
	struct trfs_string_table *known = trfs_string_table_new();
	char shown[TRFS_PRINTABLE_SIZE], reason[REASON_SIZE];
	int rc = known ? 0 : -ENOMEM;

	for (uint64_t i = 0; rc == 0 && i < labels.nr; i++)
		rc = trfs_string_table_intern(known, trfs_strings_get(&labels, i), NULL,
					      NULL);
	if (rc < 0)
		rc = trfs_fail_memory(err, "the labels");
	snprintf(reason, sizeof(reason), "is a folder that %s does not name: left out",
		 trfs_text_printable(trfs_bytes_of(walk->request.labels), shown,
				     sizeof(shown)));
	for (size_t i = 0; rc == 0 && i < listing->nr; i++) {
		struct trfs_bytes name = trfs_bytes_of(trfs_listing_name(listing, i));

		if (listing->entries[i].kind == TRFS_LISTING_DIRECTORY &&
		    trfs_utf8_valid(name) && !trfs_string_table_find(known, name, NULL))
			rc = remark(walk, name, reason, err);
	}
	trfs_string_table_free(known);
	return rc;
}

static int fail_no_labels(const struct trfs_label_walk *walk, struct trfs_error *err)
{
	char shown[SHOWN_SIZE], where[SHOWN_SIZE];

	if (walk->request.labels)
		return trfs_fail(err, -EBADMSG,
				 "%s: is empty; a label was expected on each line",
				 trfs_text_printable(trfs_bytes_of(walk->request.labels),
						     shown, sizeof(shown)));
	return trfs_fail(err, -EBADMSG,
			 "%s/%s has no folders; one for each class was expected",
			 trfs_text_printable(trfs_bytes_of(walk->request.root->path),
					     where, sizeof(where)),
			 trfs_text_printable(trfs_buffer_bytes(&walk->base), shown,
					     sizeof(shown)));
}

static int find_labels(struct trfs_label_walk *walk, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing listing = { .nr = 0 };
	int rc;

	if (walk->request.labels) {
		rc = read_labels(walk, err);
		if (rc < 0)
			return rc;
	}
	/* Also with a labels file: a folder that is made later makes it another source.
	 */
	rc = trfs_beneath_list_all(walk->request.root, base_text(walk), &listing,
				   walk->request.inputs, err);
	if (rc == 0)
		rc = walk->request.labels ? remark_unnamed(walk, &listing, err)
					  : take_folders(walk, &listing, err);
	if (rc < 0)
		return rc;
	if (trfs_string_table_view(walk->labels).nr == 0)
		return fail_no_labels(walk, err);
	return 0;
}

int trfs_label_walk_start(struct trfs_label_walk *walk,
			  const struct trfs_label_walk_request *request,
			  struct trfs_error *err)
{
	int rc;

	*walk = (struct trfs_label_walk){ .request = *request,
					  .labels = trfs_string_table_new() };
	trfs_buffer_init(&walk->base, PATH_SIZE_MAX);
	trfs_buffer_init(&walk->path, PATH_SIZE_MAX);
	if (!walk->labels)
		rc = trfs_fail_memory(err, "the labels");
	else
		rc = trfs_beneath_find(request->root, request->directory, request->option,
				       &walk->base, err);
	if (rc == 0)
		rc = find_labels(walk, err);
	if (rc < 0)
		trfs_label_walk_done(walk);
	return rc;
}

static struct trfs_bytes label_at_hand(const struct trfs_label_walk *walk)
{
	struct trfs_strings labels = trfs_string_table_view(walk->labels);

	return trfs_strings_get(&labels, walk->label - 1);
}

static int fail_label(const struct trfs_label_walk *walk, int rc, struct trfs_error *err)
{
	char file[SHOWN_SIZE], label[SHOWN_SIZE], where[SHOWN_SIZE];

	return trfs_fail(err, rc,
			 "%s:%" PRIu32 ": the label \"%s\" leads out of the source %s",
			 trfs_text_printable(trfs_bytes_of(walk->request.labels), file,
					     sizeof(file)),
			 walk->label,
			 trfs_text_printable(label_at_hand(walk), label, sizeof(label)),
			 trfs_text_printable(trfs_bytes_of(walk->request.root->path),
					     where, sizeof(where)));
}

static int remark_missing(struct trfs_label_walk *walk, struct trfs_error *err)
{
	char file[TRFS_PRINTABLE_SIZE], folder[TRFS_PRINTABLE_SIZE], reason[REASON_SIZE];

	snprintf(reason, sizeof(reason), "has no folder in %s, but is in %s:%" PRIu32,
		 trfs_text_printable(trfs_buffer_bytes(&walk->base), folder,
				     sizeof(folder)),
		 trfs_text_printable(trfs_bytes_of(walk->request.labels), file,
				     sizeof(file)),
		 walk->label);
	return remark(walk, label_at_hand(walk), reason, err);
}

static int check_not_empty(const struct trfs_label_walk *walk, struct trfs_error *err)
{
	char where[SHOWN_SIZE], folder[SHOWN_SIZE];

	if (walk->listing.nr > 0 || walk->request.labels || !walk->request.refuse_empty)
		return 0;
	return trfs_fail(err, -EBADMSG,
			 "%s/%s is empty, and would still be counted as a class: remove "
			 "it, or name the classes with --labels FILE",
			 trfs_text_printable(trfs_bytes_of(walk->request.root->path),
					     where, sizeof(where)),
			 trfs_text_printable(trfs_buffer_bytes(&walk->path), folder,
					     sizeof(folder)));
}

/* List the folder of the label at hand. */
static int enter(struct trfs_label_walk *walk, struct trfs_error *err)
{
	int rc = trfs_beneath_fold(walk->request.root, trfs_buffer_bytes(&walk->base),
				   label_at_hand(walk), &walk->path);

	trfs_listing_done(&walk->listing);
	walk->entry = 0;
	if (label_at_hand(walk).len == 0)
		return 0;
	if (rc == -EXDEV)
		return fail_label(walk, rc, err);
	if (rc < 0)
		return trfs_fail_memory(err, "a path");
	rc = trfs_beneath_list_all(walk->request.root, (const char *)walk->path.data,
				   &walk->listing, walk->request.inputs, err);
	if (trfs_bytes_equal(trfs_buffer_bytes(&walk->path), trfs_bytes_of(".")))
		trfs_buffer_reset(&walk->path);
	walk->folder_len = walk->path.len;
	if (rc == 0)
		return check_not_empty(walk, err);
	if (!walk->request.labels || (rc != -ENOENT && rc != -ENOTDIR))
		return rc;
	if (err)
		*err = (struct trfs_error){ 0 };
	return remark_missing(walk, err);
}

/* The path of the entry @name behind its folder's. */
static int set_path(struct trfs_label_walk *walk, const char *name,
		    struct trfs_error *err)
{
	struct trfs_bytes folder = { walk->path.data, walk->folder_len };
	int rc;

	rc = trfs_beneath_check_name(walk->request.root, folder, name, err);
	if (rc < 0)
		return rc;
	walk->path.len = walk->folder_len;
	if (walk->folder_len > 0)
		trfs_buffer_put_u8(&walk->path, '/');
	trfs_buffer_put(&walk->path, name, strlen(name));
	return walk->path.failed ? trfs_fail_memory(err, "a path") : 0;
}

static int hand_out(struct trfs_label_walk *walk, const char *name,
		    struct trfs_labelled_file *ret, struct trfs_error *err)
{
	int rc = set_path(walk, name, err);

	if (rc < 0)
		return rc;
	*ret = (struct trfs_labelled_file){
		.path = trfs_buffer_bytes(&walk->path),
		.name = trfs_bytes_of(name),
		.label = label_at_hand(walk),
		.number = walk->label,
	};
	return 1;
}

int trfs_label_walk_next(struct trfs_label_walk *walk, struct trfs_labelled_file *ret,
			 struct trfs_error *err)
{
	for (;;) {
		while (walk->entry < walk->listing.nr) {
			const char *name =
				trfs_listing_name(&walk->listing, walk->entry++);

			if (!walk->request.tail ||
			    trfs_bytes_ends_with(trfs_bytes_of(name), walk->request.tail))
				return hand_out(walk, name, ret, err);
		}
		if (walk->label == trfs_string_table_view(walk->labels).nr)
			return 0;
		walk->label++;
		int rc = enter(walk, err);

		if (rc < 0)
			return rc;
	}
}
