/* SPDX-License-Identifier: BSD-2-Clause */
/* The device side of a packed ring against a driver without scruples. */
#include <virtio/features.h>

#include "ring_device.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };

	ring_device_run(&in, VIRTIO_FEATURE(VIRTIO_F_RING_PACKED));
	return 0;
}
