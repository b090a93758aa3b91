/* SPDX-License-Identifier: BSD-2-Clause */
#include <sanitizer/asan_interface.h>
#include <string.h>

#include "disk.h"
#include "front_watch.h"

#define OPENS_MAX	8u

/* ---- Pages ---- */

static void hide(void *page)
{
	ASAN_POISON_MEMORY_REGION(page, LOOPBACK_CONTROL_SIZE);
}

static void show(void *page)
{
	ASAN_UNPOISON_MEMORY_REGION(page, LOOPBACK_CONTROL_SIZE);
}

static void *open_page(struct watch *watch, void *page)
{
	FUZZ_REQUIRE(!watch->open);
	FUZZ_REQUIRE(watch->opens++ < OPENS_MAX || !watch->calling);
	watch->open = page;
	show(page);
	return page;
}

static struct loopback_control *open_control(void *ctx)
{
	struct watch *watch = ctx;
	struct loopback_control *page = open_page(watch, watch_get_page(watch));

	watch->before = *page;
	return page;
}

static void *open_image(void *ctx)
{
	struct watch *watch = ctx;

	return open_page(watch, watch->front.image);
}

/* Of a request that starts, or goes on with other queues. */
static void check_start(struct watch *watch, const struct loopback_control *now)
{
	uint64_t platform = VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM);
	uint64_t features = now->client.driver_features[0];
	bool grant = watch->front.config.data_mode == LOOPBACK_DATA_GRANT;
	uint32_t i, size;

	FUZZ_REQUIRE(features & VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
	FUZZ_REQUIRE(!(features & VIRTIO_TRANSPORT_BITS & ~LOOPBACK_FEATURES));
	FUZZ_REQUIRE(!(features & platform) == grant);
	FUZZ_REQUIRE(!now->client.driver_features[1]);
	FUZZ_REQUIRE(!watch->closed);
	for (i = 0; i < LOOPBACK_QUEUES_MAX; i++) {
		if (!now->queue[i].ready || watch->forges)
			continue;
		size = now->queue[i].size;
		FUZZ_REQUIRE(i < watch->front.config.queue_count);
		FUZZ_REQUIRE(size && size <= LOOPBACK_QUEUE_SIZE_MAX);
		FUZZ_REQUIRE(!(size & (size - 1)));
		watch->asked |= 1u << i;
	}
	watch->used |= watch->asked;
}

static void check_request(struct watch *watch,
			  const struct loopback_control *now)
{
	uint32_t status = LOOPBACK_WORD_STATUS(now->client.request);

	if (now->client.request == watch->before.client.request)
		return;
	watch->requested = true;
	watch->asked = 0;
	FUZZ_REQUIRE(!status || status == LOOPBACK_STATUS_RUNNING);
	if (status)
		check_start(watch, now);
	else
		FUZZ_REQUIRE(now->client.state ==
			     (watch->closed ? LOOPBACK_CLIENT_CLOSED :
					      LOOPBACK_CLIENT_ADOPTING));
}

/* Only what is the client's to write has changed. */
static void check_page(struct watch *watch, const struct loopback_control *now)
{
	const struct loopback_control *was = &watch->before;
	uint32_t i;

	FUZZ_REQUIRE(!memcmp(&now->header, &was->header,
			     sizeof(was->header) + sizeof(was->server)));
	FUZZ_REQUIRE(!memcmp(now->config, was->config,
			     sizeof(was->config) + sizeof(was->answer)));
	FUZZ_REQUIRE(!memcmp(now->reserved, was->reserved,
			     sizeof(was->reserved)));
	FUZZ_REQUIRE(!memcmp(now->client.reserved, was->client.reserved,
			     sizeof(was->client.reserved)));
	for (i = watch->front.config.queue_count; i < LOOPBACK_QUEUES_MAX; i++)
		FUZZ_REQUIRE(!now->queue[i].ready || was->queue[i].ready);
	check_request(watch, now);
}

static void close_page(void *ctx)
{
	struct watch *watch = ctx;

	FUZZ_REQUIRE(watch->open);
	if (watch->open == watch_get_page(watch) && watch->calling)
		check_page(watch, watch->open);
	if (watch->calling)
		hide(watch->open);
	watch->open = NULL;
}

