/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hostile <socket> <pid> <log>: a vhost-user front end that breaks the rules, one
 * per connection, against loopback-serve with that process id and that output.
 * The server has to say why it closes the connection, and to serve the
 * well-formed one that follows; in the end it has no more descriptors than in
 * the beginning.
 *
 * Prints "PASS <what>" or "FAIL <what>" for each. Exit status: 0 unless a test
 * could not be made.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <vhost/user.h>

#define PATIENCE_MS 60000
#define STEPS 2u
#define FDS_MAX 64u
#define FILE_BYTES 4096u
#define FEATURES_MUST             \
	(VHOST_USER_FEATURE(32) | \
	 VHOST_USER_FEATURE(VHOST_USER_F_PROTOCOL_FEATURES))

#define PROTOCOL_FEATURES                                   \
	(VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_CONFIG) | \
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD))

enum descriptor {
	NO_DESCRIPTOR,
	MEMORY_FILE,
	SEALED_FILE,
	EVENT,
	PIPE,
};

struct step {
	struct vhost_user_message message;
	enum descriptor descriptor;
	unsigned int count;
};

/* Zeroed steps behind the last are not sent. */
struct attack {
	const char *name;
	const char *because; /* part of what the server says */
	struct step steps[STEPS];
	bool cut_short; /* and leave before the payload */
};

#define MESSAGE(name, bytes, ...)                  \
	.message = { .request = VHOST_USER_##name, \
		     .flags = VHOST_USER_VERSION,  \
		     .size = (bytes),              \
		     .payload = { __VA_ARGS__ } }

#define ATTACK(what, why, ...)                                         \
	{                                                              \
		.name = what, .because = why, .steps = { __VA_ARGS__ } \
	}
#define ATTACK_CUT_SHORT(what, why, ...)                                \
	{                                                               \
		.name = what, .because = why, .steps = { __VA_ARGS__ }, \
		.cut_short = true                                       \
	}

#define REGION(...) .memory = { .nregions = 1, .regions = { { __VA_ARGS__ } } }

#define LOG(size) \
	.inflight = { .mmap_size = (size), .num_queues = 1, .queue_size = 128 }

