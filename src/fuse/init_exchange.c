/* SPDX-License-Identifier: MIT */
/*
 * libfuse lets us send and receive its messages.  They pass as they are, but for the
 * reply to FUSE_INIT, which gets one more flag if the request offered it.
 */
#include "fuse/init_exchange.h"

#include <errno.h>
#include <linux/fuse.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Of the protocol since 7.36 and 7.39: Debian 12's headers are older. */
#define INIT_EXTENDED	     (UINT32_C(1) << 30)
#define DIRECT_IO_ALLOW_MMAP (UINT32_C(1) << (36 - 32))

/* Where the upper flags stand in a request and in a reply, behind their headers. */
#define REQUEST_FLAGS_AT  12u
#define REQUEST_FLAGS2_AT 16u
#define REPLY_FLAGS_AT	  12u
#define REPLY_FLAGS2_AT	  32u

static uint32_t get_u32(const void *message, size_t at)
{
	uint32_t value;

	memcpy(&value, (const char *)message + at, sizeof(value));
	return value;
}

static void add_flags(void *message, size_t at, uint32_t flags)
{
	flags |= get_u32(message, at);
	memcpy((char *)message + at, &flags, sizeof(flags));
}

static void look_at_request(struct trfs_init_exchange *exchange, const void *message,
			    size_t len)
{
	const char *init = (const char *)message + sizeof(struct fuse_in_header);
	struct fuse_in_header header;

	if (len < sizeof(header) + REQUEST_FLAGS2_AT + sizeof(uint32_t))
		return;
	memcpy(&header, message, sizeof(header));
	if (header.opcode == FUSE_INIT &&
	    (get_u32(init, REQUEST_FLAGS_AT) & INIT_EXTENDED) &&
	    (get_u32(init, REQUEST_FLAGS2_AT) & DIRECT_IO_ALLOW_MMAP))
		atomic_store(&exchange->unique, header.unique);
}

static ssize_t receive(int fd, void *buf, size_t len, void *userdata)
{
	struct trfs_init_exchange *exchange = trfs_init_exchange_of(userdata);
	ssize_t got = read(fd, buf, len);

	if (got > 0 && !atomic_load_explicit(&exchange->is_over, memory_order_relaxed))
		look_at_request(exchange, buf, (size_t)got);
	return got;
}

static ssize_t send(int fd, struct iovec *iov, int count, void *userdata)
{
	struct trfs_init_exchange *exchange = trfs_init_exchange_of(userdata);
	const struct fuse_out_header *header = iov[0].iov_base;

	if (!atomic_load_explicit(&exchange->is_over, memory_order_relaxed)) {
		uint64_t unique = atomic_load(&exchange->unique);

		atomic_store(&exchange->is_over, true);
		if (unique == header->unique && header->error == 0 && count == 2 &&
		    iov[1].iov_len >= REPLY_FLAGS2_AT + sizeof(uint32_t)) {
			add_flags(iov[1].iov_base, REPLY_FLAGS_AT, INIT_EXTENDED);
			add_flags(iov[1].iov_base, REPLY_FLAGS2_AT, DIRECT_IO_ALLOW_MMAP);
		}
	}
	return writev(fd, iov, count);
}

void trfs_init_exchange_watch(struct fuse_session *session)
{
	static const struct fuse_custom_io io = { .read = receive, .writev = send };

	/* On failure all stays as it was. */
	(void)fuse_session_custom_io(session, &io, fuse_session_fd(session));
}
