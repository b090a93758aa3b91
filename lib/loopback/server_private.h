/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the server endpoint share: server.c (a life from publish
 * to stop), server_control.c (the client's requests), server_queue.c (queues up
 * and down), server_record.c (the record).
 *
 * Ownership: everything hangs off the caller's struct loopback_server.
 * Concurrency: the endpoint's one caller.
 * Trust: the client's words are loaded in server_control.c and server_queue.c
 * only, once each; the record is this compartment's own.
 */
#ifndef LOOPBACK_SERVER_PRIVATE_H
#define LOOPBACK_SERVER_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include <loopback/server.h>

/* Start a new life in the record; returns its generation, never the page's. */
uint64_t loopback_record_begin(struct loopback_server *server,
			       uint64_t page_generation);
void loopback_record_status(struct loopback_server *server);
void loopback_record_queue_up(struct loopback_server *server,
			      unsigned int queue);
void loopback_record_queue_down(struct loopback_server *server,
				unsigned int queue);

/*
 * Do as the queues' `ready` words say: stop the live ones that are not ready,
 * bring up those that are down and ready, all or none.
 */
int loopback_queues_follow(struct loopback_server *server);
/* Stop the queues that are up, but for those whose bit is set in `keep`. */
void loopback_queues_stop(struct loopback_server *server, uint32_t keep);
/* Let go of stopped queues with nothing in flight; true when none is left. */
bool loopback_queues_drain(struct loopback_server *server);

/* Grant `status` for the request with `sequence`, and ring. */
void loopback_server_answer(struct loopback_server *server, uint32_t status,
			    uint32_t sequence, int error);

#endif
