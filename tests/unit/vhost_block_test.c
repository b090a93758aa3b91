/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole way: block client, front end, socket, session, block server, file;
 * the back end in a thread of its own. What a disk does while both ends behave.
 */
#include <pthread.h>
#include <string.h>

#include "unit.h"
#include "vhost_disk.h"

static struct vhost_disk disk;

static void write_flush_read(void)
{
	vhost_disk_init(&disk, false);
	vhost_disk_start(&disk);
	UNIT_ASSERT_INT(disk.client.capacity, DISK_SECTORS);
	vhost_disk_fill(disk.buffers[0], 5, 8192, 1);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, 5, 8192, 0), 0);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_FLUSH, 0, 0, 0), 0);
	CU_ASSERT(vhost_disk_holds(&disk, 5, 8192, 1));
	CU_ASSERT(vhost_disk_is_zero(&disk, 4, 512));
	CU_ASSERT(vhost_disk_is_zero(&disk, 21, 512));
	UNIT_ASSERT_INT(atomic_load(&disk.flushes), 1);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, 5, 8192, 1), 0);
	CU_ASSERT(vhost_disk_is_pattern(disk.buffers[1], 5, 8192, 1));
	/* The last sector, and none behind it. */
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, DISK_SECTORS - 1,
				      512, 1), 0);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, DISK_SECTORS,
				      512, 1), LOOPBACK_ERR_RANGE);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_GET_ID, 0, 20, 2),
			0);
	CU_ASSERT(!memcmp(disk.buffers[2], "a disk of the test\0", 20));
	vhost_disk_leave(&disk);
	vhost_disk_end(&disk);
}

/* A driver that cannot ask for a flush is told of no write before one. */
static void writes_are_stable_without_flush(void)
{
	struct loopback_block_completion done;
	unsigned int i;

	vhost_disk_init(&disk, false);
	vhost_disk_start(&disk);
	UNIT_ASSERT_INT(vhost_front_stop(&disk.front), 0);
	UNIT_ASSERT_INT(vhost_front_start(&disk.front,
				LOOPBACK_BLOCK_CLIENT_FEATURES &
				~VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH)), 0);
	UNIT_ASSERT_INT(loopback_block_client_read_config(&disk.client), 0);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_FLUSH, 0, 0, 0),
			LOOPBACK_ERR_UNSUPPORTED);
	vhost_disk_fill(disk.buffers[0], 5, 8192, 1);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, 5, 8192, 0), 0);
	UNIT_ASSERT_INT(atomic_load(&disk.flushes), 1);
	CU_ASSERT(vhost_disk_holds(&disk, 5, 8192, 1));
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
	vhost_disk_leave(&disk);
	vhost_disk_end(&disk);
}

static void discard_and_write_zeroes(void)
{
	vhost_disk_init(&disk, false);
	vhost_disk_start(&disk);
	vhost_disk_fill(disk.buffers[0], 0, DISK_BUFFER, 2);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, 0, DISK_BUFFER,
				      0), 0);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_WRITE_ZEROES, 3,
				      5 * 512, 0), 0);
	CU_ASSERT(vhost_disk_holds(&disk, 0, 3 * 512, 2));
	CU_ASSERT(vhost_disk_is_zero(&disk, 3, 5 * 512));
	CU_ASSERT(vhost_disk_holds(&disk, 8, 512, 2));
	if (disk.client.discard_max) {
		UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_DISCARD, 16,
					      8 * 512, 0), 0);
		CU_ASSERT(vhost_disk_holds(&disk, 8, 8 * 512, 2));
		CU_ASSERT(vhost_disk_is_zero(&disk, 16, 8 * 512));
		CU_ASSERT(vhost_disk_holds(&disk, 24, 512, 2));
	}
	vhost_disk_leave(&disk);
	vhost_disk_end(&disk);
}

static void read_only_disk(void)
{
	vhost_disk_init(&disk, true);
	vhost_disk_start(&disk);
	CU_ASSERT(disk.client.read_only);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, 0, 512, 0),
			LOOPBACK_ERR_UNSUPPORTED);
	/* A client that does not care is refused by the server. */
	disk.client.read_only = false;
	vhost_disk_fill(disk.buffers[0], 0, 512, 1);
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, 0, 512, 0),
			LOOPBACK_ERR_IO);
	CU_ASSERT(vhost_disk_is_zero(&disk, 0, 512));
	UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, 0, 512, 0), 0);
	vhost_disk_leave(&disk);
	vhost_disk_end(&disk);
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
				vhost_disk_fill(disk.buffers[i], at, 4096, 3);
			where[i] = at;
			CU_ASSERT_EQUAL_FATAL(
				vhost_disk_submit(&disk, type, at, 4096, i),
				0);
		}
		CU_ASSERT_EQUAL_FATAL(vhost_disk_await(&disk, &done), 0);
		UNIT_ASSERT_INT(done.result, 0);
		i = vhost_disk_buffer_of(&disk, &done);
		CU_ASSERT(vhost_disk_is_pattern(disk.buffers[i], where[i], 4096,
						3));
		where[i] = FREE;
	}
}

static void many_in_flight(void)
{
	vhost_disk_init(&disk, false);
	vhost_disk_start(&disk);
	move_all(VIRTIO_BLK_T_OUT);
	move_all(VIRTIO_BLK_T_IN);
	vhost_disk_leave(&disk);
	vhost_disk_end(&disk);
}

static void one_front_end_after_another(void)
{
	unsigned int i;

	vhost_disk_init(&disk, false);
	for (i = 0; i < 5; i++) {
		vhost_disk_start(&disk);
		vhost_disk_fill(disk.buffers[0], i, 512, i);
		UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, i, 512,
					      0), 0);
		/* Some leave without a word. */
		if (i % 2) {
			vhost_front_close(&disk.front);
			UNIT_ASSERT_INT(vhost_disk_join(&disk),
					VHOST_ERR_CLOSED);
		} else {
			vhost_disk_leave(&disk);
		}
		CU_ASSERT(vhost_disk_holds(&disk, i, 512, i));
	}
	vhost_disk_end(&disk);
}

static void ring_stops_and_starts_again(void)
{
	unsigned int i;

	vhost_disk_init(&disk, false);
	vhost_disk_start(&disk);
	for (i = 0; i < 5; i++) {
		vhost_disk_fill(disk.buffers[0], i, 512, i);
		UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_OUT, i, 512,
					      0), 0);
		UNIT_ASSERT_INT(vhost_front_stop(&disk.front), 0);
		UNIT_ASSERT_INT(vhost_disk_do(&disk, VIRTIO_BLK_T_IN, i, 512,
					      0), LOOPBACK_ERR_STATE);
		UNIT_ASSERT_INT(vhost_front_start(&disk.front,
					LOOPBACK_BLOCK_CLIENT_FEATURES), 0);
		CU_ASSERT(vhost_disk_holds(&disk, i, 512, i));
	}
	vhost_disk_leave(&disk);
	vhost_disk_end(&disk);
}



static const struct unit_test tests[] = {
	UNIT_TEST(write_flush_read),
	UNIT_TEST(writes_are_stable_without_flush),
	UNIT_TEST(discard_and_write_zeroes),
	UNIT_TEST(read_only_disk),
	UNIT_TEST(many_in_flight),
	UNIT_TEST(one_front_end_after_another),
	UNIT_TEST(ring_stops_and_starts_again),
};

UNIT_MAIN("vhost_block", tests)
