import { useQuery } from "@tanstack/react-query";
import { ApiError, type Me } from "@wasl/api";
import { api, queryClient } from "./ground.ts";

async function readMe(): Promise<Me | null> {
  try {
    return await api.call("GET /me");
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** Who is signed in; null when nobody is. */
export const useMeQuery = () =>
  useQuery({ queryKey: ["me"], queryFn: readMe, staleTime: Infinity });

/** Below the signed-in part of the page there always is someone. */
export function useMe(): Me {
  const { data } = useMeQuery();
  if (!data) throw new Error("useMe needs someone signed in");
  return data;
}

export const setMe = (me: Me | null) => queryClient.setQueryData(["me"], me);
