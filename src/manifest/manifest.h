/* SPDX-License-Identifier: MIT */
/*
 * Rows out of files: one dialect a file, one interface for all.
 *
 * A dialect is a row in the table of manifest.c and a file that fills a struct
 * trfs_dialect.  It knows its syntax and nothing of images, classes or shards.
 */
#ifndef TRFS_MANIFEST_MANIFEST_H
#define TRFS_MANIFEST_MANIFEST_H

#include "manifest/inputs.h"
#include "manifest/remarks.h"
#include "manifest/roles.h"
#include "manifest/row.h"
#include <tfrecordfs/options.h>

struct trfs_manifest;

/**
 * struct trfs_manifest_request - what is to be read
 * @path: the manifest's file or directory; NULL: the source itself
 * @dialect: its name ("coco"); NULL: a directory by what is in it, a file by extension
 *	(.csv .tsv .json .jsonl .ndjson ...) and content
 * @options: what a dialect may need besides, such as further files; NULL: nothing
 * @part: which of the options' parts this is: the item of their lists that is meant
 * @remarks: receives what a dialect leaves out of a row; NULL: nobody wants it
 */
struct trfs_manifest_request {
	const char *path;
	const char *dialect;
	const struct trfs_options *options;
	unsigned int part;
	struct trfs_remarks *remarks;
};

/* Item @part of a list of @request's options; NULL where there is none. */
#define trfs_manifest_part_item(request, list)                                           \
	((request)->options && (request)->part < (request)->options->list.nr             \
		 ? (request)->options->list.items[(request)->part]                       \
		 : NULL)

/**
 * trfs_manifest_open() - begin to read a manifest
 * @root: the source; must outlive the manifest
 * @request: what to read; all that it points to must outlive the manifest
 * @inputs: the files and directories read are added here, at the latest when
 *	trfs_manifest_next() has returned 0; must outlive the manifest
 *
 * Errors name the file and, where there is one, the line: "labels.csv:4711: a quote
 * opens and never closes".  -EBADMSG for bad content, else the errno of open or read.
 */
TRFS_MUST_CHECK
int trfs_manifest_open(const struct trfs_root *root,
		       const struct trfs_manifest_request *request,
		       struct trfs_inputs *inputs, struct trfs_manifest **ret,
		       struct trfs_error *err);
struct trfs_manifest *trfs_manifest_free(struct trfs_manifest *m);
TRFS_DEFINE_FREEP(trfs_manifest)

/* 1 and a row, 0 at the end, or a negative errno. */
TRFS_MUST_CHECK
int trfs_manifest_next(struct trfs_manifest *m, struct trfs_row *ret_row,
		       struct trfs_error *err);

/*
 * The names of the columns so far: all of them from the start for CSV, TSV and class
 * folders; JSON objects can bring new ones with each row, which keep their number.
 */
struct trfs_strings trfs_manifest_columns(const struct trfs_manifest *m);

/*
 * The name of dialect @i of all; NULL behind the last.  One that reads files and
 * directories comes twice.
 */
const char *trfs_manifest_dialect_name(size_t i);

/* The dialect's name for people: "CSV", "COCO"; static. */
const char *trfs_manifest_dialect(const struct trfs_manifest *m);

/*
 * The column that plays @role in this dialect whatever usual names say; or NULL.  Valid
 * as long as the manifest.
 */
const char *trfs_manifest_role_column(const struct trfs_manifest *m, enum trfs_role role);

/*
 * How a message names a place: "labels.csv:812" in @buf, or the file alone for line 0.
 * Returns @buf.
 */
const char *trfs_manifest_place(const struct trfs_manifest *m, uint64_t line, char *buf,
				size_t len);

/* Bytes read and bytes in all (0 while unknown), for progress. */
void trfs_manifest_position(const struct trfs_manifest *m, uint64_t *ret_done,
			    uint64_t *ret_total);

/*
 * Files passed over without being examples: hidden ones, Thumbs.db and desktop.ini, and
 * what by its name is no image where that is all that a dialect looks for.
 */
uint64_t trfs_manifest_nr_ignored(const struct trfs_manifest *m);

#endif
