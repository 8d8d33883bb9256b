/* SPDX-License-Identifier: MIT */
#include "cli/notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define LINES_MAX 4096

/* For a manager that does not take what we send. */
#define SEND_SECONDS 1

/* A path, or with '@' in front a name in the kernel's own space. */
static bool parse_address(struct trfs_notify *notify, const char *name)
{
	size_t len = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || len < 2 ||
	    len >= sizeof(notify->address.sun_path))
		return false;
	notify->address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(notify->address.sun_path, name, len);
	/* A path has its NUL, a name none. */
	notify->address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len +
					  (name[0] == '/'));
	if (name[0] == '@')
		notify->address.sun_path[0] = '\0';
	return true;
}

static uint64_t parse_watchdog(const char *microseconds, const char *pid)
{
	if (!microseconds || (pid && strtol(pid, NULL, 10) != getpid()))
		return 0;
	return strtoull(microseconds, NULL, 10) / 1000;
}

void trfs_notify_take(struct trfs_notify *notify, bool is_wanted)
{
	const struct timeval patience = { .tv_sec = SEND_SECONDS };
	const char *name = getenv("NOTIFY_SOCKET");

	*notify = (struct trfs_notify){ .fd = -1 };
	if (is_wanted && name && parse_address(notify, name))
		notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (notify->fd >= 0) {
		(void)setsockopt(notify->fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
				 sizeof(patience));
		notify->watchdog_ms =
			parse_watchdog(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
	}
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

void trfs_notify_send(const struct trfs_notify *notify, const char *format, ...)
{
	char lines[LINES_MAX];
	va_list arguments;
	ssize_t sent;
	int len;

	if (!trfs_notify_is_heard(notify))
		return;
	va_start(arguments, format);
	len = vsnprintf(lines, sizeof(lines), format, arguments);
	va_end(arguments);
	if (len < 0 || (size_t)len >= sizeof(lines))
		return;
	sent = sendto(notify->fd, lines, (size_t)len, MSG_NOSIGNAL,
		      (const struct sockaddr *)&notify->address, notify->address_len);
	(void)sent;
}
