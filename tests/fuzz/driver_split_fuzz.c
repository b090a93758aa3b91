/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver side of a split ring against a device without scruples. */
#include <virtio/features.h>

#include "ring_driver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };

	ring_driver_run(&in, 0);
	return 0;
}
