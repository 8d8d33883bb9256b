/* SPDX-License-Identifier: MIT */
/* A dialect is recognised by content, so it is said; and nothing is left out silently. */
#include "cli/report_manifest.h"

#include "cli/json_output.h"
#include "cli/output.h"
#include "cli/paragraph.h"
#include "manifest/text.h"

#include <inttypes.h>
#include <limits.h>

/* Behind the '=' of "train=a.json". */
static const char *path_of_part(const char *part)
{
	const char *equals = strchr(part, '=');

	return equals ? equals + 1 : part;
}

static void print_two(FILE *out, const char *a, const char *b)
{
	trfs_output_text(out, trfs_bytes_of(a));
	fputs(" and ", out);
	trfs_output_text(out, trfs_bytes_of(b));
}

void trfs_report_print_line(FILE *out, const struct trfs_options *options, uint64_t line)
{
	if (!options->manifest || line == 0)
		return;
	trfs_output_text(out, trfs_bytes_of(options->manifest));
	fprintf(out, ":%" PRIu64 ": ", line);
}

/* One path, which nobody pastes, in what @used leaves of the line. */
static void print_path(FILE *out, const char *path, size_t used)
{
	size_t columns = trfs_style_columns(out);
	char shown[PATH_MAX];

	trfs_output_text(out, trfs_bytes_of(trfs_style_shorten(
				      path, columns > used ? columns - used : columns,
				      shown, sizeof(shown))));
}

static void print_what_was_read(FILE *out, const struct trfs_options *options,
				const struct trfs_catalog *catalog, size_t used)
{
	unsigned int nr = options->parts.nr;
	char count[TRFS_COUNT_SIZE];

	if (nr > 2)
		fprintf(out, "%s manifests", trfs_count_text(nr, count));
	else if (nr == 2)
		print_two(out, path_of_part(options->parts.items[0]),
			  path_of_part(options->parts.items[1]));
	else if (nr == 1)
		print_path(out, path_of_part(options->parts.items[0]), used);
	else
		print_path(out,
			   options->manifest ? options->manifest : catalog->root_path,
			   used);
}

void trfs_report_print_dialect(FILE *out, const struct trfs_options *options,
			       const struct trfs_catalog *catalog)
{
	char name[TRFS_PRINTABLE_SIZE];

	if (catalog->dialect.len == 0)
		return;
	trfs_text_printable(catalog->dialect, name, sizeof(name));
	fputs("Read ", out);
	print_what_was_read(out, options, catalog,
			    strlen("Read  as .") + trfs_style_width(name));
	fprintf(out, " as %s.\n", name);
}

/* What dialects say of a box: "box 3 (id 17) is dropped: ...". */
static uint64_t count_boxes(const struct trfs_left_out *left_out)
{
	static const char box[] = "box ";
	uint64_t nr = 0;

	for (uint64_t i = 0; i < left_out->reasons.nr; i++) {
		struct trfs_bytes reason = trfs_strings_get(&left_out->reasons, i);

		nr += reason.len > sizeof(box) &&
		      memcmp(reason.data, box, sizeof(box) - 1) == 0;
	}
	return nr;
}

/* "note: 1,400 parts of rows are left out, 1,398 of them boxes:" */
static void print_how_many(FILE *out, const struct trfs_left_out *left_out)
{
	uint64_t nr = left_out->names.nr;
	uint64_t nr_boxes = count_boxes(left_out);
	char count[TRFS_COUNT_SIZE], boxes[TRFS_COUNT_SIZE];

	trfs_count_text(nr_boxes, boxes);
	trfs_paragraph_labelled(
		out, TRFS_STYLE_DOUBT, "note:", "%s part%s of rows %s left out%s%s%s:",
		trfs_count_text(nr, count), nr == 1 ? "" : "s", nr == 1 ? "is" : "are",
		nr_boxes > 0 ? ", " : "", nr_boxes > 0 ? boxes : "",
		nr_boxes == 0	? ""
		: nr_boxes == 1 ? " of them a box"
				: " of them boxes");
}

void trfs_report_print_left_out(FILE *out, const struct trfs_options *options,
				const struct trfs_catalog *catalog, uint64_t most)
{
	const struct trfs_left_out *left_out = &catalog->left_out;
	uint64_t nr = left_out->names.nr;
	char count[TRFS_COUNT_SIZE], name[TRFS_PRINTABLE_SIZE],
		reason[TRFS_PRINTABLE_SIZE];

	if (nr == 0)
		return;
	print_how_many(out, left_out);
	for (uint64_t i = 0; i < nr && i < most; i++) {
		struct trfs_bytes image = trfs_strings_get(&left_out->names, i);

		fputs("  ", out);
		trfs_report_print_line(out, options, left_out->lines[i]);
		trfs_text_printable(image, name, sizeof(name));
		trfs_text_printable(trfs_strings_get(&left_out->reasons, i), reason,
				    sizeof(reason));
		fprintf(out, "%s%s%s\n", name, image.len ? ": " : "", reason);
	}
	if (nr > most)
		fprintf(out, "  and %s more; tfrecordfs check --json lists all\n",
			trfs_count_text(nr - most, count));
}

json_t *trfs_report_left_out_json(const struct trfs_catalog *catalog)
{
	const struct trfs_left_out *left_out = &catalog->left_out;
	json_t *list = json_array();

	for (uint64_t i = 0; list && i < left_out->names.nr; i++) {
		json_t *item = json_pack(
			"{s:o, s:o, s:o}", "file",
			trfs_json_bytes(trfs_strings_get(&left_out->names, i)), "line",
			left_out->lines[i] ? trfs_json_count(left_out->lines[i])
					   : json_null(),
			"reason",
			trfs_json_bytes(trfs_strings_get(&left_out->reasons, i)));

		if (json_array_append_new(list, item) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}