/* ---- Bells ---- */

static void ring(void *ctx, uint64_t bits)
{
	struct watch *watch = ctx;
	uint64_t all = (UINT64_C(2) << watch->front.config.queue_count) - 1;

	FUZZ_REQUIRE(!watch->open);
	FUZZ_REQUIRE(bits && !(bits & ~all));
	watch->front.rung |= bits;
	watch->bits |= bits;
	watch->rings++;
}

static void interrupt(void *ctx)
{
	struct watch *watch = ctx;
	struct front *front = &watch->front;

	FUZZ_REQUIRE(!watch->open);
	if (watch->calling)
		show(front->image);
	/* It is for something; for who gave up, what was there before. */
	FUZZ_REQUIRE(front_read(front, VIRTIO_MMIO_INTERRUPT_STATUS));
	FUZZ_REQUIRE(front_get_status(front) & VIRTIO_STATUS_DRIVER_OK);
	FUZZ_REQUIRE(!front->fe.device.resetting);
	if (watch->calling)
		hide(front->image);
	watch->interrupts++;
	front->interrupts++;
}

static const struct frontend_channel_ops ops = {
	.open_control = open_control,
	.open_image = open_image,
	.close = close_page,
	.ring = ring,
	.interrupt = interrupt,
};

/* ---- Around each call ---- */

static struct watch_view get_view(struct watch *watch)
{
	return (struct watch_view){
		front_get_status(&watch->front),
		front_read(&watch->front, VIRTIO_MMIO_INTERRUPT_STATUS),
		front_read(&watch->front, VIRTIO_MMIO_CONFIG_GENERATION),
	};
}

void watch_begin(struct watch *watch)
{
	watch->seen = get_view(watch);
	watch->opens = watch->rings = watch->interrupts = 0;
	watch->bits = 0;
	watch->requested = false;
	watch->calling = true;
	hide(watch_get_page(watch));
	hide(watch->front.image);
	ASAN_POISON_MEMORY_REGION(watch->front.channel->pool, CHANNEL_DATA);
}

/* What any driver reads; all others are 0. */
static const uint8_t read_registers[] = {
	VIRTIO_MMIO_MAGIC_VALUE, VIRTIO_MMIO_VERSION, VIRTIO_MMIO_DEVICE_ID,
	VIRTIO_MMIO_VENDOR_ID, VIRTIO_MMIO_DEVICE_FEATURES,
	VIRTIO_MMIO_QUEUE_NUM_MAX, VIRTIO_MMIO_QUEUE_READY,
	VIRTIO_MMIO_INTERRUPT_STATUS, VIRTIO_MMIO_STATUS,
	VIRTIO_MMIO_SHM_LEN_LOW, VIRTIO_MMIO_SHM_LEN_HIGH,
	VIRTIO_MMIO_SHM_BASE_LOW, VIRTIO_MMIO_SHM_BASE_HIGH,
	VIRTIO_MMIO_CONFIG_GENERATION,
};

static void check_image(struct watch *watch)
{
	static const uint8_t nothing[LOOPBACK_CONTROL_SIZE];
	const struct virtio_mmio_device *device = &watch->front.fe.device;
	uint32_t rest[VIRTIO_MMIO_CONFIG / 4], at, i;

	memcpy(rest, watch->front.image, sizeof(rest));
	for (i = 0; i < sizeof(read_registers); i++) {
		at = read_registers[i];
		FUZZ_REQUIRE(virtio_le32(rest[at / 4]) ==
			     virtio_mmio_device_read(device, at, 4));
		rest[at / 4] = 0;
	}
	FUZZ_REQUIRE(!memcmp(rest, nothing, sizeof(rest)));
	at = VIRTIO_MMIO_CONFIG + device->config.config_bytes;
	FUZZ_REQUIRE(!memcmp(watch->front.image + VIRTIO_MMIO_CONFIG,
			     watch->front.fe.space,
			     device->config.config_bytes));
	FUZZ_REQUIRE(!memcmp(watch->front.image + at, nothing,
			     LOOPBACK_CONTROL_SIZE - at));
}

