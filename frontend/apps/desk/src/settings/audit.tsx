import { useInfiniteQuery } from "@tanstack/react-query";
import type { AuditEntry } from "@wasl/api";
import { isolate, useFormat, useHasText, useLocale, useT } from "@wasl/i18n";
import { Bidi, Button, cardLook, EmptyState, Loading, Ltr } from "@wasl/ui";
import { clsx } from "clsx";
import { ArrowRight, History, RefreshCw, TriangleAlert } from "lucide-react";
import { Fragment } from "react";
import { useErrorText } from "../errors.ts";
import { api } from "../ground.ts";
import { SectionPage, SkeletonRows } from "./parts.tsx";

export default function AuditPage() {
  const t = useT();
  const text = useErrorText();
  const audit = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam }) => api.call("GET /audit", { query: { after: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
  const entries = audit.data?.pages.flatMap((page) => page.items);

  return (
    <SectionPage
      title={t("settings.audit")}
      lead={t("settings.audit_lead")}
      action={
        <Button icon={RefreshCw} onPress={() => void audit.refetch()}>
          {t("settings.audit_refresh")}
        </Button>
      }
    >
      {audit.isPending && (
        <Loading label={t("common.loading")}>
          <SkeletonRows rows={6} />
        </Loading>
      )}
      {audit.isError && (
        <EmptyState
          icon={TriangleAlert}
          tone="bad"
          title={t("shell.page_failed")}
          actions={<Button onPress={() => void audit.refetch()}>{t("common.retry")}</Button>}
        >
          {text(audit.error)}
        </EmptyState>
      )}
      {entries?.length === 0 && (
        <EmptyState icon={History} title={t("settings.audit_none")}>
          {t("settings.audit_none_text")}
        </EmptyState>
      )}
      {entries && entries.length > 0 && (
        <ol className={clsx(cardLook, "overflow-hidden")}>
          {entries.map((entry) => (
            <Entry key={entry.seq} entry={entry} />
          ))}
        </ol>
      )}
      {audit.hasNextPage && (
        <Button
          className="mt-3 self-center"
          isPending={audit.isFetchingNextPage}
          onPress={() => void audit.fetchNextPage()}
        >
          {t("settings.audit_older")}
        </Button>
      )}
    </SectionPage>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const t = useT();
  const has = useHasText();
  const format = useFormat();
  const nameOf = useNameOf();
  const what = nameOf(entry.object_name);
  const who = entry.actor_name ?? t("settings.audit_system");
  const key = `audit.${entry.action}`;
  return (
    <li className="flex flex-wrap gap-x-3 border-b border-line/70 px-4 py-2.5 last:border-0">
      <div className="min-w-0 grow basis-60">
        <p>
          {has(key) ? (
            <Bidi>{t(key, { who: isolate(who) })}</Bidi>
          ) : (
            <>
              <bdi>{who}</bdi> <Ltr className="text-ink-2">{entry.action}</Ltr>
            </>
          )}
          {what && (
            <>
              {" · "}
              <bdi className="font-medium">{what}</bdi>
            </>
          )}
        </p>
        <Changes before={entry.before ?? {}} after={entry.after ?? {}} names={entry.names} />
      </div>
      <p className="shrink-0 text-xs text-ink-3 sm:text-end">
        <time dateTime={entry.at}>{format.dateTime(entry.at)}</time>
        {entry.address && (
          <>
            {" · "}
            <Ltr>{entry.address}</Ltr>
          </>
        )}
      </p>
    </li>
  );
}

/** Old and new side by side, for plain values; the rest is in the API. */
function Changes(props: {
  before: Record<string, unknown>;
  after: Record<string, unknown>;
  names: AuditEntry["names"];
}) {
  const t = useT();
  const has = useHasText();
  const nameOf = useNameOf();
  const { before, after, names } = props;
  const plain = (value: unknown) =>
    ["string", "number", "boolean"].includes(typeof value) ? String(value) : null;
  const rows = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => plain(before[name]) !== null || plain(after[name]) !== null,
  );
  if (!rows.length) return null;
  const value = (name: string, given: unknown) => {
    const text = plain(given);
    if (text === null) return null;
    const key = `settings.${name}.${text}`;
    return has(key) ? t(key) : (nameOf(names[text]) ?? text);
  };
  return (
    <dl className="mt-0.5 flex flex-wrap gap-x-4 text-[13px] text-ink-2">
      {rows.map((name) => {
        const [old, now] = [value(name, before[name]), value(name, after[name])];
        return (
          <Fragment key={name}>
            <div className="flex min-w-0 items-center gap-1.5">
              <dt className="text-ink-3">
                {has(`settings.field.${name}`)
                  ? t(`settings.field.${name}`)
                  : (nameOf(names[name]) ?? <bdi>{name}</bdi>)}
              </dt>
              <dd className="flex min-w-0 items-center gap-1.5">
                {old !== null && <bdi className="max-w-48 truncate">{old}</bdi>}
                {old !== null && now !== null && (
                  <ArrowRight size={13} aria-hidden="true" className="icon-flip shrink-0" />
                )}
                {now !== null && (
                  <bdi className="max-w-48 truncate font-medium text-ink">{now}</bdi>
                )}
              </dd>
            </div>
          </Fragment>
        );
      })}
    </dl>
  );
}

/** A name in the reader's language; null where there is none. */
function useNameOf() {
  const { language } = useLocale();
  return (name: AuditEntry["object_name"] | undefined) =>
    (typeof name === "string" ? name : name?.[language] || name?.en) || null;
}
