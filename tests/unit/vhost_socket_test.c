/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages over a socket, in pieces and with descriptors, and connections that
 * end or go wrong. Nothing here may leave a descriptor open.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vhost/socket.h>

#include "unit.h"
#include "vhost_fixture.h"

static struct vhost_socket sock;	/* the back end's */
static int peer;
static int open_fds;
static struct vhost_fault fault;

static void begin(void)
{
	int ends[2];

	open_fds = vhost_fixture_count_fds();
	CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    ends));
	vhost_socket_init(&sock, ends[0], VHOST_USER_FRONT_END);
	peer = ends[1];
}

static void end(void)
{
	vhost_socket_close(&sock);
	if (peer >= 0)
		close(peer);
	UNIT_ASSERT_INT(vhost_fixture_count_fds(), open_fds);
}

static void send_bytes(const void *bytes, size_t size, int fd, unsigned int fds)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(253 * sizeof(int))];
	} control = { 0 };
	struct iovec iov = { (void *)bytes, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	unsigned int i;

	if (fds) {
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(fds * sizeof(int));
		for (i = 0; i < fds; i++)
			memcpy(CMSG_DATA(&control.align) + i * sizeof(int),
			       &fd, sizeof(fd));
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(fds * sizeof(int));
	}
	CU_ASSERT_EQUAL_FATAL(sendmsg(peer, &msg, MSG_NOSIGNAL),
			      (ssize_t)size);
}

static size_t make_u64(uint8_t *bytes, uint32_t request, uint64_t value)
{
	struct vhost_user_message message = { request, VHOST_USER_VERSION, 8,
					      { .u64 = value } };

	return vhost_user_encode(&message, bytes);
}

static void close_received(void)
{
	unsigned int i;

	for (i = 0; i < sock.fd_count; i++)
		close(sock.fds[i]);
	sock.fd_count = 0;
}

static void byte_by_byte(void)
{
	uint8_t bytes[64];
	size_t size = make_u64(bytes, VHOST_USER_SET_FEATURES, 0x1234), i;

	begin();
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault), 0);
	for (i = 0; i < size; i++) {
		UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault), 0);
		send_bytes(bytes + i, 1, -1, 0);
	}
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault), 1);
	UNIT_ASSERT_INT(sock.message.request, VHOST_USER_SET_FEATURES);
	UNIT_ASSERT_INT(sock.message.payload.u64, 0x1234);
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault), 0);
	end();
}

static void two_at_once(void)
{
	uint8_t bytes[64];
	size_t size = make_u64(bytes, VHOST_USER_SET_FEATURES, 1);

	begin();
	size += make_u64(bytes + size, VHOST_USER_SET_PROTOCOL_FEATURES, 2);
	send_bytes(bytes, size, -1, 0);
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault), 1);
	UNIT_ASSERT_INT(sock.message.payload.u64, 1);
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault), 1);
	UNIT_ASSERT_INT(sock.message.payload.u64, 2);
	end();
}

static void descriptors_come_with_their_message(void)
{
	uint8_t bytes[64];
	size_t size = make_u64(bytes, VHOST_USER_SET_VRING_KICK, 0);
	unsigned int round;

	begin();
	for (round = 0; round < 3; round++) {
		send_bytes(bytes, size, peer, round);
		UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault), 1);
		UNIT_ASSERT_INT(sock.fd_count, round);
		if (round)
			CU_ASSERT(fcntl(sock.fds[0], F_GETFD) & FD_CLOEXEC);
		close_received();
	}
	end();
}

static void too_many_descriptors(void)
{
	static const unsigned int counts[] = { VHOST_DESCRIPTORS_MAX + 1,
					       2 * VHOST_DESCRIPTORS_MAX, 253 };
	uint8_t bytes[64];
	size_t size = make_u64(bytes, VHOST_USER_SET_VRING_KICK, 0);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		begin();
		send_bytes(bytes, size, peer, counts[i]);
		UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault),
				VHOST_ERR_DESCRIPTORS);
		end();
	}
	/* With every piece of one message a few more. */
	begin();
	send_bytes(bytes, 4, peer, VHOST_DESCRIPTORS_MAX);
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault), 0);
	send_bytes(bytes + 4, size - 4, peer, 1);
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault),
			VHOST_ERR_DESCRIPTORS);
	end();
}

/* No more than this process may open: said so, and nothing is left. */
static void descriptors_that_find_no_place(void)
{
	struct rlimit before, none;
	uint8_t bytes[64];
	size_t size = make_u64(bytes, VHOST_USER_SET_VRING_KICK, 0);

	begin();
	CU_ASSERT_FATAL(!getrlimit(RLIMIT_NOFILE, &before));
	send_bytes(bytes, size, peer, 2);
	none = (struct rlimit){ 0, before.rlim_max };
	CU_ASSERT_FATAL(!setrlimit(RLIMIT_NOFILE, &none));
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault),
			VHOST_ERR_DESCRIPTORS);
	CU_ASSERT_FATAL(!setrlimit(RLIMIT_NOFILE, &before));
	CU_ASSERT(strstr(fault.text, "may open no more") != NULL);
	end();
}

