/* SPDX-License-Identifier: BSD-2-Clause */
/* A device side against a hostile driver, the same for both formats. */
#ifndef RING_DEVICE_H
#define RING_DEVICE_H

#include "fuzz.h"

/* One run; @format is 0 or VIRTIO_FEATURE(VIRTIO_F_RING_PACKED). */
void ring_device_run(struct fuzz_input *in, uint64_t format);

#endif
