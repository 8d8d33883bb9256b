/* SPDX-License-Identifier: MIT */
/*
 * Annotations are found before any is read: their names take little memory, and what is
 * left out can be told at once.
 */
#include "manifest/voc_files.h"

#include "base/error.h"
#include "manifest/id_list.h"
#include "manifest/roles.h"
#include "manifest/text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define LISTS "ImageSets/Main"

struct trfs_voc_file {
	uint32_t folder, split;
};

/* What the two directories are called by those who keep them apart. */
static const struct {
	const char *annotations, *images;
} pairs[] = {
	{ "Annotations", "JPEGImages" },
	{ "Annotations", "images" },
	{ "annotations", "images" },
};

static const struct {
	const char *list, *split;
} lists[] = {
	{ "train.txt", "train" },
	{ "val.txt", "validation" },
	{ "test.txt", "test" },
};

/* What the functions here share; @path is scratch. */
struct finding {
	struct trfs_voc_files *files;
	const struct trfs_root *root;
	struct trfs_inputs *inputs;
	struct trfs_remarks *remarks;
	struct trfs_buffer path;
	struct trfs_error *err;
};

void trfs_voc_files_done(struct trfs_voc_files *files)
{
	trfs_string_table_free(files->xmls);
	trfs_string_table_free(files->folders);
	trfs_string_table_free(files->splits);
	free(files->items);
	*files = (struct trfs_voc_files){ .nr = 0 };
}

struct trfs_bytes trfs_voc_files_get(const struct trfs_voc_files *files, uint32_t i,
				     const char **ret_folder,
				     struct trfs_bytes *ret_split)
{
	struct trfs_strings xmls = trfs_string_table_view(files->xmls);
	struct trfs_strings folders = trfs_string_table_view(files->folders);
	struct trfs_strings splits = trfs_string_table_view(files->splits);

	*ret_folder =
		(const char *)trfs_strings_get(&folders, files->items[i].folder).data;
	*ret_split = trfs_strings_get(&splits, files->items[i].split);
	return trfs_strings_get(&xmls, i);
}

static bool is_xml(struct trfs_bytes name)
{
	return trfs_bytes_ends_with(name, ".xml") || trfs_bytes_ends_with(name, ".XML");
}

/* Whether there are annotations, and with @beside also images beside them. */
static bool has_xml(const struct trfs_listing *listing, bool beside)
{
	bool xml = false, image = !beside;

	for (size_t i = 0; i < listing->nr && !(xml && image); i++) {
		struct trfs_bytes name = trfs_bytes_of(trfs_listing_name(listing, i));

		if (listing->entries[i].kind != TRFS_LISTING_FILE)
			continue;
		if (is_xml(name))
			xml = true;
		else if (!image)
			image = trfs_beneath_is_image_name(name);
	}
	return xml && image;
}

/* 1, 0, or -errno where that cannot be told. */
static int directory_has_xml(const struct trfs_root *root, const char *path, bool beside)
{
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing listing = { .nr = 0 };
	TRFS_CLEANUP(trfs_file_closep) int fd = trfs_root_open_directory(root, path);
	int rc = fd;

	if (rc >= 0)
		rc = trfs_listing_read(&listing, fd, TRFS_LISTING_BY_NAME);
	if (rc < 0)
		return trfs_beneath_is_absent(rc) ? 0 : rc;
	return has_xml(&listing, beside);
}

