// A picture that needs the API key: fetched with it, and shown from the bytes.
import { dataOf } from '@graft/client/client'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useSession } from '../session.tsx'

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

interface ThumbnailProps {
  dataset: string
  version: number
  sha256: string
  alt: string
}

export function Thumbnail({ dataset: name, version, sha256, alt }: ThumbnailProps) {
  const { graft } = useSession()
  const path = { name, version, sha256 }
  const { data, error } = useQuery({
    queryKey: ['thumbnail', sha256, name],
    queryFn: async () => {
      const address = '/v1/datasets/{name}/versions/{version}/files/{sha256}/thumbnail'
      const answer = await graft.http.GET(address, { params: { path }, parseAs: 'blob' })
      return dataOf(answer) as Blob
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  const url = useObjectUrl(data)
  if (error) return <span className="thumbnail missing">{error.message}</span>
  return url === undefined ? (
    <span className="thumbnail" />
  ) : (
    <img className="thumbnail" src={url} alt={alt} />
  )
}
