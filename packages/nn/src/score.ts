// How well logits say the labels: cross-entropy and accuracy.

export interface Score {
  /** Mean over the rows of -log softmax(logits)[label], in nats. */
  loss: number
  /** Share of the rows whose largest logit stands at the label. */
  accuracy: number
}

/** logits [N, C] flat, labels [N]; N of at least 1. */
export function score(logits: ArrayLike<number>, labels: ArrayLike<number>): Score {
  const classes = logits.length / labels.length
  let correct = 0
  for (let row = 0; row < labels.length; row += 1) {
    let winner = 0
    for (let index = 1; index < classes; index += 1) {
      if ((logits[row * classes + index] ?? 0) > (logits[row * classes + winner] ?? 0)) winner = index
    }
    if (winner === labels[row]) correct += 1
  }
  const loss = losses(logits, labels).reduce((sum, each) => sum + each, 0)
  return { loss: loss / labels.length, accuracy: correct / labels.length }
}

/** The cross-entropy of each row, [N]. */
export function losses(logits: ArrayLike<number>, labels: ArrayLike<number>): Float64Array {
  const classes = logits.length / labels.length
  return Float64Array.from({ length: labels.length }, (_, row) => {
    const start = row * classes
    let largest = Number.NEGATIVE_INFINITY
    for (let index = 0; index < classes; index += 1) largest = Math.max(largest, logits[start + index] ?? 0)
    let sum = 0
    for (let index = 0; index < classes; index += 1) sum += Math.exp((logits[start + index] ?? 0) - largest)
    return Math.log(sum) + largest - (logits[start + (labels[row] ?? 0)] ?? 0)
  })
}
