/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Channels whose client is the firmware, on behalf of a compartment that finds
 * a virtio-mmio device: where their pages are, who is rung and interrupted, and
 * how long anybody waits for a server.
 */
#include <frontend/channel.h>
#include <partitioner/arch.h>
#include "present.h"

/* A server that answers takes far less: it ends, or is ended. */
#define ANSWER_TIMEOUT_US	1000000
/* Until a server that is ended is at rest, with all that this may take. This and
 * the others count the pauses between two looks, not the looks. */
#define REST_TIMEOUT_US		5000000
#define WAIT_POLL_US		20
#define HOLD_POLL_US		100
/* More than others wait between two turns of a hart that does nothing else. */
#define MISSED_MAX		100

struct channel {
	const struct model_channel *model;
	uint64_t link;		/* its number at the client */
	struct port_lock lock;	/* of the next two */
	bool down;		/* nobody is there to be ended */
	bool said;		/* that it is ended */
	/*
	 * Atomic: how long somebody has waited, negative while the server has
	 * to boot; whose hart that is; how often others have waited since it
	 * last did.
	 */
	int64_t waited_us;
	uint32_t waiter;
	uint32_t missed;
	struct frontend_channel frontend;
};

static struct channel channels[MODEL_CHANNELS_MAX];
static unsigned int channel_count;

static struct loopback_control *channel_open_control(void *ctx)
{
	const struct channel *channel = ctx;

	return arch_guest_open(channel->model->control.range.base,
			       LOOPBACK_CONTROL_SIZE);
}

static void *channel_open_image(void *ctx)
{
	const struct channel *channel = ctx;

	return arch_guest_open(channel->model->registers.range.base,
			       GUEST_PAGE_SIZE);
}

static void channel_close(void *ctx)
{
	(void)ctx;
	arch_guest_close();
}

static void channel_ring(void *ctx, uint64_t bits)
{
	const struct channel *channel = ctx;

	doorbell_ring(&partitioner.doorbell, channel->model->client,
		      channel->link, bits << channel->model->bit);
}

static void channel_interrupt(void *ctx)
{
	const struct model_channel *model = ((struct channel *)ctx)->model;

	arch_interrupt_raise(model->client, model->interrupt);
}

static const struct frontend_channel_ops channel_ops = {
	.open_control = channel_open_control,
	.open_image = channel_open_image,
	.close = channel_close,
	.ring = channel_ring,
	.interrupt = channel_interrupt,
};

/* All bits of a channel, from bit 0 on. */
static uint64_t channel_get_bits(const struct channel *channel)
{
	return (UINT64_C(1) << LOOPBACK_BITS(channel->model->queues)) - 1;
}

static void channel_add(const struct model_channel *model)
{
	const struct model_link *link =
		&partitioner.model.links[model->link];
	struct channel *channel = &channels[channel_count++];
	const struct frontend_channel_config config = {
		.ops = &channel_ops,
		.ctx = channel,
		/* No manifest names another type. */
		.device_id = VIRTIO_ID_BLOCK,
		.data_mode = model->data == MODEL_DATA_GRANT ?
				     LOOPBACK_DATA_GRANT :
				     LOOPBACK_DATA_WINDOW,
		.queue_count = model->queues,
	};

	*channel = (struct channel){ .model = model, .waiter = NO_HART };
	channel->link = link->numbers[link->ends[1] == model->client];
	doorbell_take(&partitioner.doorbell, model->client, channel->link,
		      channel_get_bits(channel) << model->bit);
	frontend_channel_init(&channel->frontend, &config);
}

void present_channel_setup(void)
{
	const struct model *model = &partitioner.model;
	unsigned int i;

	channel_count = 0;
	for (i = 0; i < model->channel_count; i++)
		if (model_has_front_end(&model->channels[i]))
			channel_add(&model->channels[i]);
}

