/* SPDX-License-Identifier: MIT */
/*
 * Telling a service manager how we are: sd_notify(3)'s protocol, a datagram of lines to
 * the socket that NOTIFY_SOCKET names.
 */
#ifndef TRFS_CLI_NOTIFY_H
#define TRFS_CLI_NOTIFY_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

/**
 * struct trfs_notify - the socket
 * @fd: -1 where nobody listens
 * @watchdog_ms: we have to say that we are alive that often at least; 0: never
 */
struct trfs_notify {
	int fd;
	struct sockaddr_un address;
	socklen_t address_len;
	uint64_t watchdog_ms;
};

/*
 * Take what the environment says, so that no child finds it there; where @is_wanted is
 * false or the socket cannot be used, nobody listens.
 */
void trfs_notify_take(struct trfs_notify *notify, bool is_wanted);

static inline bool trfs_notify_is_heard(const struct trfs_notify *notify)
{
	return notify->fd >= 0;
}

/* Lines, without a newline at the end.  One that cannot be delivered is lost. */
TRFS_PRINTF(2, 3)
void trfs_notify_send(const struct trfs_notify *notify, const char *format, ...);

#endif
