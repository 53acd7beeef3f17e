import type { Channel, FlowRow } from "@wasl/api";
import { isolate } from "@wasl/i18n";
import { Button, ChannelBadge, Checkbox, Dialog, toast } from "@wasl/ui";
import { useState } from "react";
import { useErrorToast } from "../../errors.ts";
import { api, queryClient } from "../../ground.ts";
import { useChannelName } from "../../names.ts";
import { useChannels } from "../../settings/queries.ts";
import { FLOWS, leaderOf, useFlowName, useFlows, useLeading, useShopChannel } from "../leading.ts";
import { TryAsVisitor } from "../try-as-visitor.tsx";
import type { Draft } from "../use-draft.ts";
import type { Words } from "../words.ts";

/** By channel and the flow that took it: the flow that had it, for as long as this page is open. */
const takenFrom = new Map<string, FlowRow>();

/** Which channels lead to the flow. Takes effect at once for conversations that begin. */
export function Channels({ draft, words }: { draft: Draft; words: Words }) {
  const { t } = words;
  const { flow, definition } = draft;
  const channels = useChannels();
  const flows = useFlows();
  const leading = useLeading(flow);
  const shop = useShopChannel();
  const kindName = useChannelName();
  const flowName = useFlowName();
  const failed = useErrorToast();
  const [asked, setAsked] = useState<{ channel: Channel; leader: FlowRow } | null>(null);
  const here = words.text(definition.name) || flow.key;

  const lead = async (channel: Channel, flowId: string | null) => {
    await api.call("PUT /channels/{id}/flow", {
      path: { id: channel.id },
      body: { flow_id: flowId },
    });
    await queryClient.invalidateQueries({ queryKey: FLOWS.queryKey });
  };
  const undo = (channel: Channel, flowId: string | null, label = t("settings.undo")) => ({
    action: { label, run: () => void lead(channel, flowId).catch(failed) },
  });
  const take = async (channel: Channel, leader?: FlowRow) => {
    await lead(channel, flow.id);
    const key = `${channel.id} ${flow.id}`;
    if (leader) takenFrom.set(key, leader);
    else takenFrom.delete(key);
    toast(
      t("flows.leads_here", { channel: isolate(channel.name) }),
      undo(channel, leader?.id ?? null),
    );
  };
  /** Asks first where another flow would lose the channel. */
  const tick = async (channel: Channel) => {
    const { items } = await queryClient.fetchQuery(FLOWS); // another may have taken it meanwhile
    const leader = leaderOf(items, channel.id);
    if (leader && leader.id !== flow.id) setAsked({ channel, leader });
    else await take(channel);
  };
  const untick = async (channel: Channel) => {
    await lead(channel, null);
    const before = takenFrom.get(`${channel.id} ${flow.id}`);
    toast(
      t("flows.leads_to_people", { channel: isolate(channel.name) }),
      before
        ? undo(channel, before.id, t("flows.give_back", { flow: isolate(flowName(before)) }))
        : undo(channel, flow.id),
    );
  };
  const close = () => setAsked(null);
  return (
    <fieldset className="grid gap-2.5">
      <legend className="mb-1.5 text-[13px] font-semibold">{t("flows.channels")}</legend>
      <p className="-mt-1 text-xs text-ink-2">
        {t(flow.published ? "flows.channels_about" : "flows.channels_later")}
      </p>
      {(channels.data ?? []).map((channel) => {
        const { id, name, kind } = channel;
        const leader = leaderOf(flows.data?.items ?? [], id);
        return (
          <div key={id} className="grid gap-0.5">
            <Checkbox
              isSelected={leading.includes(id)}
              isDisabled={!flow.published}
              onChange={(on) => void (on ? tick(channel) : untick(channel)).catch(failed)}
            >
              <ChannelBadge kind={kind} size={22} />
              <span className="min-w-0 grow leading-4.5">
                <span dir="auto" className="bidi-line block truncate">
                  {name}
                </span>{" "}
                <span className="block text-xs text-ink-2">
                  {kindName(kind)}
                  {leader &&
                    leader.id !== flow.id &&
                    ` · ${t("flows.answered_by", { flow: isolate(flowName(leader)) })}`}
                </span>
              </span>
            </Checkbox>
            {shop?.id === id && leading.includes(id) && <TryAsVisitor className="ms-6" />}
          </div>
        );
      })}
      {asked && (
        <Dialog
          title={t("flows.lead_title", { channel: isolate(asked.channel.name) })}
          isOpen
          onClose={close}
          footer={
            <>
              <Button onPress={close}>{t("common.cancel")}</Button>
              <Button
                kind="primary"
                onPress={() => {
                  close();
                  void take(asked.channel, asked.leader).catch(failed);
                }}
              >
                {t("flows.lead_here")}
              </Button>
            </>
          }
        >
          <p className="text-sm">
            {t("flows.lead_about", {
              channel: isolate(asked.channel.name),
              flow: isolate(flowName(asked.leader)),
              here: isolate(here),
            })}
          </p>
        </Dialog>
      )}
    </fieldset>
  );
}
