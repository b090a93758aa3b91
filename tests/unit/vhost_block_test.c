/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole way: block client, front end, socket, session, block server, file;
 * the back end in a thread of its own.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
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
static int open_fds;

static void begin(bool read_only)
{
	open_fds = vhost_fixture_count_fds();
	vhost_disk_init(&disk, read_only);
}

static void end(void)
{
	vhost_disk_end(&disk);
	UNIT_ASSERT_INT(vhost_fixture_count_fds(), open_fds);
}

/* The front end goes; the back end sees an orderly end. */
static void leave(void)
{
	UNIT_ASSERT_INT(vhost_front_stop(&disk.front), VHOST_OK);
	vhost_front_close(&disk.front);
	UNIT_ASSERT_INT(vhost_disk_join(&disk), VHOST_ERR_CLOSED);
}

/* Whatever it has signalled before, the front end hears of its end. */
static void expect_gone(void)
{
	int ret;

	do
		ret = vhost_front_wait(&disk.front, DISK_WAIT);
	while (ret == 1);
	UNIT_ASSERT_INT(ret, VHOST_ERR_CLOSED);
}

static void fill(char *data, uint64_t sector, uint32_t length, unsigned int run)
{
	uint32_t i;

	for (i = 0; i < length; i++)
		data[i] = (char)((sector + i / 512) * 7 + i * 13 + run);
}

static bool is_pattern(const char *data, uint64_t sector, uint32_t length,
		       unsigned int run)
{
	static char expected[DISK_BUFFER];

	fill(expected, sector, length, run);
	return !memcmp(data, expected, length);
}

static bool image_holds(uint64_t sector, uint32_t length, unsigned int run)
{
	static char data[DISK_BUFFER];

	return pread(disk.file.fd, data, length, (off_t)(sector * 512)) ==
		       (ssize_t)length &&
	       is_pattern(data, sector, length, run);
}

static bool image_is_zero(uint64_t sector, uint32_t length)
{
	static char data[DISK_BUFFER];
	uint32_t i;

	if (pread(disk.file.fd, data, length, (off_t)(sector * 512)) !=
	    (ssize_t)length)
		return false;
	for (i = 0; i < length; i++)
		if (data[i])
			return false;
	return true;
}

static void write_flush_read(void)
{
	begin(false);
	vhost_disk_start(&disk);
	UNIT_ASSERT_INT(disk.client.capacity, DISK_SECTORS);
	fill(disk.buffers[0], 5, 8192, 1);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, 5, 8192, 0), 0);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_FLUSH, 0, 0, 0), 0);
	CU_ASSERT(image_holds(5, 8192, 1));
	CU_ASSERT(image_is_zero(4, 512));
	CU_ASSERT(image_is_zero(21, 512));
	UNIT_ASSERT_INT(atomic_load(&disk.flushes), 1);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, 5, 8192, 1), 0);
	CU_ASSERT(is_pattern(disk.buffers[1], 5, 8192, 1));
	/* The last sector, and none behind it. */
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, DISK_SECTORS - 1,
				      512, 1), 0);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, DISK_SECTORS,
				      512, 1), LOOPBACK_ERR_RANGE);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_GET_ID, 0, 20, 2),
			0);
	CU_ASSERT(!memcmp(disk.buffers[2], "a disk of the test\0", 20));
	leave();
	end();
}

/* A driver that cannot ask for a flush is told of no write before one. */
static void writes_are_stable_without_flush(void)
{
	struct loopback_block_completion done;
	unsigned int i;

	begin(false);
	vhost_disk_start(&disk);
	UNIT_ASSERT_INT(vhost_front_stop(&disk.front), 0);
	UNIT_ASSERT_INT(vhost_front_start(&disk.front,
				LOOPBACK_BLOCK_CLIENT_FEATURES &
				~VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH)), 0);
	UNIT_ASSERT_INT(loopback_block_client_read_config(&disk.client), 0);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_FLUSH, 0, 0, 0),
			LOOPBACK_ERR_UNSUPPORTED);
	fill(disk.buffers[0], 5, 8192, 1);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, 5, 8192, 0), 0);
	UNIT_ASSERT_INT(atomic_load(&disk.flushes), 1);
	CU_ASSERT(image_holds(5, 8192, 1));
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_WRITE_ZEROES, 5,
				      512, 0), 0);
	UNIT_ASSERT_INT(atomic_load(&disk.flushes), 2);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, 5, 512, 0), 0);
	UNIT_ASSERT_INT(atomic_load(&disk.flushes), 2);
	/* More than one turn's worth of them. */
	for (i = 0; i < DISK_DEPTH; i++)
		CU_ASSERT_EQUAL_FATAL(vhost_disk_submit(&disk, VIRTIO_BLK_T_OUT,
							i, 512, i), 0);
	for (i = 0; i < DISK_DEPTH; i++) {
		CU_ASSERT_EQUAL_FATAL(vhost_disk_await(&disk, &done), 0);
		UNIT_ASSERT_INT(done.result, 0);
	}
	UNIT_ASSERT_INT(atomic_load(&disk.flushes), 2 + DISK_DEPTH);
	leave();
	end();
}

