/* SPDX-License-Identifier: MIT */
/*
 * One verdict a row: the first thing that is wrong with it, in a fixed order.  Of rows
 * that name one image with the same labels the first is kept; where labels differ nobody
 * can know which is right, and none is.  Rows without a label take no part in that.
 */
#include "dataset/judge.h"

#include "base/buffer.h"
#include "base/error.h"
#include "manifest/text.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define NO_ROW	      UINT32_MAX
#define PLACE_MAX     (PATH_MAX + 32)
#define REASON_MAX    (PLACE_MAX + 64)
#define NAME_SIZE_MAX (UINT32_C(1) << 30)

/**
 * struct rivals - rows that name the same image
 * @first: the first labelled row of each image
 * @other: of images whose labels differ, plus one, the first row that differs; else 0
 */
struct rivals {
	uint32_t *first;
	uint32_t *other;
};

void trfs_judgement_done(struct trfs_judgement *judgement)
{
	free(judgement->kept);
	trfs_problem_list_done(&judgement->problems);
	*judgement = (struct trfs_judgement){ 0 };
}

static uint32_t file_cell(const struct trfs_evidence *e, uint32_t row)
{
	return trfs_rows_cell_number(e->rows, e->roles->file, row);
}

static uint32_t labels_of(const struct trfs_evidence *e, uint32_t row)
{
	return trfs_classes_of_row(e->classes, e->rows, e->roles->label, row);
}

static int find_rivals(const struct trfs_evidence *e, struct rivals *rivals)
{
	size_t nr_images = (size_t)trfs_string_table_view(e->files->paths).nr;

	rivals->first = malloc((nr_images + 1) * sizeof(*rivals->first));
	rivals->other = calloc(nr_images + 1, sizeof(*rivals->other));
	if (!rivals->first || !rivals->other)
		return -ENOMEM;
	memset(rivals->first, 0xff, (nr_images + 1) * sizeof(*rivals->first));

	for (uint32_t row = 0; row < e->rows->nr; row++) {
		uint32_t image = e->files->image_of_cell[file_cell(e, row)];
		uint32_t labels = labels_of(e, row);

		if (image == TRFS_NO_IMAGE || labels == TRFS_NO_LABELS ||
		    trfs_findings_find(&e->rows->problems, row))
			continue;
		if (rivals->first[image] == NO_ROW)
			rivals->first[image] = row;
		else if (rivals->other[image] == 0 &&
			 !trfs_classes_same(e->classes, labels,
					    labels_of(e, rivals->first[image])))
			rivals->other[image] = row + 1;
	}
	return 0;
}

/* Whether a line alone does not say where a row is. */
static bool needs_file(const struct trfs_evidence *e, uint32_t row)
{
	return e->rows->nr_parts > 1 && e->rows->lines[row] > 0;
}

static const char *refer(const struct trfs_evidence *e, const char *verb, uint32_t row,
			 char buf[REASON_MAX])
{
	uint64_t line = e->rows->lines[row];
	char place[PLACE_MAX];

	if (needs_file(e, row))
		snprintf(buf, REASON_MAX, "%s %s", verb,
			 trfs_rows_place(e->rows, row, place, sizeof(place)));
	else if (line > 0)
		snprintf(buf, REASON_MAX, "%s line %" PRIu64, verb, line);
	else
		snprintf(buf, REASON_MAX, "%s another", verb);
	return buf;
}

/* The reason why a row is no example, and its kind; empty where it is one. */
static struct trfs_bytes judge(const struct trfs_evidence *e, const struct rivals *rivals,
			       uint32_t row, char buf[REASON_MAX],
			       enum trfs_problem_kind *ret_kind)
{
	uint32_t cell = file_cell(e, row);
	uint32_t image = e->files->image_of_cell[cell];
	const struct trfs_findings *findings = &e->files->findings;
	const struct trfs_finding *finding = trfs_findings_find(&e->rows->problems, row);

