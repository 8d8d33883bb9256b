/* SPDX-License-Identifier: MIT */
/*
 * libtfrecordfs: TFRecord views of an image directory, without FUSE.
 *
 *	struct trfs_options options;
 *	struct trfs_generation *generation;
 *	struct trfs_stream *stream;
 *	struct trfs_error err = { 0 };
 *	uint8_t window[4096];
 *	size_t got;
 *
 *	trfs_options_init(&options);
 *	options.source = "/data/photos";		// photos/cat/1.jpg, ...
 *	options.split = "train=0.9,test=0.1";
 *	if (trfs_generation_open(&options, NULL, false, NULL, &generation, &err) < 0 ||
 *	    trfs_stream_open(generation, &stream, &err) < 0 ||
 *	    trfs_stream_read(stream, 0, 0, window, sizeof(window), &got, &err) < 0)
 *		fprintf(stderr, "%s\n", err.message);
 *
 * The data path, each arrow one function:
 *
 *	options -> catalog -> plan -> index (together: a generation) -> stream -> bytes
 *
 * Objects are immutable once made and may be read from any thread.  They are opaque;
 * free them in the reverse order.  examples/read_window.c is the above as a program.
 */
#ifndef TFRECORDFS_TFRECORDFS_H
#define TFRECORDFS_TFRECORDFS_H

#include <tfrecordfs/catalog.h>
#include <tfrecordfs/error.h>
#include <tfrecordfs/generation.h>
#include <tfrecordfs/options.h>
#include <tfrecordfs/plan.h>
#include <tfrecordfs/progress.h>
#include <tfrecordfs/stream.h>

#endif
