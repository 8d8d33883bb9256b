/* SPDX-License-Identifier: MIT */
/*
 * Numbering classes.  Three authorities give ids, in this order: a labels file, labels
 * that are integers themselves, sorted names; the order of appearance, which a shuffled
 * manifest would change, only for who asks for it.  Class numbers then follow ascending
 * ids.
 */
#include "dataset/classes.h"

#include "base/buffer.h"
#include "base/error.h"
#include "base/nearest.h"
#include "dataset/catalog.h"
#include "dataset/label_names.h"
#include "dataset/object_ids.h"
#include "manifest/label_lines.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define PLACE_TEXT_MAX (PATH_MAX + 32)
#define HINT_TEXT_MAX  128
#define NO_CLASS       UINT32_MAX
#define OBJECTS	       "objects/"

/* A class before it has a number. */
struct candidate {
	int64_t id;
	struct trfs_bytes name;
	uint32_t source; /* number in the list it comes from */
};

void trfs_classes_done(struct trfs_classes *classes)
{
	trfs_string_table_free(classes->names);
	free(classes->ids);
	trfs_string_table_free(classes->sets);
	free(classes->set_of_cell);
	*classes = (struct trfs_classes){ 0 };
}

static int compare_ids(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int compare_names(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return trfs_bytes_compare(x->name, y->name);
}

/* Give sorted candidates their numbers; @ret_number is by source. */
static int keep_candidates(struct trfs_classes *classes,
			   const struct candidate *candidates, uint32_t nr,
			   uint32_t *ret_number)
{
	int rc = 0;

	classes->ids = calloc(nr ? nr : 1, sizeof(*classes->ids));
	if (!classes->ids)
		return -ENOMEM;
	for (uint32_t i = 0; rc == 0 && i < nr; i++) {
		classes->ids[i] = candidates[i].id;
		ret_number[candidates[i].source] = i;
		rc = trfs_string_table_add(classes->names, candidates[i].name, NULL);
	}
	return rc;
}

/*
 * Ids without a labels file: @number_of_name is by name, in order of appearance, and so
 * are the ids that the manifest has @given; NULL: it has none.
 */
static int number_names(struct trfs_classes *classes, const struct trfs_strings *names,
			enum trfs_class_order order, const int64_t *given,
			uint32_t *number_of_name)
{
	uint32_t nr = (uint32_t)names->nr;
	struct candidate *candidates = calloc(nr ? nr : 1, sizeof(*candidates));
	bool all_integers = order == TRFS_CLASS_ORDER_AUTO;
	int rc;

	if (!candidates)
		return -ENOMEM;
	for (uint32_t i = 0; i < nr; i++) {
		candidates[i].name = trfs_strings_get(names, i);
		candidates[i].source = i;
		if (given)
			candidates[i].id = given[i];
		else if (!trfs_label_integer(candidates[i].name, &candidates[i].id))
			all_integers = false;
	}
	if (order != TRFS_CLASS_ORDER_APPEARANCE)
		qsort(candidates, nr, sizeof(*candidates),
		      all_integers ? compare_ids : compare_names);
	for (uint32_t i = 0; i < nr && !all_integers; i++)
		candidates[i].id = i;
	rc = keep_candidates(classes, candidates, nr, number_of_name);
	free(candidates);
	return rc;
}

/* The class of a name: by that name in the labels file, else by its id. */
static uint32_t class_of(const struct trfs_classes *classes,
			 const struct trfs_labels *labels,
			 const uint32_t *number_of_label, struct trfs_bytes name)
{
	uint32_t low = 0, high = labels->nr, found;
	int64_t id;

	if (trfs_string_table_find(labels->names, name, &found))
		return number_of_label[found];
	if (!trfs_label_integer(name, &id))
		return NO_CLASS;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (classes->ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < labels->nr && classes->ids[low] == id ? low : NO_CLASS;
}

static int number_by_labels(struct trfs_classes *classes,
			    const struct trfs_labels *labels,
			    const struct trfs_strings *names, uint32_t *number_of_name)
{
	struct trfs_strings known = trfs_string_table_view(labels->names);
	size_t nr = labels->nr ? labels->nr : 1;
	struct candidate *candidates = calloc(nr, sizeof(*candidates));
	uint32_t *number_of_label = calloc(nr, sizeof(*number_of_label));
	int rc = candidates && number_of_label ? 0 : -ENOMEM;

	for (uint32_t i = 0; rc == 0 && i < labels->nr; i++)
		candidates[i] = (struct candidate){ .id = labels->ids[i],
						    .name = trfs_strings_get(&known, i),
						    .source = i };
	if (rc == 0) {
		qsort(candidates, labels->nr, sizeof(*candidates), compare_ids);
		rc = keep_candidates(classes, candidates, labels->nr, number_of_label);
	}
	for (uint32_t i = 0; rc == 0 && i < names->nr; i++)
		number_of_name[i] = class_of(classes, labels, number_of_label,
					     trfs_strings_get(names, i));
	free(candidates);
	free(number_of_label);
	return rc;
}

/* Whether a cell without labels says that there are none, rather than nothing. */
static bool says_none(const struct trfs_classes *classes, struct trfs_bytes cell)
{
	return (classes->are_lists && cell.len == 0) ||
	       trfs_bytes_equal(cell, trfs_bytes_of("L"));
}

/*
 * Each set once, without repetitions but for those of objects; @seen is by class, the
 * last cell that had it.
 */
static int make_sets(struct trfs_classes *classes, const struct trfs_label_names *labels,
		     const uint32_t *number_of_name, const struct trfs_strings *cells,
		     size_t *seen)
{
	struct trfs_buffer set;
	size_t member = 0;
	int rc = 0;

	trfs_buffer_init(&set, SIZE_MAX);
	for (size_t cell = 0; rc == 0 && cell < cells->nr; cell++) {
		trfs_buffer_reset(&set);
		for (; member < labels->ends[cell]; member++) {
			uint32_t number = number_of_name[labels->members[member]];

			if (seen[number] == cell + 1 && !classes->are_lists)
				continue;
			seen[number] = cell + 1;
			trfs_buffer_put_u32le(&set, number);
		}
		classes->set_of_cell[cell] = TRFS_NO_LABELS;
		if (set.failed)
			rc = -ENOMEM;
		else if (set.len > 0 || says_none(classes, trfs_strings_get(cells, cell)))
			rc = trfs_string_table_intern(classes->sets,
						      trfs_buffer_bytes(&set),
						      &classes->set_of_cell[cell], NULL);
	}
	trfs_buffer_done(&set);
	return rc;
}

/* The cell that has the @wanted-th member; members are many, cells fewer. */
static uint32_t cell_of_member(const struct trfs_label_names *labels, size_t wanted)
{
	uint32_t cell = 0;

	while (labels->ends[cell] <= wanted)
		cell++;
	return cell;
}

/* As dialects call the columns in which they tell of objects. */
static bool is_of_objects(const struct trfs_rows *rows, uint32_t column)
{
	struct trfs_strings names = trfs_string_table_view(rows->names);
	struct trfs_bytes name = trfs_strings_get(&names, column);

	return name.len > strlen(OBJECTS) &&
	       memcmp(name.data, OBJECTS, strlen(OBJECTS)) == 0;
}

static int fail_unknown(const struct trfs_rows *rows, uint32_t column, uint32_t cell,
			struct trfs_bytes name, const struct trfs_labels *labels,
			const char *labels_path, struct trfs_error *err)
{
	struct trfs_strings known = trfs_string_table_view(labels->names);
	char place[PLACE_TEXT_MAX], hint[HINT_TEXT_MAX];
	struct trfs_nearest nearest;
	uint32_t row = 0;

	while (trfs_rows_cell_number(rows, column, row) != cell)
		row++;
	trfs_nearest_init(&nearest, name);
	for (uint32_t i = 0; i < labels->nr; i++)
		trfs_nearest_offer(&nearest, trfs_strings_get(&known, i));
	return trfs_fail(
		err, -EBADMSG,
		"%s: class \"%.*s\" is not in %s%s. Add it there, or mend the %s.",
		trfs_rows_place(rows, row, place, sizeof(place)), TRFS_BYTES_ARG(name),
		labels_path, trfs_nearest_hint(&nearest, hint, sizeof(hint)),
		rows->lines[row] > 0 || is_of_objects(rows, column) ? "row"
								    : "folder's name");
}

/* Every class must be in the labels file, whatever becomes of its images. */
static int check_known(const struct trfs_rows *rows, uint32_t column,
		       const struct trfs_label_names *names,
		       const uint32_t *number_of_name, const struct trfs_labels *labels,
		       const char *labels_path, struct trfs_error *err)
{
	struct trfs_strings texts = trfs_string_table_view(names->names);

	for (size_t i = 0; i < names->nr_members; i++) {
		if (number_of_name[names->members[i]] != NO_CLASS)
			continue;
		return fail_unknown(rows, column, cell_of_member(names, i),
				    trfs_strings_get(&texts, names->members[i]), labels,
				    labels_path, err);
	}
	return 0;
}

/* @labels is NULL without a labels file.  Only -EBADMSG comes with a message. */
static int number_cells(struct trfs_classes *classes, const struct trfs_rows *rows,
			uint32_t column, const struct trfs_label_names *names,
			const struct trfs_labels *labels,
			const struct trfs_options *options, struct trfs_error *err)
{
	struct trfs_strings texts = trfs_string_table_view(names->names);
	struct trfs_strings cells = trfs_rows_cells(rows, column);
	size_t nr_classes = labels ? labels->nr : texts.nr;
	uint32_t *number_of_name = calloc(texts.nr + 1, sizeof(*number_of_name));
	size_t *seen = calloc(nr_classes + 1, sizeof(*seen));
	int64_t *given = NULL;
	int rc = -ENOMEM;

	classes->set_of_cell = calloc(cells.nr, sizeof(*classes->set_of_cell));
	if (number_of_name && seen && classes->set_of_cell)
		rc = classes->are_lists && options->class_order == TRFS_CLASS_ORDER_AUTO
			     ? trfs_object_ids_find(rows, column, names->names, &given)
			     : 0;
	if (rc == 0)
		rc = labels ? number_by_labels(classes, labels, &texts, number_of_name)
			    : number_names(classes, &texts, options->class_order, given,
					   number_of_name);
	free(given);
	if (rc == 0 && labels)
		rc = check_known(rows, column, names, number_of_name, labels,
				 options->labels, err);
	if (rc == 0)
		rc = make_sets(classes, names, number_of_name, &cells, seen);
	free(number_of_name);
	free(seen);
	return rc;
}

/* The labels file, if there is one. */
static int load_labels(const struct trfs_options *options, struct trfs_inputs *inputs,
		       struct trfs_labels *ret, struct trfs_error *err)
{
	bool by_line = options->class_order == TRFS_CLASS_ORDER_LINES;

	if (!options->labels && by_line)
		return trfs_fail(err, -EINVAL,
				 "--class-order=lines needs the lines: name their file "
				 "with --labels FILE");
	if (!options->labels)
		return 0;
	return (by_line ? trfs_label_lines_load : trfs_labels_load)(options->labels,
								    inputs, ret, err);
}

static int number_column(struct trfs_classes *classes, const struct trfs_rows *rows,
			 uint32_t column, const struct trfs_options *options,
			 struct trfs_inputs *inputs, struct trfs_error *err)
{
	struct trfs_strings cells = trfs_rows_cells(rows, column);
	struct trfs_label_names names = { 0 };
	struct trfs_labels labels = { 0 };
	int rc;

	rc = load_labels(options, inputs, &labels, err);
	if (rc < 0)
		return rc;
	rc = trfs_label_names_read(&names, &cells, options->label_separator);
	if (rc == 0)
		rc = number_cells(classes, rows, column, &names,
				  options->labels ? &labels : NULL, options, err);
	trfs_label_names_done(&names);
	if (options->labels)
		trfs_labels_done(&labels);
	if (rc < 0 && rc != -EBADMSG)
		return trfs_fail_memory(err, "the classes");
	return rc;
}

int trfs_classes_number(struct trfs_classes *classes, const struct trfs_rows *rows,
			uint32_t column, const struct trfs_options *options,
			struct trfs_inputs *inputs, struct trfs_error *err)
{
	int rc;

	classes->names = trfs_string_table_new();
	classes->sets = trfs_string_table_new();
	if (!classes->names || !classes->sets)
		return trfs_fail_memory(err, "the classes");
	if (options->label_separator && !*options->label_separator)
		return trfs_fail(
			err, -EINVAL,
			"--label-sep is empty; name the character between labels");
	classes->are_lists = column != TRFS_NO_COLUMN && is_of_objects(rows, column);
	if (column != TRFS_NO_COLUMN)
		rc = number_column(classes, rows, column, options, inputs, err);
	else if (options->labels)
		rc = trfs_fail(err, -EINVAL,
			       "%s has no label column for the classes of %s; name it "
			       "with --label-column, or leave --labels out",
			       rows->place, options->labels);
	else if (trfs_string_table_intern(classes->sets, trfs_bytes_of(""), NULL, NULL) <
		 0)
		rc = trfs_fail_memory(err, "the classes");
	else
		rc = 0;
	if (rc == 0)
		trfs_string_table_finish(classes->sets);
	return rc;
}

bool trfs_classes_same(const struct trfs_classes *classes, uint32_t a, uint32_t b)
{
	struct trfs_strings sets = trfs_string_table_view(classes->sets);
	struct trfs_bytes x, y;

	if (a == b || classes->are_lists)
		return a == b;
	x = trfs_strings_get(&sets, a);
	y = trfs_strings_get(&sets, b);
	if (x.len != y.len)
		return false;
	/* No set holds a class twice, so being contained is being equal. */
	for (size_t i = 0; i < x.len; i += 4) {
		size_t j = 0;

		while (j < y.len && memcmp(x.data + i, y.data + j, 4) != 0)
			j += 4;
		if (j == y.len)
			return false;
	}
	return true;
}

int trfs_classes_allow_none(struct trfs_classes *classes, uint64_t nr_cells)
{
	uint32_t empty;
	int rc;

	if (!classes->set_of_cell)
		return 0;
	rc = trfs_string_table_add(classes->sets, trfs_bytes_of(""), &empty);
	for (uint64_t cell = 0; rc == 0 && cell < nr_cells; cell++) {
		if (classes->set_of_cell[cell] == TRFS_NO_LABELS)
			classes->set_of_cell[cell] = empty;
	}
	return rc;
}
