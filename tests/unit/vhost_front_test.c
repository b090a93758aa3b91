/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The front end against back ends that are poor, silent or liars: it says what
 * is wrong, waits no longer than it was told, and leaves nothing open.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <loopback/block.h>
#include <vhost/front.h>
#include <vhost/inflight.h>

#include "unit.h"
#include "vhost_fixture.h"

#define GOOD	(VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |			\
		 VHOST_USER_FEATURE(VHOST_USER_F_PROTOCOL_FEATURES))
#define PROTOCOL							\
	(VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_REPLY_ACK) |		\
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_CONFIG) |		\
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD))
/* No test waits that long unless it fails. */
#define LONG	30000

enum trick {
	HONEST,
	SILENT,		/* no answer */
	MISTAKEN,	/* an answer to something else */
	SIZED,		/* an answer of a wrong size */
	UNFLAGGED,	/* an answer without the reply flag */
	REFUSING,	/* an acknowledgement that says no */
	LEAVING,	/* closes the connection instead */
	BARE,		/* an answer without its descriptor */
	TWICE,		/* the same answer again */
	GENEROUS,	/* an answer with descriptors nobody asked for */
};

static struct back_end {
	pthread_t thread;
	int fd;
	uint64_t features;
	uint64_t protocol;
	uint32_t request;	/* on which it plays its trick */
	enum trick trick;
	unsigned int requests[64];	/* how often each came */
	struct vhost_user_message message;
} back;

static struct vhost_front front;
static int open_fds;

static void answer(struct vhost_socket *sock, enum trick trick)
{
	struct vhost_user_message *message = &back.message;
	struct vhost_fault fault;
	int fds[2] = { -1, -1 }, count = 0;

	message->flags = VHOST_USER_VERSION |
			 (trick == UNFLAGGED ? 0 : VHOST_USER_REPLY);
	switch (message->request) {
	case VHOST_USER_GET_FEATURES:
		message->payload.u64 = back.features;
		message->size = 8;
		break;
	case VHOST_USER_GET_PROTOCOL_FEATURES:
		message->payload.u64 = back.protocol;
		message->size = 8;
		break;
	case VHOST_USER_GET_CONFIG:
	case VHOST_USER_GET_VRING_BASE:
		break;
	case VHOST_USER_GET_INFLIGHT_FD:
		message->payload.inflight.mmap_size = vhost_inflight_bytes(
			1, VHOST_FRONT_RING_SIZE);
		fds[0] = vhost_inflight_create(1, VHOST_FRONT_RING_SIZE,
					       &fault);
		count = trick == BARE ? 0 : 1;
		break;
	default:
		message->payload.u64 = trick == REFUSING;
		message->size = 8;
		break;
	}
	if (trick == MISTAKEN)
		message->request = VHOST_USER_SET_OWNER;
	if (trick == SIZED)
		message->size += 4;
	if (trick == GENEROUS) {
		fds[count++] = dup(sock->fd);
		if (count == 1)
			fds[count++] = dup(sock->fd);
	}
	vhost_socket_send(sock, message, fds, (unsigned int)count, &fault);
	if (fds[0] >= 0)
		close(fds[0]);
	if (fds[1] >= 0)
		close(fds[1]);
}

static void *run(void *unused)
{
	struct vhost_socket sock;
	struct vhost_fault fault;
	struct pollfd wait;
	int ret;

	(void)unused;
	vhost_socket_init(&sock, back.fd, VHOST_USER_FRONT_END);
	wait = (struct pollfd){ .fd = back.fd, .events = POLLIN };
	for (;;) {
		enum trick trick = HONEST;

		ret = vhost_socket_receive(&sock, &fault);
		if (ret < 0)
			break;
		if (!ret) {
			poll(&wait, 1, -1);
			continue;
		}
		while (sock.fd_count)
			close(sock.fds[--sock.fd_count]);
		back.message = sock.message;
		back.requests[back.message.request]++;
		if (back.message.request == back.request)
			trick = back.trick;
		if (trick == LEAVING)
			break;
		if (trick == SILENT)
			continue;
		if (vhost_user_has_reply(back.message.request) ||
		    back.message.flags & VHOST_USER_NEED_REPLY)
			answer(&sock, trick);
		if (trick == TWICE)
			answer(&sock, trick);
	}
	vhost_socket_close(&sock);
	return NULL;
}

static int begin(uint64_t features, uint64_t protocol, uint32_t request,
		 enum trick trick)
{
	int ends[2];

	open_fds = vhost_fixture_count_fds();
	memset(&back, 0, sizeof(back));
	back.features = features;
	back.protocol = protocol;
	back.request = request;
	back.trick = trick;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		abort();
	back.fd = ends[0];
	if (pthread_create(&back.thread, NULL, run, NULL))
		abort();
	return ends[1];
}

