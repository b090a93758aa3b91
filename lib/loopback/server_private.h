/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the server endpoint share: server.c (a life from publish
 * to stop), server_control.c (the client's requests), server_queue.c (queues up
 * and down), server_record.c (the record), server_resume.c (a life that goes on
 * where the last one stopped).
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

/* The number of the life after `last`, never 0, never the page's. */
uint64_t loopback_generation_after(uint64_t last, uint64_t page_generation);
/* Start a new life in the record, empty; returns its generation. */
uint64_t loopback_record_begin(struct loopback_server *server,
			       uint64_t page_generation);
bool loopback_record_is_valid(const struct loopback_record *record);
void loopback_record_status(struct loopback_server *server);
void loopback_record_queue_up(struct loopback_server *server,
			      unsigned int queue);
void loopback_record_queue_down(struct loopback_server *server,
				unsigned int queue);
/* What was staged and not published is as if it had not been staged. */
void loopback_record_unstage(struct loopback_server *server,
			     unsigned int queue);
bool loopback_record_is_marked(const struct loopback_record_queue *log,
			       unsigned int head);
void loopback_record_unmark(struct loopback_record_queue *log,
			    unsigned int head);

/*
 * Go on where the record's life stopped: device status, features and queues,
 * LIVE and with what is in flight to be taken again. False, with nothing
 * changed but a record that nobody can resume: it does not fit.
 */
bool loopback_server_resume(struct loopback_server *server,
			    uint64_t page_generation);
/* A queue's next chain that is to be taken again; own->again is not 0. */
int loopback_server_pop_again(struct loopback_server *server,
			      unsigned int queue, struct virtq_chain *chain);

/* Check the queue's area and start its ring, at `resume` or fresh (NULL). */
int loopback_queue_start(struct loopback_server *server, unsigned int queue,
			 const struct virtq_position *resume);
/* Tell client and device that a queue is LIVE. */
void loopback_queue_announce(struct loopback_server *server,
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

/* May `status` be requested where `granted` holds? */
int loopback_status_check(uint32_t granted, uint32_t status);
/* Grant `status` for the request with `sequence`, and ring. */
void loopback_server_answer(struct loopback_server *server, uint32_t status,
			    uint32_t sequence, int error);

#endif