	if (finding) {
		findings = &e->rows->problems;
	} else if (image == TRFS_NO_IMAGE) {
		finding = trfs_findings_find(findings, cell);
	} else if (labels_of(e, row) == TRFS_NO_LABELS) {
		*ret_kind = TRFS_PROBLEM_UNLABELLED;
		return trfs_bytes_of("lacks a label");
	} else if (!e->keep_repeats && rivals->other[image] != 0) {
		uint32_t first = rivals->first[image];
		uint32_t rival = first;

		if (trfs_classes_same(e->classes, labels_of(e, row), labels_of(e, first)))
			rival = rivals->other[image] - 1;
		*ret_kind = TRFS_PROBLEM_CONTRADICTED;
		return trfs_bytes_of(refer(e, "is labelled otherwise in", rival, buf));
	} else if (!e->keep_repeats && rivals->first[image] != row) {
		*ret_kind = TRFS_PROBLEM_REPEATED;
		return trfs_bytes_of(refer(e, "repeats", rivals->first[image], buf));
	} else {
		findings = &e->scan->findings;
		finding = trfs_findings_find(findings, image);
	}
	if (!finding)
		return (struct trfs_bytes){ NULL, 0 };
	*ret_kind = finding->kind;
	return trfs_findings_reason(findings, finding);
}

/*
 * Put a problem into the list.  Where the line alone does not say where the row is, its
 * file and line stand behind the reason instead.
 */
static int put_problem(const struct trfs_evidence *e, struct trfs_problem *problem,
		       struct trfs_bytes name, struct trfs_bytes reason,
		       struct trfs_problem_list *list)
{
	char place[PLACE_MAX];
	struct trfs_buffer placed;
	int rc;

	if (!needs_file(e, problem->row))
		return trfs_problem_list_add(list, problem, name, reason);
	problem->line = 0;
	trfs_buffer_init(&placed, NAME_SIZE_MAX);
	trfs_buffer_printf(&placed, "%.*s (%s)", TRFS_BYTES_ARG(reason),
			   trfs_rows_place(e->rows, problem->row, place, sizeof(place)));
	rc = placed.failed ? -ENOMEM
			   : trfs_problem_list_add(list, problem, name,
						   trfs_buffer_bytes(&placed));
	trfs_buffer_done(&placed);
	return rc;
}

static int add_problem(const struct trfs_evidence *e, uint32_t row,
		       enum trfs_problem_kind kind, struct trfs_bytes reason,
		       struct trfs_problem_list *list, struct trfs_buffer *name)
{
	struct trfs_strings cells = trfs_rows_cells(e->rows, e->roles->file);
	struct trfs_problem problem = { .line = e->rows->lines[row],
					.kind = (uint32_t)kind,
					.row = row };

	if (e->roles->split != TRFS_NO_COLUMN)
		problem.split_cell = trfs_rows_cell_number(e->rows, e->roles->split, row);
	trfs_buffer_reset(name);
	trfs_files_print_cell(trfs_strings_get(&cells, file_cell(e, row)), name);
	if (name->failed)
		return -ENOMEM;
	return put_problem(e, &problem, trfs_buffer_bytes(name), reason, list);
}

/* Of the mask in @cell, by its path where that is known. */
static struct trfs_bytes say(const struct trfs_evidence *e, uint32_t cell,
			     const char *what, struct trfs_buffer *text)
{
	uint32_t number = e->mask_files->image_of_cell[cell];
	struct trfs_strings paths = trfs_string_table_view(e->mask_files->paths);
	struct trfs_strings cells = trfs_rows_cells(e->rows, e->roles->mask);

	trfs_buffer_reset(text);
	trfs_buffer_printf(text, "has a mask, ");
	if (number == TRFS_NO_IMAGE)
		trfs_files_print_cell(trfs_strings_get(&cells, cell), text);
	else
		trfs_buffer_printf(text, "%.*s",
				   TRFS_BYTES_ARG(trfs_strings_get(&paths, number)));
	trfs_buffer_printf(text, ", that %s", what);
	return trfs_buffer_bytes(text);
}

