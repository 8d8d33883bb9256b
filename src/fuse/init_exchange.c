/* SPDX-License-Identifier: MIT */
/*
 * libfuse lets us send and receive its messages.  They pass as they are, but for the
 * first of a process, and for what another process has left unanswered.
 */
#include "fuse/init_exchange.h"

#include <errno.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Of the protocol since 7.36, 7.39 and 7.40: Debian 12's headers are older. */
#define INIT_EXTENDED	     (UINT32_C(1) << 30)
#define DIRECT_IO_ALLOW_MMAP (UINT32_C(1) << (36 - 32))
#define NOTIFY_RESEND	     7
#define UNIQUE_RESEND	     (UINT64_C(1) << 63)

/* Where the upper flags stand in a request and in a reply, behind their headers. */
#define REQUEST_FLAGS_AT  12u
#define REQUEST_FLAGS2_AT 16u
#define REPLY_FLAGS_AT	  12u
#define REPLY_FLAGS2_AT	  32u

/* It is there once something is mounted, so that nobody ever waits for as long. */
#define FIRST_REQUEST_MS 2000

/* The kernel asks for as much, whatever it has to say. */
#define RECEIVE_SIZE_MIN 8192

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

static bool offers_direct_maps(const struct trfs_init_exchange *exchange)
{
	const char *init = exchange->request + sizeof(struct fuse_in_header);

	return exchange->len >= sizeof(struct fuse_in_header) + REQUEST_FLAGS2_AT +
					sizeof(uint32_t) &&
	       (get_u32(init, REQUEST_FLAGS_AT) & INIT_EXTENDED) &&
	       (get_u32(init, REQUEST_FLAGS2_AT) & DIRECT_IO_ALLOW_MMAP);
}

/* Whether it was sent again; then it is refused and done with. */
static bool refuse_resent(int fd, const void *message, size_t len)
{
	struct fuse_out_header refusal = { .len = sizeof(refusal), .error = -EIO };
	struct fuse_in_header header;
	ssize_t written;

	if (len < sizeof(header))
		return false;
	memcpy(&header, message, sizeof(header));
	if (!(header.unique & UNIQUE_RESEND))
		return false;
	refusal.unique = header.unique;
	/* Fails where nobody waits for it any more. */
	written = write(fd, &refusal, sizeof(refusal));
	(void)written;
	return true;
}

static ssize_t receive(int fd, void *buf, size_t len, void *userdata)
{
	struct trfs_init_exchange *exchange = trfs_init_exchange_of(userdata);
	ssize_t got;

	if (!exchange->is_received) {
		exchange->is_received = true;
		memcpy(buf, exchange->request, exchange->len);
		return (ssize_t)exchange->len;
	}
	if (exchange->begun && !atomic_exchange(&exchange->has_begun, true))
		exchange->begun(exchange->begun_user);
	do
		got = read(fd, buf, len);
	while (got > 0 && exchange->was_answered && refuse_resent(fd, buf, (size_t)got));
	return got;
}

static ssize_t answer_init(struct trfs_init_exchange *exchange, int fd, struct iovec *iov,
			   int count)
{
	const struct fuse_out_header *header = iov[0].iov_base;

	if (exchange->was_answered)
		return (ssize_t)header->len;
	if (exchange->maps_direct && offers_direct_maps(exchange) && header->error == 0 &&
	    count == 2 && iov[1].iov_len >= REPLY_FLAGS2_AT + sizeof(uint32_t)) {
		add_flags(iov[1].iov_base, REPLY_FLAGS_AT, INIT_EXTENDED);
		add_flags(iov[1].iov_base, REPLY_FLAGS2_AT, DIRECT_IO_ALLOW_MMAP);
	}
	return writev(fd, iov, count);
}

static ssize_t send(int fd, struct iovec *iov, int count, void *userdata)
{
	struct trfs_init_exchange *exchange = trfs_init_exchange_of(userdata);
	const struct fuse_out_header *header = iov[0].iov_base;
	struct fuse_in_header init;

	memcpy(&init, exchange->request, sizeof(init));
	if (header->unique == init.unique)
		return answer_init(exchange, fd, iov, count);
	return writev(fd, iov, count);
}

int trfs_init_exchange_begin(struct trfs_init_exchange *exchange,
			     struct fuse_session *session)
{
	static const struct fuse_custom_io io = { .read = receive, .writev = send };
	char buf[RECEIVE_SIZE_MIN];
	struct fuse_in_header header;
	int fd = fuse_session_fd(session);
	ssize_t got;

	do {
		struct pollfd ready = { .fd = fd, .events = POLLIN };

		if (poll(&ready, 1, FIRST_REQUEST_MS) == 0)
			return -ETIMEDOUT;
		got = read(fd, buf, sizeof(buf));
	} while (got < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT));
	if (got < 0)
		return -errno;
	if ((size_t)got < sizeof(header) || (size_t)got > sizeof(exchange->request))
		return -EPROTO;
	memcpy(&header, buf, sizeof(header));
	if (header.opcode != FUSE_INIT)
		return -EPROTO;
	memcpy(exchange->request, buf, (size_t)got);
	exchange->len = (size_t)got;
	return fuse_session_custom_io(session, &io, fd) == 0 ? 0 : -ENOMEM;
}

int trfs_init_exchange_finish(struct fuse_session *session)
{
	struct fuse_buf buf = { .mem = NULL };
	int rc = fuse_session_receive_buf(session, &buf);

	if (rc > 0)
		fuse_session_process_buf(session, &buf);
	free(buf.mem);
	return rc < 0 ? rc : 0;
}

int trfs_init_exchange_resend(const struct fuse_session *session)
{
	/* A notification is a reply to no request, whose error is what it is about. */
	const struct fuse_out_header resend = { .len = sizeof(resend),
						.error = NOTIFY_RESEND };

	if (write(fuse_session_fd((struct fuse_session *)(uintptr_t)session), &resend,
		  sizeof(resend)) < 0)
		return -errno;
	return 0;
}

int trfs_init_exchange_resume(struct trfs_init_exchange *exchange,
			      const struct fuse_session *session)
{
	int rc = trfs_init_exchange_resend(session);

	if (rc == 0)
		exchange->was_answered = true;
	return rc;
}
