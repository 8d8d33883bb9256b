/* SPDX-License-Identifier: MIT */
/* What a kind of side file has to provide; included by side_files.c and the kinds. */
#ifndef TRFS_STREAM_SIDE_FILE_H
#define TRFS_STREAM_SIDE_FILE_H

#include "base/buffer.h"
#include "index/view.h"
#include <limits.h>
#include <tfrecordfs/stream.h>

/* Files of many lines are made so many lines at a time. */
#define TRFS_SIDE_BLOCK 64u

/**
 * struct trfs_side_request - one file that is asked for
 * @view: whose directory it is in
 * @stream: for files that need bytes of images; NULL where there is none
 * @shard: of files that there is one of for each shard
 * @state: see state_size() of the kind
 */
struct trfs_side_request {
	const struct trfs_view *view;
	struct trfs_stream *stream;
	uint32_t shard;
	void *state;
};

enum trfs_side_flag {
	TRFS_SIDE_IN_VIEWS =
		1 << 0, /* in the directories of views too, not only the root */
	TRFS_SIDE_PER_SHARD = 1 << 1, /* one for each shard: "{shard}" is its name */
	TRFS_SIDE_UNLISTED = 1 << 2,  /* found by its name but in no listing: costly */
};

/**
 * struct trfs_side_kind - how one file is made; a row of the table below
 * @set: what option side-files calls it; several files may share a set
 * @path: in the view's directory; "{name}" stands for the data set's name, "{shard}" for
 *	the shard's without its extension ".tfrecord"
 * @flags: of enum trfs_side_flag
 * @fits: whether the view has such a file; NULL: always
 * @make: append the whole content to @out, whose own failure is the caller's to see;
 *	-EINVAL where the data set has not what it takes, -ENOMEM.  Or else:
 * @nr_lines: how many lines a file has that is made in windows
 * @lines: append lines @first to @first + @nr - 1, at most TRFS_SIDE_BLOCK of them,
 *	@first being a multiple of that; the same bytes every time
 * @lines_length: how many bytes these are; NULL: lines() shows
 * @state_size: bytes, zeroed at first, that live as long as the file and that several
 *	requests see as their state at once; NULL: none
 *
 * Any number of threads.
 */
struct trfs_side_kind {
	const char *set;
	const char *path;
	unsigned int flags;
	bool (*fits)(const struct trfs_view *view);
	int (*make)(const struct trfs_side_request *request, struct trfs_buffer *out,
		    struct trfs_error *err);
	uint64_t (*nr_lines)(const struct trfs_side_request *request);
	int (*lines)(const struct trfs_side_request *request, uint64_t first, size_t nr,
		     struct trfs_buffer *out, struct trfs_error *err);
	int (*lines_length)(const struct trfs_side_request *request, uint64_t first,
			    size_t nr, uint64_t *ret, struct trfs_error *err);
	size_t (*state_size)(const struct trfs_side_request *request);
};

/* Those of converters' profiles first; files of a set beside each other. */
/* clang-format off */
#define TRFS_SIDE_KINDS(ROW) \
	ROW(slim_labels) \
	ROW(image2tfrecords_labels) \
	ROW(image2tfrecords_summary) \
	ROW(tfds_info) \
	ROW(tfds_features) \
	ROW(tfds_labels) \
	ROW(nih_metadata) \
	ROW(labels_text) \
	ROW(labels_csv) \
	ROW(label_map) \
	ROW(class_weights) \
	ROW(splits) \
	ROW(stats) \
	ROW(num_examples) \
	ROW(sums) \
	ROW(index_dali) \
	ROW(index_pytorch) \
	ROW(readme) \
	ROW(dataset) \
	ROW(schema) \
	ROW(features) \
	ROW(problems) \
	ROW(leaks) \
	ROW(leaks_content) \
	ROW(report) \
	ROW(croissant) \
	ROW(tfds_directory_info) \
	ROW(tfds_directory_features) \
	ROW(tfds_directory_labels)
/* clang-format on */

/* A row is a kind: trfs_side_NAME, which a file of its own, or of its set, defines. */
#define TRFS_DECLARE_SIDE_KIND(name) extern const struct trfs_side_kind trfs_side_##name;
TRFS_SIDE_KINDS(TRFS_DECLARE_SIDE_KIND)

extern const struct trfs_side_kind *const trfs_side_kinds[];
extern const size_t trfs_side_kinds_len;

/* The id of class @number as records show it, --label-base applied. */
int64_t trfs_side_class_id(const struct trfs_view *view, uint64_t number);

#define TRFS_SIDE_DATA_SET_NAME_SIZE (NAME_MAX + 16)

/* What the data set is called: its option, or made of the source's name, in @room, so
 * that it is one for TensorFlow Datasets. */
const char *trfs_side_data_set_name(const struct trfs_view *view,
				    char room[TRFS_SIDE_DATA_SET_NAME_SIZE]);

/* What stands between the quotes of a JSON text, all that is not ASCII escaped. */
void trfs_side_put_json(struct trfs_buffer *out, struct trfs_bytes text);

/* The same with its quotes. */
void trfs_side_put_json_text(struct trfs_buffer *out, struct trfs_bytes text);

/* A manifest's cell (dataset/cell.h) as text, several values with '|' between them. */
void trfs_side_put_cell_text(struct trfs_buffer *out, struct trfs_bytes cell);

/* @field as pandas' to_csv writes it: in quotes only where it has to be. */
void trfs_side_put_csv(struct trfs_buffer *out, struct trfs_bytes field);

/* How many bytes that are. */
uint64_t trfs_side_csv_length(struct trfs_bytes field);

/* How many digits @number has in decimal. */
unsigned int trfs_side_nr_digits(uint64_t number);

#endif
