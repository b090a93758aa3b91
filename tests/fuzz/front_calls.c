/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls of a front end that is watched, and what each has to come to. */
#include <string.h>

#include "front_watch.h"

/* ---- What the server has answered ---- */

static bool is_other_life(struct watch *watch)
{
	const struct loopback_control *page = watch_get_page(watch);

	return page->server.state == LOOPBACK_SERVER_READY &&
	       page->server.generation != page->client.server_generation;
}

static void note_answer(struct watch *watch)
{
	const struct loopback_control *page = watch_get_page(watch);

	if (page->server.acknowledge != page->client.request)
		return;
	watch->used &= watch->asked;
}

/* Goes on with a life that says so, and that offers the same. */
static void check_adoption(struct watch *watch, uint64_t former)
{
	const struct loopback_control *page = watch_get_page(watch);
	const struct loopback_header *now = &page->header;
	const struct loopback_header *was = &watch->header;

	if (watch->forges)
		return;
	FUZZ_REQUIRE(page->server.resumed_from &&
		     page->server.resumed_from <= former &&
		     former < page->server.generation);
	FUZZ_REQUIRE(now->device_features[0] == was->device_features[0] &&
		     now->queue_count == was->queue_count &&
		     now->queue_size_max == was->queue_size_max &&
		     now->config_size == was->config_size);
}

/* Met anew: what is offered is a channel of the manifest. */
static void check_attached(struct watch *watch)
{
	const struct frontend_channel_config *config = &watch->front.config;

	watch->used = 0;
	watch->header = watch_get_page(watch)->header;
	FUZZ_REQUIRE(watch->header.magic == LOOPBACK_MAGIC);
	FUZZ_REQUIRE(watch->header.device_id == config->device_id);
	FUZZ_REQUIRE(watch->header.data_mode == config->data_mode);
	FUZZ_REQUIRE(watch->header.queue_count <= config->queue_count);
}

/* A driver that the server will not have, or no longer, is told so. */
static void check_refusal(struct watch *watch)
{
	const struct loopback_control *page = watch_get_page(watch);
	uint64_t answered = page->server.acknowledge;

	if (watch->used &&
	    LOOPBACK_WORD_SEQUENCE(answered) ==
		    LOOPBACK_WORD_SEQUENCE(page->client.request) &&
	    answered != page->client.request &&
	    LOOPBACK_WORD_STATUS(page->client.request) && !watch->forges)
		FUZZ_REQUIRE(front_get_status(&watch->front) &
			     VIRTIO_STATUS_DEVICE_NEEDS_RESET);
}

/* The configuration space is what the server says, once it is taken over. */
static void check_space(struct watch *watch)
{
	const struct loopback_control *page = watch_get_page(watch);
	uint32_t size = watch->front.fe.device.config.config_bytes;

	if (page->server.config_generation & 1 || watch->forges ||
	    front_get_status(&watch->front) & VIRTIO_STATUS_DEVICE_NEEDS_RESET)
		return;
	FUZZ_REQUIRE(!memcmp(watch->front.image + VIRTIO_MMIO_CONFIG,
			     page->config, size));
}

/* A call that looks at the page: poll, and the news that the server is down. */
static void follow(struct watch *watch, void (*call)(struct frontend_channel *))
{
	const struct loopback_control *page = watch_get_page(watch);
	uint64_t life = page->client.generation;
	uint64_t named = page->client.server_generation;
	bool other = is_other_life(watch), adopted, known;

	note_answer(watch);
	watch_begin(watch);
	call(&watch->front.fe);
	watch_look(watch);
	adopted = page->client.generation == life &&
		  page->client.server_generation != named;
	if (adopted) {
		check_adoption(watch, named);
		note_answer(watch);
	} else if (page->client.generation != life) {
		check_attached(watch);
	} else if (other) {
		/* None that can be met; it knows of no ring. */
		watch->used = 0;
	}
	watch_check(watch);
	known = page->server.state == LOOPBACK_SERVER_READY &&
		page->server.generation == page->client.server_generation;
	if (known)
		check_space(watch);
	/* Of a life that was met just now the words come with another bell. */
	if (known && page->client.generation == life)
		check_refusal(watch);
}

static void poll_observed(struct frontend_channel *fe)
{
	bool interrupted = frontend_channel_poll(fe);
	const struct watch *watch = fe->config.ctx;

	FUZZ_REQUIRE(interrupted == (watch->interrupts != 0));
}

/* ---- The calls ---- */

void watch_poll(struct watch *watch)
{
	if (!watch->down && !watch->gone) {
		follow(watch, poll_observed);
		return;
	}
	watch_begin(watch);
	poll_observed(&watch->front.fe);
	watch_end(watch);
	/* Whatever the page says. */
	FUZZ_REQUIRE(!watch->rings && !watch->interrupts);
}

void watch_down(struct watch *watch)
{
	watch->down = true;
	follow(watch, frontend_channel_down);
	FUZZ_REQUIRE(!watch->front.fe.device.resetting);
}

void watch_up(struct watch *watch)
{
	watch_begin(watch);
	frontend_channel_up(&watch->front.fe);
	watch->down = false;
	watch_end(watch);
}

void watch_gone(struct watch *watch)
{
	watch_begin(watch);
	watch->gone = true;
	frontend_channel_gone(&watch->front.fe);
	watch_end(watch);
	FUZZ_REQUIRE(frontend_channel_is_settled(&watch->front.fe));
}

void watch_close(struct watch *watch)
{
	watch_begin(watch);
	watch->closed = true;
	frontend_channel_close(&watch->front.fe);
	watch_end(watch);
}

void watch_used(struct watch *watch)
{
	bool interrupted;

	watch_begin(watch);
	interrupted = frontend_channel_used(&watch->front.fe);
	watch_end(watch);
	FUZZ_REQUIRE(interrupted == (watch->interrupts != 0));
	FUZZ_REQUIRE(interrupted ||
		     !watch_is_up(watch, front_get_status(&watch->front)));
	FUZZ_REQUIRE(!watch->rings);
}

/* What the write was for has come about. */
static void check_done(struct watch *watch, uint32_t offset)
{
	uint32_t status = front_get_status(&watch->front);

	if (offset == VIRTIO_MMIO_STATUS)
		FUZZ_REQUIRE(!status);
	else if (offset == VIRTIO_MMIO_QUEUE_READY &&
		 !(status & VIRTIO_STATUS_FAILED) &&
		 !watch->front.fe.device.resetting)
		FUZZ_REQUIRE(!front_read(&watch->front,
					 VIRTIO_MMIO_QUEUE_READY));
}

bool watch_write(struct watch *watch, uint32_t offset, unsigned int width,
		 uint32_t value)
{
	bool done;

	watch_begin(watch);
	done = frontend_channel_write(&watch->front.fe, offset, width, value);
	watch_end(watch);
	if (!done)
		FUZZ_REQUIRE(offset == VIRTIO_MMIO_QUEUE_READY ||
			     (offset == VIRTIO_MMIO_STATUS && !value &&
			      width == 4 && !watch->down));
	else if (!value && width == 4)
		check_done(watch, offset);
	/* Queues are rung that the driver names, while it is up. */
	if (watch->bits >> LOOPBACK_BIT_QUEUE(0))
		FUZZ_REQUIRE(offset == VIRTIO_MMIO_QUEUE_NOTIFY && value < 32 &&
			     watch->bits >> LOOPBACK_BIT_QUEUE(0) ==
			     UINT64_C(1) << value &&
			     watch_is_up(watch, watch->seen.status));
	return done;
}
