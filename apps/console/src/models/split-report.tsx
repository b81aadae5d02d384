// How a version answers on the images of a split: confusions, rates by label, confidence, and its worst mistakes.
import type { Report } from '@graft/client/shapes'
import { decimal, percent } from '../figures.ts'
import { Confusion } from '../parts/confusion.tsx'
import { Thumbnail } from '../parts/picture.tsx'
import { useMay } from '../session.tsx'

interface SplitReportProps {
  report: NonNullable<Report['splits']['test']>
  labels: readonly string[]
  /** `name@version`, where it is known. */
  dataset: string | undefined
  /** Of the model, where it is told. */
  temperature?: number
}

export function SplitReport({ report, labels, dataset, temperature }: SplitReportProps) {
  const { images, accuracy, loss, confusion, classes, calibration, thresholds, top_losses } = report
  const [name, version] = dataset?.split('@') ?? []
  const maySee = useMay('data')
  return (
    <section>
      <p>
        Right about {percent(accuracy)} of {images} images; loss {decimal(loss)}.
      </p>
      <Confusion labels={labels} counts={confusion} />
      <div className="columns">
        <table>
          <caption>By label</caption>
          <thead>
            <tr>
              <th>Label</th>
              <th className="number">Precision</th>
              <th className="number">Recall</th>
              <th className="number">F1</th>
            </tr>
          </thead>
          <tbody>
            {classes.map(({ label, precision, recall, f1 }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td className="number">{percent(precision)}</td>
                <td className="number">{percent(recall)}</td>
                <td className="number">{percent(f1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <table>
          <caption>
            By confidence. Its expected calibration error is {percent(calibration.ece)}
            {temperature !== undefined && ` at temperature ${decimal(temperature, 2)}`}.
          </caption>
          <thead>
            <tr>
              <th className="number">From</th>
              <th className="number">Answered</th>
              <th className="number">Right of these</th>
            </tr>
          </thead>
          <tbody>
            {thresholds.map((row) => (
              <tr key={row.threshold}>
                <td className="number">{row.threshold}</td>
                <td className="number">{percent(row.coverage)}</td>
                <td className="number">{percent(row.accuracy)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {top_losses.length > 0 && (
        <>
          <h3>Most wrong about</h3>
          <ul className="grid">
            {top_losses.map(({ sha256, path, label, predicted, confidence }) => (
              <li key={sha256}>
                <figure>
                  {maySee && name && (
                    <Thumbnail dataset={name} version={Number(version)} sha256={sha256} alt={path} />
                  )}
                  <figcaption title={path}>
                    {label}
                    <br />
                    <span className="note">
                      answered {predicted}, {percent(confidence)}
                    </span>
                  </figcaption>
                </figure>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
