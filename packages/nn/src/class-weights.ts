// How much an image of each class counts where some have far fewer images than others.

/**
 * Each class counts as much as any other, and the images one on average: N / (C n_c), without the classes that have
 * no images. Source: scikit-learn's `compute_class_weight('balanced')`.
 *
 * @param labels class indices, [N]
 * @returns [classes]
 */
export function balancedWeights(labels: Int32Array, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0)
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1
  const present = counts.filter((count) => count > 0).length
  return counts.map((count) => (count === 0 ? 1 : labels.length / (present * count)))
}
