/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"

/*
 * An event descriptor is an inode without a type, as many others are that do
 * something else when they are read or written; only its name tells.
 */
static bool is_event_fd(int fd)
{
	static const char name[] = "anon_inode:[eventfd]";
	char path[32], link[sizeof(name)];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return readlink(path, link, sizeof(link)) == sizeof(name) - 1 &&
	       !memcmp(link, name, sizeof(name) - 1);
}

bool vhost_fd_is_event(int fd)
{
	struct stat file;

	return !fstat(fd, &file) && (S_ISFIFO(file.st_mode) || is_event_fd(fd));
}
