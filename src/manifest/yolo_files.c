/* SPDX-License-Identifier: MIT */
/*
 * A split is a directory of images with folders in it, or a file that lists images.  Its
 * path in data.yaml is what it was on another machine more often than not, so it is tried
 * beneath "path", beside the file, and without "../" in front.
 */
#include "manifest/yolo_files.h"

#include "base/error.h"
#include "manifest/image_walk.h"
#include "manifest/text.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>

enum { LIST_MAX = 256 << 20 };

/* What the functions here share. */
struct finding {
	struct trfs_yolo_files *files;
	const struct trfs_root *root;
	const char *base;
	const struct trfs_yolo_yaml *yaml;
	struct trfs_inputs *inputs;
	struct trfs_error *err;
};

const char *trfs_yolo_split_name(enum trfs_yolo_split split)
{
	static const char *const names[] = { "train", "validation", "test" };

	return names[split];
}

void trfs_yolo_files_done(struct trfs_yolo_files *files)
{
	trfs_string_table_free(files->images);
	*files = (struct trfs_yolo_files){ .images = NULL };
}

static int add_image(struct finding *f, struct trfs_bytes path)
{
	if (trfs_string_table_add(f->files->images, path, NULL) < 0)
		return trfs_fail_memory(f->err, "the images");
	return 0;
}

static int walk(struct finding *f, const char *path)
{
	return trfs_image_walk(f->root, path, f->inputs, f->files->images,
			       &f->files->nr_ignored, f->err);
}

/* One line of a list: "./" in front stands for the list's own directory. */
static int add_listed(struct finding *f, struct trfs_bytes line, const char *directory,
		      struct trfs_buffer *joined, struct trfs_buffer *folded)
{
	int rc;

	trfs_buffer_reset(joined);
	trfs_buffer_reset(folded);
	if (line.data[0] != '/')
		trfs_beneath_join(joined, line.data[0] == '.' ? directory : f->base, "");
	trfs_buffer_put(joined, line.data, line.len);
	if (joined->lacks_memory)
		return trfs_fail_memory(f->err, "a path");
	if (joined->failed)
		return trfs_fail(f->err, -EBADMSG, "the path is too long");
	if (!trfs_utf8_valid(line))
		return trfs_fail(f->err, -EBADMSG, "the path is not UTF-8");
	rc = trfs_root_relative(f->root, trfs_buffer_bytes(joined), folded);
	if (rc == -ENOMEM)
		return trfs_fail_memory(f->err, "a path");
	/* What leaves the source stays as it is: a bad image like any other. */
	return add_image(f,
			 rc < 0 ? trfs_buffer_bytes(joined) : trfs_buffer_bytes(folded));
}

static int read_list(struct finding *f, const char *path)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer text, joined, folded, directory;
	const char *slash = strrchr(path, '/');
	struct trfs_bytes left, listed;
	uint64_t line = 0;
	int rc;

	trfs_buffer_init(&text, LIST_MAX);
	trfs_buffer_init(&joined, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&folded, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_init(&directory, TRFS_BENEATH_PATH_MAX);
	trfs_buffer_printf(&directory, "%.*s", slash ? (int)(slash - path) : 1,
			   slash ? path : ".");
	if (!trfs_buffer_text(&directory))
		return trfs_fail_memory(f->err, "a path");
	rc = trfs_beneath_read(f->root, path, LIST_MAX, &text, f->inputs);
	if (rc < 0)
		return trfs_fail_errno(f->err, rc, "cannot read %s/%s", f->root->path,
				       path);
	left = trfs_text_after_mark(trfs_buffer_bytes(&text));
	while (rc == 0 && trfs_text_take_line(&left, &listed)) {
		line++;
		if (listed.len > 0)
			rc = add_listed(f, listed, trfs_buffer_text(&directory), &joined,
					&folded);
	}
	return rc < 0 ? trfs_error_prefix(f->err, rc, "%s:%" PRIu64, path, line) : 0;
}

/* Whether @folder/@value is there, folded into @ret: 1, 0, or -ENOMEM. */
static int is_there(const struct finding *f, const char *folder, const char *value,
		    struct trfs_buffer *ret)
{
	const char *path;
	int rc;

	if (strlen(value) >= PATH_MAX)
		return 0;
	rc = trfs_beneath_fold(f->root, trfs_bytes_of(value[0] == '/' ? "" : folder),
			       trfs_bytes_of(value), ret);
	if (rc < 0)
		return rc == -ENOMEM ? trfs_fail_memory(f->err, "a path") : 0;
	path = (const char *)ret->data;
	return trfs_beneath_is_directory(f->root, path) ||
	       trfs_beneath_is_file(f->root, path);
}

static int find_place(const struct finding *f, const char *value, struct trfs_buffer *ret)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer prefix;
	const char *path = f->yaml->path == TRFS_YOLO_NONE
				   ? ""
				   : trfs_yolo_yaml_text(f->yaml, f->yaml->path);
	const char *folder;
	int rc = 0;

	trfs_buffer_init(&prefix, TRFS_BENEATH_PATH_MAX);
	if (path[0] && strlen(path) < PATH_MAX) {
		folder = trfs_beneath_join(&prefix, path[0] == '/' ? "" : f->base, path);
		rc = folder ? is_there(f, folder, value, ret)
			    : trfs_fail_memory(f->err, "a path");
	}
	if (rc == 0)
		rc = is_there(f, f->base, value, ret);
	if (rc != 0)
		return rc;
	while (strncmp(value, "../", 3) == 0 || strncmp(value, "./", 2) == 0)
		value += value[1] == '.' ? 3 : 2;
	return value[0] ? is_there(f, f->base, value, ret) : 0;
}