/* The pair of directories that @base has: 1; 0 for none; -errno. */
static int find_pair(const struct trfs_root *root, const char *base,
		     struct trfs_buffer *path, size_t *ret)
{
	for (size_t i = 0; i < TRFS_COUNT(pairs); i++) {
		const char *joined = trfs_beneath_join(path, base, pairs[i].images);
		int rc;

		if (joined && !trfs_beneath_is_directory(root, joined))
			continue;
		joined = trfs_beneath_join(path, base, pairs[i].annotations);
		if (!joined)
			return -ENOMEM;
		if (!trfs_beneath_is_directory(root, joined))
			continue;
		*ret = i;
		rc = directory_has_xml(root, joined, false);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Add the annotation whose path is @f->path. */
static int add_xml(struct finding *f, const char *folder, const char *split)
{
	struct trfs_voc_files *files = f->files;
	uint32_t capacity = files->capacity ? files->capacity * 2 : 256;
	struct trfs_bytes with_nul = { (const uint8_t *)folder, strlen(folder) + 1 };
	struct trfs_voc_file *items;
	struct trfs_voc_file file;

	if (files->nr == files->capacity) {
		items = reallocarray(files->items, capacity, sizeof(*items));
		if (!items || capacity < files->capacity) {
			files->items = items ? items : files->items;
			return trfs_fail_memory(f->err, "the annotations");
		}
		files->items = items;
		files->capacity = capacity;
	}
	if (f->path.failed ||
	    trfs_string_table_add(files->xmls, trfs_buffer_bytes(&f->path), NULL) < 0 ||
	    trfs_string_table_intern(files->folders, with_nul, &file.folder, NULL) < 0 ||
	    trfs_string_table_intern(files->splits, trfs_bytes_of(split), &file.split,
				     NULL) < 0)
		return trfs_fail_memory(f->err, "the annotations");
	files->items[files->nr++] = file;
	files->has_splits |= split[0] != '\0';
	return 0;
}

static int remark(struct finding *f, const char *folder, const char *name,
		  const char *reason)
{
	if (!trfs_beneath_join(&f->path, folder, name) ||
	    trfs_remarks_add(f->remarks, trfs_buffer_bytes(&f->path), 0,
			     trfs_bytes_of(reason)) < 0)
		return trfs_fail_memory(f->err, "the remarks");
	return 0;
}

/* All annotations of the directory @folder, and in @stems what they are called. */
static int add_folder(struct finding *f, const struct trfs_listing *listing,
		      const char *folder, const char *images, const char *split,
		      struct trfs_string_table *stems)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < listing->nr; i++) {
		const char *name = trfs_listing_name(listing, i);
		struct trfs_bytes bytes = trfs_bytes_of(name);

		if (listing->entries[i].kind != TRFS_LISTING_FILE || !is_xml(bytes))
			continue;
		if (!trfs_utf8_valid(bytes)) {
			rc = remark(f, folder, "",
				    "holds an annotation whose name is not UTF-8");
			continue;
		}
		trfs_beneath_join(&f->path, folder, name);
		rc = add_xml(f, images, split);
		if (rc == 0 && trfs_string_table_intern(stems, trfs_beneath_stem(bytes),
							NULL, NULL) < 0)
			rc = trfs_fail_memory(f->err, "the annotations");
	}
	return rc;
}

/* Images that no annotation is called after are no examples. */
static int remark_on_images(struct finding *f, const struct trfs_listing *listing,
			    const char *folder, const struct trfs_string_table *stems)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < listing->nr; i++) {
		const char *name = trfs_listing_name(listing, i);
		struct trfs_bytes bytes = trfs_bytes_of(name);
		uint32_t number;

		if (listing->entries[i].kind != TRFS_LISTING_FILE || is_xml(bytes))
			continue;
		if (!trfs_beneath_is_image_name(bytes))
			f->files->nr_ignored++;
		else if (!trfs_string_table_find(stems, trfs_beneath_stem(bytes),
						 &number))
			rc = remark(f, folder, name, "is left out: it has no annotation");
	}
	return rc;
}

static int add_directory(struct finding *f, const char *folder, const char *images,
			 const char *split)
{
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing listing = { .nr = 0 };
	TRFS_CLEANUP(trfs_string_table_freep)
	struct trfs_string_table *stems = trfs_string_table_new();
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing beside = { .nr = 0 };
	int rc;

	if (!stems)
		return trfs_fail_memory(f->err, "the annotations");
	rc = trfs_beneath_list(f->root, folder, &listing, f->inputs, f->err);
	if (rc == 0)
		rc = add_folder(f, &listing, folder, images, split, stems);
	if (rc < 0 || strcmp(folder, images) == 0)
		return rc < 0 ? rc : remark_on_images(f, &listing, images, stems);
	rc = trfs_beneath_list(f->root, images, &beside, f->inputs, f->err);
	return rc < 0 ? rc : remark_on_images(f, &beside, images, stems);
}