bool present_channel_rung(unsigned int compartment, uint64_t link,
			  uint64_t bits)
{
	bool interrupted = false;
	struct channel *channel;
	uint64_t own;

	for (channel = channels; channel < channels + channel_count;
	     channel++) {
		if (channel->model->client != compartment ||
		    channel->link != link)
			continue;
		own = bits >> channel->model->bit & channel_get_bits(channel);
		if (own >> LOOPBACK_BIT_QUEUE(0))
			interrupted |= frontend_channel_used(
				&channel->frontend);
		if (own & 1u << LOOPBACK_BIT_CONTROL)
			interrupted |= frontend_channel_poll(
				&channel->frontend);
	}
	return interrupted;
}

/* ---- A server that does not answer ---- */

/*
 * None of its harts runs, and none can be started but by another of them: one
 * has to, to be told to end the life.
 */
static void server_wake(unsigned int id)
{
	const struct model_compartment *c = &partitioner.model.compartments[id];

	if (life_begin_start(id))
		arch_hart_start(c->boot_hart, partitioner_get_entry(id),
				partitioner_get_tree(id));
	life_end_start(id);
}

/* Whether a hart of it was there to be told to end its life. */
static bool server_command_end(unsigned int id)
{
	const struct model_compartment *c = &partitioner.model.compartments[id];
	bool told = false;
	unsigned int i;

	for (i = 0; i < c->hart_count; i++) {
		if (!arch_hart_is_started(c->harts[i]))
			continue;
		hart_command(arch_hart_find(c->harts[i]), HART_COMMAND_END);
		told = true;
	}
	return told;
}

/*
 * One hart's time counts: many that wait at once would have a server ended that
 * is in time. A guest may go on with its access on another hart, which then is
 * the one.
 */
static bool is_waiter(struct channel *channel, const struct hart *self)
{
	uint32_t waiter = __atomic_load_n(&channel->waiter, __ATOMIC_RELAXED);

	if (waiter != self->id && waiter != NO_HART &&
	    __atomic_add_fetch(&channel->missed, 1, __ATOMIC_RELAXED) <
		    MISSED_MAX)
		return false;
	__atomic_store_n(&channel->waiter, self->id, __ATOMIC_RELAXED);
	__atomic_store_n(&channel->missed, 0, __ATOMIC_RELAXED);
	return true;
}

/*
 * Waits a little for the server, and ends its life once all waits together were
 * too long. The command to end is given with the lock held, so that it cannot
 * reach the next life (life_clear_doorbells() forgets what was not taken by
 * then); it is given again each time, since a hart may not be able to obey.
 */
static void server_await(struct channel *channel, const struct hart *self)
{
	unsigned int server = channel->model->server;
	bool say = false;
	int64_t waited;

	arch_delay_us(WAIT_POLL_US);
	if (!is_waiter(channel, self))
		return;
	waited = __atomic_add_fetch(&channel->waited_us, WAIT_POLL_US,
				    __ATOMIC_RELAXED);
	if (waited < ANSWER_TIMEOUT_US)
		return;
	port_lock_acquire(&channel->lock);
	if (!channel->down &&
	    !lifecycle_is_ending(&partitioner.partitions[server].life)) {
		say = !channel->said;
		channel->said = true;
		if (!server_command_end(server) &&
		    waited >= 2 * ANSWER_TIMEOUT_US)
			server_wake(server);
	}
	port_lock_release(&channel->lock);
	if (say)
		partitioner_print("%s does not answer on channel %s: its life is ended",
				  partitioner.model.compartments[server].name,
				  channel->model->name);
}

/* Writes a register; whether that is over. */
static bool channel_write(struct channel *channel, uint32_t offset,
			  unsigned int width, uint32_t value)
{
	if (!frontend_channel_write(&channel->frontend, offset, width, value))
		return false;
	__atomic_store_n(&channel->waiter, NO_HART, __ATOMIC_RELAXED);
	if (__atomic_load_n(&channel->waited_us, __ATOMIC_RELAXED) > 0)
		__atomic_store_n(&channel->waited_us, 0, __ATOMIC_RELAXED);
	return true;
}

