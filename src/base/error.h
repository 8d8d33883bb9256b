/* SPDX-License-Identifier: MIT */
/* Filling struct trfs_error. */
#ifndef TRFS_BASE_ERROR_H
#define TRFS_BASE_ERROR_H

#include "base/compiler.h"
#include <errno.h>
#include <stdbool.h>

/* Fill @err if there is one.  Always returns @code, so: return trfs_fail(...). */
TRFS_COLD TRFS_PRINTF(3, 4) int trfs_fail(struct trfs_error *err, int code,
					  const char *format, ...);

/* As trfs_fail(), with ": " and the text of @code after the message. */
TRFS_COLD TRFS_PRINTF(3, 4) int trfs_fail_errno(struct trfs_error *err, int code,
						const char *format, ...);

/* Put where we were, and ": ", in front of the message; returns @code unchanged. */
TRFS_COLD TRFS_PRINTF(3, 4) int trfs_error_prefix(struct trfs_error *err, int code,
						  const char *format, ...);

/*
 * Whether a failure is our own want of memory or descriptors, which says nothing of the
 * file that was looked at: never its fault.
 */
static inline bool trfs_is_shortage(int code)
{
	return code == -ENOMEM || code == -EMFILE || code == -ENFILE;
}

/* "no memory for <what>"; returns -ENOMEM. */
TRFS_COLD
int trfs_fail_memory(struct trfs_error *err, const char *what);

#endif
