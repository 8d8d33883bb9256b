/* SPDX-License-Identifier: MIT */
/*
 * report.html: the data set to look at.  One page without scripts and without anything
 * from elsewhere; what is in it depends on the data set alone, not on the time.
 */
#include "stream/side_report.h"

#include "base/error.h"

static void put_card(struct trfs_buffer *out, const char *name, uint64_t value,
		     void (*put)(struct trfs_buffer *, uint64_t))
{
	trfs_buffer_printf(out, "<div class=card><dt>%s</dt><dd>", name);
	put(out, value);
	trfs_buffer_printf(out, "</dd></div>\n");
}

static uint64_t shown_bytes(const struct trfs_generation *g)
{
	return trfs_layout_total_size(g->layout, g->plan);
}

static void put_summary(struct trfs_buffer *out, const struct trfs_view *view)
{
	const struct trfs_catalog *catalog = view->catalog;

	trfs_buffer_printf(out, "<p>From ");
	trfs_buffer_printf(out, "<code>");
	trfs_report_put_text(
		out, trfs_bytes_of(*catalog->root_path ? catalog->root_path : "/"));
	trfs_buffer_printf(out, "</code>, read as ");
	trfs_report_put_text(out, catalog->dialect);
	trfs_buffer_printf(out, ", shown in schema <code>");
	trfs_report_put_text(out, trfs_bytes_of(trfs_schema_name(view->schema)));
	trfs_buffer_printf(out, "</code>.</p>\n<dl class=cards>\n");
	put_card(out, "images", catalog->nr_examples, trfs_report_put_count);
	put_card(out, "classes", catalog->class_names.nr, trfs_report_put_count);
	put_card(out, "records", view->plan->nr_records, trfs_report_put_count);
	put_card(out, "shards", view->plan->nr_shards, trfs_report_put_count);
	put_card(out, "shown", shown_bytes(view->generation), trfs_report_put_bytes);
	put_card(out, "problems", catalog->problems.nr, trfs_report_put_count);
	trfs_buffer_printf(out, "</dl>\n</header>\n<main>\n");
}

/* dataset.json as it stands beside the page. */
static int put_origin(struct trfs_buffer *out, const struct trfs_side_request *request,
		      struct trfs_error *err)
{
	struct trfs_buffer options;
	int rc;

	trfs_buffer_init(&options, (size_t)1 << 20);
	rc = trfs_side_dataset.make(request, &options, err);
	if (rc == 0 && options.failed)
		rc = trfs_fail_memory(err, "the options");
	trfs_buffer_printf(out,
			   "<section aria-labelledby=origin>\n<h2 id=origin>How it was "
			   "made</h2>\n<p>By tfrecordfs %s. Save this as "
			   "<code>dataset.json</code>, and <code>tfrecordfs mount "
			   "dataset.json ./mnt</code> shows the same bytes.</p>\n<pre "
			   "tabindex=0>",
			   TRFS_VERSION);
	trfs_report_put_text(out, trfs_buffer_bytes(&options));
	trfs_buffer_printf(out, "</pre>\n</section>\n</main>\n</body>\n</html>\n");
	trfs_buffer_done(&options);
	return rc;
}

static int make(const struct trfs_side_request *request, struct trfs_buffer *out,
		struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	struct trfs_side_counts counts;
	char room[TRFS_SIDE_DATA_SET_NAME_SIZE];
	int rc = trfs_side_counts_make(view, &counts, err);

	trfs_report_put_head(out, trfs_bytes_of(trfs_side_data_set_name(view, room)));
	put_summary(out, view);
	if (rc == 0)
		trfs_report_put_classes(out, view, &counts);
	trfs_side_counts_done(&counts);
	trfs_report_put_images(out, view);
	if (rc == 0)
		rc = trfs_report_put_doubts(out, request, err);
	if (rc == 0)
		rc = trfs_report_put_samples(out, request, err);
	return rc < 0 ? rc : put_origin(out, request, err);
}

const struct trfs_side_kind trfs_side_report = {
	.set = "standard",
	.path = "report.html",
	.make = make,
};
