// Images for each label and split, as bars and numbers.
import type { DatasetVersion } from '@graft/client/shapes'
import { Bar } from '../parts/bar.tsx'
import { SPLITS } from './splits.ts'

interface LabelCountsProps {
  labels: readonly string[]
  splits: DatasetVersion['splits']
  cut: DatasetVersion['cut_splits']
}

export function LabelCounts({ labels, splits, cut }: LabelCountsProps) {
  const counts = labels.map((label) => SPLITS.map((split) => splits[split][label] ?? 0))
  const most = Math.max(1, ...counts.map((parts) => parts.reduce((sum, part) => sum + part, 0)))
  return (
    <section>
      <h2>Labels</h2>
      {cut.length > 0 && (
        <p className="note">
          The upload had no {cut.join(' and no ')} split: {cut.length === 1 ? 'it was' : 'they were'} cut from
          its training images.
        </p>
      )}
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th>Label</th>
              <th aria-label="Shares" className="wide" />
              {SPLITS.map((split, index) => (
                <th key={split} className="number">
                  <span className={`legend c${index}`}>{split}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((label, row) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td className="wide">
                  <Bar parts={counts[row] ?? []} of={most} />
                </td>
                {SPLITS.map((split, index) => (
                  <td key={split} className="number">
                    {counts[row]?.[index]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
