// Two versions beside each other, on the images that both were measured on.
import { dataOf } from '@graft/client/client'
import type { Comparison } from '@graft/client/shapes'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearch } from 'wouter'
import { decimal, percent } from '../figures.ts'
import { Confusion } from '../parts/confusion.tsx'
import { Facts } from '../parts/facts.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { ModelLink } from '../parts/references.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'

const SPLITS = ['test', 'validation', 'train'] as const

export function ComparePage({ params: { a, b } }: { params: { a: string; b: string } }) {
  const { graft } = useSession()
  const search = new URLSearchParams(useSearch())
  const asked = SPLITS.find((name) => name === search.get('split'))
  const [split, setSplit] = useState(asked ?? 'test')
  const comparison = useQuery({
    queryKey: ['comparison', a, b, split],
    queryFn: async () => {
      const params = { path: { reference: a, other: b }, query: { split } }
      return dataOf(await graft.http.GET('/v1/models/{reference}/compare/{other}', { params }))
    },
  })
  const choice = (
    <label className="inline">
      Measured on{' '}
      <select value={split} onChange={(event) => setSplit(event.target.value as typeof split)}>
        {SPLITS.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  )
  return (
    <Page title={`${a} and ${b}`} actions={choice}>
      <Loaded query={comparison}>{(data) => <Compared comparison={data} />}</Loaded>
    </Page>
  )
}

function Compared({ comparison: { a, b, common, disagreements } }: { comparison: Comparison }) {
  return (
    <>
      <Facts
        facts={[
          ['Images of both', common.images],
          ['Both right', common.both_right],
          [`Only ${a.model} right`, common.only_a_right],
          [`Only ${b.model} right`, common.only_b_right],
          ['Both wrong', common.both_wrong],
        ]}
      />
      {common.p_value !== null && (
        <p>
          If both were equally good, a difference like this, or a greater one, would come with a probability{' '}
          {common.p_value < 0.001 ? 'below 0.001' : `of ${decimal(common.p_value)}`} (McNemar's exact test).
        </p>
      )}
      <div className="columns">
        {[a, b].map((side) => (
          <section key={side.model}>
            <h2>
              <ModelLink reference={side.model} />
            </h2>
            <p>
              {percent(side.accuracy)} of {side.images} images; loss {decimal(side.loss)}.
            </p>
            <Confusion labels={side.labels} counts={side.confusion} />
          </section>
        ))}
      </div>
      <h2>{common.disagreements} images with two answers</h2>
      {disagreements.length > 0 && (
        <Table columns={['Image', 'It is', `${a.model} says`, `${b.model} says`]}>
          {disagreements.map((image) => (
            <tr key={image.sha256}>
              <td className="path">{image.path}</td>
              <td>{image.label}</td>
              {[image.a, image.b].map(({ predicted, confidence }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the one side and the other
                <td key={index} className={predicted === image.label ? 'right' : 'wrong'}>
                  {predicted} <span className="note">{percent(confidence)}</span>
                </td>
              ))}
            </tr>
          ))}
        </Table>
      )}
    </>
  )
}
