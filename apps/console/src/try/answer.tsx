// An image and what an endpoint says of it.
import { useQuery } from '@tanstack/react-query'
import { decimal, percent } from '../figures.ts'
import { Bar } from '../parts/bar.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useObjectUrl } from '../parts/picture.tsx'
import { Status } from '../parts/status.tsx'
import { useSession } from '../session.tsx'

/** Labels that are shown. */
const SHOWN = 5

interface AnswerProps {
  id: string
  file: File
  endpoint: string
  showsMap: boolean
}

export function Answer({ id, file, endpoint, showsMap }: AnswerProps) {
  const { graft } = useSession()
  const url = useObjectUrl(file)
  const answer = useQuery({
    queryKey: ['answer', id, endpoint, showsMap],
    queryFn: () => graft.predict(endpoint, file, showsMap ? { explain: 'cam' } : {}),
    staleTime: Number.POSITIVE_INFINITY,
    // The answer without the map is shown until the one with it is there.
    placeholderData: (before, query) => (query?.queryKey[2] === endpoint ? before : undefined),
  })
  const map = showsMap ? answer.data?.explanation?.overlay_png : undefined
  const picture = map === undefined ? url : `data:image/png;base64,${map}`
  return (
    <li className="answer card">
      <figure>
        {picture && <img src={picture} alt={file.name} />}
        <figcaption>{file.name}</figcaption>
      </figure>
      <Loaded query={answer}>
        {({ model, predictions, decision, threshold, timings, fallback }) => (
          <div>
            <p className="links">
              <Status state={decision} /> <span>{model}</span>
              {fallback && <span className="note">instead of {fallback.instead_of}</span>}
            </p>
            <table className="ranks">
              <tbody>
                {predictions.slice(0, SHOWN).map(({ label, confidence }) => (
                  <tr key={label}>
                    <th scope="row">{label}</th>
                    <td className="wide">
                      <Bar parts={[confidence]} of={1} />
                    </td>
                    <td className="number">{percent(confidence)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            <p className="note">
              {predictions.length > SHOWN && `The first ${SHOWN} of ${predictions.length} labels. `}
              {threshold !== null && threshold > 0 && `Accepted from ${percent(threshold)} on. `}
              {decimal(timings.total, 1)} ms: {decimal(timings.queue, 1)} waiting,{' '}
              {decimal(timings.decode, 1)} decoding, {decimal(timings.run, 1)} in the network.
            </p>
          </div>
        )}
      </Loaded>
    </li>
  )
}
