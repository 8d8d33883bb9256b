/* SPDX-License-Identifier: MIT */
/* What the kernel says of a mount and of the processes behind it; see cmd_debug.c. */
#ifndef TRFS_CLI_PROCESS_PARTS_H
#define TRFS_CLI_PROCESS_PARTS_H

#include <sys/types.h>

#define TRFS_PROCESSES_MAX 16u

/* Processes of ours that have the mountpoint's name on their command line. */
unsigned int trfs_processes_of(const char *mountpoint, pid_t pids[TRFS_PROCESSES_MAX]);

/*
 * Functions for trfs_ask(): the mount's line of mountinfo; the first 64 KiB of a file;
 * of /proc/PID: status, limits, descriptors and libraries; and each thread with what it
 * waits for.
 */
int trfs_part_mount_entry(const char *mountpoint, int fd);
int trfs_part_head_of_file(const char *path, int fd);
int trfs_part_process(const char *directory, int fd);
int trfs_part_threads(const char *directory, int fd);

#endif
