/* SPDX-License-Identifier: MIT */
/* Attributes and the two macros that C11 lacks; nothing else. */
#ifndef TRFS_BASE_COMPILER_H
#define TRFS_BASE_COMPILER_H

#include <tfrecordfs/error.h>

#define TRFS_CLEANUP(fn) __attribute__((cleanup(fn)))
#define TRFS_COUNT(a)	 (sizeof(a) / sizeof((a)[0]))

/* Hand an owned pointer over: the variable is NULL afterwards. */
#define TRFS_STEAL(p)                                                                    \
	__extension__({                                                                  \
		__typeof__(p) *steal_from_ = &(p);                                       \
		__typeof__(p) stolen_ = *steal_from_;                                    \
		*steal_from_ = NULL;                                                     \
		stolen_;                                                                 \
	})

/* Define <type>_freep() for TRFS_CLEANUP from a <type>_free() that takes NULL. */
#define TRFS_DEFINE_FREEP(type)                                                          \
	static inline void type##_freep(struct type **p)                                 \
	{                                                                                \
		type##_free(*p);                                                         \
	}

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the index file is mapped as it is: tfrecordfs needs a little-endian machine"
#endif

#endif
