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

static void check_private(const struct reader *reader, const char *property,
			  const struct model_piece *piece, int node,
			  unsigned int member, enum model_access access)
{
	const struct model *model = reader->model;
	const struct model_window *window = &model->windows[piece->window];
	bool is_server = access == MODEL_ACCESS_RW;

	if (piece->range.size &&
	    (window->member_count != 1 ||
	     model_window_access(window, member) != access))
		refuse(reader, node, property,
		       "window %s must have %s %s as its only member, with \"%s\"",
		       window->name, is_server ? "server" : "client",
		       model->compartments[member].name,
		       is_server ? "rw" : "r");
}

/* What the server alone, the client alone, or both of them may reach. */
static void check_members(const struct reader *reader,
			  const struct model_channel *channel)
{
	int node = channel->source.node;

	/* A client that could write it would steer the server's next life. */
	check_private(reader, "record", &channel->record, node, channel->server,
		      MODEL_ACCESS_RW);
	if (channel->data == MODEL_DATA_WINDOW)
		check_shared(reader, "pool", &channel->pool, channel);
	if (!model_has_front_end(channel)) {
		check_shared(reader, "control", &channel->control, channel);
		return;
	}
	/*
	 * The client here is the firmware. A guest that could write the page
	 * would speak to the server past it; a register that changes without a
	 * trap would change nothing.
	 */
	check_private(reader, "control", &channel->control, node,
		      channel->server, MODEL_ACCESS_RW);
	check_private(reader, "registers", &channel->registers, node,
		      channel->client, MODEL_ACCESS_READ);
}

static void check_data(const struct reader *reader,
		       const struct model_channel *channel)
{
	int node = channel->source.node;

	if (channel->data == MODEL_DATA_GRANT) {
		if (channel->pool.range.size)
			refuse(reader, node, "pool",
			       "leave it out: data = \"grant\" has rings and buffers in the client's memory");
		/* A client of ours knows its pool only. */
		if (!model_has_front_end(channel))
			refuse(reader, node, "data",
			       "\"grant\" needs registers: it is for clients that find a virtio-mmio device there");
	} else if (channel->pool.range.size <
		   channel->queues * split_queue_size(channel->queue_size)) {
		refuse(reader, node, "pool",
		       "0x%lx bytes are too few for the rings of %u queues of %u",
		       channel->pool.range.size, channel->queues,
		       channel->queue_size);
	}
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

#define PIECES	4U

static const struct model_piece *get_piece(const struct model_channel *channel,
					   unsigned int index)
{
	return index == 0 ? &channel->control :
	       index == 1 ? &channel->pool :
	       index == 2 ? &channel->record : &channel->registers;
}

static void check_pieces(const struct reader *reader, unsigned int index)
{
	static const char *const names[PIECES] = {
		"control", "pool", "record", "registers"
	};
	const struct model_channel *channels = reader->model->channels;
	const struct model_piece *mine, *other;
	unsigned int i, k;

	for (k = PIECES * index; k < PIECES * (index + 1); k++) {
		mine = get_piece(&channels[index], k % PIECES);
		for (i = 0; i < k; i++) {
			other = get_piece(&channels[i / PIECES], i % PIECES);
			if (range_overlaps(&mine->range, &other->range))
				refuse(reader, channels[index].source.node,
				       names[k % PIECES],
				       "overlaps %s of channel %s",
				       names[i % PIECES], channels[i / PIECES].name);
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
		check_members(reader, channel);
		if (channel->control.range.size != MODEL_PAGE_SIZE)
			refuse(reader, channel->source.node, "control",
			       "must be one page of 0x%x bytes",
			       MODEL_PAGE_SIZE);
		if (model_has_front_end(channel) &&
		    channel->registers.range.size != MODEL_PAGE_SIZE)
			refuse(reader, channel->source.node, "registers",
			       "must be one page of 0x%x bytes",
			       MODEL_PAGE_SIZE);
		check_data(reader, channel);
		check_bits(reader, i);
		check_pieces(reader, i);
	}
}
