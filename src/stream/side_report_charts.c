/* SPDX-License-Identifier: MIT */
/* Bars in tables: who does not see the bars reads the numbers beside them. */
#include "stream/side_report.h"

#include "dataset/oddities.h"
#include <stdio.h>

#include <inttypes.h>
#include <stdlib.h>

/* Rows of the table of classes; the rest is one more. */
#define CLASSES_SHOWN 40u
/* Splits with a column of their own; there are colours for as many. */
#define SPLITS_SHOWN 4u

static void put_bar(struct trfs_buffer *out, unsigned int colour, uint64_t part,
		    uint64_t whole)
{
	if (part > 0)
		trfs_buffer_printf(out, "<i class=s%u style=width:%.2f%%></i>", colour,
				   100.0 * (double)part / (double)whole);
}

static void put_percent(struct trfs_buffer *out, uint64_t part, uint64_t whole)
{
	trfs_buffer_printf(out, "<td class=\"n p\">%.1f %%</td>",
			   whole ? 100.0 * (double)part / (double)whole : 0.0);
}

static uint64_t sum_of(const struct trfs_side_counts *counts, uint64_t class)
{
	uint64_t sum = 0;

	for (uint32_t s = 0; s < counts->nr_splits; s++)
		sum += counts->of[s * counts->nr_classes + class];
	return sum;
}

static int compare_classes(const void *a, const void *b, void *user)
{
	const struct trfs_side_counts *counts = user;
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	uint64_t left = sum_of(counts, x), right = sum_of(counts, y);

	if (left != right)
		return left > right ? -1 : 1;
	return (x > y) - (x < y);
}

/**
 * struct table - of classes
 * @most: records of the largest row
 * @all: records of all rows
 */
struct table {
	const struct trfs_view *view;
	const struct trfs_side_counts *counts;
	uint64_t most;
	uint64_t all;
};

static uint32_t nr_columns(const struct table *t)
{
	return t->counts->nr_splits < SPLITS_SHOWN ? t->counts->nr_splits : SPLITS_SHOWN;
}

static void put_row(struct trfs_buffer *out, const struct table *t,
		    struct trfs_bytes name, const uint64_t *of_splits)
{
	uint64_t sum = 0;

	for (uint32_t s = 0; s < t->counts->nr_splits; s++)
		sum += of_splits[s];
	trfs_buffer_printf(out, "<tr><th scope=row>");
	trfs_report_put_text(out, name);
	trfs_buffer_printf(out, "</th><td class=bar aria-hidden=true><div class=b>");
	for (uint32_t s = 0; s < nr_columns(t); s++)
		put_bar(out, s, of_splits[s], t->most);
	trfs_buffer_printf(out, "</div></td>");
	for (uint32_t s = 0; s < nr_columns(t); s++) {
		trfs_buffer_printf(out, "<td class=n>");
		trfs_report_put_count(out, of_splits[s]);
		trfs_buffer_printf(out, "</td>");
	}
	put_percent(out, sum, t->all);
	trfs_buffer_printf(out, "</tr>\n");
}

static void put_class_row(struct trfs_buffer *out, const struct table *t, uint64_t class)
{
	uint64_t of_splits[TRFS_SPLITS_MAX];

	for (uint32_t s = 0; s < t->counts->nr_splits; s++)
		of_splits[s] = t->counts->of[s * t->counts->nr_classes + class];
	put_row(out, t, trfs_strings_get(&t->view->catalog->class_names, class),
		of_splits);
}

/* All classes that have no row of their own. */
static void put_rest(struct trfs_buffer *out, const struct table *t,
		     const uint64_t *classes, uint64_t nr)
{
	uint64_t of_splits[TRFS_SPLITS_MAX] = { 0 };
	char text[64];

	for (uint64_t i = CLASSES_SHOWN; i < nr; i++)
		for (uint32_t s = 0; s < t->counts->nr_splits; s++)
			of_splits[s] +=
				t->counts->of[s * t->counts->nr_classes + classes[i]];
	snprintf(text, sizeof(text), "%" PRIu64 " other classes", nr - CLASSES_SHOWN);
	put_row(out, t, trfs_bytes_of(text), of_splits);
}

