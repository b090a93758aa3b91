/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/partitioner: the kinds of devices that the firmware plays. Each
 * answers for its own registers and says GUEST_ACCESS_NONE of all others.
 *
 * Memory and concurrency: each kind's own; any hart of a compartment may call
 * at any time. Trust: an access is a guest's, of the compartment of `self`; its
 * width and alignment hold, its address can be any: own and foreign memory too.
 */
#ifndef LIB_PARTITIONER_PRESENT_H
#define LIB_PARTITIONER_PRESENT_H

#include <partitioner/arch.h>

/* ---- A console as a UART ---- */
enum guest_access_result present_uart_access(struct hart *self,
					     struct guest_access *access);

/* ---- A channel as a virtio-mmio device ---- */
enum guest_access_result present_channel_access(struct hart *self,
						struct guest_access *access);
/* Once, when windows are zero and before any compartment runs. */
void present_channel_setup(void);
/* The peer has rung bits that doorbell_take() took; whether that interrupted
 * the compartment. */
bool present_channel_rung(unsigned int compartment, uint64_t link,
			  uint64_t bits);

/*
 * Steps in the end of a compartment's life, by the hart that carries it out; of
 * those it serves first, so that two that serve each other do not wait for ever.
 *
 * All its harts are stopped, and all its devices: no server touches memory.
 */
void present_channel_server_down(unsigned int compartment);
/* Its own channels have been reset, and no server touches its memory on their
 * behalf; false if one does not come to rest. */
bool present_channel_quiesce(unsigned int compartment);
/* It is about to be started again; if that fails, it is down once more. */
void present_channel_server_up(unsigned int compartment);
/* It will not be. */
void present_channel_ended(unsigned int compartment);

#endif
