// Where the reader is, in the address after "#": so that back, forward and reload do what people expect,
// also on a phone, where the panes are one behind the other.
//   #U0ANA                       the list of channels
//   #U0ANA/C0SHOP                a channel
//   #U0ANA/C0SHOP/1764000000.1   a thread in it
//   #U0ANA/D0ANA/home            the app's Home tab
//   #U0ANA/C0SHOP/p1764000000.1  one message, wherever it stands
//   #C0SHOP/1764000000.1         the same, as permalinks lead to it

export function route() {
  const parts = decodeURIComponent(location.hash.replace(/^#\/?/, "")).split("/");
  if (/^[CDG]/.test(parts[0])) return { channel: parts[0], message: parts[1] };
  const [person, channel, rest = ""] = parts;
  return {
    person: person || undefined,
    channel: channel || undefined,
    message: rest.startsWith("p") ? rest.slice(1) : undefined,
    thread: /^\d/.test(rest) ? rest : undefined,
    isHome: rest === "home",
  };
}

export function address({ person, channel, thread, message, isHome }) {
  return `#${[person, channel, isHome ? "home" : message ? `p${message}` : thread].filter(Boolean).join("/")}`;
}

export function go(place, { isReplacing = false } = {}) {
  if (isReplacing) {
    history.replaceState(null, "", address(place));
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else {
    location.hash = address(place);
  }
}
