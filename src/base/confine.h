/* SPDX-License-Identifier: MIT */
/*
 * A process gives up what it does not need, for good: so that bytes that take it over can
 * do no more harm than to what it serves.  Mechanism only; who may still do what is
 *decided by fuse/confinement.c.
 *
 *	Landlock	files are read beneath some paths, written beneath others; nothing
 *is executed, no TCP port opened, no process outside signalled new privileges none,
 *whatever it would start seccomp		system calls that it never makes fail with
 *EPERM: starting programs, mounting, tracing, changing owners, modes and attributes of
 *files, sockets other than AF_UNIX, memory that is written and executed capabilities
 *all but a few are dropped
 *
 * Each part is taken where the kernel has it.  None needs privileges.
 */
#ifndef TRFS_BASE_CONFINE_H
#define TRFS_BASE_CONFINE_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stdint.h>

struct trfs_buffer;

/* Bits. */
enum trfs_confine_part {
	TRFS_CONFINE_LANDLOCK = 1 << 0,
	TRFS_CONFINE_PRIVILEGES = 1 << 1,
	TRFS_CONFINE_SECCOMP = 1 << 2,
	TRFS_CONFINE_CAPABILITIES = 1 << 3,
	TRFS_CONFINE_ALL = (1 << 4) - 1,
};

/**
 * struct trfs_confine_rules - what stays allowed
 * @parts: which are to be taken
 * @read: files and directories with all beneath them; a list with NULL at its end.  The
 *	rule is of what is there now, not of the name: what is put in its place later is
 *not allowed.  What is not there is passed over
 * @write: directories in which files may be made, written, renamed and removed; may be
 *read
 * @devices: files that may be written
 * @read_everywhere: reading is not restricted
 * @overrides_access: a privileged process goes on writing where it is not the owner
 */
struct trfs_confine_rules {
	unsigned int parts;
	const char *const *read;
	const char *const *write;
	const char *const *devices;
	bool read_everywhere;
	bool overrides_access;
};

/**
 * struct trfs_confinement - what came of it
 * @wanted, @parts: bits; @parts is what holds
 * @landlock: version of Landlock's interface; 0: the kernel has none
 * @read_everywhere: as above
 * @nr_kept: capabilities that the process still has
 */
struct trfs_confinement {
	unsigned int wanted;
	unsigned int parts;
	int landlock;
	bool read_everywhere;
	unsigned int nr_kept;
};

/*
 * Take the parts that can be had.  Holds for the calling thread and those that it starts:
 * call it before there are others.  No part can be given back.
 */
void trfs_confine(const struct trfs_confine_rules *rules, struct trfs_confinement *ret);

/* "landlock 7, no new privileges, seccomp, capabilities dropped"; "none" of nothing. */
void trfs_confinement_print(const struct trfs_confinement *c, struct trfs_buffer *ret);

/* What was wanted and cannot be had, as "landlock and seccomp"; nothing where all holds.
 */
void trfs_confinement_print_missing(const struct trfs_confinement *c,
				    struct trfs_buffer *ret);

/*
 * The parts, for confine.c: 0, or -errno where it does not hold.  The second needs the
 * first: no new privileges.
 */
TRFS_MUST_CHECK
int trfs_confine_files(const struct trfs_confine_rules *rules, int *ret_version);
TRFS_MUST_CHECK
int trfs_confine_calls(void);

#endif
