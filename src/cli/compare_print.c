/* SPDX-License-Identifier: MIT */
/* Records were digested and forgotten; those to be named are read once more. */
#include "cli/compare_print.h"

#include "cli/compare_read.h"
#include "cli/output.h"
#include "cli/style.h"
#include "manifest/text.h"

#include <inttypes.h>

#define NR_NAMED 5

static const char *const set_names[2] = { "first", "second" };

/* "    mnt/train-00000-of-00016.tfrecord:12  cat/12.jpg" */
static void print_record(FILE *out, const struct trfs_compared *c,
			 const struct trfs_compared_record *record)
{
	char shown[TRFS_PRINTABLE_SIZE];
	struct trfs_read_record r;

	trfs_read_record_init(&r, c, record);
	fputs("    ", out);
	trfs_output_text(out, trfs_bytes_of(r.path));
	fprintf(out, ":%" PRIu64 "%s%s\n", record->number, r.name.len ? "  " : "",
		trfs_text_printable(r.name, shown, sizeof(shown)));
	trfs_read_record_done(&r);
}

static void print_only(FILE *out, const struct trfs_compared *c, int set)
{
	const struct trfs_record_set *records = &c->sets[set];
	uint64_t nr = c->result.nr_only[set];
	char count[TRFS_COUNT_SIZE];
	uint64_t nr_named = 0;

	if (nr == 0)
		return;
	fprintf(out, "  %s only in the %s set:\n", trfs_count_text(nr, count),
		set_names[set]);
	for (uint64_t i = 0; i < records->nr && nr_named < NR_NAMED; i++) {
		if (records->records[i].pair)
			continue;
		print_record(out, c, &records->records[i]);
		nr_named++;
	}
	if (nr > nr_named)
		fprintf(out, "    and %s more\n", trfs_count_text(nr - nr_named, count));
}

/* "      image/class/label: 3 and 4; 2 more features differ" */
static void print_difference(FILE *out, const struct trfs_compared_pair *pair)
{
	struct trfs_example_difference difference;
	char key[TRFS_PRINTABLE_SIZE];
	int rc = trfs_compared_pair_difference(pair, &difference);

	if (rc > 0) {
		fprintf(out, "      %s: %s and %s",
			trfs_text_printable(difference.key, key, sizeof(key)),
			trfs_buffer_text(&difference.values[0]),
			trfs_buffer_text(&difference.values[1]));
		if (difference.where.len > 0)
			fprintf(out, ", %s", trfs_buffer_text(&difference.where));
		if (difference.nr_more > 0)
			fprintf(out, "; %" PRIu64 " more feature%s", difference.nr_more,
				difference.nr_more == 1 ? " differs" : "s differ");
		fputc('\n', out);
	} else {
		fputs("      they cannot be read again\n", out);
	}
	trfs_example_difference_done(&difference);
}

static void print_pair(FILE *out, const struct trfs_compared *c,
		       const struct trfs_compared_record *first,
		       const struct trfs_compared_record *second)
{
	char shown[TRFS_PRINTABLE_SIZE];
	struct trfs_compared_pair pair;

	trfs_compared_pair_init(&pair, c, first, second);
	fputs("    ", out);
	trfs_output_text(out, trfs_bytes_of(pair.records[0].path));
	fprintf(out, ":%" PRIu64 " and ", first->number);
	trfs_output_text(out, trfs_bytes_of(pair.records[1].path));
	fprintf(out, ":%" PRIu64 "%s%s\n", second->number,
		pair.records[0].name.len ? "  " : "",
		trfs_text_printable(pair.records[0].name, shown, sizeof(shown)));
	print_difference(out, &pair);
	trfs_compared_pair_done(&pair);
}

