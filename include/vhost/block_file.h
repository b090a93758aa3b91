/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A raw image file, or a block device, as the backend of a block server
 * (loopback/block_backend.h). Each request is done when submit returns.
 *
 * Ownership: the structure is the caller's and owns the descriptor.
 * Concurrency: one thread. An image that is served is locked with flock(): for
 * itself alone, or read-only with others that only read. That keeps out those
 * who ask for such a lock, and nobody else.
 * Trust: requests as block_backend.h says. Data may change while it is written:
 * what lands in the image then is the guest's own affair. An image that is
 * truncated while it is served fails reads behind its end; a write there makes
 * it grow again, with zeroes in between.
 */
#ifndef VHOST_BLOCK_FILE_H
#define VHOST_BLOCK_FILE_H

#include <stdbool.h>

#include <loopback/block_backend.h>
#include <vhost/error.h>

/*
 * Pieces in a request. With header and status they fill a ring of 128, the
 * smallest that QEMU uses unless told otherwise.
 */
#define VHOST_BLOCK_FILE_SEGMENTS	126u

struct vhost_block_file {
	struct loopback_block_backend backend;	/* first member */
	int fd;
};

/*
 * Open @path. Errors: VHOST_ERR_SYSTEM, VHOST_ERR_STATE (another process serves
 * it), VHOST_ERR_VALUE (no file or block device, empty, or no multiple of 512
 * bytes long).
 */
int vhost_block_file_open(struct vhost_block_file *file, const char *path,
			  bool read_only, struct vhost_fault *fault);

void vhost_block_file_close(struct vhost_block_file *file);

#endif
