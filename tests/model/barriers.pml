/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the variants of the suppression models leave out: each barrier and each
 * second look of either side, one at a time.
 */
#ifdef WITHOUT_DRIVER_PUBLISH_BARRIER
#define DRIVER_PUBLISH_BARRIER false
#else
#define DRIVER_PUBLISH_BARRIER true
#endif
#ifdef WITHOUT_DEVICE_PUBLISH_BARRIER
#define DEVICE_PUBLISH_BARRIER false
#else
#define DEVICE_PUBLISH_BARRIER true
#endif
#ifdef WITHOUT_DRIVER_ENABLE_BARRIER
#define DRIVER_ENABLE_BARRIER false
#else
#define DRIVER_ENABLE_BARRIER true
#endif
#ifdef WITHOUT_DEVICE_ENABLE_BARRIER
#define DEVICE_ENABLE_BARRIER false
#else
#define DEVICE_ENABLE_BARRIER true
#endif
#ifdef WITHOUT_DRIVER_RECHECK
#define DRIVER_RECHECK false
#else
#define DRIVER_RECHECK true
#endif
#ifdef WITHOUT_DEVICE_RECHECK
#define DEVICE_RECHECK false
#else
#define DEVICE_RECHECK true
#endif