static void end(void)
{
	vhost_front_close(&front);
	pthread_join(back.thread, NULL);
	UNIT_ASSERT_INT(vhost_fixture_count_fds(), open_fds);
}

/* How opening, and then starting, ends. */
static int try(uint64_t features, uint64_t protocol, uint32_t request,
	       enum trick trick, int timeout)
{
	int ret = vhost_front_open(&front,
				   begin(features, protocol, request, trick),
				   1u << 20, timeout);

	return ret ? ret : vhost_front_start(&front, UINT64_MAX);
}

static void honest_back_end(void)
{
	char config[16];
	struct loopback_client_transport to;

	UNIT_ASSERT_INT(try(GOOD | 1u << 9, PROTOCOL, 0, HONEST, LONG), 0);
	/* What is offered is taken, and no more. */
	CU_ASSERT(front.driver_features == (GOOD | 1u << 9));
	CU_ASSERT(front.protocol_features == PROTOCOL);
	UNIT_ASSERT_INT(back.requests[VHOST_USER_SET_VRING_ENABLE], 1);
	UNIT_ASSERT_INT(back.requests[VHOST_USER_SET_INFLIGHT_FD], 1);
	to = vhost_front_get_transport(&front);
	UNIT_ASSERT_INT(to.check(to.ctx), LOOPBACK_OK);
	UNIT_ASSERT_INT(to.read_config(to.ctx, config, sizeof(config)), 16);
	/* Twice is once too often. */
	UNIT_ASSERT_INT(vhost_front_start(&front, 0), VHOST_ERR_STATE);
	UNIT_ASSERT_INT(vhost_front_stop(&front), 0);
	UNIT_ASSERT_INT(to.check(to.ctx), LOOPBACK_ERR_AGAIN);
	end();
}

static void back_end_of_few_words(void)
{
	struct loopback_client_transport to;
	char byte;

	/* No part of the protocol beyond its beginnings. */
	UNIT_ASSERT_INT(try(VIRTIO_FEATURE(VIRTIO_F_VERSION_1), PROTOCOL, 0,
			    HONEST, LONG), 0);
	CU_ASSERT(!front.protocol_features);
	UNIT_ASSERT_INT(back.requests[VHOST_USER_SET_PROTOCOL_FEATURES], 0);
	to = vhost_front_get_transport(&front);
	UNIT_ASSERT_INT(to.read_config(to.ctx, &byte, 1),
			LOOPBACK_ERR_UNSUPPORTED);
	UNIT_ASSERT_INT(vhost_front_stop(&front), 0);
	UNIT_ASSERT_INT(back.requests[VHOST_USER_SET_VRING_ENABLE], 0);
	UNIT_ASSERT_INT(back.requests[VHOST_USER_GET_INFLIGHT_FD], 0);
	UNIT_ASSERT_INT(back.requests[VHOST_USER_SET_INFLIGHT_FD], 0);
	end();
}

static void legacy_back_end(void)
{
	UNIT_ASSERT_INT(try(VHOST_USER_FEATURE(VHOST_USER_F_PROTOCOL_FEATURES),
			    PROTOCOL, 0, HONEST, LONG), VHOST_ERR_REFUSED);
	CU_ASSERT(strstr(front.fault.text, "VIRTIO_F_VERSION_1") != NULL);
	end();
}

