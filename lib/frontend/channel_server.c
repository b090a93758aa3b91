/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's lives and answers, as a front end takes them. */
#include "channel_private.h"

void frontend_finish_stops(struct frontend_channel *fe)
{
	uint32_t queue;

	/* Those that nobody ends stay as they are. */
	for (queue = 0; queue < LOOPBACK_QUEUES_MAX; queue++)
		virtio_mmio_device_queue_stop_done(&fe->device, queue);
	fe->stopping = false;
}

void frontend_finish_reset(struct frontend_channel *fe,
			   struct loopback_control *page)
{
	if (!fe->device.resetting)
		return;
	virtio_mmio_device_reset_done(&fe->device);
	if (fe->stale)
		frontend_show_device(fe, page);
}

void frontend_finish_unanswered(struct frontend_channel *fe,
				struct loopback_control *page)
{
	/* Its next life would serve rings that are not there any more. */
	loopback_handshake_abandon(page);
	fe->link = FRONTEND_ABSENT;
	frontend_finish_stops(fe);
	frontend_finish_reset(fe, page);
}

/* The driver's life goes no further: its rings are with no server. */
static void lose_driver(struct frontend_channel *fe)
{
	fe->start = false;
	virtio_mmio_device_needs_reset(&fe->device);
	frontend_signal(fe);
}

void frontend_replace_device(struct frontend_channel *fe,
			     struct loopback_control *page)
{
	if (fe->device.status) {
		fe->stale = true;
		lose_driver(fe);
	} else {
		frontend_show_device(fe, page);
	}
}

/*
 * A life that continues nothing. It knows of no ring, so what waits for an end
 * is over; a driver that was up has lost its requests.
 */
static void attach(struct frontend_channel *fe, struct loopback_control *page)
{
	bool lost = fe->link == FRONTEND_STARTING ||
		    fe->link == FRONTEND_RUNNING || fe->link == FRONTEND_BROKEN;

	fe->link = FRONTEND_ABSENT;
	if (fe->offered) {
		loopback_handshake_attach(&fe->handshake, page);
		frontend_request_reset(fe, page);
	}
	frontend_finish_stops(fe);
	frontend_finish_reset(fe, page);
	if (lost || frontend_shows_other(fe, page))
		frontend_replace_device(fe, page);
	else
		frontend_follow_space(fe, page);
}

/* Stops a header that fits no channel of the manifest, whose doorbell bits or
 * memory it would use. */
static bool is_acceptable(const struct frontend_channel *fe,
			  const struct loopback_handshake *next)
{
	return next->queue_count <= fe->config.queue_count &&
	       next->data_mode == fe->config.data_mode;
}

/* A life that is not the one attached to. True if nothing is new to the link:
 * the answer to what was asked of the former is this one's. */
static bool meet_life(struct frontend_channel *fe,
		      struct loopback_control *page)
{
	struct loopback_handshake next;
	int ret = loopback_handshake_read(&next, page, fe->config.device_id);

	if (ret == LOOPBACK_ERR_NOT_READY)
		return false;
	fe->offered = !ret && is_acceptable(fe, &next);
	if (fe->offered && fe->link != FRONTEND_ABSENT &&
	    loopback_handshake_adopt(&fe->handshake, page, &next))
		return true;
	next.request = fe->handshake.request;
	fe->handshake = next;
	attach(fe, page);
	return false;
}

static void take_reset(struct frontend_channel *fe,
		       struct loopback_control *page)
{
	fe->link = FRONTEND_RESET;
	frontend_finish_stops(fe);
	frontend_finish_reset(fe, page);
	if (fe->start) {
		fe->start = false;
		frontend_request_start(fe, page);
	}
}

static void take_refusal(struct frontend_channel *fe,
			 struct loopback_control *page)
{
	fe->link = FRONTEND_BROKEN;
	if (fe->stopping)
		frontend_request_reset(fe, page);
	lose_driver(fe);
}

/* `answer` was loaded before the life that gave it was found to be current. */
static void take_answer(struct frontend_channel *fe,
			struct loopback_control *page, int answer)
{
	switch (fe->link) {
	case FRONTEND_RESETTING:
		if (!answer)
			take_reset(fe, page);
		break;
	case FRONTEND_STARTING:
		if (answer == LOOPBACK_ERR_REFUSED) {
			take_refusal(fe, page);
		} else if (!answer) {
			fe->link = FRONTEND_RUNNING;
			frontend_finish_stops(fe);
		}
		break;
	case FRONTEND_RUNNING:
		/* A word of its own: the device needs a reset. */
		if (answer)
			take_refusal(fe, page);
		break;
	default:
		break;
	}
}

void frontend_follow_server(struct frontend_channel *fe,
			    struct loopback_control *page)
{
	int answer = loopback_handshake_get_answer(&fe->handshake, page);

	/*
	 * The life after its answer: a word that a new life gives to nobody's
	 * request comes behind its generation.
	 */
	if (fe->link == FRONTEND_ABSENT ||
	    !loopback_handshake_is_current(&fe->handshake, page)) {
		if (!meet_life(fe, page))
			return;
		answer = loopback_handshake_get_answer(&fe->handshake, page);
	}
	take_answer(fe, page, answer);
	frontend_follow_space(fe, page);
}
