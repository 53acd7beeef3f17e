import { QueryClient } from "@tanstack/react-query";
import { ApiError, createApi } from "@wasl/api";
import { browserGround, Realtime } from "@wasl/realtime";

/** The three things everything stands on: requests, the socket, and what was read before. */
export const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (count, error) => error instanceof ApiError && error.retryable && count < 3,
      refetchOnWindowFocus: false,
    },
  },
});

export const realtime = new Realtime(browserGround("/api/v1/socket"));

/** Whoever was here is gone: forget what they saw. */
export function forgetPerson() {
  realtime.stop();
  // "me" is set, not removed: the shell still looks at it and goes to the sign-in page.
  queryClient.setQueryData(["me"], null);
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
  queryClient.getMutationCache().clear();
}

export const api = createApi({ onSignedOut: forgetPerson });
realtime.onSignedOut = forgetPerson;
