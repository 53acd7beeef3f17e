import { useParams } from "@tanstack/react-router";

export function ConversationPage() {
  const { id } = useParams({ from: "/conversations/$id" });
  return <section>{id}</section>;
}
