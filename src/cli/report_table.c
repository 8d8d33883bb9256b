/* SPDX-License-Identifier: MIT */
/* Rows are class names and counts; the widths follow from what stands in a column. */
#include "cli/report_table.h"

#include "cli/output.h"
#include "cli/style.h"
#include "manifest/text.h"

#include <string.h>

#define NR_CLASSES_SHOWN 20
#define NR_SPLITS_SHOWN	 6
#define NAME_SIZE	 48
#define NAME_WIDTH_MIN	 20		       /* "1,234 other classes" */
#define NR_COLUMNS_MAX	 (NR_SPLITS_SHOWN + 1) /* the sum is the last */

/**
 * struct table - what is printed
 * @split_names: heads of the columns
 * @nr_splits: 0 where there are none to show, or too many
 * @name_width: in characters
 * @name_max: names are shortened to so many; 0: as long as they are
 */
struct table {
	FILE *out;
	const struct trfs_catalog *catalog;
	const struct trfs_report_counts *counts;
	char split_names[NR_SPLITS_SHOWN][NAME_SIZE];
	uint32_t nr_splits;
	int name_width;
	size_t name_max;
	bool has_no_room; /* for splits */
	int widths[NR_COLUMNS_MAX];
};

/* One row: counts by split, and their sum. */
struct row {
	uint64_t by_split[NR_SPLITS_SHOWN];
	uint64_t sum;
};

static int width_of(const char *text)
{
	return (int)trfs_style_width(text);
}

static const char *class_name(const struct table *t, uint64_t class, char buf[NAME_SIZE])
{
	struct trfs_bytes name = trfs_strings_get(&t->catalog->class_names, class);
	char whole[NAME_SIZE], shortened[NAME_SIZE];

	trfs_text_printable(name, whole, NAME_SIZE);
	snprintf(buf, NAME_SIZE, "%s",
		 trfs_style_shorten(whole, t->name_max, shortened, NAME_SIZE));
	return buf;
}

static void add_class(const struct table *t, uint64_t class, struct row *row)
{
	const struct trfs_report_counts *c = t->counts;

	/* With a plan, what is shown of the class; else how many images it has. */
	row->sum += c->nr_splits == 0 ? c->by_class[class] : 0;
	for (uint32_t s = 0; s < c->nr_splits; s++)
		row->sum += c->by_both[class * c->nr_splits + s];
	for (uint32_t s = 0; s < t->nr_splits; s++)
		row->by_split[s] += c->by_both[class * c->nr_splits + s];
}

/* Records where there is a plan, which --keep-every and --augment change; else images. */
static uint64_t nr_shown(const struct table *t)
{
	return t->catalog->nr_examples + t->counts->nr_copies - t->counts->nr_left_out;
}

static void print_name(const struct table *t, const char *name)
{
	fprintf(t->out, "  %s%*s", name, t->name_width - width_of(name), "");
}

static void print_row(const struct table *t, const char *name, const struct row *row,
		      bool with_share)
{
	uint64_t all = nr_shown(t);
	char nr[TRFS_COUNT_SIZE];

	print_name(t, name);
	for (uint32_t s = 0; s < t->nr_splits; s++)
		fprintf(t->out, "  %*s", t->widths[s],
			trfs_count_text(row->by_split[s], nr));
	fprintf(t->out, "  %*s", t->widths[t->nr_splits], trfs_count_text(row->sum, nr));
	if (with_share && all > 0)
		fprintf(t->out, "  %5.1f%%", 100.0 * (double)row->sum / (double)all);
	fputc('\n', t->out);
}

/* What all classes have together: each example once. */
static struct row sum_row(const struct table *t)
{
	struct row row = { .sum = nr_shown(t) };

	for (uint32_t s = 0; s < t->nr_splits; s++)
		row.by_split[s] = t->counts->by_split[s];
	return row;
}

/* The sums are the largest numbers, so they and the heads decide. */
static void measure(struct table *t)
{
	struct row sum = sum_row(t);
	char nr[TRFS_COUNT_SIZE];

	t->widths[t->nr_splits] = width_of(trfs_count_text(sum.sum, nr));
	for (uint32_t s = 0; s < t->nr_splits; s++) {
		int head = width_of(t->split_names[s]);
		int number = width_of(trfs_count_text(sum.by_split[s], nr));

		t->widths[s] = head > number ? head : number;
	}
}

static void print_head(const struct table *t)
{
	if (t->nr_splits == 0)
		return;
	print_name(t, "");
	for (uint32_t s = 0; s < t->nr_splits; s++)
		fprintf(t->out, "  %*s%s", t->widths[s] - width_of(t->split_names[s]), "",
			t->split_names[s]);
	fprintf(t->out, "  %*s\n", t->widths[t->nr_splits], "all");
}

