/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of a front end without scruples, to the session of vhost_run.h. */
#ifndef VHOST_SEND_H
#define VHOST_SEND_H

#include <stdbool.h>

/* Bytes as they come, and as many descriptors as a message can carry. */
void vhost_send_bytes(void);

/* A message that is nearly right. */
void vhost_send_message(void);

/* Right ones, so that others get further: features and memory; the log of
 * requests in flight, a new one or the one that is there; ring 0. */
void vhost_send_features(void);
void vhost_send_log(bool fresh);
void vhost_send_ring(void);

#endif