static void discard_and_write_zeroes(void)
{
	begin(false);
	vhost_disk_start(&disk);
	fill(disk.buffers[0], 0, DISK_BUFFER, 2);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, 0, DISK_BUFFER,
				      0), 0);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_WRITE_ZEROES, 3,
				      5 * 512, 0), 0);
	CU_ASSERT(image_holds(0, 3 * 512, 2));
	CU_ASSERT(image_is_zero(3, 5 * 512));
	CU_ASSERT(image_holds(8, 512, 2));
	if (disk.client.discard_max) {
		UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_DISCARD, 16,
					      8 * 512, 0), 0);
		CU_ASSERT(image_holds(8, 8 * 512, 2));
		CU_ASSERT(image_is_zero(16, 8 * 512));
		CU_ASSERT(image_holds(24, 512, 2));
	}
	leave();
	end();
}

static void read_only_disk(void)
{
	begin(true);
	vhost_disk_start(&disk);
	CU_ASSERT(disk.client.read_only);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, 0, 512, 0),
			LOOPBACK_ERR_UNSUPPORTED);
	/* A client that does not care is refused by the server. */
	disk.client.read_only = false;
	fill(disk.buffers[0], 0, 512, 1);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, 0, 512, 0),
			LOOPBACK_ERR_IO);
	CU_ASSERT(image_is_zero(0, 512));
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, 0, 512, 0), 0);
	leave();
	end();
}

static unsigned int buffer_of(const struct loopback_block_completion *done)
{
	unsigned int i;

	for (i = 0; i < DISK_DEPTH; i++)
		if (disk.buffers[i] == done->cookie)
			return i;
	CU_FAIL_FATAL("a completion of nothing");
	return 0;
}

#define FREE	UINT64_MAX

static bool find_free(const uint64_t *where, unsigned int *buffer)
{
	for (*buffer = 0; *buffer < DISK_DEPTH; ++*buffer)
		if (where[*buffer] == FREE)
			return true;
	return false;
}

/* Move the whole disk, 4 KiB at a time and DISK_DEPTH of these at once. */
static void move_all(uint32_t type)
{
	struct loopback_block_completion done;
	uint64_t where[DISK_DEPTH], at = 0, ended;
	unsigned int i;

	for (i = 0; i < DISK_DEPTH; i++)
		where[i] = FREE;
	for (ended = 0; ended < DISK_SECTORS; ended += 8) {
		for (; at < DISK_SECTORS && find_free(where, &i); at += 8) {
			if (type == VIRTIO_BLK_T_OUT)
				fill(disk.buffers[i], at, 4096, 3);
			where[i] = at;
			CU_ASSERT_EQUAL_FATAL(
				vhost_disk_submit(&disk, type, at, 4096, i),
				0);
		}
		CU_ASSERT_EQUAL_FATAL(vhost_disk_await(&disk, &done), 0);
		UNIT_ASSERT_INT(done.result, 0);
		i = buffer_of(&done);
		CU_ASSERT(is_pattern(disk.buffers[i], where[i], 4096, 3));
		where[i] = FREE;
	}
}

static void many_in_flight(void)
{
	begin(false);
	vhost_disk_start(&disk);
	move_all(VIRTIO_BLK_T_OUT);
	move_all(VIRTIO_BLK_T_IN);
	leave();
	end();
}