static void end_of_connection(void)
{
	uint8_t bytes[64];

	make_u64(bytes, VHOST_USER_SET_VRING_KICK, 0);
	begin();
	close(peer);
	peer = -1;
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault), VHOST_ERR_CLOSED);
	end();
	/* In the header, and in the payload; what came with it is closed. */
	begin();
	send_bytes(bytes, 5, sock.fd, 2);
	close(peer);
	peer = -1;
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault),
			VHOST_ERR_TRUNCATED);
	end();
	begin();
	send_bytes(bytes, 19, sock.fd, 2);
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault), 0);
	close(peer);
	peer = -1;
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault),
			VHOST_ERR_TRUNCATED);
	end();
	/* Closed by us with a message half there. */
	begin();
	send_bytes(bytes, 19, sock.fd, 2);
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault), 0);
	end();
}

static void oversized_payload(void)
{
	uint32_t words[3] = { VHOST_USER_SET_MEM_TABLE, 1, 4096 };

	begin();
	send_bytes(words, sizeof(words), peer, 3);
	UNIT_ASSERT_INT(vhost_socket_receive(&sock, &fault), VHOST_ERR_SIZE);
	CU_ASSERT(strstr(fault.text, "SET_MEM_TABLE: 4096 bytes") != NULL);
	end();
}

static void nonsense(void)
{
	uint32_t words[3];
	unsigned int i;

	for (i = 0; i < 200; i++) {
		begin();
		words[0] = i * 2654435761u;
		words[1] = i * 40503u;
		words[2] = i * 69069u;
		send_bytes(words, sizeof(words), peer, i % 4);
		CU_ASSERT(vhost_socket_receive(&sock, &fault) < 0);
		end();
	}
}

static void sending_to_one_who_does_not_read(void)
{
	struct vhost_user_message message = { VHOST_USER_GET_FEATURES, 5, 8,
					      { 0 } };
	int ret, stop = eventfd(0, EFD_CLOEXEC);
	unsigned int count = 0;
	uint64_t one = 1;

	begin();
	sock.timeout = 10;
	do
		ret = vhost_socket_send(&sock, &message, NULL, 0, &fault);
	while (!ret && ++count < 1000000);
	UNIT_ASSERT_INT(ret, VHOST_ERR_TIMEOUT);
	/* Without a limit, but asked to stop. */
	sock.timeout = -1;
	sock.stop_fd = stop;
	CU_ASSERT_EQUAL(write(stop, &one, sizeof(one)), sizeof(one));
	UNIT_ASSERT_INT(vhost_socket_send(&sock, &message, NULL, 0, &fault),
			VHOST_ERR_STOPPED);
	close(peer);
	peer = -1;
	UNIT_ASSERT_INT(vhost_socket_send(&sock, &message, NULL, 0, &fault),
			VHOST_ERR_CLOSED);
	end();
	close(stop);
}

static void sockets_by_name(void)
{
	char directory[] = "/tmp/vhost-socket-XXXXXX", path[64];
	char far[200];
	int listener, second, client;
	struct stat file;

	open_fds = vhost_fixture_count_fds();
	CU_ASSERT_FATAL(mkdtemp(directory) != NULL);
	snprintf(path, sizeof(path), "%s/s", directory);
	CU_ASSERT(vhost_socket_connect(path, &fault) == VHOST_ERR_SYSTEM);
	CU_ASSERT(strstr(fault.text, path) != NULL);
	listener = vhost_socket_listen(path, &fault);
	CU_ASSERT_FATAL(listener >= 0);
	client = vhost_socket_connect(path, &fault);
	CU_ASSERT(client >= 0);
	/* Not while it is in use. */
	second = vhost_socket_listen(path, &fault);
	UNIT_ASSERT_INT(second, VHOST_ERR_STATE);
	CU_ASSERT(strstr(fault.text, "another process listens") != NULL);
	close(client);
	close(listener);
	/* As a process that was killed leaves it. */
	CU_ASSERT(!lstat(path, &file) && S_ISSOCK(file.st_mode));
	listener = vhost_socket_listen(path, &fault);
	CU_ASSERT(listener >= 0);
	close(listener);
	unlink(path);
	/* No file of another kind is ever removed. */
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	UNIT_ASSERT_INT(vhost_socket_listen(path, &fault), VHOST_ERR_STATE);
	CU_ASSERT(!lstat(path, &file) && S_ISREG(file.st_mode));
	unlink(path);
	memset(far, 'x', sizeof(far) - 1);
	far[sizeof(far) - 1] = 0;
	UNIT_ASSERT_INT(vhost_socket_listen(far, &fault), VHOST_ERR_INVALID);
	UNIT_ASSERT_INT(vhost_socket_connect("", &fault), VHOST_ERR_INVALID);
	rmdir(directory);
	UNIT_ASSERT_INT(vhost_fixture_count_fds(), open_fds);
}

static const struct unit_test tests[] = {
	UNIT_TEST(byte_by_byte),
	UNIT_TEST(two_at_once),
	UNIT_TEST(descriptors_come_with_their_message),
	UNIT_TEST(too_many_descriptors),
	UNIT_TEST(descriptors_that_find_no_place),
	UNIT_TEST(end_of_connection),
	UNIT_TEST(oversized_payload),
	UNIT_TEST(nonsense),
	UNIT_TEST(sending_to_one_who_does_not_read),
	UNIT_TEST(sockets_by_name),
};

UNIT_MAIN("vhost_socket", tests)
