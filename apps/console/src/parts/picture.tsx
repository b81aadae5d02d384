// A picture that needs the API key: fetched with it, and shown from the bytes.
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useSession } from '../session.tsx'
import { blobOf } from './downloads.tsx'

/** Address of the bytes for as long as they are shown. */
export function useObjectUrl(bytes: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    if (bytes === undefined) return
    const made = URL.createObjectURL(bytes)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [bytes])
  return url
}

export function Picture({ query: { data, error }, alt }: { query: UseQueryResult<Blob>; alt: string }) {
  const url = useObjectUrl(data)
  if (error) return <span className="thumbnail missing">{error.message}</span>
  return url === undefined ? (
    <span className="thumbnail" />
  ) : (
    <img className="thumbnail" src={url} alt={alt} />
  )
}

interface ThumbnailProps {
  dataset: string
  version: number
  sha256: string
  alt: string
}

export function Thumbnail({ dataset: name, version, sha256, alt }: ThumbnailProps) {
  const { graft } = useSession()
  const path = { name, version, sha256 }
  const thumbnail = useQuery({
    queryKey: ['thumbnail', sha256, name],
    queryFn: async () => {
      const address = '/v1/datasets/{name}/versions/{version}/files/{sha256}/thumbnail'
      return blobOf(await graft.http.GET(address, { params: { path }, parseAs: 'blob' }))
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  return <Picture query={thumbnail} alt={alt} />
}