static void one_front_end_after_another(void)
{
	unsigned int i;

	begin(false);
	for (i = 0; i < 5; i++) {
		vhost_disk_start(&disk);
		fill(disk.buffers[0], i, 512, i);
		UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, i, 512,
					      0), 0);
		/* Some leave without a word. */
		if (i % 2) {
			vhost_front_close(&disk.front);
			UNIT_ASSERT_INT(vhost_disk_join(&disk),
					VHOST_ERR_CLOSED);
		} else {
			leave();
		}
		CU_ASSERT(image_holds(i, 512, i));
	}
	end();
}

static void ring_stops_and_starts_again(void)
{
	unsigned int i;

	begin(false);
	vhost_disk_start(&disk);
	for (i = 0; i < 5; i++) {
		fill(disk.buffers[0], i, 512, i);
		UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, i, 512,
					      0), 0);
		UNIT_ASSERT_INT(vhost_front_stop(&disk.front), 0);
		UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, i, 512,
					      0), LOOPBACK_ERR_STATE);
		UNIT_ASSERT_INT(vhost_front_start(&disk.front,
					LOOPBACK_BLOCK_CLIENT_FEATURES), 0);
		CU_ASSERT(image_holds(i, 512, i));
	}
	leave();
	end();
}

/*
 * The back end dies with requests at its disk; the next one finds them in the
 * log and ends them, with those that were never taken.
 */
static void back_end_dies_and_comes_back(void)
{
	struct loopback_block_completion done;
	unsigned int life, i, seen;

	begin(false);
	vhost_disk_start(&disk);
	for (life = 0; life < 8; life++) {
		vhost_disk_swallow(&disk, life + 1);
		for (i = 0; i < DISK_DEPTH; i++) {
			fill(disk.buffers[i], i * 8, 4096, life);
			CU_ASSERT_EQUAL_FATAL(
				vhost_disk_submit(&disk, VIRTIO_BLK_T_OUT,
						  i * 8, 4096, i), 0);
		}
		for (i = seen = 0; i < life; i++) {
			CU_ASSERT_EQUAL_FATAL(vhost_disk_await(&disk, &done),
					      0);
			seen |= 1u << buffer_of(&done);
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
			seen |= 1u << buffer_of(&done);
		}
		UNIT_ASSERT_INT(seen, (1u << DISK_DEPTH) - 1);
		for (i = 0; i < DISK_DEPTH; i++)
			CU_ASSERT(image_holds(i * 8, 4096, life));
	}
	leave();
	end();
}

/* Nobody comes back: what was in flight ends with an error, all of it. */
static void back_end_dies_for_good(void)
{
	struct loopback_block_completion done;
	unsigned int i;

	begin(false);
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
	end();
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

	begin(false);
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
	fill(disk.buffers[0], 9, 512, 9);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, 9, 512, 0), 0);
	CU_ASSERT(image_holds(9, 512, 9));
	leave();
	close(err);
	end();
}

/* A message that breaks the rules ends the session, and says why. */
static void bad_message_ends_the_session(void)
{
	uint32_t words[3] = { 99, VHOST_USER_VERSION, 0 };

	begin(false);
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
	leave();
	end();
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

	begin(false);
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
	leave();
	end();
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

	begin(false);
	vhost_disk_start(&disk);
	CU_ASSERT_FATAL(!pipe2(ends, O_CLOEXEC));
	UNIT_ASSERT_INT(vhost_socket_send(&disk.front.socket, &message,
					  &ends[0], 1, &disk.front.fault), 0);
	close(ends[0]);
	close(ends[1]);
	UNIT_ASSERT_INT(vhost_disk_join(&disk), VHOST_ERR_DESCRIPTORS);
	CU_ASSERT(strstr(disk.fault.text, "cannot be read") != NULL);
	vhost_front_close(&disk.front);
	end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(write_flush_read),
	UNIT_TEST(writes_are_stable_without_flush),
	UNIT_TEST(discard_and_write_zeroes),
	UNIT_TEST(read_only_disk),
	UNIT_TEST(many_in_flight),
	UNIT_TEST(one_front_end_after_another),
	UNIT_TEST(ring_stops_and_starts_again),
	UNIT_TEST(back_end_dies_and_comes_back),
	UNIT_TEST(back_end_dies_for_good),
	UNIT_TEST(guest_breaks_its_ring),
	UNIT_TEST(bad_message_ends_the_session),
	UNIT_TEST(memory_is_taken_away),
	UNIT_TEST(kick_that_is_no_kick),
};

UNIT_MAIN("vhost_block", tests)
