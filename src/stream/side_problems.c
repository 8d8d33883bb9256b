/* SPDX-License-Identifier: MIT */
/*
 * problems.csv: every row that is no example and why; what was left out of others; and
 * images that are shown but surprise people.  A line each, in the order of the manifest.
 */
#include "dataset/oddities.h"
#include "stream/side_file.h"

#include <inttypes.h>

static void put_line(struct trfs_buffer *out, struct trfs_bytes file, uint64_t line,
		     const char *kind, struct trfs_bytes reason)
{
	trfs_side_put_csv(out, file);
	trfs_buffer_put_u8(out, ',');
	if (line > 0)
		trfs_buffer_printf(out, "%" PRIu64, line);
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, trfs_bytes_of(kind));
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, reason);
	trfs_buffer_put_u8(out, '\n');
}

static void put_problems(const struct trfs_catalog *catalog, struct trfs_buffer *out)
{
	const struct trfs_problems *problems = &catalog->problems;

	for (uint64_t i = 0; i < problems->nr; i++)
		put_line(out, trfs_strings_get(&problems->names, i),
			 problems->items[i].line,
			 trfs_problem_kind_name(
				 (enum trfs_problem_kind)problems->items[i].kind),
			 trfs_strings_get(&problems->reasons, i));
}

static void put_left_out(const struct trfs_catalog *catalog, struct trfs_buffer *out)
{
	const struct trfs_left_out *left_out = &catalog->left_out;

	for (uint64_t i = 0; i < left_out->names.nr; i++)
		put_line(out, trfs_strings_get(&left_out->names, i), left_out->lines[i],
			 "left out", trfs_strings_get(&left_out->reasons, i));
}

static void put_odd_images(const struct trfs_catalog *catalog, struct trfs_buffer *out)
{
	for (uint64_t i = 0; i < catalog->nr_examples; i++) {
		uint32_t oddities =
			trfs_catalog_appearance(catalog, trfs_catalog_example(catalog, i))
				->oddities;
		struct trfs_name room;

		for (size_t k = 0; oddities && k < TRFS_NR_ODDITIES; k++)
			if (oddities & trfs_oddity_texts[k].bit)
				put_line(out, trfs_catalog_name(catalog, i, &room), 0,
					 trfs_oddity_texts[k].name,
					 trfs_bytes_of(trfs_oddity_texts[k].meaning));
	}
}

static int make(const struct trfs_side_request *request, struct trfs_buffer *out,
		struct trfs_error *err)
{
	const struct trfs_catalog *catalog = request->view->catalog;

	(void)err;
	trfs_buffer_printf(out, "file,line,problem,reason\n");
	put_problems(catalog, out);
	put_left_out(catalog, out);
	put_odd_images(catalog, out);
	return 0;
}

const struct trfs_side_kind trfs_side_problems = {
	.set = "standard",
	.path = "problems.csv",
	.make = make,
};
