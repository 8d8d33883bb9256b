/* SPDX-License-Identifier: MIT */
/* Values out of an image's path. */
#include "dataset/feature_source_names.h"

#include <errno.h>
#include <inttypes.h>

/* It lives as long as the values; without memory they have failed, and it is empty. */
static struct trfs_bytes path_of(const struct trfs_source_request *request,
				 struct trfs_feature_values *values)
{
	struct trfs_name room;
	struct trfs_bytes path = trfs_value_arena_copy(
		&values->arena,
		trfs_catalog_name(request->catalog, request->example, &room));

	if (path.data)
		return path;
	values->failed = true;
	return trfs_bytes_of("");
}

int trfs_give_file_path(const struct trfs_source_request *request,
			struct trfs_feature_values *values)
{
	trfs_feature_values_give_text(values, path_of(request, values));
	return 0;
}

/* What stands behind the last slash. */
static struct trfs_bytes last_component(struct trfs_bytes path)
{
	const uint8_t *slash = path.len > 0 ? memrchr(path.data, '/', path.len) : NULL;
	size_t skip = slash ? (size_t)(slash - path.data) + 1 : 0;

	return (struct trfs_bytes){ path.data + skip, path.len - skip };
}

int trfs_give_file_name(const struct trfs_source_request *request,
			struct trfs_feature_values *values)
{
	trfs_feature_values_give_text(values, last_component(path_of(request, values)));
	return 0;
}

int trfs_give_file_stem(const struct trfs_source_request *request,
			struct trfs_feature_values *values)
{
	struct trfs_bytes name = last_component(path_of(request, values));
	const uint8_t *dot = name.len > 0 ? memrchr(name.data, '.', name.len) : NULL;

	/* A dot in front begins a hidden file's name, not an extension. */
	if (dot && dot > name.data)
		name.len = (size_t)(dot - name.data);
	trfs_feature_values_give_text(values, name);
	return 0;
}

/* What stands behind the name's last dot; nothing where there is none. */
static struct trfs_bytes extension_of(const struct trfs_source_request *request,
				      struct trfs_feature_values *values)
{
	struct trfs_bytes name = last_component(path_of(request, values));
	const uint8_t *dot = name.len > 0 ? memrchr(name.data, '.', name.len) : NULL;
	size_t skip = dot && dot > name.data ? (size_t)(dot - name.data) + 1 : name.len;

	return (struct trfs_bytes){ name.data + skip, name.len - skip };
}

int trfs_give_file_extension(const struct trfs_source_request *request,
			     struct trfs_feature_values *values)
{
	trfs_feature_values_give_text(values, extension_of(request, values));
	return 0;
}

/* By name, as converters have it that never look into a file. */
int trfs_give_file_format(const struct trfs_source_request *request,
			  struct trfs_feature_values *values)
{
	struct trfs_bytes extension = extension_of(request, values);
	enum trfs_image_format format = trfs_image_format_by_name(extension);

	if (format != TRFS_IMAGE_UNKNOWN)
		extension = trfs_bytes_of(trfs_image_format_name(format));
	trfs_feature_values_give_text(values, extension);
	return 0;
}

/* Up to the first dot, as scripts do that split a name at dots. */
static struct trfs_bytes first_stem(const struct trfs_source_request *request,
				    struct trfs_feature_values *values)
{
	struct trfs_bytes name = last_component(path_of(request, values));
	const uint8_t *dot = name.len > 0 ? memchr(name.data, '.', name.len) : NULL;

	if (dot && dot > name.data)
		name.len = (size_t)(dot - name.data);
	return name;
}

int trfs_give_file_first_stem(const struct trfs_source_request *request,
			      struct trfs_feature_values *values)
{
	trfs_feature_values_give_text(values, first_stem(request, values));
	return 0;
}

/* "name_0", "name_1" where the plan has augmented copies of the example, else "name". */
int trfs_give_copy_name(const struct trfs_source_request *request,
			struct trfs_feature_values *values)
{
	struct trfs_bytes name = first_stem(request, values);

	if (request->has_copies) {
		trfs_buffer_reset(&values->scratch);
		trfs_buffer_put(&values->scratch, name.data, name.len);
		trfs_buffer_printf(&values->scratch, "_%" PRIu32, request->copy);
		if (values->scratch.failed)
			return -ENOMEM;
		name = trfs_value_arena_copy(&values->arena,
					     trfs_buffer_bytes(&values->scratch));
		if (!name.data)
			return -ENOMEM;
	}
	trfs_feature_values_give_text(values, name);
	return 0;
}

int trfs_give_file_directory(const struct trfs_source_request *request,
			     struct trfs_feature_values *values)
{
	struct trfs_bytes path = path_of(request, values);
	size_t name_len = last_component(path).len;

	path.len -= name_len < path.len ? name_len + 1 : name_len;
	trfs_feature_values_give_text(values, path);
	return 0;
}