/* The ids of one list; @all are those of the lists before. */
static int add_list(struct finding *f, const char *path, const char *annotations,
		    const char *images, const char *split, struct trfs_string_table *all)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer text;
	TRFS_CLEANUP(trfs_string_table_freep)
	struct trfs_string_table *table = trfs_string_table_new();
	char shown[TRFS_PRINTABLE_SIZE];
	struct trfs_strings ids;
	uint64_t line = 0;
	bool is_new = true;
	int rc;

	trfs_buffer_init(&text, TRFS_ID_LIST_MAX);
	if (!table)
		return trfs_fail_memory(f->err, "a list of images");
	rc = trfs_beneath_read(f->root, path, TRFS_ID_LIST_MAX, &text, f->inputs);
	if (rc < 0)
		return trfs_fail_errno(f->err, rc, "cannot read the list %s", path);
	rc = trfs_id_list_parse(trfs_buffer_bytes(&text), table, &line, f->err);
	ids = trfs_string_table_view(table);
	for (uint64_t i = 0; rc == 0 && i < ids.nr; i++) {
		struct trfs_bytes id = trfs_strings_get(&ids, i);

		if (id.len == 0)
			continue;
		line = i + 1;
		if (trfs_string_table_intern(all, id, NULL, &is_new) < 0)
			return trfs_fail_memory(f->err, "a list of images");
		if (!is_new)
			rc = trfs_fail(
				f->err, -EBADMSG,
				"\"%s\" was listed before, there or in the list of "
				"another split",
				trfs_text_printable(id, shown, sizeof(shown)));
		trfs_beneath_join(&f->path, annotations, "");
		trfs_buffer_printf(&f->path, "%.*s.xml", TRFS_BYTES_ARG(id));
		if (rc == 0)
			rc = add_xml(f, images, split);
	}
	return rc == -EBADMSG ? trfs_error_prefix(f->err, rc, "%s:%" PRIu64, path, line)
			      : rc;
}

static int remark_on_unlisted(struct finding *f, const char *annotations,
			      const struct trfs_string_table *all)
{
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing listing = { .nr = 0 };
	int rc = trfs_beneath_list(f->root, annotations, &listing, f->inputs, f->err);

	for (size_t i = 0; rc == 0 && i < listing.nr; i++) {
		const char *name = trfs_listing_name(&listing, i);
		uint32_t number;

		if (is_xml(trfs_bytes_of(name)) &&
		    !trfs_string_table_find(all, trfs_beneath_stem(trfs_bytes_of(name)),
					    &number))
			rc = remark(f, annotations, name,
				    "is left out: it is in no list of " LISTS);
	}
	return rc;
}

/* By lists where there are any: 1; else 0. */
static int add_lists(struct finding *f, const char *base, const char *annotations,
		     const char *images)
{
	TRFS_CLEANUP(trfs_string_table_freep)
	struct trfs_string_table *all = trfs_string_table_new();
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer folder, path;
	const char *main_folder;
	bool any = false;
	int rc = 0;

	trfs_buffer_init(&folder, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&path, TRFS_BENEATH_PATH_MAX);
	main_folder = trfs_beneath_join(&folder, base, LISTS);
	if (!all || !main_folder)
		return trfs_fail_memory(f->err, "a list of images");
	for (size_t i = 0; rc == 0 && i < TRFS_COUNT(lists); i++) {
		const char *list = trfs_beneath_join(&path, main_folder, lists[i].list);

		if (!list)
			return trfs_fail_memory(f->err, "a list of images");
		if (!trfs_beneath_is_file(f->root, list))
			continue;
		any = true;
		rc = add_list(f, list, annotations, images, lists[i].split, all);
	}
	if (rc == 0 && any)
		rc = remark_on_unlisted(f, annotations, all);
	return rc < 0 ? rc : any;
}

