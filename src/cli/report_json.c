/* SPDX-License-Identifier: MIT */
/* The report for programs: the same counts, and every problem. */
#include "cli/json_output.h"
#include "cli/report.h"
#include "cli/report_counts.h"
#include "cli/report_manifest.h"

/* Append, or give up the whole list: NULL means that memory ran out. */
static json_t *append(json_t *list, json_t *item)
{
	if (json_array_append_new(list, item) == 0)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *class_splits(const struct trfs_plan *plan,
			    const struct trfs_report_counts *counts, uint64_t class)
{
	json_t *splits = json_object();

	for (uint32_t s = 0; splits && s < counts->nr_splits; s++) {
		uint64_t nr = counts->by_both[class * counts->nr_splits + s];
		struct trfs_bytes name = trfs_strings_get(&plan->split_names, s);

		if (json_object_setn_new(splits, (const char *)name.data, name.len,
					 trfs_json_count(nr)) < 0) {
			json_decref(splits);
			splits = NULL;
		}
	}
	return splits;
}

static json_t *classes_json(const struct trfs_catalog *catalog,
			    const struct trfs_plan *plan,
			    const struct trfs_report_counts *counts)
{
	json_t *classes = json_array();

	for (uint64_t c = 0; classes && c < counts->nr_classes; c++)
		classes = append(classes,
				 json_pack("{s:o, s:I, s:o, s:o}", "name",
					   trfs_json_bytes(trfs_strings_get(
						   &catalog->class_names, c)),
					   "id", (json_int_t)catalog->class_ids[c],
					   "images", trfs_json_count(counts->by_class[c]),
					   "splits", class_splits(plan, counts, c)));
	return classes;
}

static json_t *splits_json(const struct trfs_plan *plan)
{
	json_t *splits = json_array();

	for (uint32_t s = 0; splits && plan && s < plan->nr_splits; s++)
		splits = append(
			splits,
			json_pack(
				"{s:o, s:o, s:o}", "name",
				trfs_json_bytes(trfs_strings_get(&plan->split_names, s)),
				"images", trfs_json_count(plan->splits[s].nr_records),
				"shards", trfs_json_count(plan->splits[s].nr_shards)));
	return splits;
}

static json_t *formats_json(const struct trfs_report_counts *counts)
{
	json_t *formats = json_object();

	for (unsigned int f = 0; f < TRFS_IMAGE_NR_FORMATS; f++)
		if (counts->by_format[f] > 0)
			formats = trfs_json_with(
				formats,
				trfs_image_format_name((enum trfs_image_format)f),
				trfs_json_count(counts->by_format[f]));
	return formats;
}

static json_t *oddities_json(const struct trfs_catalog *catalog,
			     const struct trfs_report_counts *counts)
{
	json_t *oddities = json_array();
	struct trfs_name room;

	for (size_t i = 0; oddities && i < TRFS_NR_ODDITIES; i++) {
		const struct trfs_oddity *oddity = &counts->oddities[i];

		if (oddity->nr == 0)
			continue;
		oddities = append(oddities,
				  json_pack("{s:s, s:o, s:o, s:s}", "kind",
					    trfs_oddity_texts[i].name, "images",
					    trfs_json_count(oddity->nr), "first",
					    trfs_json_bytes(trfs_catalog_name(
						    catalog, oddity->first, &room)),
					    "meaning", trfs_oddity_texts[i].meaning));
	}
	return oddities;
}

static json_t *shared_json(const struct trfs_catalog *catalog,
			   const struct trfs_plan *plan,
			   const struct trfs_report_counts *counts)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < counts->nr_shared; i++) {
		const struct trfs_shared_groups *s = &counts->shared[i];
		struct trfs_bytes column =
			trfs_strings_get(&catalog->column_names, s->column);

		list = append(list, json_pack("{s:o, s:o, s:o, s:o, s:o}", "column",
					      trfs_json_bytes(column), "split",
					      trfs_json_bytes(trfs_strings_get(
						      &plan->split_names, s->b)),
					      "with",
					      trfs_json_bytes(trfs_strings_get(
						      &plan->split_names, s->a)),
					      "groups", trfs_json_count(s->nr_groups),
					      "images", trfs_json_count(s->nr_examples)));
	}
	return list;
}

static json_t *problems_json(const struct trfs_catalog *catalog)
{
	const struct trfs_problems *problems = &catalog->problems;
	json_t *list = json_array();

	for (uint64_t i = 0; list && i < problems->nr; i++) {
		const struct trfs_problem *problem = &problems->items[i];

		list = append(
			list,
			json_pack("{s:o, s:o, s:s, s:o}", "file",
				  trfs_json_bytes(trfs_strings_get(&problems->names, i)),
				  "line",
				  problem->line ? trfs_json_count(problem->line)
						: json_null(),
				  "kind",
				  trfs_problem_kind_name(
					  (enum trfs_problem_kind)problem->kind),
				  "reason",
				  trfs_json_bytes(
					  trfs_strings_get(&problems->reasons, i))));
	}
	return list;
}

json_t *trfs_report_json(const struct trfs_options *options,
			 const struct trfs_catalog *catalog, const struct trfs_plan *plan)
{
	struct trfs_report_counts counts;
	json_t *json = NULL;

	if (trfs_report_count(catalog, plan, &counts) == 0)
		json = json_pack(
			"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
			"s:o, s:o}",
			"source", trfs_json_text(catalog->root_path), "manifest",
			trfs_json_text(options->manifest), "images",
			trfs_json_count(catalog->nr_examples), "bytes",
			trfs_json_count(counts.bytes), "seed",
			trfs_json_count(options->seed), "ignored",
			trfs_json_count(catalog->nr_ignored), "classes",
			classes_json(catalog, plan, &counts), "splits", splits_json(plan),
			"formats", formats_json(&counts), "oddities",
			oddities_json(catalog, &counts), "shared_groups",
			shared_json(catalog, plan, &counts), "problems",
			problems_json(catalog), "dialect",
			catalog->dialect.len > 0 ? trfs_json_bytes(catalog->dialect)
						 : json_null(),
			"left_out", trfs_report_left_out_json(catalog));
	trfs_report_counts_done(&counts);
	return json;
}
