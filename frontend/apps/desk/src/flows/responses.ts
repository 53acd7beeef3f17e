import { useQuery } from "@tanstack/react-query";
import type { CannedResponse } from "@wasl/api";
import { api } from "../ground.ts";

/** The company's canned responses, which flows may say. */
export function useResponses(enabled: boolean): readonly CannedResponse[] | undefined {
  const { data } = useQuery({
    queryKey: ["canned-responses"],
    queryFn: () => api.call("GET /canned-responses"),
    enabled,
  });
  return data;
}
