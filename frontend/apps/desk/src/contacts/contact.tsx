import { Link } from "@tanstack/react-router";
import { ApiError, type Contact } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { Avatar, Button, EmptyState, Loading, Pill, Skeleton } from "@wasl/ui";
import {
  ArrowLeft,
  ChevronLeft,
  GitMerge,
  MessageCircle,
  SearchX,
  TriangleAlert,
} from "lucide-react";
import { useState } from "react";
import { useErrorText } from "../errors.ts";
import { queryClient } from "../ground.ts";
import { Consents } from "./consents.tsx";
import { Conversations } from "./conversations.tsx";
import { Details } from "./details.tsx";
import { Identities } from "./identities.tsx";
import { Journey } from "./journey.tsx";
import { MergeDialog } from "./merge.tsx";
import { Orders } from "./orders.tsx";
import { StartConversation } from "./start-conversation.tsx";
import { contactKey, useContact } from "./use-contact.ts";

export const keepContact = (contact: Contact) =>
  queryClient.setQueryData(contactKey(contact.id), contact);
/** After a merge or its undoing, everything read of contacts is old. */
export const refreshContacts = () =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: ["contact"] }),
    queryClient.invalidateQueries({ queryKey: ["contacts"] }),
  ]);

export function ContactPage({ id }: { id: string }) {
  const t = useT();
  const text = useErrorText();
  const contact = useContact(id);
  if (contact.data) return <Shown contact={contact.data} />;
  if (!contact.isError)
    return (
      <main className="min-w-0 grow bg-canvas p-4">
        <Loading label={t("common.loading")}>
          <ContactSkeleton />
        </Loading>
      </main>
    );
  const gone = contact.error instanceof ApiError && contact.error.status === 404;
  return (
    <main className="min-w-0 grow">
      <EmptyState
        icon={gone ? SearchX : TriangleAlert}
        tone={gone ? "accent" : "bad"}
        title={t(gone ? "contacts.gone" : "shell.page_failed")}
        actions={
          gone ? (
            <Link
              to="/contacts/$"
              params={{ _splat: "" }}
              className="font-medium text-accent-text underline underline-offset-2"
            >
              {t("contacts.to_all")}
            </Link>
          ) : (
            <Button kind="primary" onPress={() => void contact.refetch()}>
              {t("common.retry")}
            </Button>
          )
        }
      >
        {gone ? t("contacts.gone_text") : text(contact.error)}
      </EmptyState>
    </main>
  );
}

function ContactSkeleton() {
  return (
    <div className="flex flex-col gap-3">
      <Skeleton className="h-14 rounded-xl!" />
      <Skeleton className="h-48 rounded-xl!" />
      <div className="grid gap-3 md:grid-cols-3">
        <Skeleton className="h-72 rounded-xl!" />
        <Skeleton className="h-72 rounded-xl!" />
        <Skeleton className="h-72 rounded-xl!" />
      </div>
    </div>
  );
}

function Shown({ contact }: { contact: Contact }) {
  return (
    <main className="relative flex min-w-0 grow flex-col overflow-y-auto bg-canvas">
      <Header contact={contact} />
      <div className="flex flex-col gap-3 p-3 md:p-4">
        <Journey contact={contact} />
        <div className="grid items-start gap-3 min-[900px]:grid-cols-[300px_minmax(0,1fr)] min-[1280px]:grid-cols-[324px_minmax(0,1fr)_356px]">
          <div className="flex flex-col gap-3">
            <Identities contact={contact} />
            <Details contact={contact} />
          </div>
          <div className="flex min-w-0 flex-col gap-3">
            <Conversations contact={contact} />
            <Orders contact={contact} />
          </div>
          <div className="min-[900px]:max-[1279px]:col-span-2">
            <Consents contact={contact} />
          </div>
        </div>
      </div>
    </main>
  );
}

function Header({ contact }: { contact: Contact }) {
  const t = useT();
  const format = useFormat();
  const [merging, setMerging] = useState(false);
  const [starting, setStarting] = useState(false);
  const name = contact.name || t("contacts.nameless");
  const open = contact.recent.find(({ status }) => status !== "resolved");
  const here = contact.time_zone ? timeThere(format, contact.time_zone) : null;
  const facts = [
    t("contacts.since", { at: format.date(contact.created_at) }),
    contact.stats.currency && contact.stats.lifetime_minor > 0
      ? format.money(contact.stats.lifetime_minor, contact.stats.currency, true)
      : null,
    contact.city && isolate(contact.city),
    here && t("contacts.time_there", { time: here }),
  ].filter(Boolean);
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-3 border-b border-line bg-surface px-4 py-3 md:px-5">
      <Link
        to="/contacts/$"
        params={{ _splat: "" }}
        aria-label={t("contacts.to_all")}
        className="-ms-1 grid size-8 place-items-center rounded-lg text-ink-2 md:hidden"
      >
        <ArrowLeft size={18} aria-hidden="true" className="icon-flip" />
      </Link>
      <Avatar name={name} size={48} />
      <div className="min-w-0 grow basis-52">
        <Link
          to="/contacts/$"
          params={{ _splat: "" }}
          className="hidden w-fit items-center gap-1 text-xs text-ink-3 hover:text-ink hover:underline md:flex"
        >
          <ChevronLeft size={12} aria-hidden="true" className="icon-flip" />
          {t("contacts.to_all")}
        </Link>
        <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <h1 dir="auto" className="bidi-line min-w-0 truncate text-lg leading-7 font-semibold">
            {name}
          </h1>
          {contact.tags.map((tag) => (
            <Pill key={tag} tone="accent">
              <bdi className="max-w-40 truncate">{tag}</bdi>
            </Pill>
          ))}
          <span className="text-[13px] text-ink-2">{facts.join(" · ")}</span>
        </div>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button icon={GitMerge} onPress={() => setMerging(true)}>
          {t("contacts.merge")}
        </Button>
        {open && (
          <Link
            to="/conversations/$id"
            params={{ id: open.conversation_id }}
            search={{ view: "all" }}
            className="inline-flex h-8 items-center gap-1.5 rounded-lg border border-line bg-surface px-3 text-sm font-medium hover:bg-sunken"
          >
            {t("contacts.open_conversation")}
          </Link>
        )}
        <Button kind="primary" icon={MessageCircle} onPress={() => setStarting(true)}>
          {t("contacts.start")}
        </Button>
      </div>
      <MergeDialog
        key={`merge-${merging}`}
        contact={contact}
        other={null}
        isOpen={merging}
        close={() => setMerging(false)}
      />
      <StartConversation
        key={`start-${starting}`}
        contact={contact}
        isOpen={starting}
        close={() => setStarting(false)}
      />
    </header>
  );
}

/** The time where they are; a zone this browser doesn't know shows none. */
function timeThere(format: ReturnType<typeof useFormat>, timeZone: string): string | null {
  try {
    return format.time(Date.now(), timeZone);
  } catch {
    return null;
  }
}
