import { useQuery } from "@tanstack/react-query";
import type { LayoutWrite, QueueBoard, WallLayout } from "@wasl/api";
import { isolate, useT } from "@wasl/i18n";
import {
  type Action,
  Button,
  Checkbox,
  Dialog,
  IconButton,
  MenuButton,
  Switch,
  TextField,
  toast,
} from "@wasl/ui";
import { ArrowDown, ArrowUp, LayoutList, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useErrorText, useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useMe } from "../me.ts";
import { useNamed } from "../names.ts";
import { Failure } from "../settings/parts.tsx";
import { refresh } from "../settings/queries.ts";
import { type Column, columnsOf } from "./columns.ts";
import { arranged } from "./figures.ts";

export interface Layouts {
  all: WallLayout[];
  chosen: WallLayout | null;
  choose: (id: string | null) => void;
}

/** The layouts that one may use, and the one that is used on this device. */
export function useLayouts(): Layouts {
  const key = `wasl.wallboard.layout.${useMe().user.id}`;
  const [id, setId] = useState(() => localStorage.getItem(key));
  const read = useQuery({
    queryKey: ["wallboard-layouts"],
    queryFn: () => api.call("GET /wallboard/layouts"),
  });
  const all = read.data ?? [];
  return {
    all,
    chosen: all.find((layout) => layout.id === id) ?? null,
    choose: (next) => {
      if (next === null) localStorage.removeItem(key);
      else localStorage.setItem(key, next);
      setId(next);
    },
  };
}

interface Props {
  layouts: Layouts;
  boards: QueueBoard[];
  columns: ReadonlySet<Column>;
}