static void print_classes(struct table *t)
{
	uint64_t nr_classes = t->counts->nr_classes;
	/* Examples of the smallest class that is still shown. */
	uint64_t threshold = nr_classes > NR_CLASSES_SHOWN
				     ? t->counts->by_size[NR_CLASSES_SHOWN - 1]
				     : 0;
	uint64_t nr_above = 0, nr_shown = 0;
	struct row rest = { { 0 }, 0 };
	char name[NAME_SIZE];

	for (uint64_t c = 0; c < nr_classes; c++)
		nr_above += t->counts->by_class[c] > threshold;
	for (uint64_t c = 0; c < nr_classes; c++) {
		struct row row = { { 0 }, 0 };
		bool above = t->counts->by_class[c] > threshold;

		/* Of those at the threshold the first few, until all places are taken. */
		if (!above && (t->counts->by_class[c] < threshold ||
			       nr_shown + nr_above >= NR_CLASSES_SHOWN)) {
			add_class(t, c, &rest);
			continue;
		}
		nr_above -= above;
		nr_shown++;
		add_class(t, c, &row);
		print_row(t, class_name(t, c, name), &row, true);
	}
	if (nr_classes > nr_shown) {
		char nr[TRFS_COUNT_SIZE];

		snprintf(name, sizeof(name), "%s other classes",
			 trfs_count_text(nr_classes - nr_shown, nr));
		print_row(t, name, &rest, true);
	}
}

/* Of a row, all but the name. */
static size_t width_of_numbers(const struct table *t)
{
	size_t width = strlen("  ") + strlen("  100.0%");

	for (uint32_t i = 0; i <= t->nr_splits; i++)
		width += strlen("  ") + (size_t)t->widths[i];
	return width;
}

/* Into the terminal's columns: names give way first, then the splits do. */
static void fit(struct table *t)
{
	size_t columns = trfs_style_columns(t->out);

	if (columns == 0 || (size_t)t->name_width + width_of_numbers(t) <= columns)
		return;
	if (width_of_numbers(t) + NAME_WIDTH_MIN > columns) {
		t->nr_splits = 0;
		t->has_no_room = true;
		measure(t);
	}
	t->name_max = NAME_WIDTH_MIN;
	if (columns > width_of_numbers(t) + NAME_WIDTH_MIN)
		t->name_max = columns - width_of_numbers(t);
}

static void measure_names(struct table *t)
{
	char name[NAME_SIZE];

	t->name_width = 3;
	for (uint64_t c = 0; c < t->counts->nr_classes; c++) {
		int width = width_of(class_name(t, c, name));

		if (width > t->name_width)
			t->name_width = width;
	}
	if (t->counts->nr_classes > NR_CLASSES_SHOWN && t->name_width < NAME_WIDTH_MIN)
		t->name_width = NAME_WIDTH_MIN;
}

void trfs_report_print_table(FILE *out, const struct trfs_catalog *catalog,
			     const struct trfs_plan *plan,
			     const struct trfs_report_counts *counts)
{
	struct table t = { .out = out, .catalog = catalog, .counts = counts };
	char left_out[TRFS_COUNT_SIZE], copies[TRFS_COUNT_SIZE];
	struct row sum;

	if (plan && plan->nr_splits <= NR_SPLITS_SHOWN)
		t.nr_splits = plan->nr_splits;
	for (uint32_t s = 0; s < t.nr_splits; s++)
		trfs_text_printable(trfs_strings_get(&plan->split_names, s),
				    t.split_names[s], NAME_SIZE);
	/* One split says nothing that the sum does not. */
	if (t.nr_splits == 1)
		t.nr_splits = 0;
	if (counts->nr_classes == 0 && t.nr_splits == 0)
		return;
	measure(&t);
	measure_names(&t);
	fit(&t);
	if (t.name_max > 0)
		measure_names(&t);
	print_head(&t);
	print_classes(&t);
	sum = sum_row(&t);
	if (counts->nr_classes != 1)
		print_row(&t, "all", &sum, false);
	if (counts->nr_left_out + counts->nr_copies > 0)
		fprintf(out, "  (in train, %s images are left out and %s copies added)\n",
			trfs_count_text(counts->nr_left_out, left_out),
			trfs_count_text(counts->nr_copies, copies));
	if (t.has_no_room)
		fprintf(out, "  (a wider terminal shows the splits)\n");
	if (counts->several_labels)
		fprintf(out, "  (an image with several labels counts in each class)\n");
}
