/* SPDX-License-Identifier: BSD-2-Clause */
/* Local sockets by name: listening and connecting. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <vhost/socket.h>

static int open_socket(const char *path, struct sockaddr_un *address,
		       struct vhost_fault *fault)
{
	int fd;

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (!*path || strlen(path) >= sizeof(address->sun_path))
		return vhost_fault_set(
			fault, VHOST_ERR_INVALID,
			"socket %s: a path of 1 to %zu bytes is needed", path,
			sizeof(address->sun_path) - 1);
	strcpy(address->sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? vhost_fault_system(fault, "socket %s", path) : fd;
}

int vhost_socket_connect(const char *path, struct vhost_fault *fault)
{
	struct sockaddr_un address;
	int fd = open_socket(path, &address, fault);

	if (fd < 0)
		return fd;
	if (!connect(fd, (void *)&address, sizeof(address)))
		return fd;
	vhost_fault_system(fault, "socket %s: connect", path);
	close(fd);
	return VHOST_ERR_SYSTEM;
}

/* Remove a socket file that a dead process left, and nothing else. */
static int remove_stale(const struct sockaddr_un *address,
			struct vhost_fault *fault)
{
	const char *path = address->sun_path;
	struct stat file;
	int fd, error;

	if (lstat(path, &file))
		return errno == ENOENT ?
			       VHOST_OK :
			       vhost_fault_system(fault, "socket %s", path);
	if (!S_ISSOCK(file.st_mode))
		return vhost_fault_set(
			fault, VHOST_ERR_STATE,
			"socket %s: a file that is no socket is in the way",
			path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return vhost_fault_system(fault, "socket %s", path);
	error = connect(fd, (const void *)address, sizeof(*address)) ? errno :
								       0;
	close(fd);
	if (error != ECONNREFUSED)
		return vhost_fault_set(
			fault, VHOST_ERR_STATE,
			"socket %s: another process listens there", path);
	if (unlink(path) && errno != ENOENT)
		return vhost_fault_system(fault, "socket %s: unlink", path);
	return VHOST_OK;
}

int vhost_socket_listen(const char *path, struct vhost_fault *fault)
{
	struct sockaddr_un address;
	int fd = open_socket(path, &address, fault);
	int ret;

	if (fd < 0)
		return fd;
	ret = remove_stale(&address, fault);
	if (!ret && (bind(fd, (void *)&address, sizeof(address)) ||
		     listen(fd, 1)))
		ret = vhost_fault_system(fault, "socket %s", path);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}
