/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver side against a hostile device, the same for both formats. */
#ifndef RING_DRIVER_H
#define RING_DRIVER_H

#include "fuzz.h"

/* One run; @format is 0 or VIRTIO_FEATURE(VIRTIO_F_RING_PACKED). */
void ring_driver_run(struct fuzz_input *in, uint64_t format);

#endif
