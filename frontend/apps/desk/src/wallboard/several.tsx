import type { FloorAgent, QueueBoard } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { Button, MenuButton } from "@wasl/ui";
import { Coffee, LogIn, LogOut, MinusCircle, PlusCircle, X } from "lucide-react";
import { useState } from "react";
import { useNamed } from "../names.ts";
import { Ask } from "../settings/parts.tsx";
import { useDeclare, useLogOut, useMemberships, useWho } from "./actions.ts";

const USUAL_LEVEL = 3;

interface Props {
  agents: FloorAgent[];
  boards: QueueBoard[];
  onDone: () => void;
}

/** What is done with several agents at once. */
export function Several({ agents, boards, onDone }: Props) {
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const declare = useDeclare();
  const memberships = useMemberships();
  const [asking, setAsking] = useState(false);
  const none = agents.length === 0;
  const act = (run: Promise<void>) => void run.then(onDone);
  const queueActions = (level: number | null) =>
    boards
      .filter(({ id }) =>
        agents.some(({ queue_ids }) => queue_ids.includes(id) === (level === null)),
      )
      .map((board) => ({
        id: board.id,
        label: named(board.names),
        run: () => {
          const concerned = agents.filter(
            ({ queue_ids }) => queue_ids.includes(board.id) === (level === null),
          );
          act(memberships(concerned, () => ({ [board.id]: level })));
        },
      }));
  return (
    <fieldset
      aria-label={t("wallboard.several")}
      className="flex min-w-0 flex-wrap items-center gap-1.5 border-b border-line bg-accent-soft px-4 py-2"
    >
      <span className="num me-1 text-[13px] font-medium" aria-live="polite">
        {t("wallboard.chosen", { n: format.number(agents.length) })}
      </span>
      <Button
        size="sm"
        icon={Coffee}
        isDisabled={none}
        onPress={() => act(declare(agents, "away"))}
      >
        {t("wallboard.set_away")}
      </Button>
      <Button
        size="sm"
        icon={LogIn}
        isDisabled={none}
        onPress={() => act(declare(agents, "available"))}
      >
        {t("wallboard.set_available")}
      </Button>
      <MenuButton
        label={t("wallboard.into_queue")}
        trigger={
          <Button size="sm" icon={PlusCircle} isDisabled={none}>
            {t("wallboard.into_queue")}
          </Button>
        }
        actions={queueActions(USUAL_LEVEL)}
      />
      <MenuButton
        label={t("wallboard.out_of_queue")}
        trigger={
          <Button size="sm" icon={MinusCircle} isDisabled={none}>
            {t("wallboard.out_of_queue")}
          </Button>
        }
        actions={queueActions(null)}
      />
      <Button
        size="sm"
        kind="danger-line"
        icon={LogOut}
        isDisabled={none}
        onPress={() => setAsking(true)}
      >
        {t("wallboard.log_out")}
      </Button>
      <span className="grow" />
      <Button size="sm" kind="ghost" icon={X} onPress={onDone}>
        {t("wallboard.choose_done")}
      </Button>
      <AskLogOut agents={agents} isOpen={asking} onClose={() => setAsking(false)} onDone={onDone} />
    </fieldset>
  );
}

/** Says what becomes of their work before agents are sent home. */
export function AskLogOut(props: {
  agents: FloorAgent[];
  isOpen: boolean;
  onClose: () => void;
  onDone: () => void;
}) {
  const t = useT();
  const who = useWho();
  const logOut = useLogOut();
  const { agents, isOpen, onClose, onDone } = props;
  return (
    <Ask
      title={t("wallboard.log_out_title", { name: who(agents) })}
      action={t("wallboard.log_out")}
      danger
      isOpen={isOpen}
      onClose={onClose}
      run={() => logOut(agents).then(onDone)}
    >
      {t("wallboard.log_out_text")}
    </Ask>
  );
}
