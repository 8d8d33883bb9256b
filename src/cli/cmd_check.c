/* SPDX-License-Identifier: MIT */
/*
 * check: everything that mount would do but mount, always anew, and every problem by name
 * where mount stops at the first few.
 */
#include "cli/command.h"
#include "cli/data_set.h"
#include "cli/hints.h"
#include "cli/json_output.h"
#include "cli/output.h"
#include "cli/paragraph.h"
#include "cli/progress.h"
#include "cli/report.h"

#include "dataset/schema.h"
#include "index/layout.h"
#include "index/preparation.h"

#include <errno.h>
#include <stdio.h>

/**
 * struct findings - how far it went
 * @catalog: always there
 * @plan, @layout: NULL where they cannot be; @err says why
 */
struct findings {
	struct trfs_options options;
	struct trfs_catalog *catalog;
	struct trfs_plan *plan;
	struct trfs_schema *schema;
	struct trfs_layout *layout;
	struct trfs_error err;
};

/* Split, order, cut, and lay out all records: what a mount would be refused for. */
static int plan_all(struct findings *f, const struct trfs_progress *progress)
{
	const struct trfs_options *o = &f->options;
	int rc = trfs_plan_build(f->catalog, o, &f->plan, &f->err);

	if (rc == 0)
		rc = trfs_layout_build(f->catalog, f->plan, f->schema, o->threads,
				       progress, &f->layout, &f->err);
	return rc;
}

static void findings_done(struct findings *f)
{
	trfs_layout_free(f->layout);
	trfs_plan_free(f->plan);
	trfs_schema_free(f->schema);
	trfs_catalog_free(f->catalog);
}

static uint64_t shown_bytes(const struct findings *f)
{
	return trfs_layout_total_size(f->layout, f->plan);
}

static bool is_good(const struct findings *f)
{
	return f->catalog->problems.nr == 0 && f->layout;
}

static int exit_code(const struct findings *f)
{
	if (is_good(f))
		return TRFS_EXIT_DONE;
	return f->layout ? TRFS_EXIT_DATA : trfs_output_exit_code(&f->err);
}

static int print_json(const struct findings *f)
{
	json_t *json = trfs_report_json(&f->options, f->catalog, f->plan);

	json = trfs_json_with(json, "good", json_boolean(is_good(f)));
	json = trfs_json_with(json, "failure",
			      f->layout ? json_null() : trfs_json_text(f->err.message));
	json = trfs_json_with(json, "bytes_shown",
			      f->layout ? trfs_json_count(shown_bytes(f)) : json_null());
	return trfs_json_print(json, exit_code(f));
}

/* The last line, and what is to be done. */
static void print_verdict(const struct findings *f)
{
	uint64_t nr = f->catalog->problems.nr;
	char count[TRFS_COUNT_SIZE], size[TRFS_COUNT_SIZE] = "", text[64];

	if (f->layout)
		trfs_output_bytes(shown_bytes(f), size, sizeof(size));
	snprintf(text, sizeof(text), "%s problem%s.", trfs_count_text(nr, count),
		 nr == 1 ? "" : "s");
	if (is_good(f))
		trfs_paragraph_labelled(stdout, TRFS_STYLE_GOOD, "No problems.",
					"A mount would show %s.", size);
	else if (f->layout)
		trfs_paragraph_labelled(stdout, TRFS_STYLE_BAD, text,
					"Mend %s; or mount --on-bad skip, which leaves "
					"%s out and shows %s.",
					nr == 1 ? "it" : "them", nr == 1 ? "it" : "them",
					size);
	else
		trfs_paragraph_labelled(stdout, TRFS_STYLE_BAD,
					"Refused:", "it cannot be mounted like that.");
}

static int print_text(const struct findings *f, bool quiet)
{
	struct trfs_report_counts counts = { 0 };

	if (!quiet && trfs_report_count(f->catalog, f->plan, &counts) < 0) {
		trfs_report_counts_done(&counts);
		trfs_output_error("no memory for the report");
		return TRFS_EXIT_DATA;
	}
	if (!quiet) {
		trfs_report_print_facts(stdout, &f->options, f->catalog, f->plan,
					&counts);
		putchar('\n');
	}
	trfs_report_print_problems(stdout, &f->options, f->catalog, !quiet);
	if (!f->layout)
		trfs_output_error("%s", f->err.message);
	if (!quiet) {
		trfs_report_print_notes(stdout, &f->options, f->catalog, f->plan,
					&counts);
		print_verdict(f);
	}
	trfs_report_counts_done(&counts);
	return exit_code(f);
}

/* The catalog and what it shows; whatever fails after there is one is a finding. */
static void look(const struct trfs_settings *settings, struct findings *f,
		 const struct trfs_progress *progress)
{
	struct trfs_preparation preparation;

	if (trfs_data_set_options(settings, &f->options, &f->err) < 0)
		return;
	f->options.on_bad = TRFS_ON_BAD_LIST;
	if (trfs_preparation_init(&preparation, &f->options, &f->err) == 0 &&
	    trfs_preparation_run(&preparation, &f->options, NULL, NULL, progress,
				 &f->catalog, &f->schema, &f->err) == 0 &&
	    plan_all(f, progress) < 0)
		f->layout = trfs_layout_free(f->layout);
	trfs_preparation_done(&preparation);
}

int trfs_cmd_check(const struct trfs_settings *settings)
{
	struct findings f = { .catalog = NULL };
	struct trfs_progress_bar bar;
	struct trfs_progress progress = trfs_progress_bar_init(&bar, settings->quiet);
	int code;

	look(settings, &f, &progress);
	trfs_progress_bar_done(&bar);
	/* Want of memory is no finding: it says nothing of the source. */
	if (!f.catalog || f.err.code == -ENOMEM) {
		trfs_hint_missing(settings, &f.err);
		trfs_output_error("%s", f.err.message);
		findings_done(&f);
		return trfs_output_exit_code(&f.err);
	}
	code = settings->json ? print_json(&f) : print_text(&f, settings->quiet);
	findings_done(&f);
	return code;
}
