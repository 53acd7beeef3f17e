import { useQuery } from "@tanstack/react-query";
import type { Channel, FlowRow } from "@wasl/api";
import { useCallback } from "react";
import { api } from "../ground.ts";
import { useNamed } from "../names.ts";
import { useChannelKinds, useChannels } from "../settings/queries.ts";
import { useDemoPeople } from "../sign-in/demo.ts";

const listed = (archived: boolean) => ({
  queryKey: archived ? ["flows", "archived"] : ["flows"],
  queryFn: () => api.call("GET /flows", { query: { archived } }),
  staleTime: 0,
});
export const FLOWS = listed(false);
/** The flows that are in use, or those that are archived. */
export const useFlows = (archived = false) => useQuery(listed(archived));

/** The flow that a channel leads to. */
export const leaderOf = (flows: readonly FlowRow[], channelId: string): FlowRow | undefined =>
  flows.find(({ channel_ids }) => channel_ids.includes(channelId));

/** The channels that lead to a flow: what the list says, which every change reads again. */
export function useLeading(flow: { id: string; channel_ids: string[] }): readonly string[] {
  const flows = useFlows();
  return (flows.data?.items.find(({ id }) => id === flow.id) ?? flow).channel_ids;
}

/** A flow's name in the reader's language, else in any that it has, else its key. */
export function useFlowName(): (flow: Pick<FlowRow, "key" | "names">) => string {
  const named = useNamed();
  return useCallback(
    ({ key, names }) => {
      const any = Object.values(names).find((each) => each?.trim()) || key;
      return named({ en: any, fa: any, ar: any, ...names });
    },
    [named],
  );
}

export const SHOP = "/demo/shop";

/** The channel of the demo's shop, as the demo finds it; null where this is no demo. */
export function useShopChannel(): Channel | null {
  const demo = useDemoPeople();
  const kinds = useChannelKinds();
  const channels = useChannels();
  if (!demo.data?.length) return null;
  const chats = (kinds.data ?? []).filter(({ capabilities }) => capabilities.client_api === true);
  const isChat = (kind: string) => chats.some((each) => each.kind === kind);
  return (channels.data ?? []).find((each) => each.enabled && isChat(each.kind)) ?? null;
}
