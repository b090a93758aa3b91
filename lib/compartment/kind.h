/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/compartment: how a row of what is known about devices is written.
 *
 * Memory: constant. Concurrency: none. Trust: our own word.
 */
#ifndef LIB_COMPARTMENT_KIND_H
#define LIB_COMPARTMENT_KIND_H

#include <compartment/board.h>

#define KIND(compatible_, dma_, reset_, role_)				\
	{ .compatible = (compatible_), .dma = DEVICE_DMA_##dma_,	\
	  .reset = DEVICE_RESET_##reset_, .role = DEVICE_ROLE_##role_ }

#endif
