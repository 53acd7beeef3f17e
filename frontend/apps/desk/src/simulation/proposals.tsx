import { useQuery } from "@tanstack/react-query";
import type { Proposal, SimulatedQueue, SimulationResult } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { Button, cardLook, Dialog, TextField, toast } from "@wasl/ui";
import { clsx } from "clsx";
import { useState } from "react";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useNamed } from "../names.ts";
import { refresh } from "../settings/queries.ts";
import { usePercent } from "../wallboard/live.tsx";
import { changesIn, LEVEL_MEASURES } from "./figures.ts";

const MOST_LETTERS = 2000;

/** Why one proposes it; nothing becomes live by it. */
export function ProposeDialog({
  result,
  onClose,
}: {
  result: SimulationResult;
  onClose: () => void;
}) {
  const t = useT();
  const fail = useErrorToast();
  const [remark, setRemark] = useState("");
  const [sending, setSending] = useState(false);
  const send = async () => {
    setSending(true);
    try {
      await api.call("POST /simulation/runs/{id}/propose", {
        path: { id: result.id },
        body: { remark },
      });
      await refresh("simulation-proposals");
      toast(t("simulation.proposed"));
      onClose();
    } catch (error) {
      fail(error);
    }
    setSending(false);
  };
  return (
    <Dialog
      title={t("simulation.propose")}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button kind="primary" isPending={sending} onPress={() => void send()}>
            {t("simulation.propose")}
          </Button>
        </>
      }
    >
      <p className="mb-3 text-[13px] text-ink-2">{t("simulation.propose_text")}</p>
      <TextField
        label={t("simulation.remark")}
        value={remark}
        onChange={setRemark}
        rows={4}
        maxLength={MOST_LETTERS}
        autoFocus
      />
    </Dialog>
  );
}

/** What colleagues propose, with what it came to; opening one shows its result. */
export function Proposals(props: {
  queues: SimulatedQueue[];
  onOpen: (proposal: Proposal) => void;
}) {
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const percent = usePercent();
  const { data = [] } = useQuery({
    queryKey: ["simulation-proposals"],
    queryFn: () => api.call("GET /simulation/proposals"),
  });
  if (data.length === 0) return null;
  return (
    <section aria-labelledby="simulation-proposals" className={clsx(cardLook, "overflow-hidden")}>
      <h2
        id="simulation-proposals"
        className="border-b border-line px-4 py-2.5 text-sm font-semibold"
      >
        {t("simulation.proposals")}
      </h2>
      <ul>
        {data.map((proposal) => {
          const { asked, result } = proposal;
          const level = result.measures[LEVEL_MEASURES[result.variant]];
          const queue = props.queues.find(({ id }) => id === asked.queue_id);
          return (
            <li
              key={proposal.id}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line/70 px-4 py-2.5 text-[13px] last:border-0"
            >
              <div className="min-w-48 grow basis-0">
                <p className="font-medium">
                  {queue ? named(queue.names) : t("simulation.all_queues")}
                  {" · "}
                  {t("simulation.changes", { n: changesIn(asked) })}
                </p>
                <p className="text-xs text-ink-2">
                  {t("simulation.proposed_by", {
                    name: isolate(proposal.by.name),
                    at: isolate(format.dateTime(proposal.at)),
                  })}
                </p>
                {proposal.remark && (
                  <p className="mt-1 wrap-anywhere whitespace-pre-line">
                    <bdi>{proposal.remark}</bdi>
                  </p>
                )}
              </div>
              {level && (
                <span>
                  {t("simulation.from_to", {
                    from: isolate(percent(level.today.value)),
                    to: isolate(percent(level.scenario.value)),
                  })}
                </span>
              )}
              <Button size="sm" onPress={() => props.onOpen(proposal)}>
                {t("simulation.open")}
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
