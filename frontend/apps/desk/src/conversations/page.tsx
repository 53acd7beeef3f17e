import { Outlet, useParams, useSearch } from "@tanstack/react-router";
import { useT } from "@wasl/i18n";
import { EmptyState, Kbd } from "@wasl/ui";
import { MessagesSquare } from "lucide-react";
import { keyFor } from "../keys/keys.tsx";
import { useOutboxSender } from "./conversation-data.ts";
import { ConversationList } from "./list/list.tsx";

/** List and conversation side by side; on a phone one of them. */
export function ConversationsPage() {
  const { view } = useSearch({ from: "/conversations" });
  const { id } = useParams({ strict: false });
  useOutboxSender();
  return (
    <main className="flex min-w-0 grow">
      <ConversationList
        view={view}
        selected={id ?? null}
        className={id ? "hidden md:flex" : "flex"}
      />
      {id ? <Outlet /> : <NoneOpen />}
    </main>
  );
}

function NoneOpen() {
  const t = useT();
  const [before, after] = t("desk.none_open_text", { keys: "\u0001", help: "\u0002" }).split(
    "\u0001",
  );
  const [middle, end] = (after ?? "").split("\u0002");
  return (
    <div className="hidden min-w-0 grow bg-canvas md:block">
      <EmptyState icon={MessagesSquare} title={t("desk.none_open")}>
        {before}
        <Kbd>{keyFor("next")}</Kbd>
        {middle}
        <Kbd>{keyFor("help")}</Kbd>
        {end}
      </EmptyState>
    </div>
  );
}
