import { useQuery } from "@tanstack/react-query";
import type { Broadcast, BroadcastTo, QueueBoard } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { Avatar, Button, Dialog, Select, TextField, toast } from "@wasl/ui";
import { CheckCheck, Clock, Megaphone } from "lucide-react";
import { useState } from "react";
import { useErrorText } from "../errors.ts";
import { api } from "../ground.ts";
import { useNamed } from "../names.ts";
import { Failure } from "../settings/parts.tsx";
import { refresh } from "../settings/queries.ts";

const MOST_TEXT = 500;
const LASTS_S = [900, 3600, 4 * 3600, 86_400, 7 * 86_400];
const EVERYBODY = "everybody";
const LOOK_AGAIN_MS = 3_000;

const useTeams = () =>
  useQuery({ queryKey: ["teams"], queryFn: () => api.call("GET /teams"), staleTime: 60_000 });

/** A short word to many: who gets it, how long it stays, and who has read the ones before. */
export function BroadcastDialog({
  boards,
  onClose,
}: {
  boards: QueueBoard[];
  onClose: () => void;
}) {
  const t = useT();
  const format = useFormat();
  const errorText = useErrorText();
  const targets = useTargets(boards);
  const [text, setText] = useState("");
  const [to, setTo] = useState(EVERYBODY);
  const [lasts, setLasts] = useState(LASTS_S[1] ?? 3600);
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const send = async () => {
    const target = targets.find(({ key }) => key === to);
    if (!text.trim() || sending || !target) return;
    setSending(true);
    setFailure(null);
    try {
      const sent = await api.call("POST /broadcasts", {
        body: { text, to: target.to, lasts_s: lasts },
      });
      setText("");
      toast(t("wallboard.told", { n: sent.people }));
      void refresh("broadcasts");
    } catch (error) {
      setFailure(errorText(error));
    }
    setSending(false);
  };
  return (
    <Dialog
      title={t("wallboard.tell")}
      isOpen
      onClose={onClose}
      width={520}
      footer={
        <>
          <Button onPress={onClose}>{t("common.close")}</Button>
          <Button
            kind="primary"
            icon={Megaphone}
            flip
            isDisabled={!text.trim()}
            isPending={sending}
            onPress={() => void send()}
          >
            {t("wallboard.tell_send")}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <TextField
          label={t("wallboard.tell_text")}
          value={text}
          onChange={setText}
          rows={3}
          maxLength={MOST_TEXT}
          autoFocus
          aside={
            <span className="num text-xs text-ink-2">
              {t("wallboard.tell_left", { n: format.number(MOST_TEXT - text.length) })}
            </span>
          }
        />
        <div className="grid gap-3 sm:grid-cols-2">
          <Select
            label={t("wallboard.tell_to")}
            items={targets.map(({ key, label, about }) => ({
              id: key,
              label,
              ...(about ? { description: about } : {}),
            }))}
            value={to}
            onChange={setTo}
          />
          <Select
            label={t("wallboard.tell_lasts")}
            items={LASTS_S.map((s) => ({ id: String(s), label: format.span(s) }))}
            value={String(lasts)}
            onChange={(s) => setLasts(Number(s))}
          />
        </div>
        {failure && <Failure>{failure}</Failure>}
        <Sent targets={targets} />
      </div>
    </Dialog>
  );
}

interface Target {
  key: string;
  label: string;
  about: string | null;
  to: BroadcastTo;
}

/** Everybody, each team, each queue's people. */
function useTargets(boards: QueueBoard[]): Target[] {
  const t = useT();
  const named = useNamed();
  const teams = useTeams().data ?? [];
  return [
    {
      key: EVERYBODY,
      label: t("wallboard.tell_everybody"),
      about: null,
      to: { kind: "everybody", id: null },
    },
    ...teams.map(({ id, name }) => ({
      key: `team:${id}`,
      label: name,
      about: t("wallboard.tell_team"),
      to: { kind: "team" as const, id },
    })),
    ...boards.map(({ id, names }) => ({
      key: `queue:${id}`,
      label: named(names),
      about: t("wallboard.tell_queue"),
      to: { kind: "queue" as const, id },
    })),
  ];
}

function Sent({ targets }: { targets: Target[] }) {
  const t = useT();
  const sent = useQuery({
    queryKey: ["broadcasts"],
    queryFn: () => api.call("GET /broadcasts"),
    staleTime: 0,
    refetchInterval: LOOK_AGAIN_MS,
  });
  if (!sent.data?.length) return null;
  return (
    <section aria-labelledby="told-before">
      <h3 id="told-before" className="mt-2 mb-1 text-[13px] font-semibold">
        {t("wallboard.told_before")}
      </h3>
      <ul className="divide-y divide-line">
        {sent.data.map((one) => (
          <SentRow key={one.id} broadcast={one} targets={targets} />
        ))}
      </ul>
    </section>
  );
}

function SentRow({ broadcast, targets }: { broadcast: Broadcast; targets: Target[] }) {
  const t = useT();
  const format = useFormat();
  const { text, to, at, ended, read, people, readers } = broadcast;
  const target = targets.find((one) => one.to.kind === to.kind && one.to.id === to.id);
  return (
    <li className="py-2 text-[13px]">
      <p dir="auto" className="bidi-line wrap-anywhere">
        {text}
      </p>
      <p className="text-xs text-ink-2">
        {target && (
          <>
            <bdi>{target.label}</bdi>
            {" · "}
          </>
        )}
        {format.dateTime(at)}
        {ended && (
          <>
            {" · "}
            {t("wallboard.tell_over")}
          </>
        )}
      </p>
      <details className="mt-0.5">
        <summary className="w-fit rounded-sm text-xs font-medium text-accent-text">
          {t("wallboard.read_by", { n: format.number(read), of: format.number(people) })}
        </summary>
        <ul className="mt-1 grid gap-x-4 gap-y-1 sm:grid-cols-2">
          {readers.map(({ user, read_at }) => (
            <li key={user.id} className="flex items-center gap-1.5">
              <Avatar name={user.name} size={20} />
              <bdi className="bidi-line min-w-0 grow truncate">{user.name}</bdi>
              {read_at ? (
                <span className="flex shrink-0 items-center gap-1 text-xs text-ink-2">
                  <CheckCheck size={13} aria-hidden="true" />
                  <span className="sr-only">
                    {t("wallboard.has_read", { name: isolate(user.name) })}
                  </span>
                  {format.time(read_at)}
                </span>
              ) : (
                <span className="flex shrink-0 items-center gap-1 text-xs text-ink-2">
                  <Clock size={12} aria-hidden="true" />
                  {t("wallboard.not_read")}
                </span>
              )}
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}
