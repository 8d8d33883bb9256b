/* SPDX-License-Identifier: MIT */
/*
 * Errors of libtfrecordfs: a negative errno decides, a sentence explains.
 *
 * Every function that can fail returns 0 (or a count) or a negative errno, and
 * fills an optional struct trfs_error.  The library never prints or logs.
 */
#ifndef TFRECORDFS_ERROR_H
#define TFRECORDFS_ERROR_H

#include <stdbool.h>

#define TRFS_MUST_CHECK	    __attribute__((warn_unused_result))
#define TRFS_PRINTF(fmt, a) __attribute__((format(printf, fmt, a)))
#define TRFS_COLD	    __attribute__((cold))

/**
 * struct trfs_error - why something failed, for a person to read
 * @code: negative errno; 0 while nothing failed
 * @is_told: whoever watches the source, as a mount does, knows of it already
 * @message: one line of UTF-8 without newline: what, where, why, and what to type
 *
 * Codes with one meaning throughout:
 *   -EINVAL   an option or a schema is wrong (the command line's exit code 2)
 *   -EBADMSG  the data are in doubt: manifest, labels, images (exit code 1)
 *   -ESTALE   a file is not the one that was indexed
 * Any other code is the errno of the failing system call.
 *
 * A message that would not fit is cut at a character boundary.
 */
struct trfs_error {
	int code;
	bool is_told;
	char message[1024];
};

#endif
