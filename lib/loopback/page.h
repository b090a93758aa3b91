/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access to the shared words of the control page: little-endian, each load and
 * each store exactly one. Private to lib/loopback.
 *
 * Ownership: each word has one writer (docs/channel.md, 1.1).
 * Concurrency: both peers at any time; the order is the caller's to state, by
 * the _acquire and _release forms.
 * Trust: what a load returns is the peer's word until it was validated; a
 * second load of the same word may return another.
 */
#ifndef LOOPBACK_PAGE_H
#define LOOPBACK_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include <loopback/layout.h>
#include <port/port.h>
#include <virtio/ring.h>

static inline uint32_t page_load32(const uint32_t *word)
{
	return virtio_le32(port_load(word));
}

static inline uint64_t page_load64(const uint64_t *word)
{
	return virtio_le64(port_load(word));
}

static inline uint32_t page_load32_acquire(const uint32_t *word)
{
	return virtio_le32(port_load_acquire(word));
}

static inline uint64_t page_load64_acquire(const uint64_t *word)
{
	return virtio_le64(port_load_acquire(word));
}

static inline void page_store32(uint32_t *word, uint32_t value)
{
	port_store(word, virtio_le32(value));
}

static inline void page_store64(uint64_t *word, uint64_t value)
{
	port_store(word, virtio_le64(value));
}

static inline void page_store32_release(uint32_t *word, uint32_t value)
{
	port_store_release(word, virtio_le32(value));
}

static inline void page_store64_release(uint64_t *word, uint64_t value)
{
	port_store_release(word, virtio_le64(value));
}

/* memset(memory, 0, size) that no compiler turns into a call of memset. */
static inline void page_clear(void *memory, size_t size)
{
	uint8_t *byte = memory;

	while (size--)
		port_store(byte++, 0);
}

#endif
