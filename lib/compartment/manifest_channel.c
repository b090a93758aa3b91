/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of a channel: its parties, its pieces of windows, its doorbell bits. */
#include <doorbell/abi.h>

#include "reader.h"

/* VirtIO 1.2: 2.7.5 virtq_desc, 2.7.6 virtq_avail, 2.7.8 virtq_used */
#define DESC_SIZE		16ULL
#define AVAIL_ENTRY_SIZE	2ULL
#define USED_ENTRY_SIZE		8ULL
/* flags, idx and the other side's event, in each of the two rings */
#define RING_FIELDS_SIZE	6ULL

/* Bytes that one queue takes at least. */
static uint64_t split_queue_size(uint32_t queue_size)
{
	return (DESC_SIZE + AVAIL_ENTRY_SIZE + USED_ENTRY_SIZE) * queue_size +
	       2 * RING_FIELDS_SIZE;
}

static void check_parties(const struct reader *reader,
			  const struct model_channel *channel)
{
	const struct model *model = reader->model;
	const struct model_link *link = &model->links[channel->link];
	bool swapped = link->ends[1] == channel->server;

	if (link->ends[swapped] != channel->server ||
	    link->ends[!swapped] != channel->client)
		refuse(reader, channel->source.node, "link",
		       "link %s joins %s and %s, not server %s and client %s",
		       link->name, model->compartments[link->ends[0]].name,
		       model->compartments[link->ends[1]].name,
		       model->compartments[channel->server].name,
		       model->compartments[channel->client].name);
}

static void check_shared(const struct reader *reader, const char *property,
			 const struct model_piece *piece,
			 const struct model_channel *channel)
{
	const struct model *model = reader->model;
	const struct model_window *window = &model->windows[piece->window];

	if (model_window_access(window, channel->server) != MODEL_ACCESS_RW ||
	    model_window_access(window, channel->client) != MODEL_ACCESS_RW)
		refuse(reader, channel->source.node, property,
		       "window %s must have server %s and client %s as members with \"rw\"",
		       window->name, model->compartments[channel->server].name,
		       model->compartments[channel->client].name);
}

static void check_record(const struct reader *reader,
			 const struct model_channel *channel)
{
	const struct model *model = reader->model;
	const struct model_window *window =
		&model->windows[channel->record.window];

	/* A client that could write it would steer the server's next life. */
	if (channel->record.range.size &&
	    (window->member_count != 1 ||
	     model_window_access(window, channel->server) != MODEL_ACCESS_RW))
		refuse(reader, channel->source.node, "record",
		       "window %s must have server %s as its only member, with \"rw\"",
		       window->name, model->compartments[channel->server].name);
}

static void check_bits(const struct reader *reader, unsigned int index)
{
	const struct model_channel *other = reader->model->channels;
	const struct model_channel *channel = &other[index];
	unsigned int last = channel->bit + channel->queues;

	if (last >= DOORBELL_BIT_PEER)
		refuse(reader, channel->source.node, "bit",
		       "bits %u..%u reach bit %u, which is the firmware's; %u is the last one to start at",
		       channel->bit, last, DOORBELL_BIT_PEER,
		       DOORBELL_BIT_PEER - 1 - channel->queues);
	for (; other < channel; other++)
		if (other->link == channel->link && channel->bit <=
		    other->bit + other->queues && other->bit <= last)
			refuse(reader, channel->source.node, "bit",
			       "bits %u..%u overlap bits %u..%u of channel %s on the same link",
			       channel->bit, last, other->bit,
			       other->bit + other->queues, other->name);
}

static const struct model_piece *get_piece(const struct model_channel *channel,
					   unsigned int index)
{
	return index == 0 ? &channel->control :
	       index == 1 ? &channel->pool : &channel->record;
}

static void check_pieces(const struct reader *reader, unsigned int index)
{
	static const char *const names[] = { "control", "pool", "record" };
	const struct model_channel *channels = reader->model->channels;
	const struct model_piece *mine, *other;
	unsigned int i, k;

	for (k = 3 * index; k < 3 * index + 3; k++) {
		mine = get_piece(&channels[index], k % 3);
		for (i = 0; i < k; i++) {
			other = get_piece(&channels[i / 3], i % 3);
			if (range_overlaps(&mine->range, &other->range))
				refuse(reader, channels[index].source.node,
				       names[k % 3],
				       "overlaps %s of channel %s",
				       names[i % 3], channels[i / 3].name);
		}
	}
}

void manifest_check_channels(const struct reader *reader)
{
	const struct model_channel *channel;
	unsigned int i;

	for (i = 0; i < reader->model->channel_count; i++) {
		channel = &reader->model->channels[i];
		check_parties(reader, channel);
		check_shared(reader, "control", &channel->control, channel);
		check_shared(reader, "pool", &channel->pool, channel);
		if (channel->control.range.size != MODEL_PAGE_SIZE)
			refuse(reader, channel->source.node, "control",
			       "must be one page of 0x%x bytes",
			       MODEL_PAGE_SIZE);
		if (channel->pool.range.size <
		    channel->queues * split_queue_size(channel->queue_size))
			refuse(reader, channel->source.node, "pool",
			       "0x%lx bytes are too few for the rings of %u queues of %u",
			       channel->pool.range.size, channel->queues,
			       channel->queue_size);
		check_record(reader, channel);
		check_bits(reader, i);
		check_pieces(reader, i);
	}
}
