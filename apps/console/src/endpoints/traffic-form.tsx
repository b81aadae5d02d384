// Sets what answers at an endpoint: versions and their weights, the threshold, and a shadow.
import { dataOf } from '@graft/client/client'
import type { Endpoint } from '@graft/client/shapes'
import { type FormEvent, useId, useState } from 'react'
import { useChange } from '../change.ts'
import { ModelChoices } from '../parts/model-choices.tsx'
import { Problem } from '../parts/problem.tsx'
import { useSession } from '../session.tsx'

interface TrafficFormProps {
  name: string
  /** What it is now. */
  endpoint?: Endpoint
  onDone?: () => void
}

export function TrafficForm({ name, endpoint, onDone }: TrafficFormProps) {
  const { graft } = useSession()
  const [shares, setShares] = useState(endpoint?.traffic ?? [{ model: '', weight: 100 }])
  const stated = typeof endpoint?.threshold === 'object' ? endpoint.threshold : undefined
  const [threshold, setThreshold] = useState(String(stated?.precision ?? endpoint?.threshold ?? 0))
  const [isPrecision, setPrecision] = useState(stated !== undefined)
  const [shadow, setShadow] = useState(endpoint?.shadow ?? '')
  const choices = useId()
  const put = useChange(async () => {
    const value = Number(threshold)
    const body = {
      traffic: shares,
      threshold: isPrecision ? { precision: value } : value,
      shadow: shadow.trim() || null,
      // What this form does not show stays as it is.
      ...(endpoint && kept(endpoint)),
    }
    return dataOf(await graft.http.PUT('/v1/endpoints/{name}', { params: { path: { name } }, body }))
  }, onDone)
  const change = (index: number, part: Partial<(typeof shares)[number]>) =>
    setShares(shares.map((share, at) => (at === index ? { ...share, ...part } : share)))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    put.mutate()
  }
  return (
    <form className="form" onSubmit={submit}>
      <ModelChoices id={choices} />
      {shares.map(({ model, weight }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a share is its place
        <fieldset key={index} className="share">
          <legend>{shares.length > 1 ? `Version ${index + 1}` : 'Version'}</legend>
          <input
            aria-label="Model"
            list={choices}
            value={model}
            onChange={(event) => change(index, { model: event.target.value.trim() })}
            placeholder="name@version or name@alias"
            required
          />
          <label className="inline">
            Weight{' '}
            <input
              type="number"
              min="0.01"
              max="100"
              step="any"
              value={weight}
              onChange={(event) => change(index, { weight: Number(event.target.value) })}
              required
            />
          </label>
          {shares.length > 1 && (
            <button type="button" className="quiet" onClick={() => setShares(shares.toSpliced(index, 1))}>
              Remove
            </button>
          )}
        </fieldset>
      ))}
      <button
        type="button"
        className="quiet"
        onClick={() => setShares([...shares, { model: '', weight: 10 }])}
      >
        Add a version
      </button>
      <fieldset className="share">
        <legend>Accept an answer from</legend>
        <select
          aria-label="Kind of threshold"
          value={isPrecision ? 'precision' : 'confidence'}
          onChange={(event) => setPrecision(event.target.value === 'precision')}
        >
          <option value="confidence">a confidence of</option>
          <option value="precision">a precision of</option>
        </select>
        <input
          aria-label="Threshold"
          type="number"
          min="0"
          max="1"
          step="any"
          value={threshold}
          onChange={(event) => setThreshold(event.target.value)}
          required
        />
      </fieldset>
      <label className="field">
        Shadow: a version that is asked as well, and never answers
        <input
          list={choices}
          value={shadow}
          onChange={(event) => setShadow(event.target.value)}
          placeholder="none"
        />
      </label>
      <div className="actions">
        <button type="submit" className="primary" disabled={put.isPending || name === ''}>
          Set traffic
        </button>
      </div>
      {put.error && <Problem error={put.error} />}
    </form>
  )
}

const kept = ({ thresholds, idle_timeout_seconds, capture }: Endpoint) => ({
  thresholds,
  idle_timeout_seconds,
  capture,
})