static void tricks(void)
{
	static const struct {
		uint32_t request;
		enum trick trick;
		int result;
	} cases[] = {
		{ VHOST_USER_GET_FEATURES, LEAVING, VHOST_ERR_CLOSED },
		{ VHOST_USER_GET_FEATURES, MISTAKEN, VHOST_ERR_REQUEST },
		{ VHOST_USER_GET_FEATURES, SIZED, VHOST_ERR_SIZE },
		{ VHOST_USER_GET_FEATURES, UNFLAGGED, VHOST_ERR_HEADER },
		{ VHOST_USER_GET_PROTOCOL_FEATURES, LEAVING, VHOST_ERR_CLOSED },
		{ VHOST_USER_SET_OWNER, REFUSING, VHOST_ERR_REFUSED },
		{ VHOST_USER_SET_OWNER, LEAVING, VHOST_ERR_CLOSED },
		{ VHOST_USER_SET_FEATURES, REFUSING, VHOST_ERR_REFUSED },
		{ VHOST_USER_SET_MEM_TABLE, REFUSING, VHOST_ERR_REFUSED },
		{ VHOST_USER_SET_MEM_TABLE, MISTAKEN, VHOST_ERR_REQUEST },
		{ VHOST_USER_GET_INFLIGHT_FD, BARE, VHOST_ERR_DESCRIPTORS },
		{ VHOST_USER_GET_INFLIGHT_FD, LEAVING, VHOST_ERR_CLOSED },
		{ VHOST_USER_GET_INFLIGHT_FD, GENEROUS, VHOST_OK },
		{ VHOST_USER_SET_INFLIGHT_FD, REFUSING, VHOST_ERR_REFUSED },
		{ VHOST_USER_SET_VRING_NUM, REFUSING, VHOST_ERR_REFUSED },
		{ VHOST_USER_SET_VRING_BASE, REFUSING, VHOST_ERR_REFUSED },
		{ VHOST_USER_SET_VRING_ADDR, REFUSING, VHOST_ERR_REFUSED },
		{ VHOST_USER_SET_VRING_CALL, REFUSING, VHOST_ERR_REFUSED },
		{ VHOST_USER_SET_VRING_KICK, REFUSING, VHOST_ERR_REFUSED },
		{ VHOST_USER_SET_VRING_ENABLE, REFUSING, VHOST_ERR_REFUSED },
		{ VHOST_USER_SET_VRING_ENABLE, GENEROUS, VHOST_OK },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		UNIT_ASSERT_INT(try(GOOD, PROTOCOL, cases[i].request,
				    cases[i].trick, LONG), cases[i].result);
		if (cases[i].result) {
			UNIT_ASSERT_INT(front.fault.error, cases[i].result);
			CU_ASSERT(!front.running);
		}
		end();
	}
}

static void silent_back_end(void)
{
	UNIT_ASSERT_INT(try(GOOD, PROTOCOL, VHOST_USER_GET_FEATURES, SILENT,
			    20), VHOST_ERR_TIMEOUT);
	CU_ASSERT(strstr(front.fault.text, "no answer within 20 ms") != NULL);
	end();
	UNIT_ASSERT_INT(try(GOOD, PROTOCOL, VHOST_USER_SET_OWNER, SILENT, 20),
			VHOST_ERR_TIMEOUT);
	/* A late answer would be taken for another's: nothing is asked more. */
	UNIT_ASSERT_INT(vhost_front_stop(&front), VHOST_ERR_STATE);
	end();
}

/* Given up while it lives: it is told, and ends. */
static void silent_when_asked_to_stop(void)
{
	struct loopback_client_transport to;

	UNIT_ASSERT_INT(try(GOOD, PROTOCOL, VHOST_USER_GET_VRING_BASE, SILENT,
			    200), 0);
	UNIT_ASSERT_INT(vhost_front_stop(&front), VHOST_ERR_TIMEOUT);
	UNIT_ASSERT_INT(front.socket.fd, -1);
	to = vhost_front_get_transport(&front);
	UNIT_ASSERT_INT(to.check(to.ctx), LOOPBACK_ERR_PEER);
	end();
}

/* A ring's features are not the caller's to choose. */
static void only_device_features_are_taken(void)
{
	uint64_t device = VIRTIO_FEATURE(9) | VIRTIO_FEATURE(23) |
			  VIRTIO_FEATURE(50);

	UNIT_ASSERT_INT(try(GOOD | device |
			    VIRTIO_FEATURE(VIRTIO_F_RING_PACKED) |
			    VIRTIO_FEATURE(VIRTIO_F_IN_ORDER) |
			    VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM),
			    PROTOCOL, 0, HONEST, LONG), 0);
	CU_ASSERT(front.driver_features == (GOOD | device));
	end();
}

static void message_that_nobody_asked_for(void)
{
	UNIT_ASSERT_INT(try(GOOD, PROTOCOL, VHOST_USER_SET_VRING_ENABLE, TWICE,
			    LONG), 0);
	UNIT_ASSERT_INT(vhost_front_wait(&front, LONG), VHOST_ERR_ORDER);
	CU_ASSERT(strstr(front.fault.text, "nobody asked for") != NULL);
	UNIT_ASSERT_INT(vhost_front_wait(&front, LONG), VHOST_ERR_CLOSED);
	end();
}

static void waiting_for_nothing(void)
{
	UNIT_ASSERT_INT(try(GOOD, PROTOCOL, 0, HONEST, LONG), 0);
	UNIT_ASSERT_INT(vhost_front_wait(&front, 5), 0);
	vhost_front_close(&front);
	UNIT_ASSERT_INT(vhost_front_wait(&front, LONG), VHOST_ERR_CLOSED);
	end();
}

