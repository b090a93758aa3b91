// SPDX-License-Identifier: BSD-2-Clause
// Where QEMU's virt machine keeps what the manifests grant.
// One of AIA_NONE, AIA_APLIC and AIA_APLIC_IMSIC is defined.
#ifdef AIA_NONE
#define INTERRUPT_CONTROLLER	"/soc/plic@c000000"
#else
#define INTERRUPT_CONTROLLER	"/soc/interrupt-controller@d000000"
#endif
#define DISK			"/soc/virtio_mmio@10001000"
#define SECOND_DISK		"/soc/virtio_mmio@10002000"
