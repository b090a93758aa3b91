/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole way, as in vhost_block, while one end dies or breaks the rules.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <port/port.h>
#include <vhost/guard.h>

#include "unit.h"
#include "vhost_disk.h"
#include "vhost_fixture.h"

static struct vhost_disk disk;

/* Whatever it has signalled before, the front end hears of its end. */
static void expect_gone(void)
{
	int ret;

	do
		ret = vhost_front_wait(&disk.front, DISK_WAIT);
	while (ret == 1);
	UNIT_ASSERT_INT(ret, VHOST_ERR_CLOSED);
}

/*
 * The back end dies with requests at its disk; the next one finds them in the
 * log and ends them, with those that were never taken.
 */
static void back_end_dies_and_comes_back(void)
{
	struct loopback_block_completion done;
	unsigned int life, i, seen;

	vhost_disk_init(&disk, false);
	vhost_disk_start(&disk);
	for (life = 0; life < 8; life++) {
		vhost_disk_swallow(&disk, life + 1);
		for (i = 0; i < DISK_DEPTH; i++) {
			vhost_disk_fill(disk.buffers[i], i * 8, 4096, life);
			CU_ASSERT_EQUAL_FATAL(
				vhost_disk_submit(&disk, VIRTIO_BLK_T_OUT,
						  i * 8, 4096, i), 0);
		}
		for (i = seen = 0; i < life; i++) {
			CU_ASSERT_EQUAL_FATAL(vhost_disk_await(&disk, &done),
					      0);
			seen |= 1u << vhost_disk_buffer_of(&disk, &done);
		}
		UNIT_ASSERT_INT(vhost_disk_stop(&disk), VHOST_ERR_STOPPED);
		expect_gone();
		vhost_disk_swallow(&disk, 0);
		UNIT_ASSERT_INT(vhost_front_reopen(&disk.front,
						   vhost_disk_serve(&disk)),
				0);
		for (; i < DISK_DEPTH; i++) {
			CU_ASSERT_EQUAL_FATAL(vhost_disk_await(&disk, &done),
					      0);
			UNIT_ASSERT_INT(done.result, 0);
			seen |= 1u << vhost_disk_buffer_of(&disk, &done);
		}
		UNIT_ASSERT_INT(seen, (1u << DISK_DEPTH) - 1);
		for (i = 0; i < DISK_DEPTH; i++)
			CU_ASSERT(vhost_disk_holds(&disk, i * 8, 4096, life));
	}
	vhost_disk_leave(&disk);
	vhost_disk_end(&disk);
}

/* Nobody comes back: what was in flight ends with an error, all of it. */
static void back_end_dies_for_good(void)
{
	struct loopback_block_completion done;
	unsigned int i;

	vhost_disk_init(&disk, false);
	vhost_disk_start(&disk);
	vhost_disk_swallow(&disk, 1);
	for (i = 0; i < 3; i++)
		CU_ASSERT_EQUAL_FATAL(vhost_disk_submit(&disk, VIRTIO_BLK_T_IN,
							i, 512, i), 0);
	UNIT_ASSERT_INT(vhost_disk_stop(&disk), VHOST_ERR_STOPPED);
	expect_gone();
	CU_ASSERT(vhost_front_stop(&disk.front) < 0);
	for (i = 0; i < 3; i++) {
		UNIT_ASSERT_INT(vhost_disk_await(&disk, &done), 0);
		UNIT_ASSERT_INT(done.result, LOOPBACK_ERR_PEER);
	}
	UNIT_ASSERT_INT(vhost_disk_await(&disk, &done), LOOPBACK_ERR_PEER);
	vhost_front_close(&disk.front);
	vhost_disk_end(&disk);
}

/*
 * A guest breaks its ring: that ring rests and both sides are told, the
 * session goes on, and a reset brings the disk back.
 */