static const struct attack attacks[] = {
	ATTACK("a request that does not exist", "request 77",
	       { .message = { .request = 77, .flags = VHOST_USER_VERSION } }),
	ATTACK("another version of the protocol", "protocol version 2",
	       { .message = { .request = VHOST_USER_GET_FEATURES,
			      .flags = 2 } }),
	ATTACK("an answer that nobody asked for", "flags 0x5",
	       { .message = { .request = VHOST_USER_GET_FEATURES,
			      .flags = VHOST_USER_VERSION | VHOST_USER_REPLY,
			      .size = 8 } }),
	ATTACK_CUT_SHORT("a message cut short", "within a message",
			 { MESSAGE(SET_FEATURES, 8, .u64 = 0) }),
	ATTACK_CUT_SHORT("a payload of 4 GiB", "4294967295 bytes of payload",
			 { MESSAGE(SET_MEM_TABLE, UINT32_MAX, .u64 = 0) }),
	ATTACK("a payload of half its size", "4 bytes of payload",
	       { MESSAGE(SET_FEATURES, 4, .u64 = 0) }),
	ATTACK("features that were not offered", "was not offered",
	       { MESSAGE(SET_FEATURES, 8, .u64 = UINT64_MAX) }),
	ATTACK("descriptors for which there is no use",
	       "came with 3 descriptors",
	       { MESSAGE(SET_FEATURES, 8, .u64 = FEATURES_MUST),
		 .descriptor = EVENT, .count = 3 }),
	ATTACK("more descriptors than any message has",
	       "more than 16 descriptors",
	       { MESSAGE(SET_MEM_TABLE, 40, REGION(.memory_size = FILE_BYTES)),
		 .descriptor = MEMORY_FILE, .count = FDS_MAX }),
	ATTACK("a memory table of 2^32 - 1 regions", "its own count says",
	       { MESSAGE(SET_MEM_TABLE, 40,
			 .memory = { .nregions = UINT32_MAX }),
		 .descriptor = MEMORY_FILE, .count = 1 }),
	ATTACK("a memory table without its file", "with 0 descriptors",
	       { MESSAGE(SET_MEM_TABLE, 40,
			 REGION(.memory_size = FILE_BYTES)) }),
	ATTACK("a memory region that wraps", "wraps",
	       { MESSAGE(SET_MEM_TABLE, 40,
			 REGION(.guest_phys_addr = FILE_BYTES,
				.memory_size = UINT64_MAX)),
		 .descriptor = MEMORY_FILE, .count = 1 }),
	ATTACK("a memory region longer than its file",
	       "its file ends before it",
	       { MESSAGE(SET_MEM_TABLE, 40,
			 REGION(.memory_size = 2 * FILE_BYTES)),
		 .descriptor = MEMORY_FILE, .count = 1 }),
	ATTACK("a memory region of a pipe", "not a regular",
	       { MESSAGE(SET_MEM_TABLE, 40, REGION(.memory_size = FILE_BYTES)),
		 .descriptor = PIPE, .count = 1 }),
	ATTACK("a ring that the device has not", "ring 7, but the device has 1",
	       { MESSAGE(SET_VRING_NUM, 8, .state = { 7, 128 }) }),
	ATTACK("a ring of three entries", "3 entries",
	       { MESSAGE(SET_VRING_NUM, 8, .state = { 0, 3 }) }),
	ATTACK("a ring of 65536 entries", "65536 entries",
	       { MESSAGE(SET_VRING_NUM, 8, .state = { 0, 65536 }) }),
	ATTACK("a ring outside of all memory",
	       "SET_VRING_ADDR: ring 0: an address lies in no region",
	       { MESSAGE(SET_VRING_NUM, 8, .state = { 0, 128 }) },
	       { MESSAGE(SET_VRING_ADDR, 40,
			 .addr = { .desc_user_addr = 4096 }) }),
	ATTACK("a ring that starts before it is set up",
	       "SET_VRING_KICK: ring 0: ",
	       { MESSAGE(SET_VRING_KICK, 8, .u64 = 0), .descriptor = EVENT,
		 .count = 1 }),
	ATTACK("a configuration read past its end", "GET_CONFIG: ",
	       { MESSAGE(SET_PROTOCOL_FEATURES, 8, .u64 = PROTOCOL_FEATURES) },
	       { MESSAGE(GET_CONFIG, 28,
			 .config = { .offset = UINT32_MAX - 8, .size = 16 }) }),
	ATTACK("a log of requests that can shrink", "sealed against shrinking",
	       { MESSAGE(SET_PROTOCOL_FEATURES, 8, .u64 = PROTOCOL_FEATURES) },
	       { MESSAGE(SET_INFLIGHT_FD, sizeof(struct vhost_user_inflight),
			 LOG(FILE_BYTES)),
		 .descriptor = MEMORY_FILE, .count = 1 }),
	ATTACK("a log of requests longer than its file", "SET_INFLIGHT_FD: ",
	       { MESSAGE(SET_PROTOCOL_FEATURES, 8, .u64 = PROTOCOL_FEATURES) },
	       { MESSAGE(SET_INFLIGHT_FD, sizeof(struct vhost_user_inflight),
			 LOG(UINT64_C(1) << 40)),
		 .descriptor = SEALED_FILE, .count = 1 }),
};

static void give_up(const char *what)
{
	perror(what);
	exit(1);
}

static int connect_server(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(address.sun_path)) {
		fprintf(stderr, "%s: too long for a socket\n", path);
		exit(1);
	}
	strcpy(address.sun_path, path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		give_up(path);
	return fd;
}

static int make_descriptor(enum descriptor kind)
{
	int ends[2], fd;

	switch (kind) {
	case MEMORY_FILE:
	case SEALED_FILE:
		fd = memfd_create("hostile", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		if (fd < 0 || ftruncate(fd, FILE_BYTES) ||
		    (kind == SEALED_FILE &&
		     fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK)))
			give_up("memfd");
		return fd;
	case EVENT:
		fd = eventfd(0, EFD_CLOEXEC);
		if (fd < 0)
			give_up("eventfd");
		return fd;
	default:
		if (pipe(ends))
			give_up("pipe");
		close(ends[1]);
		return ends[0];
	}
}

