// The wire: what the page asks of the simulator, and what it is told as it happens.

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

export async function readState(person) {
  const query = person ? `?as=${encodeURIComponent(person)}` : "";
  const response = await fetch(`/page/state${query}`, { cache: "no-store" });
  if (!response.ok) throw new RefusedError(response.status, await response.text());
  return response.json();
}

export class RefusedError extends Error {
  constructor(status, body) {
    super(body.slice(0, 200));
    this.status = status;
  }
}

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
      lost();
      // The browser gives up for good after an HTTP error, such as a server that is just starting.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, 1000);
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
