// A confusion matrix: rows are what an image is, columns what was answered.

export function Confusion({ labels, counts }: { labels: readonly string[]; counts: readonly number[][] }) {
  return (
    <div className="scroll">
      <table className="confusion">
        <caption>Rows are what an image is, columns what was answered.</caption>
        <thead>
          <tr>
            <th aria-label="Label" />
            {labels.map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, row) => {
            const answers = counts[row] ?? []
            const images = answers.reduce((sum, count) => sum + count, 0)
            return (
              <tr key={label}>
                <th scope="row">{label}</th>
                {labels.map((answer, column) => {
                  const count = answers[column] ?? 0
                  const strength = Math.round((count / (images || 1)) * 70)
                  const colour = row === column ? 'var(--good)' : 'var(--bad)'
                  return (
                    <td
                      key={answer}
                      style={{ background: `color-mix(in srgb, ${colour} ${strength}%, transparent)` }}
                    >
                      {count}
                    </td>
                  )
                })}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
