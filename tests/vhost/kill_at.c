/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preloaded into a server: ends the process with SIGKILL at a point of its work.
 * Within an access to the image, a request has left the ring and its completion
 * has not been published. $KILL_AT says where:
 *
 *	before:<n>		in the n-th access, before it took place
 *	after:<n>		in the n-th access, after it took place
 *	hold:<offset>:<n>	the access at that byte waits, and never takes
 *				place: n others overtake it, then the end comes.
 *				For servers that work on several at a time.
 *	signal:<n>		completions are published, and the guest would
 *				have been told of it for the n-th time
 *
 * Such events are counted, not time, so every run ends lives at the same points of
 * the server's work.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/uio.h>
#include <stdlib.h>
#include <unistd.h>

enum when {
	NEVER,
	BEFORE,
	AFTER,
	HOLD,
	SIGNAL,
};

static enum when when;
static unsigned long when_count;
static long long hold_offset;
static atomic_ulong begun, ended, signals;

__attribute__((constructor)) static void read_environment(void)
{
	const char *at = getenv("KILL_AT");

	if (!at)
		return;
	if (sscanf(at, "before:%lu", &when_count) == 1)
		when = BEFORE;
	else if (sscanf(at, "after:%lu", &when_count) == 1)
		when = AFTER;
	else if (sscanf(at, "hold:%lld:%lu", &hold_offset, &when_count) == 2)
		when = HOLD;
	else if (sscanf(at, "signal:%lu", &when_count) == 1)
		when = SIGNAL;
	else
		abort();
}

static void end_here(void)
{
	kill(getpid(), SIGKILL);
}

/* begin: returns which access this is, unless it is the last. */
static unsigned long begin(long long offset)
{
	unsigned long access = atomic_fetch_add(&begun, 1) + 1;

	if (when == BEFORE && access == when_count)
		end_here();
	if (when == HOLD && offset == hold_offset) {
		unsigned long until = atomic_load(&ended) + when_count;

		while (atomic_load(&ended) < until)
			usleep(1000);
		end_here();
	}
	return access;
}

static void end(unsigned long access)
{
	atomic_fetch_add(&ended, 1);
	if (when == AFTER && access == when_count)
		end_here();
}

/* Stands in front of the C library's function of that name. */
#define ACCESS(type, name, offset, parameters, ...)                  \
	type name parameters;                                        \
	type name parameters                                         \
	{                                                            \
		type(*next) parameters =                             \
			(type(*) parameters)dlsym(RTLD_NEXT, #name); \
		unsigned long access = begin(offset);                \
		type result = next(__VA_ARGS__);                     \
                                                                     \
		end(access);                                         \
		return result;                                       \
	}

/* Both names that a program may know it by. */
#define ACCESS_AT(type, name, parameters, ...)          \
	ACCESS(type, name, at, parameters, __VA_ARGS__) \
	ACCESS(type, name##64, at, parameters, __VA_ARGS__)

ACCESS_AT(ssize_t, pread, (int fd, void *data, size_t size, off_t at), fd, data,
	  size, at)
ACCESS_AT(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at),
	  fd, data, size, at)
ACCESS_AT(ssize_t, preadv, (int fd, const struct iovec *iov, int n, off_t at),
	  fd, iov, n, at)
ACCESS_AT(ssize_t, pwritev, (int fd, const struct iovec *iov, int n, off_t at),
	  fd, iov, n, at)
ACCESS_AT(int, fallocate, (int fd, int mode, off_t at, off_t size), fd, mode,
	  at, size)
ACCESS(int, fsync, -1, (int fd), fd)
ACCESS(int, fdatasync, -1, (int fd), fd)

/* An event descriptor takes eight bytes, and nothing else here does. */
ssize_t write(int fd, const void *data, size_t size);
ssize_t write(int fd, const void *data, size_t size)
{
	ssize_t (*next)(int, const void *, size_t) =
		(ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT,
							     "write");

	if (when == SIGNAL && size == 8 &&
	    atomic_fetch_add(&signals, 1) + 1 == when_count)
		end_here();
	return next(fd, data, size);
}
