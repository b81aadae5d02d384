// What a job would take.
import type { DryRun } from '@graft/client/shapes'
import { bytes, decimal, duration } from '../figures.ts'
import { Facts } from '../parts/facts.tsx'

export function Estimate({
  plan: { eta_seconds, images_per_second, peak_memory_bytes, images, engine },
}: {
  plan: DryRun
}) {
  return (
    <div className="card" role="status">
      <Facts
        facts={[
          ['Would take about', duration(eta_seconds)],
          ['Speed', `${decimal(images_per_second, 1)} images/s`],
          ['Memory', bytes(peak_memory_bytes)],
          ['Images', `${images.train} to train on, ${images.validation} and ${images.test} held out`],
          ['Engine', engine],
        ]}
      />
    </div>
  )
}
