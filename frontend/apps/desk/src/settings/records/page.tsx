import { useNavigate } from "@tanstack/react-router";
import type { KeptRecordKind } from "@wasl/api";
import { ltr, useT } from "@wasl/i18n";
import { Button, EmptyState, Pill } from "@wasl/ui";
import { Plus, Table2 } from "lucide-react";
import { useKeyedList, useKeyedName } from "../keyed-name.ts";
import type { SectionProps } from "../page.tsx";
import { Loaded, SectionPage } from "../parts.tsx";
import { useRecordKinds } from "../queries.ts";
import { RowTable } from "../rows.tsx";
import { listNames } from "./fields.ts";
import { ImportPage } from "./import-page.tsx";
import { KindDrawer } from "./kind-drawer.tsx";
import { RowsPage } from "./rows-page.tsx";

const GRID =
  "grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)_minmax(0,1fr)_8rem_1rem]";

/** `/settings/records`, `…/new`, and below a kind's key `…/rows`, `…/edit` and `…/import`. */
export default function RecordsPage({ rest }: SectionProps) {
  const t = useT();
  const navigate = useNavigate();
  const kinds = useRecordKinds();
  const [first, page, ...below] = rest;
  const open = (path: string) =>
    void navigate({ to: "/settings/$", params: { _splat: path ? `records/${path}` : "records" } });
  const kind = kinds.data?.items.find(({ key }) => key === first);
  const taken = (kinds.data?.items ?? []).map(({ key }) => key);
  if (kind && page === "import") return <ImportPage kind={kind} />;
  if (kind && page) return <RowsPage kind={kind} path={[page, ...below]} taken={taken} />;
  return (
    <SectionPage
      title={t("settings.records")}
      lead={t("settings.record.lead")}
      action={
        <Button kind="primary" icon={Plus} onPress={() => open("new")}>
          {t("settings.record.add")}
        </Button>
      }
      drawer={
        first === "new" && (
          <KindDrawer
            kind={null}
            taken={taken}
            close={(made) => open(made === null ? "" : `${made}/rows`)}
          />
        )
      }
    >
      <Loaded query={kinds}>
        {({ items }) =>
          items.length ? (
            <KindList kinds={items} open={(key) => open(`${key}/rows`)} />
          ) : (
            <EmptyState icon={Table2} title={t("settings.record.none")}>
              {t("settings.record.none_text")}
            </EmptyState>
          )
        }
      </Loaded>
    </SectionPage>
  );
}

function KindList(props: { kinds: KeptRecordKind[]; open: (key: string) => void }) {
  const t = useT();
  const named = useKeyedName();
  const listed = useKeyedList();
  return (
    <RowTable
      grid={GRID}
      header={
        <>
          <span>{t("settings.record.table")}</span>
          <span>{t("settings.record.fields")}</span>
          <span>{t("settings.record.flows")}</span>
          <span>{t("settings.record.rows")}</span>
        </>
      }
      items={props.kinds.map((each) => ({ ...each, id: each.key }))}
      current={undefined}
      open={props.open}
    >
      {(kind) => (
        <>
          <span className="min-w-0">
            <span dir="auto" className="bidi-line block truncate font-medium">
              {named(kind)}
            </span>
            <span className="block truncate text-xs text-ink-2">{ltr(kind.key)}</span>
          </span>
          <span className="truncate text-[13px] text-ink-2 max-md:col-span-2 max-md:row-start-2">
            {listNames(kind.fields)}
          </span>
          <span dir="auto" className="bidi-line truncate text-[13px] text-ink-2 max-md:hidden">
            {listed(kind.flows) || t("settings.record.unused")}
          </span>
          <span>
            <Pill tone={kind.count ? "accent" : "neutral"}>
              {t("settings.record.count", { n: kind.count })}
            </Pill>
          </span>
        </>
      )}
    </RowTable>
  );
}
