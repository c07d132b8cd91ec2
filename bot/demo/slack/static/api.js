// The wire: what the page asks of the simulator, and what it is told as it happens.

const RECONNECT_MS = 800;
const KINDS = ["message", "changed", "deleted", "view", "view_closed", "home", "people"];

/** Every answer has `ok`; a server that cannot be reached is an answer like any other. */
export async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json().catch(() => ({}));
    return { ok: response.ok, error: response.ok ? undefined : `http_${response.status}`, ...answer };
  } catch {
    return { ok: false, error: "offline" };
  }
}

/** What a person sees; with no person named, what somebody does whom the simulator chooses (`you`). */
export async function readState(person = "") {
  const response = await fetch(`/page/state?as=${encodeURIComponent(person)}`, { cache: "no-store" });
  const state = await response.json();
  if (!response.ok) throw new RefusedError(state.error ?? `http_${response.status}`);
  return state;
}

/** The simulator answered, and would not: account_inactive, user_not_found, no_page_token, … */
export class RefusedError extends Error {}

/**
 * Listens for one person until closed. `opened` is called at each (re)connection, when the state must be
 * read again, since events may have been missed in between.
 */
export function listen(person, { opened, event, lost }) {
  let source;
  let timer;
  let closed = false;
  const connect = () => {
    source = new EventSource(`/page/events?as=${encodeURIComponent(person)}`);
    source.addEventListener("open", opened);
    source.addEventListener("error", () => {
      if (closed) return;
      // The browser gives up for good after a refusal, and is slow to come back after a cut.
      const isRefused = source.readyState === EventSource.CLOSED;
      source.close();
      timer = setTimeout(connect, RECONNECT_MS);
      lost({ isRefused });
    });
    for (const kind of KINDS) {
      source.addEventListener(kind, ({ data }) => event(kind, JSON.parse(data)));
    }
  };
  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    source.close();
  };
}
