/* SPDX-License-Identifier: MIT */
/*
 * What a source is refused for, as a compiler tells it: what is wrong and what to do, and
 * then each place on a line that begins with it.
 */
#include "cli/report.h"

#include "cli/output.h"
#include "cli/paragraph.h"
#include "cli/report_manifest.h"
#include "manifest/text.h"

/* Of all problems of a kind: what is said of one and of many, and the way out. */
struct kind_text {
	enum trfs_problem_kind kind;
	const char *one, *many;
	const char *way_out;
};

/* In this order: first what could not be trained on at all. */
static const struct kind_text kinds[] = {
	{ TRFS_PROBLEM_MISSING, "image is not where it is said to be",
	  "images are not where they are said to be",
	  "mend the path, add the file, or remove the row" },
	{ TRFS_PROBLEM_UNREADABLE, "image cannot be read", "images cannot be read",
	  "see what the disk, or the owner, says to that" },
	{ TRFS_PROBLEM_BAD_IMAGE, "image is broken, or none",
	  "images are broken, or none",
	  "training would end there; get the file again, or remove it" },
	{ TRFS_PROBLEM_FORMAT, "image is of a format that is not let in",
	  "images are of formats that are not let in",
	  "let them in with --formats, if what reads them can, or convert them" },
	{ TRFS_PROBLEM_MASK, "image lacks a mask that fits", "images lack masks that fit",
	  "a mask has the size of its image, and classes from 0 on" },
	{ TRFS_PROBLEM_OUTSIDE, "path leaves the source", "paths leave the source",
	  "choose a source that holds all, or allow links with --follow" },
	{ TRFS_PROBLEM_BAD_ROW, "row says what cannot be", "rows say what cannot be",
	  "mend what the line says" },
	{ TRFS_PROBLEM_CONTRADICTED, "row contradicts another",
	  "rows contradict each other",
	  "one image under two labels teaches nothing; keep one row of each" },
	{ TRFS_PROBLEM_UNLABELLED, "row lacks a label", "rows lack a label",
	  "fill it in, or remove the row" },
	{ TRFS_PROBLEM_AMBIGUOUS, "name fits several files", "names fit several files",
	  "write the path and the extension, too" },
	{ TRFS_PROBLEM_REPEATED, "row repeats another", "rows repeat others",
	  "an image that is listed twice weighs double; remove one row" },
};

void trfs_report_print_problem(FILE *out, const struct trfs_options *options,
			       const struct trfs_catalog *catalog, uint64_t i,
			       const char *indent)
{
	const struct trfs_problems *problems = &catalog->problems;
	char name[TRFS_PRINTABLE_SIZE], reason[TRFS_PRINTABLE_SIZE];
	struct trfs_bytes file = trfs_strings_get(&problems->names, i);

	fputs(indent, out);
	trfs_report_print_line(out, options, problems->items[i].line);
	trfs_text_printable(trfs_strings_get(&problems->reasons, i), reason,
			    sizeof(reason));
	fprintf(out, "%s%s%s\n", trfs_text_printable(file, name, sizeof(name)),
		file.len ? ": " : "", reason);
}

static uint64_t count(const struct trfs_problems *problems, enum trfs_problem_kind kind)
{
	uint64_t nr = 0;

	for (uint64_t i = 0; i < problems->nr; i++)
		nr += problems->items[i].kind == kind;
	return nr;
}

void trfs_report_print_problems(FILE *out, const struct trfs_options *options,
				const struct trfs_catalog *catalog, bool with_heads)
{
	const struct trfs_problems *problems = &catalog->problems;
	char nr_text[TRFS_COUNT_SIZE];

	_Static_assert(TRFS_COUNT(kinds) == TRFS_NR_PROBLEM_KINDS,
		       "every kind has a text, so that none is passed over");
	for (size_t k = 0; k < TRFS_COUNT(kinds); k++) {
		uint64_t nr = count(problems, kinds[k].kind);

		if (nr > 0 && with_heads)
			trfs_paragraph_labelled(
				out, TRFS_STYLE_BAD, "error:", "%s %s: %s",
				trfs_count_text(nr, nr_text),
				nr == 1 ? kinds[k].one : kinds[k].many, kinds[k].way_out);
		for (uint64_t i = 0; nr > 0 && i < problems->nr; i++)
			if (problems->items[i].kind == kinds[k].kind)
				trfs_report_print_problem(out, options, catalog, i, "");
	}
}
