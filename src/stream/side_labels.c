/* SPDX-License-Identifier: MIT */
/*
 * The classes in the forms that readers want: labels.txt (a name a line where ids count
 * from 0, else "id:name"; --labels reads either), labels.csv with how many records each
 * has, label_map.pbtxt as the Object Detection API has it.
 */
#include "stream/side_counts.h"

#include <inttypes.h>

static struct trfs_bytes name_of(const struct trfs_view *view, uint64_t class)
{
	return trfs_strings_get(&view->catalog->class_names, class);
}

/* Whether names alone say all.  A first one with a colon could be read as "id:name". */
static bool is_plain(const struct trfs_view *view)
{
	struct trfs_bytes first = name_of(view, 0);

	for (uint64_t i = 0; i < view->catalog->class_names.nr; i++)
		if (trfs_side_class_id(view, i) != (int64_t)i)
			return false;
	return !memchr(first.data, ':', first.len);
}

static int make_text(const struct trfs_side_request *request, struct trfs_buffer *out,
		     struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	bool plain = is_plain(view);

	(void)err;
	for (uint64_t i = 0; i < view->catalog->class_names.nr; i++) {
		struct trfs_bytes name = name_of(view, i);

		if (!plain)
			trfs_buffer_printf(out, "%" PRId64 ":",
					   trfs_side_class_id(view, i));
		trfs_buffer_put(out, name.data, name.len);
		trfs_buffer_put_u8(out, '\n');
	}
	return 0;
}

static int make_csv(const struct trfs_side_request *request, struct trfs_buffer *out,
		    struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	struct trfs_side_counts counts;
	int rc = trfs_side_counts_make(view, &counts, err);

	trfs_buffer_printf(out, "class,id,records\n");
	for (uint64_t c = 0; rc == 0 && c < counts.nr_classes; c++) {
		uint64_t nr = 0;

		for (uint32_t s = 0; s < counts.nr_splits; s++)
			nr += counts.of[s * counts.nr_classes + c];
		trfs_side_put_csv(out, name_of(view, c));
		trfs_buffer_printf(out, ",%" PRId64 ",%" PRIu64 "\n",
				   trfs_side_class_id(view, c), nr);
	}
	trfs_side_counts_done(&counts);
	return rc;
}

/* A text of protobuf's text format, in single quotes. */
static void put_quoted(struct trfs_buffer *out, struct trfs_bytes text)
{
	trfs_buffer_put_u8(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (c == '\'' || c == '\\')
			trfs_buffer_printf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			trfs_buffer_printf(out, "\\%03o", c);
		else
			trfs_buffer_put_u8(out, c);
	}
	trfs_buffer_put_u8(out, '\'');
}

static int make_map(const struct trfs_side_request *request, struct trfs_buffer *out,
		    struct trfs_error *err)
{
	const struct trfs_view *view = request->view;

	(void)err;
	for (uint64_t i = 0; i < view->catalog->class_names.nr; i++) {
		trfs_buffer_printf(out, "item {\n  id: %" PRId64 "\n  name: ",
				   trfs_side_class_id(view, i));
		put_quoted(out, name_of(view, i));
		trfs_buffer_printf(out, "\n}\n");
	}
	return 0;
}

static bool has_classes(const struct trfs_view *view)
{
	return view->catalog->class_names.nr > 0;
}

/* A class a line: a name of two lines would number all behind it wrongly. */
static bool has_lines(const struct trfs_view *view)
{
	for (uint64_t i = 0; i < view->catalog->class_names.nr; i++) {
		struct trfs_bytes name = name_of(view, i);

		if (memchr(name.data, '\n', name.len) ||
		    memchr(name.data, '\r', name.len))
			return false;
	}
	return has_classes(view);
}

#define LABELS(name, fits_it, make_it)                                                   \
	{                                                                                \
		.set = "standard", .path = (name), .flags = TRFS_SIDE_IN_VIEWS,          \
		.fits = (fits_it), .make = (make_it),                                    \
	}

const struct trfs_side_kind trfs_side_labels_text =
	LABELS("labels.txt", has_lines, make_text);
const struct trfs_side_kind trfs_side_labels_csv =
	LABELS("labels.csv", has_classes, make_csv);
const struct trfs_side_kind trfs_side_label_map =
	LABELS("label_map.pbtxt", has_classes, make_map);