/* As judge(), for the mask of a row whose image is good. */
static struct trfs_bytes judge_mask(const struct trfs_evidence *e, uint32_t row,
				    struct trfs_buffer *text)
{
	uint32_t cell = trfs_rows_cell_number(e->rows, e->roles->mask, row);
	uint32_t number = e->mask_files->image_of_cell[cell];
	const struct trfs_findings *findings = &e->mask_files->findings;
	const struct trfs_finding *finding = trfs_findings_find(findings, cell);
	const struct trfs_appearance *image, *mask;
	char reason[TRFS_PRINTABLE_SIZE];

	if (cell == 0)
		return trfs_bytes_of(e->masks_optional ? "" : "lacks a mask");
	if (number != TRFS_NO_IMAGE) {
		findings = &e->mask_scan->findings;
		finding = trfs_findings_find(findings, number);
	}
	if (finding)
		return say(e, cell,
			   trfs_text_printable(trfs_findings_reason(findings, finding),
					       reason, sizeof(reason)),
			   text);
	image = &e->scan->seen[e->files->image_of_cell[file_cell(e, row)]].appearance;
	mask = &e->mask_scan->seen[number].appearance;
	if (image->height == mask->height && image->width == mask->width)
		return (struct trfs_bytes){ NULL, 0 };
	snprintf(reason, sizeof(reason),
		 "is %" PRIu32 " x %" PRIu32 " pixels large, while the image is %" PRIu32
		 " x %" PRIu32,
		 mask->width, mask->height, image->width, image->height);
	return say(e, cell, reason, text);
}

/* Whether a row is of the share that is judged; what names no image is of the first. */
static bool is_of_part(const struct trfs_evidence *e, uint32_t row)
{
	uint32_t image = e->files->image_of_cell[file_cell(e, row)];
	struct trfs_strings paths;

	if (image == TRFS_NO_IMAGE)
		return e->part->number == 1;
	paths = trfs_string_table_view(e->files->paths);
	return trfs_part_has(e->part, trfs_strings_get(&paths, image));
}

static int judge_all(const struct trfs_evidence *e, const struct rivals *rivals,
		     struct trfs_judgement *judgement, struct trfs_buffer *name,
		     struct trfs_buffer *text)
{
	int rc = 0;

	for (uint32_t row = 0; rc == 0 && row < e->rows->nr; row++) {
		enum trfs_problem_kind kind = TRFS_PROBLEM_MISSING;
		char buf[REASON_MAX];
		struct trfs_bytes reason;

		if (e->part && !is_of_part(e, row))
			continue;
		reason = judge(e, rivals, row, buf, &kind);
		if (reason.len == 0 && e->mask_files) {
			reason = judge_mask(e, row, text);
			kind = TRFS_PROBLEM_MASK;
		}
		if (text->failed)
			return -ENOMEM;
		if (reason.len == 0) {
			judgement->kept[judgement->nr_kept++] = row;
			continue;
		}
		rc = add_problem(e, row, kind, reason, &judgement->problems, name);
	}
	return rc;
}

int trfs_judge_rows(const struct trfs_evidence *evidence, struct trfs_judgement *ret,
		    struct trfs_error *err)
{
	struct trfs_judgement judgement = { 0 };
	struct rivals rivals = { 0 };
	struct trfs_buffer name, text;
	int rc = -ENOMEM;

	trfs_buffer_init(&name, NAME_SIZE_MAX);
	trfs_buffer_init(&text, NAME_SIZE_MAX);
	judgement.kept = calloc(evidence->rows->nr, sizeof(*judgement.kept));
	if (judgement.kept && trfs_problem_list_init(&judgement.problems) == 0)
		rc = find_rivals(evidence, &rivals);
	if (rc == 0)
		rc = judge_all(evidence, &rivals, &judgement, &name, &text);
	trfs_buffer_done(&name);
	trfs_buffer_done(&text);
	free(rivals.first);
	free(rivals.other);
	if (rc < 0) {
		trfs_judgement_done(&judgement);
		return trfs_fail_memory(err, "the list of problems");
	}
	*ret = judgement;
	return 0;
}
