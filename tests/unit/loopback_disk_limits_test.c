/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a disk says of itself, and what of that its clients are told.
 */
#include <string.h>

#include "block_memory.h"
#include "channel.h"
#include "fake_disk.h"
#include "unit.h"

#define FEATURES                                \
	(VIRTIO_FEATURE(VIRTIO_BLK_F_SEG_MAX) | \
	 VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH) |   \
	 VIRTIO_FEATURE(VIRTIO_BLK_F_BLK_SIZE))

struct machine {
	struct channel *channel;
	struct fake_disk *fake;
};

static struct machine start(void)
{
	static struct block_memory placeholder;
	struct machine machine;

	block_memory_init(&placeholder);
	machine.channel = channel_new(&placeholder.backend);
	machine.fake = fake_disk_new(machine.channel->pool, CHANNEL_BUS,
				     CHANNEL_POOL, FEATURES);
	return machine;
}

static void stop(struct machine *machine)
{
	channel_free(machine->channel);
	fake_disk_free(machine->fake);
}

static void describes_the_blocks_as_the_disk_does(void)
{
	struct machine machine = start();
	struct loopback_block_disk_config config = machine.fake->config;
	struct loopback_block_server_config server =
		machine.channel->block_server.config;
	struct loopback_block_server block;
	struct loopback_block_disk disk;

	server.backend = &machine.fake->disk.backend;
	UNIT_ASSERT_INT(loopback_block_server_init(&block, &server),
			LOOPBACK_OK);
	CU_ASSERT_FALSE(block.device.features &
			VIRTIO_FEATURE(VIRTIO_BLK_F_TOPOLOGY));
	CU_ASSERT_EQUAL(virtio_le32(block.blk.discard_sector_alignment), 1);
	config.features |= VIRTIO_FEATURE(VIRTIO_BLK_F_TOPOLOGY) |
			   VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD);
	config.blk.blk_size = virtio_le32(4096);
	config.blk.topology = (struct virtio_blk_topology){
		.physical_block_exp = 3,
		.alignment_offset = 1,
		.min_io_size = virtio_le16(2),
		.opt_io_size = virtio_le32(64),
	};
	config.blk.discard_sector_alignment = virtio_le32(8);
	UNIT_ASSERT_INT(loopback_block_disk_init(&disk, &config), LOOPBACK_OK);
	server.backend = &disk.backend;
	UNIT_ASSERT_INT(loopback_block_server_init(&block, &server),
			LOOPBACK_OK);
	CU_ASSERT_TRUE(block.device.features &
		       VIRTIO_FEATURE(VIRTIO_BLK_F_TOPOLOGY));
	CU_ASSERT_EQUAL(memcmp(&block.blk.topology, &config.blk.topology,
			       sizeof(config.blk.topology)),
			0);
	CU_ASSERT_EQUAL(virtio_le32(block.blk.blk_size), 4096);
	CU_ASSERT_EQUAL(virtio_le32(block.blk.discard_sector_alignment), 8);
	stop(&machine);
}

static void features_not_negotiated_limit_nothing(void)
{
	struct machine machine = start();
	struct loopback_block_disk_config config = machine.fake->config;
	struct loopback_block_disk disk;

	/* What the fields hold without their features is nobody's word. */
	config.blk.size_max = virtio_le32(512);
	config.blk.blk_size = virtio_le32(4096);
	config.blk.topology.physical_block_exp = 3;
	config.blk.discard_sector_alignment = virtio_le32(8);
	config.features &= ~VIRTIO_FEATURE(VIRTIO_BLK_F_BLK_SIZE);
	UNIT_ASSERT_INT(loopback_block_disk_init(&disk, &config), LOOPBACK_OK);
	CU_ASSERT_EQUAL(disk.backend.segment_size_max, 0);
	CU_ASSERT_EQUAL(disk.backend.block_size, 0);
	CU_ASSERT_FALSE(disk.backend.has_topology);
	CU_ASSERT_EQUAL(disk.backend.topology.physical_block_exp, 0);
	CU_ASSERT_EQUAL(disk.backend.discard_alignment, 0);
	config.features |= VIRTIO_FEATURE(VIRTIO_BLK_F_BLK_SIZE) |
			   VIRTIO_FEATURE(VIRTIO_BLK_F_SIZE_MAX);
	config.blk.seg_max = virtio_le32(3);
	UNIT_ASSERT_INT(loopback_block_disk_init(&disk, &config), LOOPBACK_OK);
	CU_ASSERT_EQUAL(disk.backend.segment_size_max, 512);
	CU_ASSERT_EQUAL(disk.backend.block_size, 4096);
	CU_ASSERT_EQUAL(disk.backend.segment_max, 3);
	stop(&machine);
}

static const struct unit_test tests[] = {
	UNIT_TEST(describes_the_blocks_as_the_disk_does),
	UNIT_TEST(features_not_negotiated_limit_nothing),
};

UNIT_MAIN("loopback_disk_limits", tests)
