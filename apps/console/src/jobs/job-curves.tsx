// Loss and accuracy of a job as it goes on.

import { decimal, percent } from '../figures.ts'
import { Chart } from '../parts/chart.tsx'
import type { JobFeed } from './job-feed.ts'

export function JobCurves({ feed: { events, losses } }: { feed: JobFeed }) {
  const points = (name: string) =>
    events.flatMap(({ type, data }): [number, number][] => {
      const { epoch, stage, [name]: value } = data
      if (type !== 'metrics' || stage === 'average') return []
      return typeof epoch === 'number' && typeof value === 'number' ? [[epoch, value]] : []
    })
  const series = (metric: string) =>
    (['train', 'validation', 'test'] as const).map((name, colour) => ({
      name,
      colour,
      points: points(`${name}_${metric}`),
      dots: true,
    }))
  return (
    <div className="charts">
      <Chart
        title="Loss"
        xTitle="epoch"
        series={[{ name: 'step', colour: 3, points: losses }, ...series('loss')]}
        format={(value) => decimal(value, 2)}
      />
      <Chart title="Accuracy" xTitle="epoch" series={series('accuracy')} format={percent} />
    </div>
  )
}
