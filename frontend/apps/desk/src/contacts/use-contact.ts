import { useQuery } from "@tanstack/react-query";
import { itemsOf, useScope } from "@wasl/realtime";
import { useEffect } from "react";
import { api, queryClient } from "../ground.ts";

export const contactKey = (id: string) => ["contact", id];

/** A contact with their orders, read again when the socket tells of a newer version. */
export function useContact(id: string) {
  const [newest] = itemsOf<{ version: number }>(useScope(`contact:${id}`), "contact");
  const contact = useQuery({
    queryKey: contactKey(id),
    queryFn: () => api.call("GET /contacts/{id}", { path: { id } }),
  });
  const told = newest?.version ?? 0;
  const read = contact.data?.version ?? told;
  useEffect(() => {
    if (told > read) void queryClient.invalidateQueries({ queryKey: contactKey(id) });
  }, [told, read, id]);
  return contact;
}
