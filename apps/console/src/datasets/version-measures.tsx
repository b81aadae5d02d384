// Sizes and shapes of the images of a version.
import { dataOf } from '@graft/client/client'
import { useQuery } from '@tanstack/react-query'
import { bytes, decimal } from '../figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { useSession } from '../session.tsx'

const whole = (value: number) => String(Math.round(value))

export function VersionMeasures({ dataset, version }: { dataset: string; version: number }) {
  const { graft } = useSession()
  const statistics = useQuery({
    queryKey: ['statistics', dataset, version],
    queryFn: async () => {
      const params = { path: { name: dataset, version } }
      return dataOf(await graft.http.GET('/v1/datasets/{name}/versions/{version}/statistics', { params }))
    },
  })
  return (
    <section>
      <h2>Measures</h2>
      <Loaded query={statistics}>
        {({ imbalance, width, height, aspect_ratio, bytes: sizes }) => (
          <>
            {imbalance !== null && (
              <p>For one image of the smallest label there are {decimal(imbalance, 1)} of the largest.</p>
            )}
            <div className="scroll">
              <table>
                <thead>
                  <tr>
                    <th aria-label="Measure" />
                    <th className="number">Least</th>
                    <th className="number">Median</th>
                    <th className="number">Mean</th>
                    <th className="number">95th percentile</th>
                    <th className="number">Greatest</th>
                  </tr>
                </thead>
                <tbody>
                  {(
                    [
                      ['Width, pixels', width, whole],
                      ['Height, pixels', height, whole],
                      ['Width by height', aspect_ratio, (value: number) => decimal(value, 2)],
                      ['Size', sizes, bytes],
                    ] as const
                  ).map(
                    ([title, spread, write]) =>
                      spread && (
                        <tr key={title}>
                          <th scope="row">{title}</th>
                          {[spread.least, spread.median, spread.mean, spread.p95, spread.greatest].map(
                            (value, index) => (
                              // biome-ignore lint/suspicious/noArrayIndexKey: a measure is its place
                              <td key={index} className="number">
                                {write(value)}
                              </td>
                            ),
                          )}
                        </tr>
                      ),
                  )}
                </tbody>
              </table>
            </div>
          </>
        )}
      </Loaded>
    </section>
  )
}
