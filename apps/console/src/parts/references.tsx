// Links to what a reference as `name@3`, a name or an id names.
import { Link } from 'wouter'

const pathOf = (reference: string) => reference.replace('@', '/')

export function DatasetLink({ reference }: { reference: string }) {
  return <Link href={`/datasets/${pathOf(reference)}`}>{reference}</Link>
}

export function ModelLink({ reference }: { reference: string }) {
  return <Link href={`/models/${pathOf(reference)}`}>{reference}</Link>
}

export function EndpointLink({ name }: { name: string }) {
  return <Link href={`/endpoints/${name}`}>{name}</Link>
}

export const JobLink = ({ id }: { id: string }) => <IdLink kind="jobs" id={id} />
export const SweepLink = ({ id }: { id: string }) => <IdLink kind="sweeps" id={id} />
export const BatchLink = ({ id }: { id: string }) => <IdLink kind="batches" id={id} />
export const EvaluationLink = ({ id }: { id: string }) => <IdLink kind="evaluations" id={id} />

/** Ids are long: their end tells them apart. */
function IdLink({ kind, id }: { kind: string; id: string }) {
  return (
    <Link href={`/${kind}/${id}`} title={id}>
      …{id.slice(-6)}
    </Link>
  )
}
