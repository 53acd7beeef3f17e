import { Outlet } from "@tanstack/react-router";

export function ConversationsPage() {
  return (
    <main className="flex min-w-0 grow">
      <Outlet />
    </main>
  );
}
