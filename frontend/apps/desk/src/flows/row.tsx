import { Link, useNavigate } from "@tanstack/react-router";
import type { FlowRow } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { ChannelBadge, IconButton, Ltr, MenuButton, Pill } from "@wasl/ui";
import { clsx } from "clsx";
import {
  Archive,
  ArchiveRestore,
  Copy,
  Download,
  MoreVertical,
  OctagonAlert,
  Zap,
} from "lucide-react";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useChannels } from "../settings/queries.ts";
import { useArchive } from "./archive.ts";
import { download } from "./download.ts";
import { useFlowName } from "./leading.ts";
import type { Definition } from "./model/definition.ts";

const GRID = "md:grid-cols-[minmax(0,1.6fr)_6.5rem_minmax(0,1fr)_minmax(0,1fr)_auto]";

/** One flow of the list: what leads to it, how its runs went, what is wrong with its draft. */
export function Row({ flow, duplicate }: { flow: FlowRow; duplicate: () => void }) {
  const t = useT();
  const format = useFormat();
  const channels = useChannels();
  const failed = useErrorToast();
  const archive = useArchive();
  const navigate = useNavigate();
  const named = useFlowName();
  const name = named(flow);
  const leads = (channels.data ?? []).filter(({ id }) => flow.channel_ids.includes(id));
  const save = () =>
    api
      .call("GET /flows/{id}", { path: { id: flow.id } })
      .then(({ draft }) => download(flow.key, draft as Definition), failed);
  const { live, totals } = flow;
  const met = flow.archived_at === null && (flow.channel_ids.length > 0 || flow.trigger !== null);
  return (
    <li
      className={clsx(
        "relative grid gap-x-4 gap-y-1 border-b border-line/70 px-4 py-3 last:border-0 hover:bg-sunken md:items-center",
        "grid-cols-[minmax(0,1fr)_auto]",
        GRID,
      )}
    >
      <div className="min-w-0">
        <Link
          to="/flows/$"
          params={{ _splat: flow.id }}
          dir="auto"
          className="bidi-line block truncate font-medium after:absolute after:inset-0"
        >
          {name}
        </Link>
        <Ltr className="text-xs text-ink-2">{flow.key}</Ltr>
      </div>
      <span className="justify-self-end md:justify-self-start">
        {flow.published ? (
          <Pill tone={met ? "accent" : "neutral"}>
            {t(met ? "flows.live" : "flows.published", { n: flow.published })}
          </Pill>
        ) : (
          <Pill className="border border-dashed border-line-strong bg-transparent!">
            {t("flows.draft")}
          </Pill>
        )}
      </span>
      <span className="flex min-w-0 items-center gap-1.5 text-[13px] text-ink-2 max-md:col-span-2">
        {leads.map((channel) => (
          <ChannelBadge key={channel.id} kind={channel.kind} size={18} />
        ))}
        <span dir="auto" className="bidi-line truncate">
          {leads.length
            ? format.list(leads.map((each) => isolate(each.name)))
            : flow.run_by.length
              ? t("flows.run_by", {
                  names: format.list(flow.run_by.map((each) => isolate(named(each)))),
                })
              : t(flow.trigger ? "flows.trigger" : "flows.leads_none")}
        </span>
      </span>
      <span className="text-[13px] text-ink-2 max-md:pe-8">
        {totals.runs > 0
          ? t("flows.runs_contained", {
              n: totals.runs,
              share: isolate(totals.ended ? format.percent(totals.contained / totals.ended) : "–"),
            })
          : t(flow.run_by.length ? "flows.runs_there" : "flows.runs_none")}
        {live && flow.published !== null && live.runs < totals.runs && (
          <span className="block text-xs">
            {t("flows.runs_of_live", { n: flow.published, runs: live.runs })}
          </span>
        )}
      </span>
      <span className="flex items-center justify-end gap-1.5 max-md:absolute max-md:end-2 max-md:bottom-2 md:min-w-32">
        {flow.errors > 0 && (
          <span className="inline-flex items-center gap-1 rounded-md bg-ink px-2 text-xs leading-5 font-medium text-surface">
            <OctagonAlert size={12} aria-hidden="true" />
            {t("flows.errors", { n: flow.errors })}
          </span>
        )}
        {flow.warnings > 0 && <Pill>{t("flows.warnings", { n: flow.warnings })}</Pill>}
        <span className="relative">
          <MenuButton
            label={t("flows.more", { name: isolate(name) })}
            trigger={
              <IconButton icon={MoreVertical} label={t("flows.more", { name: isolate(name) })} />
            }
            actions={[
              ...(flow.trigger && flow.published
                ? [
                    {
                      id: "runs",
                      label: t("flows.runs.title"),
                      icon: Zap,
                      run: () =>
                        void navigate({ to: "/flows/$", params: { _splat: `${flow.id}/runs` } }),
                    },
                  ]
                : []),
              { id: "copy", label: t("flows.duplicate"), icon: Copy, run: duplicate },
              {
                id: "save",
                label: t("flows.export"),
                icon: Download,
                run: () => void save(),
              },
              flow.archived_at
                ? {
                    id: "restore",
                    label: t("flows.restore_archived"),
                    icon: ArchiveRestore,
                    divided: true,
                    run: () => void archive(flow, false),
                  }
                : {
                    id: "archive",
                    label: t("flows.archive"),
                    icon: Archive,
                    divided: true,
                    run: () => void archive(flow, true),
                  },
            ]}
          />
        </span>
      </span>
    </li>
  );
}
