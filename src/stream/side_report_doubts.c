/* SPDX-License-Identifier: MIT */
/* What is wrong or doubtful, as problems.csv and leaks.csv have it, but the first only.
 */
#include "stream/side_report.h"

#include "base/error.h"

#define SHOWN_MAX 20u

static void put_problem_counts(struct trfs_buffer *out,
			       const struct trfs_problems *problems)
{
	uint64_t of_kinds[TRFS_NR_PROBLEM_KINDS] = { 0 };
	const char *before = "";

	for (uint64_t i = 0; i < problems->nr; i++)
		of_kinds[problems->items[i].kind]++;
	trfs_buffer_printf(out, "<p class=warn>Left out: ");
	for (unsigned int k = 0; k < TRFS_NR_PROBLEM_KINDS; k++) {
		if (of_kinds[k] == 0)
			continue;
		trfs_buffer_printf(out, "%s", before);
		trfs_report_put_count(out, of_kinds[k]);
		trfs_buffer_printf(out, " %s",
				   trfs_problem_kind_name((enum trfs_problem_kind)k));
		before = ", ";
	}
	trfs_buffer_printf(out, ".</p>\n");
}

static void put_problems(struct trfs_buffer *out, const struct trfs_catalog *catalog)
{
	const struct trfs_problems *problems = &catalog->problems;

	trfs_buffer_printf(out, "<section aria-labelledby=problems>\n<h2 "
				"id=problems>Problems</h2>\n");
	if (problems->nr == 0) {
		trfs_buffer_printf(out,
				   "<p>None: every image of the source that is listed "
				   "is shown.</p>\n</section>\n");
		return;
	}
	put_problem_counts(out, problems);
	trfs_buffer_printf(out, "<table>\n<caption>The first of them; all are in "
				"<code>problems.csv</code>.</caption>\n<thead><tr><th "
				"scope=col>file</th><th "
				"scope=col>why</th></tr></thead>\n<tbody>\n");
	for (uint64_t i = 0; i < problems->nr && i < SHOWN_MAX; i++) {
		trfs_buffer_printf(out, "<tr><th scope=row>");
		trfs_report_put_text(out, trfs_strings_get(&problems->names, i));
		trfs_buffer_printf(out, "</th><td>");
		trfs_report_put_text(out, trfs_strings_get(&problems->reasons, i));
		trfs_buffer_printf(out, "</td></tr>\n");
	}
	trfs_buffer_printf(out, "</tbody>\n</table>\n</section>\n");
}

/* The first line behind the heading, and how many there are. */
static struct trfs_bytes skip_heading(struct trfs_bytes csv)
{
	const uint8_t *end = memchr(csv.data, '\n', csv.len);
	size_t len = end ? (size_t)(end - csv.data) + 1 : csv.len;

	return (struct trfs_bytes){ csv.data + len, csv.len - len };
}

static uint64_t count_lines(struct trfs_bytes csv)
{
	uint64_t nr = 0;

	for (size_t i = 0; i < csv.len; i++)
		nr += csv.data[i] == '\n';
	return nr;
}

static struct trfs_bytes first_lines(struct trfs_bytes csv, unsigned int nr)
{
	size_t len = 0;

	for (; len < csv.len && nr > 0; len++)
		nr -= csv.data[len] == '\n';
	return (struct trfs_bytes){ csv.data, len };
}

int trfs_report_put_doubts(struct trfs_buffer *out,
			   const struct trfs_side_request *request,
			   struct trfs_error *err)
{
	struct trfs_buffer leaks;
	struct trfs_bytes lines;
	uint64_t nr;
	int rc;

	put_problems(out, request->view->catalog);
	trfs_buffer_init(&leaks, (size_t)1 << 30);
	rc = trfs_side_leaks.make(request, &leaks, err);
	/* Without memory it is not known that there are none. */
	if (rc == 0 && leaks.failed)
		rc = trfs_fail_memory(err, "the leaks");
	if (rc < 0) {
		trfs_buffer_done(&leaks);
		return rc;
	}
	lines = skip_heading(trfs_buffer_bytes(&leaks));
	nr = count_lines(lines);
	trfs_buffer_printf(out, "<section aria-labelledby=leaks>\n<h2 "
				"id=leaks>Leaks</h2>\n");
	if (nr == 0) {
		trfs_buffer_printf(out, "<p>No group of a column that is known to hold "
					"some stands in two splits.</p>\n");
	} else {
		trfs_buffer_printf(out, "<p class=warn>");
		trfs_report_put_count(out, nr);
		trfs_buffer_printf(out,
				   " images are of groups that stand in two splits; "
				   "<code>--group</code> keeps them together. The "
				   "first lines of <code>leaks.csv</code>:</p>\n<pre "
				   "tabindex=0>");
		trfs_report_put_text(out, first_lines(lines, SHOWN_MAX));
		trfs_buffer_printf(out, "</pre>\n");
	}
	trfs_buffer_printf(out, "</section>\n");
	trfs_buffer_done(&leaks);
	return 0;
}
