import { useQuery } from "@tanstack/react-query";
import type { FlowRun } from "@wasl/api";
import { isolate, useFormat, useLocale, useT } from "@wasl/i18n";
import { Dialog, EmptyState, Pill, Select } from "@wasl/ui";
import { Footprints } from "lucide-react";
import { useState } from "react";
import { api } from "../../ground.ts";
import { useMe } from "../../me.ts";
import { Loaded } from "../../settings/parts.tsx";
import { said } from "../model/definition.ts";
import { RUN_LOOKS } from "./looks.ts";
import { TracePath } from "./path.tsx";
import { SHORTEST_S } from "./stops.ts";
import { useTraceWords } from "./words.ts";

interface Props {
  conversation: string;
  run: string;
  onClose: () => void;
}

/** What a flow did in a conversation, step by step; the conversation's other runs can be chosen. */
export default function TraceDialog({ conversation, run, onClose }: Props) {
  const t = useT();
  const [shown, setShown] = useState(run);
  const runs = useQuery({
    queryKey: ["flow-runs", conversation, run],
    queryFn: async () => {
      const path = { id: conversation };
      const { items, more } = await api.call("GET /conversations/{id}/flow-runs", {
        path,
        query: {},
      });
      if (items.some(({ id }) => id === run)) return { items, more };
      const one = await api.call("GET /conversations/{id}/flow-runs", { path, query: { run } });
      return { items: [...items, ...one.items], more };
    },
    staleTime: 0,
  });
  const one = runs.data?.items.find(({ id }) => id === shown);
  const title = useTitle(one);
  return (
    <Dialog title={title} isOpen onClose={onClose} width={560}>
      <Loaded query={runs}>
        {({ items, more }) => (
          <>
            {items.length > 1 && (
              <RunChoice items={items} more={more} value={shown} choose={setShown} />
            )}
            {one ? <Trace key={one.id} run={one} /> : <p>{t("flows.trace.none")}</p>}
          </>
        )}
      </Loaded>
    </Dialog>
  );
}

function useTitle(run: FlowRun | undefined): string {
  const t = useT();
  const { language } = useLocale();
  const name = run && (said(run.names[""], language, run.languages) || run.flow.key);
  return name ? t("flows.trace.title", { name: isolate(name) }) : t("flows.trace.open");
}

function RunChoice(props: {
  items: readonly FlowRun[];
  more: boolean;
  value: string;
  choose: (id: string) => void;
}) {
  const { items, more } = props;
  const t = useT();
  const format = useFormat();
  const { language } = useLocale();
  return (
    <Select
      className="mb-3"
      label={t("flows.trace.run")}
      {...(more && { description: t("flows.trace.more", { n: items.length }) })}
      items={items.map(({ id, names, languages, flow, status, started_at }) => ({
        id,
        label: t("flows.trace.run_of", {
          name: isolate(said(names[""], language, languages) || flow.key),
          status: t(`flows.runs.status.${status}`),
          at: isolate(format.dateTime(started_at)),
        }),
      }))}
      value={props.value}
      onChange={props.choose}
    />
  );
}

function Trace({ run }: { run: FlowRun }) {
  const words = useTraceWords(run);
  const { t, format } = words;
  const { permissions } = useMe();
  const { icon, tone } = RUN_LOOKS[run.status];
  const lasted = run.ended_at ? (Date.parse(run.ended_at) - Date.parse(run.started_at)) / 1000 : 0;
  const facts = [
    t("flows.trace.version", { n: run.version }),
    run.started_by && t("flows.trace.because", { what: words.event(run.started_by) }),
    isolate(format.dateTime(run.started_at)),
    lasted >= SHORTEST_S && t("flows.trace.lasted", { span: format.span(lasted) }),
  ];
  return (
    <>
      <p className="mb-4 flex flex-wrap items-center gap-x-2 gap-y-1 text-[13px] text-ink-2">
        <Pill tone={tone} icon={icon}>
          {t(`flows.runs.status.${run.status}`)}
        </Pill>
        <span>{facts.filter(Boolean).join(" · ")}</span>
      </p>
      {run.cut && (
        <p className="mb-2 text-[13px] text-ink-2">
          {t("flows.trace.cut", { n: run.steps.length })}
        </p>
      )}
      {run.steps.length ? (
        <TracePath run={run} words={words} draws={permissions.includes("flows.manage")} />
      ) : (
        <EmptyState icon={Footprints} title={t("flows.trace.none")}>
          {t("flows.trace.none_text")}
        </EmptyState>
      )}
    </>
  );
}
