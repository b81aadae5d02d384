// A list that is read page by page, each after the last id of the one before.
import { useInfiniteQuery } from '@tanstack/react-query'

interface ListPage<T> {
  data: T[]
  has_more: boolean
  last_id: string | null
}

export interface Pages<T> {
  /** Undefined until the first page is there. */
  rows: T[] | undefined
  error: Error | null
  hasMore: boolean
  isBusy: boolean
  more(): void
}

/** @param everyMs reads what is shown again so often; what a list says may change while it is looked at */
export function usePages<T>(
  key: readonly unknown[],
  read: (after: { after?: string }) => Promise<ListPage<T>>,
  everyMs: number | false = false,
): Pages<T> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam === undefined ? {} : { after: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ has_more, last_id }) => (has_more && last_id !== null ? last_id : undefined),
    refetchInterval: everyMs,
  })
  return {
    rows: query.data?.pages.flatMap(({ data }) => data),
    error: query.error,
    hasMore: query.hasNextPage,
    isBusy: query.isFetchingNextPage,
    more: () => void query.fetchNextPage(),
  }
}
