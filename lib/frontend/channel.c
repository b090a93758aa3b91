/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's side of a channel's front end; the contract is in the header. */
#include "channel_private.h"

static struct loopback_control *open_control(struct frontend_channel *fe)
{
	return fe->config.ops->open_control(fe->config.ctx);
}

static void close_control(struct frontend_channel *fe)
{
	fe->config.ops->close(fe->config.ctx);
}

static void enter(struct frontend_channel *fe)
{
	port_lock_acquire(&fe->lock);
	fe->bits = 0;
	fe->interrupt = false;
}

/* Both with the lock held, so that the server sees the last request last and
 * the guest no interrupt of a device that it has reset. */
static bool leave(struct frontend_channel *fe)
{
	bool interrupt = fe->interrupt;

	if (fe->bits)
		fe->config.ops->ring(fe->config.ctx, fe->bits);
	if (interrupt)
		fe->config.ops->interrupt(fe->config.ctx);
	port_lock_release(&fe->lock);
	return interrupt;
}

/* ---- What the registers ask for ---- */

static int queue_ready(void *context, uint32_t index,
		       const struct virtq_addresses *at, uint64_t features)
{
	struct frontend_channel *fe = context;
	struct loopback_control *page = open_control(fe);

	(void)features;
	loopback_handshake_set_queue(page, index, at);
	if (fe->link == FRONTEND_RUNNING)
		frontend_request_start(fe, page);
	close_control(fe);
	return 0;
}

static void queue_stop(void *context, uint32_t index)
{
	struct frontend_channel *fe = context;
	struct loopback_control *page = open_control(fe);

	loopback_handshake_set_queue(page, index, NULL);
	fe->stopping = true;
	switch (fe->link) {
	case FRONTEND_RUNNING:
		frontend_request_start(fe, page);
		break;
	case FRONTEND_BROKEN:
		/* It grants nothing less. */
		frontend_request_reset(fe, page);
		break;
	case FRONTEND_ABSENT:
	case FRONTEND_RESET:
		frontend_finish_stops(fe);
		break;
	default:
		break;	/* with the answer that is awaited */
	}
	close_control(fe);
}

static void notify(void *context, uint32_t index, uint16_t data)
{
	struct frontend_channel *fe = context;

	(void)data;
	fe->bits |= UINT64_C(1) << LOOPBACK_BIT_QUEUE(index);
}

static void driver_ok(void *context)
{
	struct frontend_channel *fe = context;

	if (fe->link == FRONTEND_RESET) {
		frontend_request_start(fe, open_control(fe));
		close_control(fe);
	} else {
		fe->start = true;
	}
}

static void reset(void *context)
{
	struct frontend_channel *fe = context;
	struct loopback_control *page = open_control(fe);

	fe->start = false;
	fe->stopping = false;
	loopback_handshake_clear_queues(page);
	if (fe->down)
		frontend_finish_unanswered(fe, page);
	else if (fe->link == FRONTEND_ABSENT || fe->link == FRONTEND_RESET)
		frontend_finish_reset(fe, page);
	else if (fe->link != FRONTEND_RESETTING)
		frontend_request_reset(fe, page);
	close_control(fe);
}

static uint32_t read_config(void *context, uint32_t offset, unsigned int width)
{
	const struct frontend_channel *fe = context;
	uint32_t value = 0;

	/* The register machine has checked that the field lies inside. */
	while (width--)
		value = value << 8 | fe->space[offset + width];
	return value;
}

/* docs/channel.md, 2.4: no client writes it. */
static void write_config(void *context, uint32_t offset, unsigned int width,
			 uint32_t value)
{
	(void)context;
	(void)offset;
	(void)width;
	(void)value;
}

const struct virtio_mmio_device_ops frontend_device_ops = {
	.queue_ready = queue_ready,
	.queue_stop = queue_stop,
	.notify = notify,
	.driver_ok = driver_ok,
	.reset = reset,
	.read_config = read_config,
	.write_config = write_config,
};

/* ---- Who calls ---- */

void frontend_channel_init(struct frontend_channel *fe,
			   const struct frontend_channel_config *config)
{
	fe->config = *config;
	enter(fe);
	frontend_show_device(fe, NULL);
	frontend_write_image(fe);
	leave(fe);
}

/* A wire would stay up for what is left; an edge has to come again. */
static void show_acknowledged(struct frontend_channel *fe, uint32_t before)
{
	frontend_write_interrupts(fe);
	if (fe->device.interrupts != before)
		frontend_signal(fe);
}

bool frontend_channel_write(struct frontend_channel *fe, uint32_t offset,
			    unsigned int width, uint32_t value)
{
	uint32_t before;
	bool done;

	enter(fe);
	before = fe->device.interrupts;
	/* The server may still be reading what it was asked before. */
	if (offset == VIRTIO_MMIO_QUEUE_READY && width == 4 &&
	    fe->link == FRONTEND_STARTING)
		done = false;
	else	/* nothing is there that could take it, if nothing is shown */
		done = !fe->shown || virtio_mmio_device_write(&fe->device,
							      offset, width,
							      value);
	if (offset == VIRTIO_MMIO_INTERRUPT_ACK)
		show_acknowledged(fe, before);
	else if (offset != VIRTIO_MMIO_QUEUE_NOTIFY)
		frontend_write_image(fe);
	leave(fe);
	return done;
}

bool frontend_channel_used(struct frontend_channel *fe)
{
	uint32_t before;

	enter(fe);
	before = fe->device.interrupts;
	virtio_mmio_device_used(&fe->device);
	if (fe->device.interrupts != before)
		frontend_write_interrupts(fe);
	frontend_signal(fe);
	return leave(fe);
}

bool frontend_channel_poll(struct frontend_channel *fe)
{
	enter(fe);
	/* The page is the former life's until the next one has begun. */
	if (!fe->down && !fe->gone) {
		frontend_follow_server(fe, open_control(fe));
		close_control(fe);
		frontend_write_image(fe);
	}
	return leave(fe);
}

bool frontend_channel_is_settled(struct frontend_channel *fe)
{
	bool settled;

	port_lock_acquire(&fe->lock);
	settled = fe->shown || fe->gone;
	port_lock_release(&fe->lock);
	return settled;
}

void frontend_channel_down(struct frontend_channel *fe)
{
	struct loopback_control *page;

	enter(fe);
	page = open_control(fe);
	/* It may have answered and died before it rang. */
	if (!fe->gone)
		frontend_follow_server(fe, page);
	fe->down = true;
	if (fe->device.resetting)
		frontend_finish_unanswered(fe, page);
	close_control(fe);
	frontend_write_image(fe);
	leave(fe);
}

void frontend_channel_up(struct frontend_channel *fe)
{
	enter(fe);
	fe->down = false;
	leave(fe);
}

void frontend_channel_gone(struct frontend_channel *fe)
{
	struct loopback_control *page;

	enter(fe);
	page = open_control(fe);
	fe->gone = true;
	fe->offered = false;
	if (fe->down)
		frontend_finish_unanswered(fe, page);
	frontend_replace_device(fe, page);
	close_control(fe);
	frontend_write_image(fe);
	leave(fe);
}

void frontend_channel_close(struct frontend_channel *fe)
{
	enter(fe);
	fe->closed = true;
	/* Also if nobody hears it: the next life reads it. */
	if (fe->link != FRONTEND_ABSENT) {
		frontend_request_reset(fe, open_control(fe));
		close_control(fe);
	}
	leave(fe);
}