/* What @base has: two directories, or annotations beside images; 1, or 0 for neither. */
static int add_base(struct finding *f, const char *base, const char *split)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer first, second;
	const char *annotations, *images;
	size_t pair;
	int rc;

	trfs_buffer_init(&first, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&second, TRFS_BENEATH_PATH_MAX);
	rc = find_pair(f->root, base, &first, &pair);
	if (rc == 0) {
		rc = directory_has_xml(f->root, base, true);
		if (rc == 0)
			return 0;
		if (rc > 0) {
			rc = add_directory(f, base, base, split);
			return rc < 0 ? rc : 1;
		}
	}
	if (rc < 0)
		return trfs_fail_errno(f->err, rc, "cannot tell what is in %s/%s",
				       f->root->path, base);
	annotations = trfs_beneath_join(&first, base, pairs[pair].annotations);
	images = trfs_beneath_join(&second, base, pairs[pair].images);
	if (!annotations || !images)
		return trfs_fail_memory(f->err, "a path");
	rc = split[0] ? 0 : add_lists(f, base, annotations, images);
	if (rc == 0)
		rc = add_directory(f, annotations, images, split);
	return rc < 0 ? rc : 1;
}

/* Each folder of @base that has a split's name; 1, or 0 where none has annotations. */
static int add_split_folders(struct finding *f, const char *base)
{
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing listing = { .nr = 0 };
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer path;
	bool any = false;
	int rc = trfs_beneath_list(f->root, base, &listing, f->inputs, f->err);

	trfs_buffer_init(&path, TRFS_BENEATH_PATH_MAX);
	for (size_t i = 0; rc >= 0 && i < listing.nr; i++) {
		struct trfs_bytes name = trfs_bytes_of(trfs_listing_name(&listing, i));

		if (listing.entries[i].kind != TRFS_LISTING_DIRECTORY ||
		    !trfs_split_name_usual(name))
			continue;
		if (!trfs_beneath_join(&path, base, (const char *)name.data))
			return trfs_fail_memory(f->err, "a path");
		rc = add_base(f, trfs_buffer_text(&path),
			      (const char *)trfs_split_name(name).data);
		any |= rc > 0;
	}
	return rc < 0 ? rc : any;
}

int trfs_voc_files_find(struct trfs_voc_files *files, const struct trfs_root *root,
			const char *base, struct trfs_inputs *inputs,
			struct trfs_remarks *remarks, struct trfs_error *err)
{
	struct finding f = { .files = files,
			     .root = root,
			     .inputs = inputs,
			     .remarks = remarks,
			     .err = err };
	int rc;

	*files = (struct trfs_voc_files){ .xmls = trfs_string_table_new(),
					  .folders = trfs_string_table_new(),
					  .splits = trfs_string_table_new() };
	if (!base || !files->xmls || !files->folders || !files->splits)
		return trfs_fail_memory(err, "the annotations");
	trfs_buffer_init(&f.path, TRFS_BENEATH_PATH_MAX);
	rc = add_base(&f, base, "");
	if (rc == 0)
		rc = add_split_folders(&f, base);
	trfs_buffer_done(&f.path);
	if (rc == 0)
		return trfs_fail(err, -EBADMSG,
				 "%s%s%s has no annotations of Pascal VOC: Annotations "
				 "beside JPEGImages, or XML files beside their images, "
				 "were expected",
				 root->path, strcmp(base, ".") == 0 ? "" : "/",
				 strcmp(base, ".") == 0 ? "" : base);
	return rc < 0 ? rc : 0;
}

int trfs_voc_files_recognise(const struct trfs_root *root, const char *path)
{
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing listing = { .nr = 0 };
	TRFS_CLEANUP(trfs_file_closep) int fd = trfs_root_open_directory(root, path);
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer joined;
	int rc = fd;
	size_t pair;

	trfs_buffer_init(&joined, TRFS_BENEATH_PATH_MAX);
	if (rc >= 0)
		rc = trfs_listing_read(&listing, fd, TRFS_LISTING_BY_NAME);
	if (rc < 0)
		return trfs_beneath_is_absent(rc) ? 0 : rc;
	rc = has_xml(&listing, true) ? 1 : find_pair(root, path, &joined, &pair);
	for (size_t i = 0; rc == 0 && i < listing.nr; i++) {
		struct trfs_bytes name = trfs_bytes_of(trfs_listing_name(&listing, i));
		const char *folder;

		if (listing.entries[i].kind != TRFS_LISTING_DIRECTORY ||
		    !trfs_split_name_usual(name))
			continue;
		folder = trfs_beneath_join(&joined, path, (const char *)name.data);
		rc = folder ? directory_has_xml(root, folder, true) : -ENOMEM;
	}
	return rc;
}
