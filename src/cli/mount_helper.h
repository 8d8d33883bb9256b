/* SPDX-License-Identifier: MIT */
/*
 * As mount(8) calls what mounts a type of file system:
 *
 *	mount.tfrecordfs SOURCE MOUNTPOINT [-sfnv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]
 *
 * which becomes the words of a mount command.
 */
#ifndef TRFS_CLI_MOUNT_HELPER_H
#define TRFS_CLI_MOUNT_HELPER_H

#include "cli/command.h"

/* Exit codes, see mount(8). */
enum {
	TRFS_MOUNT8_USAGE = 1,
	TRFS_MOUNT8_FAILED = 32,
};

/**
 * struct trfs_mount_call - what mount(8) wants
 * @source: as fstab has it, which is what the kernel's list of mounts shows
 * @is_fake: only say whether the options are understood
 * @is_verbose: print what `tfrecordfs mount` prints; else errors, notes and progress only
 * @words, @nr_words: of the mount command, behind its name; owned
 */
struct trfs_mount_call {
	const char *source;
	bool is_fake;
	bool is_verbose;
	char **words;
	int nr_words;
};

/* Whether @program is called as mount(8) calls it: mount.tfrecordfs. */
bool trfs_mount_helper_is_named(const char *program);

/*
 * Whether a command line without a command is mount.fuse3's, which knows of no name but
 * the type's: tfrecordfs /SOURCE /MOUNTPOINT -o OPTIONS.
 */
bool trfs_mount_helper_is_meant(int argc, char *const *argv);

/**
 * trfs_mount_helper_parse() - translate
 * @command: mount
 * @ret: free with trfs_mount_helper_done() in any case
 *
 * Changes to the directory of the source, to which paths are relative in fstab.  With
 * setuid= in the options it does not return: mount.fuse3 knows how.
 *
 * Return: 0; -EINVAL for a wrong command line; -EOPNOTSUPP for what cannot be done; what
 *	changing the directory fails with; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_mount_helper_parse(const struct trfs_command *command, int argc, char **argv,
			    struct trfs_mount_call *ret, struct trfs_error *err);
void trfs_mount_helper_done(struct trfs_mount_call *call);

/* mount(8)'s exit code for one of ours. */
int trfs_mount_helper_code(int code);

#endif
