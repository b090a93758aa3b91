/* SPDX-License-Identifier: BSD-2-Clause */
#include <loopback/server.h>

#include "page.h"
#include "server_private.h"

#define STATUS_FEATURES                                     \
	(VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | \
	 VIRTIO_STATUS_FEATURES_OK)
#define STATUS_DRIVER \
	(STATUS_FEATURES | VIRTIO_STATUS_DRIVER_OK | VIRTIO_STATUS_FAILED)

void loopback_server_answer(struct loopback_server *server, uint32_t status,
			    uint32_t sequence, int error)
{
	server->status = status;
	server->answered = sequence;
	server->last_error = error;
	loopback_record_status(server);
	page_store32(&server->control->server.error, (uint32_t)error);
	/*
	 * Release: all that was done for the request, and all that a stopped
	 * queue wrote, comes before the word that says so. Pairs with the
	 * acquire in loopback_client_poll() (docs/channel.md, 4.2).
	 */
	page_store64_release(&server->control->server.acknowledge,
			     LOOPBACK_WORD(status, sequence));
	/*
	 * The word before the bell: a client that took the bell and then
	 * reads the word must find it. Pairs with the swap that takes it.
	 */
	port_full_barrier();
	server->config.notify.control(server->config.notify.ctx);
}

/* VirtIO 1.2, 2.1 and 3.1.1: bits are set in order and never taken back. */
int loopback_status_check(uint32_t granted, uint32_t status)
{
	/* Stops bits that a driver may not set from being taken for others. */
	if (status & ~STATUS_DRIVER)
		return LOOPBACK_ERR_STATUS;
	/* Stops a driver from going back without the reset that empties us. */
	if (granted & STATUS_DRIVER & ~status)
		return LOOPBACK_ERR_STATUS;
	if (status & VIRTIO_STATUS_DRIVER &&
	    !(status & VIRTIO_STATUS_ACKNOWLEDGE))
		return LOOPBACK_ERR_STATUS;
	if (status & VIRTIO_STATUS_FEATURES_OK &&
	    !(status & VIRTIO_STATUS_DRIVER))
		return LOOPBACK_ERR_STATUS;
	/* Stops queues from starting before features were settled. */
	if (status & VIRTIO_STATUS_DRIVER_OK &&
	    !(status & VIRTIO_STATUS_FEATURES_OK))
		return LOOPBACK_ERR_STATUS;
	return LOOPBACK_OK;
}

static int settle_features(struct loopback_server *server)
{
	uint64_t low = page_load64(&server->control->client.driver_features[0]);
	uint64_t high =
		page_load64(&server->control->client.driver_features[1]);

	/* Stops the use of what was not offered, and of legacy layouts. */
	if (low & ~server->features || high ||
	    !(low & VIRTIO_FEATURE(VIRTIO_F_VERSION_1)))
		return LOOPBACK_ERR_FEATURES;
	server->driver_features = low;
	return LOOPBACK_OK;
}

static int begin_reset(struct loopback_server *server,
		       uint64_t client_generation)
{
	uint32_t presence = page_load32(&server->control->client.state);

	server->client_generation = client_generation;
	server->closing = presence == LOOPBACK_CLIENT_CLOSED;
	/* Any other client reuses its memory once a life has ended. */
	if (presence != LOOPBACK_CLIENT_ADOPTING)
		server->kept_from = 0;
	else if (!server->kept_from)
		server->kept_from = server->generation;
	loopback_queues_stop(server, 0);
	server->next_status = 0;
	server->draining = true;
	return 0;
}

static int refuse(struct loopback_server *server, uint32_t status, int error)
{
	loopback_server_answer(server, status,
			       LOOPBACK_WORD_SEQUENCE(server->handled), error);
	return LOOPBACK_EVENT_REFUSED;
}