static void put_heading(struct trfs_buffer *out, const struct table *t)
{
	trfs_buffer_printf(out,
			   "<table>\n<caption>Records of each class; an image of "
			   "several classes counts for each.</caption>\n<thead><tr><th "
			   "scope=col>class</th><th class=bar "
			   "scope=col>records</th>");
	for (uint32_t s = 0; s < nr_columns(t); s++) {
		trfs_buffer_printf(
			out, "<th class=n scope=col><span class=\"k s%u\"></span>", s);
		trfs_report_put_text(out,
				     trfs_strings_get(&t->view->plan->split_names, s));
		trfs_buffer_printf(out, "</th>");
	}
	trfs_buffer_printf(
		out, "<th class=\"n p\" scope=col>share</th></tr></thead>\n<tbody>\n");
}

static void put_rows(struct trfs_buffer *out, struct table *t, uint64_t *classes)
{
	uint64_t nr = t->counts->nr_classes;

	for (uint64_t i = 0; i < nr; i++) {
		classes[i] = i;
		t->all += sum_of(t->counts, i);
	}
	qsort_r(classes, nr, sizeof(*classes), compare_classes, (void *)t->counts);
	t->most = sum_of(t->counts, classes[0]);
	put_heading(out, t);
	for (uint64_t i = 0; i < nr && i < CLASSES_SHOWN; i++)
		put_class_row(out, t, classes[i]);
	if (nr > CLASSES_SHOWN)
		put_rest(out, t, classes, nr);
	trfs_buffer_printf(out, "</tbody>\n</table>\n");
}

void trfs_report_put_classes(struct trfs_buffer *out, const struct trfs_view *view,
			     const struct trfs_side_counts *counts)
{
	struct table t = { .view = view, .counts = counts };
	uint64_t *classes = calloc(counts->nr_classes + 1, sizeof(*classes));

	trfs_buffer_printf(out,
			   "<section aria-labelledby=classes>\n<h2 id=classes>Classes "
			   "and splits</h2>\n");
	if (!classes)
		out->failed = true;
	else if (counts->nr_classes == 0)
		trfs_buffer_printf(out, "<p>There are no classes.</p>\n");
	else
		put_rows(out, &t, classes);
	free(classes);
	trfs_buffer_printf(out, "<p>");
	for (uint32_t s = 0; s < counts->nr_splits; s++) {
		trfs_buffer_printf(out, "%s", s > 0 ? ", " : "");
		trfs_report_put_text(out, trfs_strings_get(&view->plan->split_names, s));
		trfs_buffer_printf(out, " ");
		trfs_report_put_count(out, view->plan->splits[s].nr_records);
	}
	trfs_buffer_printf(out, " records.</p>\n</section>\n");
}

/* Upper bounds of bins of the shorter side, in pixels; the last has none. */
static const uint32_t bounds[] = { 16, 32, 64, 128, 256, 512, 1024, 2048, 4096 };
#define NR_BINS (TRFS_COUNT(bounds) + 1)

/* Of images: by shorter side, by format, by oddity. */
struct looks {
	uint64_t nr;
	uint64_t sizes[NR_BINS];
	uint64_t formats[TRFS_IMAGE_NR_FORMATS];
	uint64_t oddities[TRFS_NR_ODDITIES];
};

static void count_looks(const struct trfs_catalog *catalog, struct looks *looks)
{
	looks->nr = catalog->nr_examples;
	for (uint64_t i = 0; i < catalog->nr_examples; i++) {
		const struct trfs_appearance *e = trfs_catalog_appearance(
			catalog, trfs_catalog_example(catalog, i));
		uint32_t side = e->height < e->width ? e->height : e->width;
		size_t bin = 0;

		while (bin < TRFS_COUNT(bounds) && side >= bounds[bin])
			bin++;
		looks->sizes[bin]++;
		if (e->format < TRFS_IMAGE_NR_FORMATS)
			looks->formats[e->format]++;
		for (size_t k = 0; e->oddities && k < TRFS_NR_ODDITIES; k++)
			looks->oddities[k] +=
				(e->oddities & trfs_oddity_texts[k].bit) > 0;
	}
}