enum guest_access_result present_channel_access(struct hart *self,
						struct guest_access *access)
{
	struct channel *channel;
	uint64_t offset;

	for (channel = channels; channel < channels + channel_count;
	     channel++) {
		offset = access->address - channel->model->registers.range.base;
		if (channel->model->client != (unsigned int)self->compartment ||
		    offset >= channel->model->registers.range.size)
			continue;
		/* What is read is there for the guest to read by itself. */
		if (!access->write)
			return GUEST_ACCESS_NONE;
		if (channel_write(channel, (uint32_t)offset, access->width,
				  (uint32_t)access->value))
			return GUEST_ACCESS_DONE;
		server_await(channel, self);
		return GUEST_ACCESS_AGAIN;
	}
	return GUEST_ACCESS_NONE;
}

/* ---- The lives of the compartments at either end ---- */

/* A life of the server's that has just begun is given all of its time before it
 * is ended. */
static unsigned long get_rest_timeout_us(const struct channel *channel)
{
	return 1000UL * channel->model->publish_timeout_ms +
	       ANSWER_TIMEOUT_US + REST_TIMEOUT_US;
}

bool present_channel_quiesce(unsigned int id)
{
	struct channel *channel;
	unsigned long waited;

	for (channel = channels; channel < channels + channel_count;
	     channel++) {
		if (channel->model->client != id)
			continue;
		for (waited = 0;
		     !channel_write(channel, VIRTIO_MMIO_STATUS, 4, 0);
		     waited += WAIT_POLL_US) {
			if (waited >= get_rest_timeout_us(channel))
				return false;
			/* Its end may be waiting for this hart's fence. */
			arch_hart_serve();
			server_await(channel, arch_hart_this());
		}
	}
	return true;
}

void present_channel_server_down(unsigned int id)
{
	struct channel *channel;

	for (channel = channels; channel < channels + channel_count;
	     channel++) {
		if (channel->model->server != id)
			continue;
		port_lock_acquire(&channel->lock);
		channel->down = true;
		port_lock_release(&channel->lock);
		frontend_channel_down(&channel->frontend);
	}
}

void present_channel_server_up(unsigned int id)
{
	struct channel *channel;

	for (channel = channels; channel < channels + channel_count;
	     channel++) {
		if (channel->model->server != id)
			continue;
		__atomic_store_n(&channel->waited_us,
				 -1000 * (int64_t)channel->model
						 ->publish_timeout_ms,
				 __ATOMIC_RELAXED);
		port_lock_acquire(&channel->lock);
		channel->down = false;
		channel->said = false;
		port_lock_release(&channel->lock);
		frontend_channel_up(&channel->frontend);
	}
}

void present_channel_ended(unsigned int id)
{
	struct channel *channel;

	for (channel = channels; channel < channels + channel_count;
	     channel++) {
		if (channel->model->server == id)
			frontend_channel_gone(&channel->frontend);
		if (channel->model->client == id)
			frontend_channel_close(&channel->frontend);
	}
}

static bool servers_are_settled(unsigned int id, unsigned long waited_us)
{
	struct channel *channel;

	for (channel = channels; channel < channels + channel_count;
	     channel++)
		if (channel->model->client == id &&
		    waited_us / 1000 < channel->model->publish_timeout_ms &&
		    !frontend_channel_is_settled(&channel->frontend))
			return false;
	return true;
}

void present_hold(struct hart *self)
{
	unsigned int id = (unsigned int)self->compartment;
	struct partition *partition = &partitioner.partitions[id];
	uint64_t life = lifecycle_read(&partition->life) >>
			COMPARTMENT_STARTS_SHIFT;
	unsigned long waited;

	if (self->id != partitioner.model.compartments[id].boot_hart ||
	    partition->released == life)
		return;
	for (waited = 0; !servers_are_settled(id, waited) &&
			 !hart_is_ending(self);
	     waited += HOLD_POLL_US) {
		arch_hart_serve();
		arch_delay_us(HOLD_POLL_US);
	}
	partition->released = life;
}
