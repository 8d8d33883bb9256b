/* SPDX-License-Identifier: MIT */
/* The parts of report.html; private to side_report*.c. */
#ifndef TRFS_STREAM_SIDE_REPORT_H
#define TRFS_STREAM_SIDE_REPORT_H

#include "stream/side_counts.h"

/* Text for a page: &, <, >, quotes, control and bidirectional characters, and bytes that
 * are no UTF-8, all made visible and harmless. */
void trfs_report_put_text(struct trfs_buffer *out, struct trfs_bytes text);

/* "1,234,567" */
void trfs_report_put_count(struct trfs_buffer *out, uint64_t count);

/* "1.2 GB" */
void trfs_report_put_bytes(struct trfs_buffer *out, uint64_t bytes);

/* Everything up to the first section: the head with all styles. */
void trfs_report_put_head(struct trfs_buffer *out, struct trfs_bytes title);

/* Classes by split, largest first; the rest of very many is one row. */
void trfs_report_put_classes(struct trfs_buffer *out, const struct trfs_view *view,
			     const struct trfs_side_counts *counts);

/* How large images are, of which formats, and what is odd about some. */
void trfs_report_put_images(struct trfs_buffer *out, const struct trfs_view *view);

/* Problems and leaks: how many, and the first ones. */
TRFS_MUST_CHECK
int trfs_report_put_doubts(struct trfs_buffer *out,
			   const struct trfs_side_request *request,
			   struct trfs_error *err);

/* Pictures of each class; where an image cannot be shown, its name. */
TRFS_MUST_CHECK
int trfs_report_put_samples(struct trfs_buffer *out,
			    const struct trfs_side_request *request,
			    struct trfs_error *err);

#endif
