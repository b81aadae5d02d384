// A version's report: how its training went, and how it answers on images that it was not trained on.
import { dataOf } from '@graft/client/client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { decimal, duration, percent } from '../figures.ts'
import { Chart } from '../parts/chart.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useSession } from '../session.tsx'
import { SplitReport } from './split-report.tsx'

type Split = 'test' | 'validation' | 'train'

export function ReportView({ reference, dataset }: { reference: string; dataset: string | undefined }) {
  const { graft } = useSession()
  const [chosen, setChosen] = useState<Split>()
  const report = useQuery({
    queryKey: ['report', reference],
    queryFn: async () => {
      const params = { path: { reference }, query: { format: 'json' } } as const
      const answer = dataOf(await graft.http.GET('/v1/models/{reference}/report', { params }))
      if (typeof answer === 'string') throw new Error('the report was asked for as JSON')
      return answer
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Loaded query={report}>
      {({ curve, training, splits, labels, temperature }) => {
        const measured = (['test', 'validation', 'train'] as const).filter((split) => splits[split])
        const split = chosen ?? measured[0]
        const shown = split && splits[split]
        const series = (metric: 'loss' | 'accuracy') =>
          (['train', 'validation', 'test'] as const).map((name, colour) => ({
            name,
            colour,
            dots: true,
            points: curve.flatMap(
              ({ stage, epoch, [`${name}_${metric}` as const]: value }): [number, number][] =>
                value === undefined || stage === 'average' ? [] : [[epoch, value]],
            ),
          }))
        return (
          <>
            <section>
              <h2>Training</h2>
              {training && (
                <p className="note">
                  {duration(training.seconds)}, {decimal(training.images_per_second, 1)} images/s.
                </p>
              )}
              <div className="charts">
                <Chart
                  title="Loss"
                  xTitle="epoch"
                  series={series('loss')}
                  format={(value) => decimal(value, 2)}
                />
                <Chart title="Accuracy" xTitle="epoch" series={series('accuracy')} format={percent} />
              </div>
            </section>
            {shown && (
              <>
                <div className="heading">
                  <h2>Answers</h2>
                  <label className="inline">
                    Measured on{' '}
                    <select value={split} onChange={(event) => setChosen(event.target.value as Split)}>
                      {measured.map((name) => (
                        <option key={name}>{name}</option>
                      ))}
                    </select>
                  </label>
                </div>
                <SplitReport report={shown} labels={labels} dataset={dataset} temperature={temperature} />
              </>
            )}
          </>
        )
      }}
    </Loaded>
  )
}
