// How well logits say the labels: mean cross-entropy and accuracy.

export interface Score {
  /** Mean over the rows of -log softmax(logits)[label], in nats. */
  loss: number
  /** Share of the rows whose largest logit stands at the label. */
  accuracy: number
}

/** logits [N, C] flat, labels [N]; N of at least 1. */
export function score(logits: ArrayLike<number>, labels: ArrayLike<number>): Score {
  const classes = logits.length / labels.length
  let loss = 0
  let correct = 0
  for (let row = 0; row < labels.length; row += 1) {
    const start = row * classes
    let largest = Number.NEGATIVE_INFINITY
    let winner = 0
    for (let index = 0; index < classes; index += 1) {
      const logit = logits[start + index] ?? 0
      if (logit > largest) {
        largest = logit
        winner = index
      }
    }
    let sum = 0
    for (let index = 0; index < classes; index += 1) sum += Math.exp((logits[start + index] ?? 0) - largest)
    const label = labels[row] ?? 0
    loss += Math.log(sum) + largest - (logits[start + label] ?? 0)
    if (winner === label) correct += 1
  }
  return { loss: loss / labels.length, accuracy: correct / labels.length }
}
