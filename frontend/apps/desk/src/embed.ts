/** The desk stands beside the demo's phone, in a page of our own. Read before the first redirect. */
export const embedded: boolean =
  window.parent !== window && new URLSearchParams(location.search).get("embed") === "1";
