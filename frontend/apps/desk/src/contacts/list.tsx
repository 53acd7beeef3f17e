import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ContactRow } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import {
  Avatar,
  Button,
  cardLook,
  Dialog,
  EmptyState,
  Loading,
  Select,
  TextField,
  toast,
} from "@wasl/ui";
import { clsx } from "clsx";
import { BadgeCheck, Plus, Search, SearchX, TriangleAlert, UserPlus, Users } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useErrorText } from "../errors.ts";
import { api, queryClient } from "../ground.ts";
import { Failure, SkeletonRows } from "../settings/parts.tsx";
import { IdentityBadge, IdentityValue, useIdentityKindName } from "./identity.tsx";

const GRID = "grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)_110px]";

export const useContactSearch = (q: string) =>
  useInfiniteQuery({
    queryKey: ["contacts", q],
    queryFn: ({ pageParam, signal }) =>
      api.call("GET /contacts", { query: { q, after: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

export function ContactList() {
  const t = useT();
  const text = useErrorText();
  const [wanted, setWanted] = useState("");
  const q = useDeferredValue(wanted.trim());
  const found = useContactSearch(q);
  const [adding, setAdding] = useState(false);
  const rows = found.data?.pages.flatMap((page) => page.items);
  return (
    <main className="relative min-w-0 grow overflow-y-auto bg-canvas p-4 md:p-5">
      <div className="mx-auto flex min-h-full max-w-4xl flex-col">
        <header className="mb-3 flex items-center gap-3">
          <div className="grow">
            <h1 className="text-lg leading-7 font-semibold">{t("shell.contacts")}</h1>
            <p className="text-[13px] text-ink-2">{t("contacts.lead")}</p>
          </div>
          <Button kind="primary" icon={Plus} onPress={() => setAdding(true)}>
            {t("contacts.add")}
          </Button>
        </header>
        <TextField
          label={t("contacts.search")}
          hideLabel
          type="search"
          icon={Search}
          placeholder={t("contacts.search")}
          value={wanted}
          onChange={setWanted}
          maxLength={200}
          className="mb-3"
        />
        {found.isPending && (
          <Loading label={t("common.loading")}>
            <SkeletonRows rows={8} />
          </Loading>
        )}
        {found.isError && (
          <EmptyState
            icon={TriangleAlert}
            tone="bad"
            title={t("shell.page_failed")}
            actions={
              <Button kind="primary" onPress={() => void found.refetch()}>
                {t("common.retry")}
              </Button>
            }
          >
            {text(found.error)}
          </EmptyState>
        )}
        {rows?.length === 0 && (
          <NobodyFound q={q} clear={() => setWanted("")} add={() => setAdding(true)} />
        )}
        {rows && rows.length > 0 && (
          <ul aria-busy={found.isPlaceholderData} className={clsx(cardLook, "overflow-hidden")}>
            {rows.map((row) => (
              <Row key={row.id} row={row} />
            ))}
          </ul>
        )}
        {found.hasNextPage && (
          <Button
            className="mt-3 self-center"
            isPending={found.isFetchingNextPage}
            onPress={() => void found.fetchNextPage()}
          >
            {t("contacts.more")}
          </Button>
        )}
      </div>
      <AddContact key={String(adding)} isOpen={adding} close={() => setAdding(false)} />
    </main>
  );
}

function NobodyFound(props: { q: string; clear: () => void; add: () => void }) {
  const t = useT();
  const add = (
    <Button kind="primary" icon={UserPlus} onPress={props.add}>
      {t("contacts.add")}
    </Button>
  );
  return props.q ? (
    <EmptyState
      icon={SearchX}
      title={t("contacts.not_found", { q: isolate(props.q) })}
      actions={
        <>
          {add}
          <Button onPress={props.clear}>{t("contacts.clear")}</Button>
        </>
      }
    >
      {t("contacts.not_found_text")}
    </EmptyState>
  ) : (
    <EmptyState icon={Users} title={t("contacts.none")} actions={add}>
      {t("contacts.none_text")}
    </EmptyState>
  );
}

function Row({ row }: { row: ContactRow }) {
  const t = useT();
  const format = useFormat();
  const name = row.name || t("contacts.nameless");
  const [first, ...others] = row.identities;
  return (
    <li className="border-b border-line/70 last:border-0">
      <Link
        to="/contacts/$"
        params={{ _splat: row.id }}
        className={clsx(
          "grid items-center gap-x-3 px-4 py-2.5 -outline-offset-2 hover:bg-sunken",
          GRID,
        )}
      >
        <span className="flex min-w-0 items-center gap-3">
          <Avatar name={name} size={36} />
          <span className="min-w-0 leading-5">
            <span dir="auto" className="bidi-line block truncate font-medium">
              {name}
            </span>
            <span className="block truncate text-xs text-ink-3 md:hidden">
              {first && <IdentityValue identity={first} />}
            </span>
          </span>
        </span>
        <span className="hidden min-w-0 items-center gap-2 text-[13px] text-ink-2 md:flex">
          {first && (
            <>
              <IdentityBadge kind={first.kind} size={18} />
              <IdentityValue identity={first} />
              {first.verified && (
                <BadgeCheck
                  size={15}
                  role="img"
                  aria-label={t("contacts.verified")}
                  className="shrink-0 text-accent-text"
                />
              )}
            </>
          )}
          {others.length > 0 && (
            <span className="shrink-0 text-xs text-ink-3">
              {t("contacts.others", { n: others.length })}
            </span>
          )}
        </span>
        <span className="num text-end text-xs text-ink-3">
          {row.last_seen_at && format.age(row.last_seen_at, Date.now())}
        </span>
      </Link>
    </li>
  );
}

const KINDS = ["email", "phone"];

function AddContact({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const t = useT();
  const text = useErrorText();
  const navigate = useNavigate();
  const kindName = useIdentityKindName();
  const [name, setName] = useState("");
  const [kind, setKind] = useState("email");
  const [value, setValue] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const add = async () => {
    if (!name.trim()) return setFailure(t("contacts.name_missing"));
    setBusy(true);
    setFailure(null);
    try {
      const identities = value.trim() ? [{ kind, value: value.trim() }] : [];
      const made = await api.call("POST /contacts", { body: { name: name.trim(), identities } });
      await queryClient.invalidateQueries({ queryKey: ["contacts"] });
      toast(t("contacts.added", { name: isolate(made.name) }));
      close();
      await navigate({ to: "/contacts/$", params: { _splat: made.id } });
    } catch (error) {
      setFailure(text(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t("contacts.add")}
      isOpen={isOpen}
      onClose={close}
      footer={
        <>
          <Button onPress={close}>{t("common.cancel")}</Button>
          <Button kind="primary" isPending={busy} onPress={() => void add()}>
            {t("contacts.add")}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <TextField
          label={t("contacts.name")}
          value={name}
          onChange={setName}
          maxLength={120}
          autoFocus
          isRequired
        />
        <div className="grid grid-cols-[130px_minmax(0,1fr)] gap-3">
          <Select
            label={t("contacts.identity_kind")}
            items={KINDS.map((id) => ({ id, label: kindName(id) }))}
            value={kind}
            onChange={setKind}
          />
          <TextField
            label={t("contacts.identity_value")}
            ltr
            value={value}
            onChange={setValue}
            maxLength={254}
          />
        </div>
        <button type="submit" hidden />
      </form>
      {failure && <Failure className="mt-3">{failure}</Failure>}
    </Dialog>
  );
}
