/* SPDX-License-Identifier: BSD-2-Clause */
/* Feature negotiation; the contract is in the header. */
#include <stddef.h>

#include <virtio/features.h>

/* Those of @features whose requirements are not among @features. */
static uint64_t features_unmet(uint64_t features,
			       const struct virtio_feature_rule *rule)
{
	uint64_t unmet = 0;

	for (; rule && rule->one_of; rule++) {
		if (!(features & rule->one_of))
			unmet |= features & VIRTIO_FEATURE(rule->feature);
	}
	return unmet;
}

int virtio_features_choose(uint64_t offered, uint64_t wanted, uint64_t required,
			   const struct virtio_feature_rule *rules,
			   uint64_t *chosen)
{
	uint64_t features, unmet;

	required |= VIRTIO_FEATURE(VIRTIO_F_VERSION_1);
	/* Bits that nobody here knows may change the meaning of those that are
	 * known: a device cannot talk a driver into them (2.2.1). */
	features = offered & (wanted | required) &
		   (VIRTIO_TRANSPORT_FEATURES | ~VIRTIO_TRANSPORT_BITS);
	/* Each round drops a bit, and with it perhaps what another requires. */
	while ((unmet = features_unmet(features, rules)))
		features &= ~unmet;
	if ((features & required) != required)
		return VIRTIO_ERR_FEATURES;
	*chosen = features;
	return VIRTIO_OK;
}

int virtio_features_judge(uint64_t accepted, uint64_t offered,
			  uint64_t required,
			  const struct virtio_feature_rule *rules)
{
	required |= VIRTIO_FEATURE(VIRTIO_F_VERSION_1);
	/* A driver that accepts what was not offered would have code of the
	 * device run that its owner left out. */
	if (accepted & ~offered)
		return VIRTIO_ERR_FEATURES;
	if ((accepted & required) != required)
		return VIRTIO_ERR_FEATURES;
	/* Half of a pair would reach code that takes the other for granted. */
	if (features_unmet(accepted, rules))
		return VIRTIO_ERR_FEATURES;
	return VIRTIO_OK;
}
