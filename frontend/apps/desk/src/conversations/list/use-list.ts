import { useInfiniteQuery } from "@tanstack/react-query";
import type { ConversationRow, View } from "@wasl/api";
import { useItems, useScope } from "@wasl/realtime";
import { useEffect, useMemo, useState } from "react";
import { api } from "../../ground.ts";

const SCOPE_SIZE = 100;
const newestFirst = (a: ConversationRow, b: ConversationRow) =>
  b.last_message_at.localeCompare(a.last_message_at);

export interface ConversationList {
  rows: ConversationRow[];
  ready: boolean;
  failed: boolean;
  hasMore: boolean;
  loadMore: () => void;
  retry: () => void;
}

/** The newest hundred of a view, live; older ones and search results are read by HTTP. */
export function useList(view: View, search: string): ConversationList {
  const q = useSettled(search.trim());
  const live = useScope(q ? null : `list:${view}`);
  const liveRows = useItems<ConversationRow>(live, "conversation");
  const [wantsOlder, setWantsOlder] = useState<View | null>(null);
  const full = liveRows.length >= SCOPE_SIZE;
  const pages = useInfiniteQuery({
    queryKey: ["conversations", view, q],
    queryFn: ({ pageParam, signal }) =>
      api.call("GET /conversations", { query: { view, q, after: pageParam, limit: 50 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    enabled: Boolean(q) || wantsOlder === view,
    staleTime: 5_000,
  });
  const read = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);

  const rows = useMemo(() => {
    if (q) return read;
    const known = new Map(liveRows.map((row) => [row.id, row]));
    const oldest = liveRows.map((row) => row.last_message_at).sort()[0] ?? "";
    // Pages tell only what is older than the live part: that part knows better who belongs to it.
    for (const row of read)
      if ((!oldest || row.last_message_at < oldest) && !known.has(row.id)) known.set(row.id, row);
    return [...known.values()].sort(newestFirst);
  }, [q, read, liveRows]);

  return {
    rows,
    ready: q ? !pages.isPending : live.ready,
    failed: q ? pages.isError : live.error !== null,
    hasMore: q ? pages.hasNextPage : full && (wantsOlder !== view || pages.hasNextPage),
    loadMore: () => (q || wantsOlder === view ? void pages.fetchNextPage() : setWantsOlder(view)),
    retry: () => void pages.refetch(),
  };
}

/** The text once the typing has paused. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    if (!text) {
      setSettled("");
      return;
    }
    const timer = setTimeout(() => setSettled(text), 200);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
