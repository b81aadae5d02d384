// The class activation map: which places of the image speak for a label.
//
// A logit is the head's weights times the feature map's mean over all places, so each place's own product is its share
// of the logit. Source: Zhou et al., "Learning Deep Features for Discriminative Localization", 2016, equation 2.

/**
 * @param featureMap [features, side, side]
 * @param weights the label's row of the head, [features]
 * @returns side rows of side values, the lowest 0 and the highest 1
 */
export function classActivation(featureMap: Float32Array, weights: Float32Array): number[][] {
  const places = featureMap.length / weights.length
  const side = Math.sqrt(places)
  const shares = new Float64Array(places)
  for (const [feature, weight] of weights.entries()) {
    for (let place = 0; place < places; place += 1) {
      shares[place] = (shares[place] ?? 0) + weight * (featureMap[feature * places + place] ?? 0)
    }
  }
  const least = shares.reduce((low, share) => Math.min(low, share))
  const range = shares.reduce((high, share) => Math.max(high, share)) - least
  const scaled = Array.from(shares, (share) => (range === 0 ? 0 : (share - least) / range))
  return Array.from({ length: side }, (_, row) => scaled.slice(row * side, (row + 1) * side))
}