static int add_split(struct finding *f, enum trfs_yolo_split split)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer found;
	char shown[TRFS_PRINTABLE_SIZE];
	int rc = 0;

	trfs_buffer_init(&found, TRFS_BENEATH_PATH_MAX);
	for (uint32_t i = 0; rc == 0 && i < f->yaml->nr_places[split]; i++) {
		const char *value =
			trfs_yolo_yaml_text(f->yaml, f->yaml->places[split][i]);
		const char *path;

		rc = find_place(f, value, &found);
		if (rc < 0)
			return rc;
		if (rc == 0) {
			if (split == TRFS_YOLO_TEST)
				continue;
			return trfs_fail(
				f->err, -ENOENT,
				"data.yaml's \"%s\" names \"%s\", which does not "
				"exist beneath %s",
				split == TRFS_YOLO_TRAIN ? "train" : "val",
				trfs_text_printable(trfs_bytes_of(value), shown,
						    sizeof(shown)),
				f->root->path);
		}
		path = trfs_buffer_text(&found);
		rc = trfs_beneath_is_directory(f->root, path) ? walk(f, path)
							      : read_list(f, path);
	}
	return rc;
}

/* images/train and so on, or images/ itself. */
static int add_folders(struct finding *f)
{
	static const char *const names[TRFS_YOLO_NR_SPLITS][3] = {
		{ "images/train", "train/images", "train" },
		{ "images/val", "valid/images", "images/valid" },
		{ "images/test", "test/images", "test" },
	};
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer found;
	int rc = 0;

	trfs_buffer_init(&found, TRFS_BENEATH_PATH_MAX);
	for (int split = 0; rc == 0 && split < TRFS_YOLO_NR_SPLITS; split++) {
		for (int i = 0; i < 3; i++) {
			rc = is_there(f, f->base, names[split][i], &found);
			if (rc < 0)
				return rc;
			if (rc == 0)
				continue;
			f->files->has_splits = true;
			rc = walk(f, trfs_buffer_text(&found));
			break;
		}
		f->files->ends[split] =
			(uint32_t)trfs_string_table_view(f->files->images).nr;
	}
	if (rc < 0 || f->files->has_splits)
		return rc;
	rc = is_there(f, f->base, "images", &found);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return trfs_fail(f->err, -ENOENT,
				 "data.yaml names no \"train\", and there is no folder "
				 "images beside it");
	rc = walk(f, trfs_buffer_text(&found));
	for (int split = 0; split < TRFS_YOLO_NR_SPLITS; split++)
		f->files->ends[split] =
			(uint32_t)trfs_string_table_view(f->files->images).nr;
	return rc;
}

int trfs_yolo_files_find(struct trfs_yolo_files *files, const struct trfs_root *root,
			 const char *base, const struct trfs_yolo_yaml *yaml,
			 struct trfs_inputs *inputs, struct trfs_error *err)
{
	struct finding f = { .files = files,
			     .root = root,
			     .base = base,
			     .yaml = yaml,
			     .inputs = inputs,
			     .err = err };
	int rc = 0;

	*files = (struct trfs_yolo_files){ .images = trfs_string_table_new() };
	if (!files->images)
		return trfs_fail_memory(err, "the images");
	for (int split = 0; split < TRFS_YOLO_NR_SPLITS; split++)
		files->has_splits |= yaml->nr_places[split] > 0;
	if (!files->has_splits)
		return add_folders(&f);
	for (int split = 0; rc == 0 && split < TRFS_YOLO_NR_SPLITS; split++) {
		rc = add_split(&f, (enum trfs_yolo_split)split);
		files->ends[split] = (uint32_t)trfs_string_table_view(files->images).nr;
	}
	return rc;
}

/* Where the last folder "images" of @path begins, or path.len. */
static size_t find_images_folder(struct trfs_bytes path)
{
	for (size_t at = path.len; at-- > 0;)
		if ((at == 0 || path.data[at - 1] == '/') && path.len - at > 7 &&
		    memcmp(path.data + at, "images/", 7) == 0)
			return at;
	return path.len;
}

const char *trfs_yolo_label_path(struct trfs_bytes path, struct trfs_buffer *ret)
{
	const uint8_t *slash = memrchr(path.data, '/', path.len);
	size_t name = slash ? (size_t)(slash - path.data) + 1 : 0;
	struct trfs_bytes stem = trfs_beneath_stem(
		(struct trfs_bytes){ path.data + name, path.len - name });
	size_t folder = find_images_folder(path);

	trfs_buffer_reset(ret);
	if (folder == path.len) {
		trfs_buffer_put(ret, path.data, name + stem.len);
	} else {
		trfs_buffer_put(ret, path.data, folder);
		trfs_buffer_printf(ret, "labels");
		trfs_buffer_put(ret, path.data + folder + 6,
				name + stem.len - folder - 6);
	}
	trfs_buffer_printf(ret, ".txt");
	return trfs_buffer_text(ret);
}
