// Which versions answer, and each one's share.
import type { Endpoint } from '@graft/client/shapes'
import { percent } from '../figures.ts'
import { Bar } from '../parts/bar.tsx'
import { ModelLink } from '../parts/references.tsx'

export function Traffic({ traffic }: { traffic: Endpoint['traffic'] }) {
  const total = traffic.reduce((sum, { weight }) => sum + weight, 0)
  return (
    <div className="traffic">
      {traffic.length > 1 && <Bar parts={traffic.map(({ weight }) => weight)} of={total} />}
      {traffic.map(({ model, weight }, index) => (
        <span key={model}>
          <ModelLink reference={model} />{' '}
          {traffic.length > 1 && <span className={`legend c${index}`}>{percent(weight / total)}</span>}
        </span>
      ))}
    </div>
  )
}
