/* SPDX-License-Identifier: MIT */
/*
 * The kernel's side of FUSE for a fuzz target: requests as bytes, handed to libfuse, and
 * replies taken from it.  It asks only for what it was told of, as the kernel does,
 * counts look-ups, and holds each reply to the protocol.
 */
#ifndef TRFS_TESTS_FUZZ_KERNEL_H
#define TRFS_TESTS_FUZZ_KERNEL_H

#include "base/buffer.h"
#include "fuse/service.h"

#define KERNEL_NODES_MAX   64u
#define KERNEL_HANDLES_MAX 16u

/**
 * struct kernel_node - an inode that the kernel knows
 * @nr_lookups: to be forgotten; the root, which is the first node, is never
 */
struct kernel_node {
	uint64_t id;
	uint64_t nr_lookups;
	uint64_t size;
};

struct kernel_handle {
	struct kernel_node node;
	uint64_t fh;
	bool is_directory;
};

/**
 * struct kernel - a connection
 * @unique: of the last request
 * @nr_interrupts: that were sent and that libfuse did not say anything of
 * @reply: the last one's body
 * @error: 0, or the errno that it gave
 * @nr_replies: to the last request
 * @is_sound: nothing of what is shown may fail with EIO
 */
struct kernel {
	struct trfs_service *service;
	struct fuse_session *session;
	uint64_t unique;
	unsigned int nr_interrupts;
	struct kernel_node nodes[KERNEL_NODES_MAX];
	size_t nr_nodes;
	struct kernel_handle handles[KERNEL_HANDLES_MAX];
	size_t nr_handles;
	struct trfs_buffer reply;
	int error;
	unsigned int nr_replies;
	bool is_sound;
};

/* A connection to @service, up to the reply to the first request. */
void kernel_connect(struct kernel *k, struct trfs_service *service);
void kernel_disconnect(struct kernel *k);

/*
 * A request about a node, with @head and then @tail (a name with its NUL, say) behind its
 * header.  Its reply is in @k; 0 or the errno.
 */
int kernel_ask(struct kernel *k, uint32_t opcode, uint64_t node, const void *head,
	       size_t head_len, const void *tail, size_t tail_len);

/* Those that need more than that; @which is taken modulo what there is. */
void kernel_look_up(struct kernel *k, size_t which, const char *name);
void kernel_forget(struct kernel *k, size_t which, bool in_a_batch);
void kernel_open(struct kernel *k, size_t which, bool as_directory, uint32_t flags);
void kernel_release(struct kernel *k, size_t which);
void kernel_list(struct kernel *k, size_t which, uint64_t offset, uint32_t size,
		 bool with_attributes);
/* The handle that was read; NULL where there is none. */
const struct kernel_handle *kernel_read(struct kernel *k, size_t which, uint64_t offset,
					uint32_t size);
void kernel_interrupt(struct kernel *k, bool in_advance);

/* Close and forget all, as before an unmount. */
void kernel_drop_all(struct kernel *k);

#endif