/* A request with status bits, of the client life that did the last reset. */
static int advance(struct loopback_server *server, uint32_t status)
{
	uint32_t granted = server->status;
	bool starting = !(granted & VIRTIO_STATUS_DRIVER_OK) &&
			status & VIRTIO_STATUS_DRIVER_OK;
	int ret = loopback_status_check(granted, status);

	/* An error stays until reset: no other request heals a device. */
	if (granted & VIRTIO_STATUS_DEVICE_NEEDS_RESET)
		return refuse(server, granted, server->last_error);
	if (ret)
		return refuse(server,
			      granted | VIRTIO_STATUS_DEVICE_NEEDS_RESET, ret);
	if (status & VIRTIO_STATUS_FAILED) {
		loopback_queues_stop(server, 0);
		server->next_status = status;
		server->draining = true;
		return 0;
	}
	if (!(granted & VIRTIO_STATUS_FEATURES_OK) &&
	    status & VIRTIO_STATUS_FEATURES_OK) {
		ret = settle_features(server);
		if (ret)
			return refuse(server,
				      status & ~(VIRTIO_STATUS_FEATURES_OK |
						 VIRTIO_STATUS_DRIVER_OK),
				      ret);
	}
	if (status & VIRTIO_STATUS_DRIVER_OK) {
		ret = loopback_queues_follow(server);
		if (ret)
			return refuse(
				server,
				(status &
				 ~(starting ? VIRTIO_STATUS_DRIVER_OK : 0)) |
					VIRTIO_STATUS_DEVICE_NEEDS_RESET,
				ret);
	}
	server->next_status = status;
	server->draining = true;
	return starting ? LOOPBACK_EVENT_STARTED : 0;
}

static int handle_request(struct loopback_server *server)
{
	const struct loopback_client_line *line = &server->control->client;
	uint64_t client_generation = page_load64(&line->generation);
	uint64_t named = page_load64(&line->server_generation);
	uint32_t status = LOOPBACK_WORD_STATUS(server->handled);

	/*
	 * Stops a request that was meant for an earlier life, whose rings and
	 * features this one does not know.
	 */
	if (named != server->generation &&
	    !loopback_is_continued(server->resumed_from, server->generation,
				   named))
		return refuse(server, server->status, LOOPBACK_ERR_STALE);
	if (!status)
		return begin_reset(server, client_generation);
	/* Stops a new client life from inheriting the rings of its last. */
	if (client_generation != server->client_generation)
		return refuse(server,
			      server->status | VIRTIO_STATUS_DEVICE_NEEDS_RESET,
			      LOOPBACK_ERR_STALE);
	return advance(server, status);
}

/* Answer the request in progress if nothing of it is left to wait for. */
static int finish_request(struct loopback_server *server)
{
	int events = 0;

	if (!server->draining)
		return 0;
	if (!loopback_queues_drain(server))
		return LOOPBACK_EVENT_DRAINING;
	server->draining = false;
	if (server->next_status) {
		/* A queue that broke meanwhile must not be granted away. */
		server->next_status |=
			server->status & VIRTIO_STATUS_DEVICE_NEEDS_RESET;
	} else {
		server->driver_features = 0;
		events = LOOPBACK_EVENT_RESET |
			 (server->closing ? LOOPBACK_EVENT_CLOSED : 0);
		server->closing = false;
	}
	loopback_server_answer(server, server->next_status,
			       LOOPBACK_WORD_SEQUENCE(server->handled),
			       LOOPBACK_OK);
	return events;
}

int loopback_server_poll_control(struct loopback_server *server)
{
	int events, now;
	uint64_t request;

	if (!server->published)
		return LOOPBACK_ERR_STATE;
	page_store32(&server->control->server.liveness, ++server->liveness);

	events = finish_request(server);
	if (events & LOOPBACK_EVENT_DRAINING)
		return events;

	/*
	 * Acquire: everything the client wrote for this request is visible.
	 * Pairs with the release in the client's send_request().
	 */
	request = page_load64_acquire(&server->control->client.request);
	if (LOOPBACK_WORD_SEQUENCE(request) ==
	    LOOPBACK_WORD_SEQUENCE(server->handled))
		return events;
	server->handled = request;
	now = handle_request(server);
	/*
	 * A refused request was answered; any other is answered here, at once
	 * or when its last request in flight has ended.
	 */
	if (!(now & LOOPBACK_EVENT_REFUSED))
		now |= finish_request(server);
	return events | now;
}
