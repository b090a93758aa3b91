/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/channel.h>
#include <common/firmware.h>
#include <loopback/error.h>


static struct channel *channels;

static void channel_handle(void *context, unsigned int link, uint64_t bits)
{
	uint64_t mask;

	(void)context;
	for (struct channel *c = channels; c; c = c->next) {
		if (c->info->link != link)
			continue;
		mask = (1ULL << LOOPBACK_BITS(c->info->queues)) - 1;
		c->bits |= bits >> c->info->bit & mask;
		if (bits >> DOORBELL_BIT_PEER)
			c->peer_changed = true;
	}
}

static void channel_ring(const struct channel *channel, unsigned int bit)
{
	bell_ring(channel->info->link, 1ULL << (channel->info->bit + bit));
}

static void channel_notify_control(void *context)
{
	channel_ring(context, LOOPBACK_BIT_CONTROL);
}

static void channel_notify_queue(void *context, unsigned int queue)
{
	struct channel *channel = context;

	if (queue < channel->info->queues)
		channel_ring(channel, LOOPBACK_BIT_QUEUE(queue));
}

int channel_init(struct channel *channel, const struct tree_channel *info)
{
	if (info->queues > LOOPBACK_QUEUES_MAX ||
	    info->bit + LOOPBACK_BITS(info->queues) > DOORBELL_BIT_PEER ||
	    info->control.size < LOOPBACK_CONTROL_SIZE)
		return -1;
	if (bell_connect(info->link, channel_handle, NULL))
		return -1;
	channel->info = info;
	channel->peer = "?";
	for (unsigned int i = 0; i < tree.link_count; i++) {
		if (tree.links[i].number == info->link)
			channel->peer = tree.links[i].peer;
	}
	channel->notify.control = channel_notify_control;
	channel->notify.queue = channel_notify_queue;
	channel->notify.ctx = channel;
	channel->bits = 0;
	channel->peer_changed = true; /* what happened before is not rung */
	channel->pool_next = info->pool.base;
	channel->peer_state = COMPARTMENT_STATE_LOADED;
	channel->peer_life = 0;
	channel->next = channels;
	channels = channel;
	return 0;
}

bool channel_take(struct channel *channel, unsigned int bit)
{
	bool rung = channel->bits >> bit & 1;

	channel->bits &= ~(1ULL << bit);
	return rung;
}

bool channel_take_peer(struct channel *channel)
{
	if (!channel->peer_changed)
		return false;
	channel->peer_changed = false;
	if (bell_get_peer(channel->info->link, &channel->peer_state,
			  &channel->peer_life))
		channel->peer_state = COMPARTMENT_STATE_FAILED;
	return true;
}

bool channel_is_abandoned(const struct channel *channel)
{
	return channel->peer_state == COMPARTMENT_STATE_ENDED ||
	       channel->peer_state == COMPARTMENT_STATE_FAILED;
}

void *channel_take_pool(struct channel *channel, size_t size, size_t align)
{
	uint64_t limit = channel->info->pool.base + channel->info->pool.size;
	uint64_t base = (channel->pool_next + align - 1) &
			~((uint64_t)align - 1);

	if (base > limit || size > limit - base)
		return NULL;
	channel->pool_next = base + size;
	return (void *)(uintptr_t)base;
}

uint64_t channel_get_free(const struct channel *channel)
{
	return channel->info->pool.base + channel->info->pool.size -
	       channel->pool_next;
}

const char *channel_get_error(int error)
{
	switch (error) {
	case LOOPBACK_OK:
		return "no error";
	case LOOPBACK_ERR_NOT_READY:
		return "no server has published a device";
	case LOOPBACK_ERR_PEER:
		return "the peer has ended";
	case LOOPBACK_ERR_REFUSED:
		return "the server refused";
	case LOOPBACK_ERR_PROTOCOL:
		return "the peer broke the protocol";
	case LOOPBACK_ERR_VERSION:
		return "unknown channel version";
	case LOOPBACK_ERR_DEVICE:
		return "another device type";
	case LOOPBACK_ERR_RANGE:
		return "out of range";
	case LOOPBACK_ERR_IO:
		return "input/output error";
	case LOOPBACK_ERR_UNSUPPORTED:
		return "the device does not do that";
	default:
		return "error";
	}
}