static void put_counted(struct trfs_buffer *out, const char *name, uint64_t count,
			uint64_t most, uint64_t all)
{
	trfs_buffer_printf(out,
			   "<tr><th scope=row>%s</th><td class=bar "
			   "aria-hidden=true><div class=b>",
			   name);
	put_bar(out, 0, count, most);
	trfs_buffer_printf(out, "</div></td><td class=n>");
	trfs_report_put_count(out, count);
	trfs_buffer_printf(out, "</td>");
	put_percent(out, count, all);
	trfs_buffer_printf(out, "</tr>\n");
}

static void start_counted(struct trfs_buffer *out, const char *caption, const char *what)
{
	trfs_buffer_printf(
		out,
		"<table>\n<caption>%s</caption>\n<thead><tr><th scope=col>%s</th>"
		"<th class=bar scope=col></th><th class=n scope=col>images</th>"
		"<th class=\"n p\" scope=col>share</th></tr></thead>\n<tbody>\n",
		caption, what);
}

static uint64_t most_of(const uint64_t *numbers, size_t nr)
{
	uint64_t most = 1;

	for (size_t i = 0; i < nr; i++)
		most = numbers[i] > most ? numbers[i] : most;
	return most;
}

static void put_sizes(struct trfs_buffer *out, const struct looks *looks)
{
	uint64_t most = most_of(looks->sizes, NR_BINS);
	size_t first = 0, end = NR_BINS;
	char name[64];

	while (first < NR_BINS && looks->sizes[first] == 0)
		first++;
	while (end > first && looks->sizes[end - 1] == 0)
		end--;
	start_counted(out, "The shorter side, in pixels.", "size");
	for (size_t i = first; i < end; i++) {
		if (i == TRFS_COUNT(bounds))
			snprintf(name, sizeof(name), "%u and more", bounds[i - 1]);
		else
			snprintf(name, sizeof(name), "%u to %u", i ? bounds[i - 1] : 0,
				 bounds[i] - 1);
		put_counted(out, name, looks->sizes[i], most, looks->nr);
	}
	trfs_buffer_printf(out, "</tbody>\n</table>\n");
}

static void put_formats(struct trfs_buffer *out, const struct looks *looks)
{
	uint64_t most = most_of(looks->formats, TRFS_IMAGE_NR_FORMATS);

	start_counted(out, "By content, whatever files are called.", "format");
	for (unsigned int i = 0; i < TRFS_IMAGE_NR_FORMATS; i++)
		if (looks->formats[i] > 0)
			put_counted(out,
				    trfs_image_format_name((enum trfs_image_format)i),
				    looks->formats[i], most, looks->nr);
	trfs_buffer_printf(out, "</tbody>\n</table>\n");
}

void trfs_report_put_images(struct trfs_buffer *out, const struct trfs_view *view)
{
	struct looks looks = { .nr = 0 };

	count_looks(view->catalog, &looks);
	trfs_buffer_printf(out, "<section aria-labelledby=images>\n<h2 "
				"id=images>Images</h2>\n<div class=two>\n<div>\n");
	put_sizes(out, &looks);
	trfs_buffer_printf(out, "</div>\n<div>\n");
	put_formats(out, &looks);
	trfs_buffer_printf(out, "</div>\n</div>\n");
	for (size_t k = 0; k < TRFS_NR_ODDITIES; k++) {
		if (looks.oddities[k] == 0)
			continue;
		trfs_buffer_printf(out, "<p>");
		trfs_report_put_count(out, looks.oddities[k]);
		trfs_buffer_printf(out, " %s %s.</p>\n",
				   looks.oddities[k] == 1 ? "image is" : "images are",
				   trfs_oddity_texts[k].meaning);
	}
	trfs_buffer_printf(out, "</section>\n");
}
