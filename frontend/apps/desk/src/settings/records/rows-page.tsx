import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { KeptRecord, KeptRecordKind } from "@wasl/api";
import { isolate, ltr, useT } from "@wasl/i18n";
import { Button, EmptyState, TextField } from "@wasl/ui";
import { FileDown, FileUp, Pencil, Plus, Search, SearchX, Table2 } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useErrorToast } from "../../errors.ts";
import { api } from "../../ground.ts";
import { useKeyedName } from "../keyed-name.ts";
import { Loaded, SectionPage } from "../parts.tsx";
import { downloadRows } from "./download.ts";
import { keyOf, partOf } from "./keys.ts";
import { KindDrawer } from "./kind-drawer.tsx";
import { RowDrawer } from "./row-drawer.tsx";
import { RowsTable } from "./rows-table.tsx";

/** `…/<kind>/rows`, `…/rows/<row>`, `…/add` and `…/edit`. */
export function RowsPage(props: { kind: KeptRecordKind; path: string[]; taken: string[] }) {
  const { kind } = props;
  const t = useT();
  const named = useKeyedName();
  const failed = useErrorToast();
  const navigate = useNavigate();
  const [wanted, setWanted] = useState("");
  const [exporting, setExporting] = useState(false);
  const q = useDeferredValue(wanted.trim());
  const found = useInfiniteQuery({
    queryKey: ["record-rows", kind.key, q],
    queryFn: ({ pageParam, signal }) =>
      api.call("GET /records/{kind}/rows", {
        path: { kind: kind.key },
        query: { q, after: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const rows = found.data?.pages.flatMap((page) => page.items) ?? [];
  // what is open stays open while another search leaves it out of the list
  const [opened, setOpened] = useState<KeptRecord | null>(null);
  const [page, part = ""] = props.path;
  const key = page === "rows" && part ? keyOf(part) : null;
  const row = opened?.key === key ? opened : (rows.find((each) => each.key === key) ?? null);

  const go = (path: string) =>
    void navigate({
      to: "/settings/$",
      params: { _splat: path ? `records/${path}` : "records" },
    });
  const open = (next: string) => go(`${kind.key}/${next}`);
  const save = async () => {
    setExporting(true);
    await downloadRows(kind).catch(failed);
    setExporting(false);
  };
  const drawer =
    page === "edit" ? (
      <KindDrawer
        kind={kind}
        taken={props.taken}
        close={(made) => (made === "" ? go("") : open("rows"))}
      />
    ) : (
      (page === "add" || row) && (
        <RowDrawer key={row?.key ?? ""} kind={kind} row={row} close={() => open("rows")} />
      )
    );
  return (
    <SectionPage
      title={isolate(named(kind))}
      lead={
        <>
          {ltr(kind.key)} · {t("settings.record.count", { n: kind.count })}
        </>
      }
      back="records"
      action={
        <div className="flex flex-wrap gap-2">
          <Button icon={Pencil} onPress={() => open("edit")}>
            {t("settings.record.edit")}
          </Button>
          <Button icon={FileUp} onPress={() => open("import")}>
            {t("settings.record.import")}
          </Button>
          <Button
            icon={FileDown}
            isDisabled={!kind.count}
            isPending={exporting}
            onPress={() => void save()}
          >
            {t("settings.record.export")}
          </Button>
          <Button kind="primary" icon={Plus} onPress={() => open("add")}>
            {t("settings.record.row_add")}
          </Button>
        </div>
      }
      drawer={drawer}
    >
      <TextField
        label={t("settings.record.search")}
        hideLabel
        type="search"
        icon={Search}
        placeholder={t("settings.record.search")}
        value={wanted}
        onChange={setWanted}
        maxLength={200}
        className="mb-3"
      />
      <Loaded query={found} rows={6}>
        {() =>
          rows.length ? (
            <RowsTable
              label={named(kind)}
              fields={kind.fields}
              rows={rows}
              current={key}
              isOld={found.isPlaceholderData}
              open={(each) => {
                setOpened(each);
                open(`rows/${partOf(each.key)}`);
              }}
            />
          ) : q ? (
            <EmptyState
              icon={SearchX}
              title={t("settings.record.not_found", { q: isolate(q) })}
              actions={<Button onPress={() => setWanted("")}>{t("settings.record.clear")}</Button>}
            />
          ) : (
            <EmptyState icon={Table2} title={t("settings.record.rows_none")}>
              {t("settings.record.rows_none_text")}
            </EmptyState>
          )
        }
      </Loaded>
      {found.hasNextPage && (
        <Button
          className="mt-3 self-center"
          isPending={found.isFetchingNextPage}
          onPress={() => void found.fetchNextPage()}
        >
          {t("settings.record.more")}
        </Button>
      )}
    </SectionPage>
  );
}
