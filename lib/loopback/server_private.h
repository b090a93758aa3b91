/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the server endpoint share: server.c (a life from publish
 * to stop), server_control.c (the client's requests), server_queue.c (queues up
 * and down), server_record.c (the record).
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

/* Bring up every queue that is down and was made ready; all or none. */
int loopback_queues_bring_up(struct loopback_server *server);
/* Stop the live queues that the client made not ready (`all`: every one). */
void loopback_queues_stop(struct loopback_server *server, bool all);
/* Let go of stopped queues with nothing in flight; true when none is left. */
bool loopback_queues_drain(struct loopback_server *server);

/* Grant `status` for the request with `sequence`, and ring. */
void loopback_server_answer(struct loopback_server *server, uint32_t status,
			    uint32_t sequence, int error);

#endif