/* A server that has closed already has understood; no error of ours. */
static void send_step(int fd, const struct step *step, bool cut_short)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
	} control;
	struct iovec iov[] = {
		{ (void *)&step->message, VHOST_USER_HEADER_SIZE },
		{ (void *)&step->message.payload, step->message.size },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = cut_short ? 1 : 2 };
	int fds[FDS_MAX];
	unsigned int i;

	for (i = 0; i < step->count; i++)
		fds[i] = make_descriptor(step->descriptor);
	if (step->count) {
		memset(&control, 0, sizeof(control));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(step->count * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds,
		       step->count * sizeof(int));
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(step->count * sizeof(int));
	}
	sendmsg(fd, &msg, MSG_NOSIGNAL);
	for (i = 0; i < step->count; i++)
		close(fds[i]);
	if (cut_short)
		shutdown(fd, SHUT_WR);
}

/* Bytes that came, 0 after the end; answers are not looked at. */
static ssize_t receive(int fd, void *data, size_t size)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	ssize_t got;

	if (poll(&poll_fd, 1, PATIENCE_MS) != 1) {
		fprintf(stderr,
			"hostile: the server neither answers nor closes\n");
		exit(1);
	}
	got = recv(fd, data, size, 0);
	return got < 0 ? 0 : got;
}

/* Well-formed: the connection, with its first question answered well, or -1. */
static int greet(const char *path)
{
	const struct step step = { MESSAGE(GET_FEATURES, 0, .u64 = 0) };
	struct vhost_user_message answer = { 0 };
	int fd = connect_server(path);
	size_t filled = 0, size = VHOST_USER_HEADER_SIZE + 8;
	ssize_t got = 1;

	send_step(fd, &step, false);
	while (filled < size && got) {
		got = receive(fd, (char *)&answer + filled, size - filled);
		filled += (size_t)got;
	}
	/* The payload lies behind a gap that the wire has not. */
	memmove(&answer.payload, (char *)&answer + VHOST_USER_HEADER_SIZE, 8);
	if (answer.request == VHOST_USER_GET_FEATURES && answer.size == 8 &&
	    answer.flags == (VHOST_USER_VERSION | VHOST_USER_REPLY) &&
	    (answer.payload.u64 & FEATURES_MUST) == FEATURES_MUST)
		return fd;
	close(fd);
	return -1;
}

/* The server's new lines: why, and that it is over. */
static bool has_said(FILE *log, const char *why)
{
	char line[512];
	unsigned int lines = 0;
	bool found = false;

	clearerr(log);
	while (fgets(line, sizeof(line), log)) {
		lines++;
		if (strstr(line, why))
			found = true;
	}
	return found && lines == 2;
}

static void attack(const char *path, FILE *log, const struct attack *attack)
{
	int fd = connect_server(path);
	char answer[256];
	unsigned int i;

	for (i = 0; i < STEPS && attack->steps[i].message.request; i++)
		send_step(fd, &attack->steps[i], attack->cut_short);
	while (receive(fd, answer, sizeof(answer)))
		;
	close(fd);
	fd = greet(path);
	printf("%s after %s the next front end is served\n",
	       fd < 0 ? "FAIL" : "PASS", attack->name);
	if (fd >= 0)
		close(fd);
	/* It was said before the next front end had its answer. */
	printf("%s the server says why: %s\n",
	       has_said(log, attack->because) ? "PASS" : "FAIL",
	       attack->because);
}

/* Descriptors of the server. It serves one front end at a time: this one's
 * being served says that all before are gone. */
static unsigned int count_descriptors(const char *path, const char *pid)
{
	int fd = greet(path);
	char folder[64];
	unsigned int count = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "/proc/%s/fd", pid);
	dir = opendir(folder);
	if (!dir || fd < 0)
		give_up(folder);
	while (readdir(dir))
		count++;
	closedir(dir);
	close(fd);
	return count;
}

int main(int argc, char **argv)
{
	unsigned int i, before, after;
	FILE *log;

	if (argc != 4) {
		fprintf(stderr, "usage: hostile <socket> <pid> <log>\n");
		return 2;
	}
	log = fopen(argv[3], "r");
	if (!log)
		give_up(argv[3]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	before = count_descriptors(argv[1], argv[2]);
	for (i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++)
		attack(argv[1], log, &attacks[i]);
	after = count_descriptors(argv[1], argv[2]);
	printf("%s the server has as many descriptors as before (%u, %u)\n",
	       before == after ? "PASS" : "FAIL", before, after);
	fclose(log);
	return 0;
}