static void guest_breaks_its_ring(void)
{
	uint64_t value;
	int err;
	struct vhost_user_message message = {
		.request = VHOST_USER_SET_VRING_ERR,
		.flags = VHOST_USER_VERSION,
		.size = 8,
	};

	vhost_disk_init(&disk, false);
	err = eventfd(0, EFD_CLOEXEC);
	vhost_disk_start(&disk);
	UNIT_ASSERT_INT(vhost_socket_send(&disk.front.socket, &message, &err, 1,
					  &disk.front.fault), 0);
	/* An answer says that the one before it was handled. */
	UNIT_ASSERT_INT(loopback_block_client_read_config(&disk.client), 0);
	port_store(&disk.front.virtq.ring.avail->idx, 30000);
	disk.client.config.transport.notify(&disk.front, 0);
	/* Made non-blocking by the back end: wait as a front end would. */
	CU_ASSERT(fcntl(err, F_SETFL, 0) == 0);
	CU_ASSERT_EQUAL(read(err, &value, sizeof(value)), sizeof(value));
	UNIT_ASSERT_INT(loopback_block_client_read_config(&disk.client), 0);
	CU_ASSERT(strstr(disk.report, "an index that moved too far") != NULL);

	UNIT_ASSERT_INT(vhost_front_stop(&disk.front), 0);
	UNIT_ASSERT_INT(vhost_front_start(&disk.front,
					  LOOPBACK_BLOCK_CLIENT_FEATURES), 0);
	vhost_disk_fill(disk.buffers[0], 9, 512, 9);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, 9, 512, 0), 0);
	CU_ASSERT(vhost_disk_holds(&disk, 9, 512, 9));
	vhost_disk_leave(&disk);
	close(err);
	vhost_disk_end(&disk);
}

/* A message that breaks the rules ends the session, and says why. */
static void bad_message_ends_the_session(void)
{
	uint32_t words[3] = { 99, VHOST_USER_VERSION, 0 };

	vhost_disk_init(&disk, false);
	vhost_disk_start(&disk);
	CU_ASSERT_EQUAL(write(disk.front.socket.fd, words, sizeof(words)),
			sizeof(words));
	UNIT_ASSERT_INT(vhost_disk_join(&disk), VHOST_ERR_REQUEST);
	CU_ASSERT(strstr(disk.fault.text, "request 99") != NULL);
	expect_gone();
	vhost_front_close(&disk.front);
	/* And the next front end is served. */
	vhost_disk_start(&disk);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, 0, 512, 0), 0);
	vhost_disk_leave(&disk);
	vhost_disk_end(&disk);
}

/*
 * Memory that shrinks while its ring is served: the session ends, the process
 * and the next front end do not notice.
 */
static void memory_is_taken_away(void)
{
	struct vhost_user_region region = {
		.guest_phys_addr = VHOST_FRONT_ADDRESS,
		.memory_size = 1u << 20,
	};
	struct vhost_user_message message;
	int fd;

	vhost_disk_init(&disk, false);
	CU_ASSERT_FATAL(!vhost_guard_install());
	vhost_disk_start(&disk);
	fd = memfd_create("shrinking", MFD_CLOEXEC);
	CU_ASSERT_FATAL(fd >= 0 && !ftruncate(fd, 1u << 20));
	region.userspace_addr = (uintptr_t)disk.front.memory;
	message = vhost_fixture_table(&region, 1);
	UNIT_ASSERT_INT(vhost_socket_send(&disk.front.socket, &message, &fd, 1,
					  &disk.front.fault), 0);
	/* An answer says that the one before it was handled. */
	UNIT_ASSERT_INT(loopback_block_client_read_config(&disk.client), 0);
	CU_ASSERT_FATAL(!ftruncate(fd, 0));
	disk.client.config.transport.notify(&disk.front, 0);
	UNIT_ASSERT_INT(vhost_disk_join(&disk), VHOST_ERR_MEMORY);
	CU_ASSERT(strstr(disk.fault.text, "truncated while in use") != NULL);
	vhost_front_close(&disk.front);
	close(fd);
	vhost_disk_start(&disk);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, 0, 512, 0), 0);
	vhost_disk_leave(&disk);
	vhost_disk_end(&disk);
}

/* A kick descriptor that is always readable and never gives anything. */
static void kick_that_is_no_kick(void)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_SET_VRING_KICK,
		.flags = VHOST_USER_VERSION,
		.size = 8,
	};
	int ends[2];

	vhost_disk_init(&disk, false);
	vhost_disk_start(&disk);
	CU_ASSERT_FATAL(!pipe2(ends, O_CLOEXEC));
	UNIT_ASSERT_INT(vhost_socket_send(&disk.front.socket, &message,
					  &ends[0], 1, &disk.front.fault), 0);
	close(ends[0]);
	close(ends[1]);
	UNIT_ASSERT_INT(vhost_disk_join(&disk), VHOST_ERR_DESCRIPTORS);
	CU_ASSERT(strstr(disk.fault.text, "cannot be read") != NULL);
	vhost_front_close(&disk.front);
	vhost_disk_end(&disk);
}

static const struct unit_test tests[] = {
	UNIT_TEST(back_end_dies_and_comes_back),
	UNIT_TEST(back_end_dies_for_good),
	UNIT_TEST(guest_breaks_its_ring),
	UNIT_TEST(bad_message_ends_the_session),
	UNIT_TEST(memory_is_taken_away),
	UNIT_TEST(kick_that_is_no_kick),
};

UNIT_MAIN("vhost_block_failure", tests)
