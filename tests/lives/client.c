/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "lives.h"

#define STATUS_ALL                                          \
	(VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | \
	 VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK)

/* Offsets in the pool. */
#define RING	0x0u
#define TABLES	0x1000u
#define WIRES	0x2000u
#define DATA	0x4000u

static enum { ATTACHING, RESETTING, STARTING, RUNNING, CLOSING, DONE } state;
static uint64_t generation, request, features;
static struct virtq_driver virtq;
static struct virtq_driver_slot virtq_slots[LIVES_QUEUE];
static struct loopback_block_client block;
static struct loopback_block_client_slot block_slots[LIVES_QUEUE];
static unsigned int submitted, ended[LIVES_REQUESTS], adopted;
/* Has the device been reset with requests in flight? */
static bool was_reset;

/* What a buffer holds that nobody may touch. */
#define UNTOUCHED	0x99

static int check(void *ctx)
{
	(void)ctx;
	return state == RUNNING ? LOOPBACK_OK : LOOPBACK_ERR_STATE;
}

static bool is_running(void *ctx)
{
	(void)ctx;
	return state == RUNNING;
}

static uint32_t get_epoch(void *ctx)
{
	(void)ctx;
	return 0;
}

static uint64_t get_features(void *ctx)
{
	(void)ctx;
	return features;
}

static struct virtq_driver *get_queue(void *ctx, unsigned int queue)
{
	(void)ctx;
	(void)queue;
	return &virtq;
}

static int read_config(void *ctx, void *buffer, uint32_t length)
{
	(void)ctx;
	memcpy(buffer, channel.control->config, length);
	return (int)length;
}

static bool get_address(void *ctx, const void *memory, uint64_t size,
			uint64_t *address)
{
	(void)ctx;
	(void)size;
	*address = LIVES_BUS + (uint64_t)((const uint8_t *)memory -
					  channel.pool);
	return true;
}

static void break_device(void *ctx)
{
	(void)ctx;
	lives_fail("the client finds the ring broken");
}

static void notify(void *ctx, unsigned int queue)
{
	(void)ctx;
	(void)queue;
	channel.to_server.queue = true;
}

static const struct loopback_client_transport transport = {
	.check = check,
	.is_running = is_running,
	.get_epoch = get_epoch,
	.get_features = get_features,
	.get_queue = get_queue,
	.read_config = read_config,
	.get_address = get_address,
	.break_device = break_device,
	.notify = notify,
	.ctx = &channel,
};

static void begin_block(void)
{
	struct loopback_block_client_config config = {
		.transport = transport,
		.wires = (void *)(channel.pool + WIRES),
		.slots = block_slots,
		.slot_count = LIVES_QUEUE,
	};

	if (loopback_block_client_init(&block, &config))
		lives_fail("the client cannot be prepared");
}

void client_begin(uint64_t wanted)
{
	state = ATTACHING;
	was_reset = false;
	generation = 0;
	request = 0;
	features = wanted;
	submitted = 0;
	adopted = 0;
	memset(ended, 0, sizeof(ended));
	begin_block();
}

static void send(uint32_t status, uint32_t presence)
{
	struct loopback_client_line *line = &channel.control->client;

	request = LOOPBACK_WORD(status, LOOPBACK_WORD_SEQUENCE(request) + 1);
	line->generation = 1;
	line->server_generation = generation;
	line->state = presence;
	line->request = request;
	channel.to_server.control = true;
}

static void start(void)
{
	struct loopback_queue_request *queue = &channel.control->queue[0];
	struct virtq_addresses addresses =
		virtq_layout_addresses(LIVES_BUS + RING, LIVES_QUEUE);
	struct virtq_driver_config config = {
		.ring = virtq_layout_ring(channel.pool + RING, LIVES_QUEUE),
		.slots = virtq_slots,
		.tables = (void *)(channel.pool + TABLES),
		.tables_addr = LIVES_BUS + TABLES,
		.table_entries = 4,
	};

	features &= channel.control->header.device_features[0];
	config.features = features;
	if (virtq_driver_init(&virtq, &config))
		lives_fail("the client's ring cannot be prepared");
	queue->size = LIVES_QUEUE;
	queue->descriptor_area = addresses.desc;
	queue->driver_area = addresses.driver;
	queue->device_area = addresses.device;
	queue->ready = 1;
	channel.control->client.driver_features[0] = features;
	state = STARTING;
	send(STATUS_ALL, LOOPBACK_CLIENT_ADOPTING);
}

static uint8_t *get_data(unsigned int index)
{
	return channel.pool + DATA + index * VIRTIO_BLK_SECTOR_SIZE;
}

/* Every third reads, the others write. */
static bool reads(unsigned int index)
{
	return index % 3 == 1;
}

/* The second half comes after the reset. */
static bool may_submit(void)
{
	return submitted < (was_reset ? LIVES_REQUESTS : LIVES_BEFORE_RESET);
}

/* The reset comes before it has ended, for all that the client knows. */
static bool is_dropped(unsigned int index)
{
	return index >= LIVES_BEFORE_RESET &&
	       index < LIVES_BEFORE_RESET + LIVES_DROPPED;
}

