/* SPDX-License-Identifier: MIT */
/* Both ends of the line. */
#include "fuse/control.h"

#include "base/error.h"
#include "base/file.h"
#include "fuse/ops.h"
#include "fuse/reload.h"
#include "fuse/request.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

static bool may_control(fuse_req_t req)
{
	uid_t uid = fuse_req_ctx(req)->uid;

	return uid == 0 || uid == geteuid();
}

/* False for what nobody knows. */
static bool obey(struct trfs_service *service, const char *text, char *answer)
{
	enum trfs_log_level level;

	if (strcmp(text, "reload") == 0 && service->reload) {
		snprintf(answer, TRFS_CONTROL_TEXT_MAX, "%" PRIu64,
			 trfs_reload_ask(service->reload));
		return true;
	}
	if (strncmp(text, "log ", 4) == 0 && trfs_log_level_parse(text + 4, &level)) {
		trfs_log_set_level(&service->log, level);
		return true;
	}
	return service->control && service->control(service->control_user, text, answer,
						    TRFS_CONTROL_TEXT_MAX);
}

void trfs_op_ioctl(fuse_req_t req, fuse_ino_t inode, unsigned int command, void *argument,
		   struct fuse_file_info *fi, unsigned int flags, const void *in,
		   size_t in_size, size_t out_size)
{
	struct trfs_control_message message = { "" }, answer = { "" };

	(void)argument, (void)fi;
	if (inode != TRFS_INODE_ROOT || command != (unsigned int)TRFS_CONTROL ||
	    in_size != sizeof(message) || out_size < sizeof(answer) ||
	    (flags & FUSE_IOCTL_COMPAT)) {
		fuse_reply_err(req, ENOTTY);
		return;
	}
	memcpy(&message, in, sizeof(message));
	message.text[sizeof(message.text) - 1] = '\0';
	if (!may_control(req))
		fuse_reply_err(req, EPERM);
	else if (!obey(trfs_request_service(req), message.text, answer.text))
		fuse_reply_err(req, EINVAL);
	else
		fuse_reply_ioctl(req, 0, &answer, sizeof(answer));
}

int trfs_control_send(const char *mountpoint, const char *text, char *answer,
		      struct trfs_error *err)
{
	struct trfs_control_message message = { "" };
	TRFS_CLEANUP(trfs_file_closep)
	int fd = open(mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0)
		return trfs_fail_errno(err, -errno, "the mount on %s", mountpoint);
	snprintf(message.text, sizeof(message.text), "%s", text);
	if (ioctl(fd, TRFS_CONTROL, &message) < 0)
		rc = -errno;
	if (rc == -ENOTTY)
		return trfs_fail(err, rc, "nothing of ours is mounted on %s", mountpoint);
	if (rc == -EPERM)
		return trfs_fail(err, rc,
				 "only who mounted %s, or root, may tell it what to do",
				 mountpoint);
	if (rc == -EINVAL)
		return trfs_fail(err, rc, "the mount on %s does not know \"%s\"",
				 mountpoint, text);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "the mount on %s", mountpoint);
	snprintf(answer, TRFS_CONTROL_TEXT_MAX, "%s", message.text);
	return 0;
}
