/* SPDX-License-Identifier: MIT */
/*
 * What one had better know before a training run, although nothing is refused for it;
 * what makes a result untrue comes first.
 */
#include "cli/report.h"

#include "cli/output.h"
#include "cli/paragraph.h"
#include "cli/report_manifest.h"
#include "dataset/schema.h"
#include "manifest/text.h"

#include <string.h>

#define NR_LEFT_OUT_SHOWN 5

static void print_shared(FILE *out, const struct trfs_options *options,
			 const struct trfs_catalog *catalog, const struct trfs_plan *plan,
			 const struct trfs_shared_groups *s)
{
	struct trfs_bytes a = trfs_strings_get(&plan->split_names, s->a);
	struct trfs_bytes b = trfs_strings_get(&plan->split_names, s->b);
	char groups[TRFS_COUNT_SIZE], column[TRFS_PRINTABLE_SIZE];

	trfs_text_printable(trfs_strings_get(&catalog->column_names, s->column), column,
			    sizeof(column));
	trfs_paragraph_labelled(
		out, TRFS_STYLE_DOUBT, "note:",
		"%.*s shares %s values of %s with %.*s, which touches %.0f%% of its "
		"images%s%s%s",
		TRFS_BYTES_ARG(b), trfs_count_text(s->nr_groups, groups), column,
		TRFS_BYTES_ARG(a), 100.0 * (double)s->nr_examples / (double)s->nr_all,
		options->split ? "; --group "
			       : ": results on it look better than they are",
		options->split ? column : "", options->split ? " keeps them apart" : "");
}

/* A split that has none of some classes: the first of these, and how many. */
static void print_lacking(FILE *out, const struct trfs_catalog *catalog,
			  const struct trfs_plan *plan,
			  const struct trfs_report_counts *counts, uint32_t split)
{
	char lacking[TRFS_COUNT_SIZE], all[TRFS_COUNT_SIZE], name[TRFS_PRINTABLE_SIZE];
	struct trfs_bytes title = trfs_strings_get(&plan->split_names, split);
	uint64_t nr = 0, first = 0;

	for (uint64_t c = counts->nr_classes; c-- > 0;) {
		if (counts->by_class[c] == 0 ||
		    counts->by_both[c * counts->nr_splits + split] > 0)
			continue;
		first = c;
		nr++;
	}
	if (nr == 0 || counts->nr_splits < 2)
		return;
	trfs_text_printable(trfs_strings_get(&catalog->class_names, first), name,
			    sizeof(name));
	trfs_paragraph_labelled(
		out, TRFS_STYLE_DOUBT, "note:", "%.*s lacks %s of %s classes (%s%s): %s",
		TRFS_BYTES_ARG(title), trfs_count_text(nr, lacking),
		trfs_count_text(counts->nr_classes, all), name, nr == 1 ? "" : ", ...",
		trfs_bytes_equal(title, trfs_bytes_of("train"))
			? "they are not learned"
			: "results on it say nothing of them");
}

static void print_oddity(FILE *out, const struct trfs_catalog *catalog,
			 const struct trfs_oddity *oddity,
			 const struct trfs_oddity_text *text)
{
	char nr[TRFS_COUNT_SIZE], name[TRFS_PRINTABLE_SIZE];
	struct trfs_name room;

	trfs_text_printable(trfs_catalog_name(catalog, oddity->first, &room), name,
			    sizeof(name));
	trfs_paragraph_labelled(
		out, TRFS_STYLE_DOUBT, "note:", "%s image%s %s%s%s (%s%s)",
		trfs_count_text(oddity->nr, nr), oddity->nr == 1 ? " is" : "s are",
		text->meaning, text->remedy ? "; " : "", text->remedy ? text->remedy : "",
		name, oddity->nr == 1 ? "" : ", ...");
}

static void print_background(FILE *out, const struct trfs_options *options,
			     const struct trfs_catalog *catalog)
{
	if (strcmp(trfs_schema_chosen(options, catalog), "detection") == 0 &&
	    !options->label_base && catalog->class_names.nr > 0 &&
	    catalog->class_ids[0] == 0)
		trfs_paragraph_labelled(
			out, TRFS_STYLE_DOUBT, "note:",
			"class ids start at 0, which the Object Detection API keeps for "
			"the background: if it reads these records, say --label-base 1");
}

void trfs_report_print_notes(FILE *out, const struct trfs_options *options,
			     const struct trfs_catalog *catalog,
			     const struct trfs_plan *plan,
			     const struct trfs_report_counts *counts)
{
	char nr[TRFS_COUNT_SIZE];

	for (size_t i = 0; i < counts->nr_shared; i++)
		print_shared(out, options, catalog, plan, &counts->shared[i]);
	for (uint32_t split = 0; split < counts->nr_splits; split++)
		print_lacking(out, catalog, plan, counts, split);
	print_background(out, options, catalog);
	for (size_t i = 0; i < TRFS_NR_ODDITIES; i++)
		if (counts->oddities[i].nr > 0)
			print_oddity(out, catalog, &counts->oddities[i],
				     &trfs_oddity_texts[i]);
	trfs_report_print_left_out(out, options, catalog, NR_LEFT_OUT_SHOWN);
	if (catalog->nr_ignored > 0)
		trfs_paragraph_labelled(out, TRFS_STYLE_DOUBT, "note:",
					"passed over, as hidden or no images by name: %s",
					trfs_count_text(catalog->nr_ignored, nr));
}