static bool submit(void)
{
	struct loopback_block_data data = {
		.address = LIVES_BUS + DATA +
			   submitted * VIRTIO_BLK_SECTOR_SIZE,
		.length = VIRTIO_BLK_SECTOR_SIZE,
	};
	struct loopback_block_io io = {
		.type = reads(submitted) ? VIRTIO_BLK_T_IN : VIRTIO_BLK_T_OUT,
		.sector = submitted,
		.data = &data,
		.data_count = 1,
		.cookie = &ended[submitted],
	};

	memset(get_data(submitted), (int)(0x40 + submitted),
	       VIRTIO_BLK_SECTOR_SIZE);
	if (loopback_block_client_submit(&block, &io))
		return false;
	submitted++;
	return true;
}

static void take(const struct loopback_block_completion *done)
{
	unsigned int *count = done->cookie;
	unsigned int index = (unsigned int)(count - ended);

	if (done->result)
		lives_fail("a request ended with an error");
	if ((*count)++)
		lives_fail("a request ended twice");
	if (memcmp(get_data(index), server_get_sector(index),
		   VIRTIO_BLK_SECTOR_SIZE))
		lives_fail("data and disk differ");
	if (!reads(index) && get_data(index)[0] != 0x40 + index)
		lives_fail("data to be written was changed");
}

static void run(void)
{
	struct loopback_block_completion done;
	unsigned int i;
	int ret;

	while (!(ret = loopback_block_client_poll(&block, &done)))
		take(&done);
	if (ret != LOOPBACK_ERR_AGAIN)
		lives_fail("the client's ring is broken");
	if (!was_reset && submitted > LIVES_BEFORE_RESET) {
		/* With others of these at the disk. */
		state = RESETTING;
		send(0, LOOPBACK_CLIENT_ADOPTING);
		return;
	}
	while (may_submit() && submit())
		;
	loopback_block_client_kick(&block);
	for (i = 0; i < submitted; i++)
		if (!ended[i] && !is_dropped(i))
			return;
	if (may_submit())
		return;
	if (was_reset) {
		state = CLOSING;
		send(0, LOOPBACK_CLIENT_CLOSED);
		return;
	}
	/* Of these one ends, and the others with the reset that follows. */
	for (i = 0; i < LIVES_DROPPED; i++)
		submit();
	loopback_block_client_kick(&block);
}

void client_submit_one(void)
{
	if (state == RUNNING && may_submit() && submit())
		loopback_block_client_kick(&block);
}

/* The device has let go of everything: what it had is nobody's. */
static void note_reset(void)
{
	if (!submitted)
		return;
	memset(get_data(LIVES_BEFORE_RESET), UNTOUCHED,
	       LIVES_DROPPED * VIRTIO_BLK_SECTOR_SIZE);
	was_reset = true;
	begin_block();
}

static void check_untouched(void)
{
	const uint8_t *data = get_data(LIVES_BEFORE_RESET);
	unsigned int i;

	for (i = 0; i < LIVES_DROPPED * VIRTIO_BLK_SECTOR_SIZE; i++)
		if (data[i] != UNTOUCHED)
			lives_fail("memory was written to after the reset");
}

/* False: there is no life to speak to, or one that is not ours. */
static bool look_at_life(void)
{
	const struct loopback_server_line *line = &channel.control->server;

	if (line->state != LOOPBACK_SERVER_READY)
		return false;
	if (line->generation == generation)
		return true;
	if (loopback_is_continued(line->resumed_from, line->generation,
				  generation)) {
		generation = line->generation;
		adopted++;
		return true;
	}
	/* Only with nothing in flight may it be another device. */
	if (state != ATTACHING && state != CLOSING && submitted)
		lives_fail("the server does not continue");
	generation = line->generation;
	if (state == CLOSING) {
		send(0, LOOPBACK_CLIENT_CLOSED);
	} else {
		state = RESETTING;
		send(0, LOOPBACK_CLIENT_ADOPTING);
	}
	return true;
}

bool client_step(void)
{
	bool used = channel.to_client.queue;
	uint64_t acknowledge;

	if (!channel.to_client.control && !used)
		return false;
	channel.to_client = (struct lives_bells){ false, false };
	if (!look_at_life())
		return true;
	acknowledge = channel.control->server.acknowledge;
	if (state == RUNNING && acknowledge != request)
		lives_fail("the granted status changed");
	if (state == RUNNING && used)
		run();
	if (LOOPBACK_WORD_SEQUENCE(acknowledge) !=
	    LOOPBACK_WORD_SEQUENCE(request))
		return true;
	if (acknowledge != request)
		lives_fail("the server grants another status");
	if (state == RESETTING) {
		note_reset();
		start();
	} else if (state == STARTING) {
		state = RUNNING;
		if (loopback_block_client_read_config(&block))
			lives_fail("the configuration cannot be read");
		run();
	} else if (state == CLOSING) {
		check_untouched();
		state = DONE;
	}
	return true;
}

bool client_is_done(void)
{
	return state == DONE;
}

unsigned int client_count_adopted(void)
{
	return adopted;
}