static void print_changed(FILE *out, const struct trfs_compared *c)
{
	uint64_t nr = c->result.nr_changed, nr_named = 0;
	char count[TRFS_COUNT_SIZE];

	if (nr == 0)
		return;
	fprintf(out, "  %s with the same name or image, but other features:\n",
		trfs_count_text(nr, count));
	for (uint64_t i = 0; i < c->sets[0].nr && nr_named < NR_NAMED; i++) {
		const struct trfs_compared_record *record = &c->sets[0].records[i];

		if (!trfs_compared_is_changed(record))
			continue;
		print_pair(out, c, record, trfs_compared_partner(c, record));
		nr_named++;
	}
	if (nr > nr_named)
		fprintf(out, "    and %s more\n", trfs_count_text(nr - nr_named, count));
}

/* "mnt/train-00000-of-00016.tfrecord:12": record @number of a set, over all files. */
static void print_place(FILE *out, const struct trfs_compared *c, int set,
			uint64_t number)
{
	const struct trfs_compared_record *record = &c->sets[set].records[number];
	struct trfs_bytes path = trfs_strings_get(c->paths, record->file);

	trfs_output_text(out, path);
	fprintf(out, ":%" PRIu64, record->number);
}

/* The end of the line on order and files where these are as many in both sets. */
static void print_names(FILE *out, const struct trfs_compared *c)
{
	const struct trfs_order_verdict *order = &c->order;

	if (order->same_names) {
		fputs(", and so do the files' names.\n", out);
		return;
	}
	fputs("; the files' names differ: ", out);
	trfs_output_text(out, trfs_strings_get(c->names, order->first_file));
	fputs(" and ", out);
	trfs_output_text(out,
			 trfs_strings_get(c->names, c->nr_files[0] + order->first_file));
	fputs(".\n", out);
}

/* One line on order and files, where there is anything to say. */
static void print_order(FILE *out, const struct trfs_compared *c)
{
	const struct trfs_order_verdict *order = &c->order;
	char files[TRFS_COUNT_SIZE];

	if (!order->known)
		return;
	if (order->same_files) {
		fprintf(out, "%s in %s file%s",
			trfs_compared_are_alike(c) ? "Records and their order agree"
						   : "The order of records agrees",
			trfs_count_text(c->nr_files[0], files),
			c->nr_files[0] == 1 ? "" : "s");
		print_names(out, c);
		return;
	}
	if (order->first == c->sets[0].nr) {
		fprintf(out, "The order agrees, but there are %s files",
			trfs_count_text(c->nr_files[0], files));
		fprintf(out, " and %s.\n", trfs_count_text(c->nr_files[1], files));
		return;
	}
	fputs(order->same_order ? "The order agrees, but the records are divided among "
				  "files in another way, first at "
				: "The order differs, first at ",
	      out);
	print_place(out, c, 0, order->first);
	fputs(" and ", out);
	print_place(out, c, 1, order->first);
	fputs(".\n", out);
}

void trfs_compare_print(FILE *out, const struct trfs_compared *c, bool has_bad_files)
{
	char count[TRFS_COUNT_SIZE], files[TRFS_COUNT_SIZE];

	for (int i = 0; i < 2; i++)
		fprintf(out, "%s set: %s record%s in %s file%s\n", i ? "Second" : "First",
			trfs_count_text(c->sets[i].nr, count),
			c->sets[i].nr == 1 ? "" : "s",
			trfs_count_text(c->nr_files[i], files),
			c->nr_files[i] == 1 ? "" : "s");
	fprintf(out, "  %s the same, byte for byte\n",
		trfs_count_text(c->result.nr_same_bytes, count));
	if (c->result.nr_same_features > 0)
		fprintf(out,
			"  %s with the same features, written another way (keys in "
			"another order, say)\n",
			trfs_count_text(c->result.nr_same_features, count));
	print_changed(out, c);
	for (int i = 0; i < 2; i++)
		print_only(out, c, i);
	if (!trfs_compared_are_alike(c))
		trfs_style_put(out, TRFS_STYLE_BAD, "The sets differ.");
	else if (has_bad_files)
		trfs_style_put(out, TRFS_STYLE_DOUBT,
			       "What could be read of the sets is the same.");
	else
		trfs_style_put(out, TRFS_STYLE_GOOD, "The sets hold the same examples.");
	fputc('\n', out);
	print_order(out, c);
}
