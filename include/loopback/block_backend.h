/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a block device server needs from whatever stores the blocks: one file
 * per backend fills in struct loopback_block_backend.
 *
 * Ownership: a request belongs to the server; the backend holds it from a
 * successful submit until it calls complete. Segments belong to the server and
 * are valid only during submit: a backend that needs them longer copies them.
 * Concurrency: submit, kick and complete run on the caller of the server
 * endpoint; complete may be called from within submit.
 * Trust: every request was validated: the range lies in the capacity, segments
 * lie in the pool, their total is `length`. What the segments *contain* is the
 * client's and may change at any time.
 * Specification: VirtIO 1.2, 5.2.
 */
#ifndef LOOPBACK_BLOCK_BACKEND_H
#define LOOPBACK_BLOCK_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include <loopback/error.h>
#include <virtio/blk.h>
#include <virtio/region.h>

/*
 * First member of every slot of a fixed array: the list of those that are free.
 * Private to whoever keeps the list.
 */
struct loopback_slot {
	struct loopback_slot *next_free;
};

struct loopback_block_request {
	/* VIRTIO_BLK_T_IN, _OUT, _FLUSH, _DISCARD, _WRITE_ZEROES */
	uint32_t type;
	/* bytes of data, multiple of 512; 0 unless IN or OUT */
	uint32_t length;
	/* unit 512 bytes */
	uint64_t sector;
	/* of IN, OUT, DISCARD, WRITE_ZEROES */
	uint32_t sectors;
	/* WRITE_ZEROES: VIRTIO_BLK_WRITE_ZEROES_F_UNMAP */
	uint32_t flags;
	/*
	 * The data, bus addresses and pointers. The entry before the first and
	 * the one behind the last are the backend's to write to during submit,
	 * so that it can frame them without a copy.
	 */
	struct virtq_segment *segments;
	unsigned int segment_count;
	/*
	 * Ends the request, exactly once per submit, with VIRTIO_BLK_S_OK or _IOERR.
	 * Everything the backend wrote to the segments is visible before it.
	 */
	void (*complete)(struct loopback_block_request *request,
			 uint8_t status);
	/* the server's own */
	void *server;
	uint32_t slot;
};

struct loopback_block_backend {
	/* sectors of 512 bytes */
	uint64_t capacity;
	/* data segments a request may have, at least 1 */
	uint32_t segment_max;
	/* bytes in one segment, 0: no limit */
	uint32_t segment_size_max;
	/* preferred unit in bytes, 0: 512 */
	uint32_t block_size;
	/* what is known of its blocks, as it lays it out: little-endian */
	struct virtio_blk_topology topology;
	bool has_topology;
	bool read_only;
	/*
	 * Writes that have ended become stable with the next flush only. For a
	 * driver without VIRTIO_BLK_F_FLUSH the server asks for one after each
	 * of them.
	 */
	bool flush;
	/* sectors in one discard, 0: cannot discard */
	uint32_t discard_max;
	/* sectors that a discard is best a multiple of, 0: 1 */
	uint32_t discard_alignment;
	/* sectors in one write-zeroes, 0: cannot */
	uint32_t write_zeroes_max;
	bool write_zeroes_unmap;
	/*
	 * Take a request over. LOOPBACK_OK: complete will be called.
	 * LOOPBACK_ERR_BUSY: no room; nothing was taken, the server offers the
	 * same request again after some request of this backend has ended, so
	 * only a backend that holds at least one request may say so.
	 * Any other error: nothing was taken, the request ends with IOERR.
	 */
	int (*submit)(struct loopback_block_backend *backend,
		      struct loopback_block_request *request);
	/* End of a batch of submits: start what was taken. */
	void (*kick)(struct loopback_block_backend *backend);
};

#endif
