// Links to what a reference as `name@3` names.
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

export function JobLink({ id }: { id: string }) {
  return (
    <Link href={`/jobs/${id}`} title={id}>
      …{id.slice(-6)}
    </Link>
  )
}
