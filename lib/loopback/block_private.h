/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What block_server.c (the queue) and block_request.c (the judge) share.
 *
 * Ownership: a slot is the caller's from the chain's arrival to
 * loopback_block_end; the chain's segments belong to the client's memory.
 * Concurrency: the server endpoint's one caller.
 * Trust: the chain was translated and lies in the pool; what it holds is the
 * client's word, loaded once here.
 */
#ifndef LOOPBACK_BLOCK_PRIVATE_H
#define LOOPBACK_BLOCK_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include <loopback/block.h>

/* loopback_block_parse: hand the request to the backend. */
#define BLOCK_SUBMIT	0x100u

/*
 * Judge a popped chain and fill in the slot's request. Returns BLOCK_SUBMIT, or
 * the VIRTIO_BLK_S_* with which the request ends here and now.
 */
unsigned int loopback_block_parse(struct loopback_block_server *block,
				  struct loopback_block_server_slot *slot,
				  struct virtq_chain *chain);

/* Has the driver accepted this feature? Stops the use of one it has not. */
bool loopback_block_is_negotiated(const struct loopback_block_server *block,
				  unsigned int feature);

/* End a request: status, used element, slot. */
void loopback_block_end(struct loopback_block_server *block,
			struct loopback_block_server_slot *slot,
			uint8_t status);

#endif