static void check_interrupts(struct watch *watch)
{
	struct watch_view now = get_view(watch);
	bool news = (now.interrupts & ~watch->seen.interrupts) ||
		    (now.generation != watch->seen.generation &&
		     watch->seen.status) ||
		    (now.status & ~watch->seen.status &
		     VIRTIO_STATUS_DEVICE_NEEDS_RESET) ||
		    /* It took some, and would wait for the rest. */
		    (now.interrupts &&
		     now.interrupts != watch->seen.interrupts);

	FUZZ_REQUIRE(watch->interrupts <= 1);
	if (!watch_is_up(watch, now.status))
		FUZZ_REQUIRE(!now.interrupts ||
			     now.status & VIRTIO_STATUS_FAILED);
	else if (news)
		FUZZ_REQUIRE(watch->interrupts);
}

/* Rings that the server may touch are not shown as given back. */
static void check_rings(struct watch *watch)
{
	uint32_t queue = watch->front.fe.device.queue_sel;

	/* Its next life has been told to continue nothing. */
	if (watch->down && watch_get_page(watch)->client.state ==
			   LOOPBACK_CLIENT_ABSENT)
		watch->used = 0;
	if (watch->forges || !watch->used)
		return;
	FUZZ_REQUIRE(front_get_status(&watch->front));
	if (queue < LOOPBACK_QUEUES_MAX && watch->used >> queue & 1)
		FUZZ_REQUIRE(front_read(&watch->front,
					VIRTIO_MMIO_QUEUE_READY));
}

void watch_look(struct watch *watch)
{
	FUZZ_REQUIRE(!watch->open);
	watch->calling = false;
	show(watch_get_page(watch));
	show(watch->front.image);
	ASAN_UNPOISON_MEMORY_REGION(watch->front.channel->pool, CHANNEL_DATA);
}

void watch_check(struct watch *watch)
{
	FUZZ_REQUIRE(watch->rings <= 1);
	FUZZ_REQUIRE(!watch->requested ||
		     watch->bits & 1u << LOOPBACK_BIT_CONTROL);
	FUZZ_REQUIRE(watch->requested || watch->forges ||
		     !(watch->bits & 1u << LOOPBACK_BIT_CONTROL));
	check_image(watch);
	check_interrupts(watch);
	check_rings(watch);
}

void watch_end(struct watch *watch)
{
	watch_look(watch);
	watch_check(watch);
}

/* ---- All of it ---- */

/* Made once, and as new: to map its memory takes longer than a run. */
static struct channel *renew_channel(struct loopback_block_backend *backend)
{
	static struct channel *channel;

	if (!channel)
		channel = channel_new(backend);
	memset(channel->control, 0, LOOPBACK_CONTROL_SIZE);
	memset(channel->pool, 0, CHANNEL_POOL);
	memset(channel->record, 0, LOOPBACK_RECORD_SIZE(1));
	channel->regions = NULL;
	channel->region_count = 0;
	channel->to_client_control = channel->to_client_queue = 0;
	channel_new_server(channel);
	return channel;
}

void watch_init(struct watch *watch, uint32_t data_mode, uint32_t queues)
{
	static uint8_t image[LOOPBACK_CONTROL_SIZE]
		__attribute__((aligned(LOOPBACK_CONTROL_SIZE)));
	struct front *front = &watch->front;

	memset(watch, 0, sizeof(*watch));
	disk_init(&front->memory);
	front->channel = renew_channel(&front->memory.backend);
	front->image = image;
	front->config = (struct frontend_channel_config){
		.ops = &ops,
		.ctx = watch,
		.device_id = VIRTIO_ID_BLOCK,
		.data_mode = data_mode,
		.queue_count = queues,
	};
	front_init(front);
}

void watch_end_run(struct watch *watch)
{
	const struct virtio_mmio_device *device = &watch->front.fe.device;
	uint32_t end = VIRTIO_MMIO_CONFIG + device->config.config_bytes, at;

	/* Each word and byte, once. */
	for (at = 0; at < VIRTIO_MMIO_CONFIG; at += 4)
		FUZZ_REQUIRE(front_read(&watch->front, at) ==
			     virtio_mmio_device_read(device, at, 4));
	for (; at < end; at++)
		FUZZ_REQUIRE(watch->front.image[at] ==
			     virtio_mmio_device_read(device, at, 1));
}