/** Chooses a layout, keeps what is seen under a name, changes or forgets one's own. */
export function LayoutMenu({ layouts, boards, columns }: Props) {
  const t = useT();
  const fail = useErrorToast();
  const [editing, setEditing] = useState<WallLayout | "new" | null>(null);
  const { all, chosen, choose } = layouts;
  const drop = (layout: WallLayout) => {
    const { name, shared, queue_ids, columns } = layout;
    const again = () =>
      api
        .call("POST /wallboard/layouts", { body: { name, shared, queue_ids, columns } })
        .then(({ id }) => refresh("wallboard-layouts").then(() => choose(id)), fail);
    api.call("DELETE /wallboard/layouts/{id}", { path: { id: layout.id } }).then(() => {
      choose(null);
      void refresh("wallboard-layouts");
      toast(t("wallboard.layout_dropped", { name: isolate(name) }), {
        action: { label: t("desk.undo"), run: () => void again() },
      });
    }, fail);
  };
  const actions: Action[] = [
    {
      id: "every",
      label: t("wallboard.layout_every"),
      choice: t("wallboard.layout"),
      selected: chosen === null,
      run: () => choose(null),
    },
    ...all.map((layout) => ({
      id: layout.id,
      label: layout.name,
      ...(layout.own
        ? layout.shared
          ? { description: t("wallboard.layout_shared_by_me") }
          : {}
        : { description: t("wallboard.layout_shared") }),
      choice: t("wallboard.layout"),
      selected: chosen?.id === layout.id,
      run: () => choose(layout.id),
    })),
    {
      id: "add",
      label: t("wallboard.layout_save"),
      icon: Plus,
      divided: true,
      run: () => setEditing("new"),
    },
    ...(chosen?.own
      ? [
          {
            id: "change",
            label: t("wallboard.layout_change"),
            icon: Pencil,
            run: () => setEditing(chosen),
          },
          {
            id: "drop",
            label: t("wallboard.layout_drop"),
            icon: Trash2,
            danger: true,
            run: () => drop(chosen),
          },
        ]
      : []),
  ];
  return (
    <>
      <MenuButton
        label={t("wallboard.layout")}
        trigger={
          <Button icon={LayoutList}>
            <span className="max-w-32 truncate">
              {chosen ? <bdi>{chosen.name}</bdi> : t("wallboard.layout")}
            </span>
          </Button>
        }
        actions={actions}
      />
      {editing && (
        <LayoutDialog
          layout={editing === "new" ? null : editing}
          from={chosen}
          boards={boards}
          columns={columns}
          onSaved={choose}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}

function LayoutDialog(props: {
  layout: WallLayout | null;
  from: WallLayout | null;
  boards: QueueBoard[];
  columns: ReadonlySet<Column>;
  onSaved: (id: string) => void;
  onClose: () => void;
}) {
  const t = useT();
  const text = useErrorText();
  const named = useNamed();
  const { layout, from, boards, columns, onSaved, onClose } = props;
  const [name, setName] = useState(layout?.name ?? "");
  const [shared, setShared] = useState(layout?.shared ?? false);
  const [every, setEvery] = useState((layout ?? from)?.queue_ids == null);
  const [order, setOrder] = useState(() => {
    const first = arranged(boards, layout ?? from);
    return [...first, ...boards.filter((board) => !first.includes(board))].map(({ id }) => id);
  });
  const [shown, setShown] = useState<ReadonlySet<string>>(
    () => new Set(arranged(boards, layout ?? from).map(({ id }) => id)),
  );
  const [failure, setFailure] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  const move = (at: number, by: number) => {
    const next = [...order];
    const [id] = next.splice(at, 1);
    if (id) next.splice(at + by, 0, id);
    setOrder(next);
  };
  const save = async () => {
    setSaving(true);
    setFailure(null);
    const body: LayoutWrite = {
      name,
      shared,
      queue_ids: every ? null : order.filter((id) => shown.has(id)),
      columns: [...(layout ? columnsOf(layout) : columns)],
    };
    try {
      const id = layout
        ? await api
            .call("PUT /wallboard/layouts/{id}", { path: { id: layout.id }, body })
            .then(() => layout.id)
        : (await api.call("POST /wallboard/layouts", { body })).id;
      await refresh("wallboard-layouts");
      onSaved(id);
      onClose();
    } catch (error) {
      setFailure(text(error));
      setSaving(false);
    }
  };
  return (
    <Dialog
      title={t(layout ? "wallboard.layout_change" : "wallboard.layout_save")}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button
            kind="primary"
            isDisabled={!name.trim() || (!every && shown.size === 0)}
            isPending={saving}
            onPress={() => void save()}
          >
            {t("common.save")}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <TextField
          label={t("wallboard.layout_name")}
          value={name}
          onChange={setName}
          maxLength={60}
          autoFocus
        />
        <Switch isSelected={shared} onChange={setShared}>
          {t("wallboard.layout_share")}
        </Switch>
        <Switch isSelected={every} onChange={setEvery}>
          {t("wallboard.layout_every")}
        </Switch>
        {!every && (
          <ul aria-label={t("wallboard.queues")} className="rounded-lg border border-line">
            {order.map((id, at) => {
              const board = boards.find((one) => one.id === id);
              const queue = board ? named(board.names) : "";
              return (
                <li
                  key={id}
                  className="flex items-center gap-1 border-b border-line/70 py-1 ps-3 pe-1.5 last:border-0"
                >
                  <Checkbox
                    isSelected={shown.has(id)}
                    onChange={(on) => {
                      const next = new Set(shown);
                      if (on) next.add(id);
                      else next.delete(id);
                      setShown(next);
                    }}
                    className="min-w-0 grow"
                  >
                    <bdi className="truncate">{queue}</bdi>
                  </Checkbox>
                  <IconButton
                    icon={ArrowUp}
                    size="sm"
                    label={t("wallboard.layout_up", { queue: isolate(queue) })}
                    isDisabled={at === 0}
                    onPress={() => move(at, -1)}
                  />
                  <IconButton
                    icon={ArrowDown}
                    size="sm"
                    label={t("wallboard.layout_down", { queue: isolate(queue) })}
                    isDisabled={at === order.length - 1}
                    onPress={() => move(at, 1)}
                  />
                </li>
              );
            })}
          </ul>
        )}
        {failure && <Failure>{failure}</Failure>}
      </div>
    </Dialog>
  );
}