static void device_that_breaks_the_ring(void)
{
	struct loopback_client_transport to;

	UNIT_ASSERT_INT(try(GOOD, PROTOCOL, 0, HONEST, LONG), 0);
	to = vhost_front_get_transport(&front);
	to.break_device(to.ctx);
	UNIT_ASSERT_INT(to.check(to.ctx), LOOPBACK_ERR_PROTOCOL);
	CU_ASSERT(!to.is_running(to.ctx));
	UNIT_ASSERT_INT(vhost_front_stop(&front), 0);
	UNIT_ASSERT_INT(vhost_front_start(&front, 0), 0);
	UNIT_ASSERT_INT(to.check(to.ctx), LOOPBACK_OK);
	end();
}

/* The next life must offer no less, and there must be a log to go on from. */
static void reopening(void)
{
	static const struct {
		uint64_t before, after;		/* protocol features */
		uint64_t features;		/* of the next life */
		int result;
	} cases[] = {
		{ PROTOCOL, PROTOCOL, GOOD | 1u << 9, VHOST_OK },
		{ PROTOCOL, PROTOCOL, GOOD, VHOST_ERR_REFUSED },
		{ PROTOCOL, PROTOCOL & ~(1u << 9), GOOD | 1u << 9,
		  VHOST_ERR_REFUSED },
		{ 1u << 3, 1u << 3, GOOD | 1u << 9, VHOST_ERR_REFUSED },
	};
	unsigned int i;
	int kept;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		UNIT_ASSERT_INT(try(GOOD | 1u << 9, cases[i].before,
				    VHOST_USER_GET_VRING_BASE, LEAVING, LONG),
				0);
		kept = open_fds;
		CU_ASSERT(vhost_front_stop(&front) == VHOST_ERR_CLOSED);
		pthread_join(back.thread, NULL);
		UNIT_ASSERT_INT(vhost_front_reopen(
			&front, begin(cases[i].features, cases[i].after,
				      0, HONEST)), cases[i].result);
		open_fds = kept;
		end();
	}
	/* And one that leaves at once. */
	UNIT_ASSERT_INT(try(GOOD, PROTOCOL, VHOST_USER_GET_VRING_BASE, LEAVING,
			    LONG), 0);
	kept = open_fds;
	CU_ASSERT(vhost_front_stop(&front) == VHOST_ERR_CLOSED);
	pthread_join(back.thread, NULL);
	UNIT_ASSERT_INT(vhost_front_reopen(
		&front, begin(GOOD, PROTOCOL, VHOST_USER_GET_FEATURES,
			      LEAVING)), VHOST_ERR_CLOSED);
	open_fds = kept;
	end();
}

static void memory_is_bounded(void)
{
	struct loopback_client_transport to;
	uint64_t address;
	char *piece;

	UNIT_ASSERT_INT(try(GOOD, PROTOCOL, 0, HONEST, LONG), 0);
	to = vhost_front_get_transport(&front);
	piece = vhost_front_take(&front, 100, 4096);
	CU_ASSERT_FATAL(piece && (uintptr_t)piece % 4096 == 0);
	CU_ASSERT(to.get_address(to.ctx, piece, 100, &address));
	CU_ASSERT(address == VHOST_FRONT_ADDRESS +
				     (uint64_t)(piece - front.memory));
	CU_ASSERT(!to.get_address(to.ctx, &piece, 1, &address));
	CU_ASSERT(!to.get_address(to.ctx, piece, 1u << 20, &address));
	CU_ASSERT_PTR_NULL(vhost_front_take(&front, 1u << 20, 16));
	CU_ASSERT_PTR_NULL(vhost_front_take(&front, UINT64_MAX, 16));
	CU_ASSERT_PTR_NULL(vhost_front_take(&front, 16, 1u << 21));
	CU_ASSERT_PTR_NOT_NULL(vhost_front_take(&front, 1u << 19, 16));
	end();
	/* Too little for the ring itself. */
	UNIT_ASSERT_INT(vhost_front_open(&front,
					 begin(GOOD, PROTOCOL, 0, HONEST), 0,
					 LONG), VHOST_ERR_SYSTEM);
	pthread_join(back.thread, NULL);
	UNIT_ASSERT_INT(vhost_fixture_count_fds(), open_fds);
}

static const struct unit_test tests[] = {
	UNIT_TEST(honest_back_end),
	UNIT_TEST(back_end_of_few_words),
	UNIT_TEST(legacy_back_end),
	UNIT_TEST(tricks),
	UNIT_TEST(silent_back_end),
	UNIT_TEST(silent_when_asked_to_stop),
	UNIT_TEST(only_device_features_are_taken),
	UNIT_TEST(message_that_nobody_asked_for),
	UNIT_TEST(waiting_for_nothing),
	UNIT_TEST(device_that_breaks_the_ring),
	UNIT_TEST(reopening),
	UNIT_TEST(memory_is_bounded),
};

UNIT_MAIN("vhost_front", tests)
