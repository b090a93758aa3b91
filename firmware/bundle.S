/* SPDX-License-Identifier: BSD-2-Clause */
/* One system's bundle, as it is linked behind the AArch64 firmware. */
	.section .bundle, "a", @progbits
	.incbin "bundle.itb"
