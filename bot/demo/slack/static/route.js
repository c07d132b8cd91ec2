// Where the reader is, in the address after "#": so that back, forward and reload do what people expect,
// also on a phone, where the panes are one behind the other.
//   #U0ANA                       the list of channels
//   #U0ANA/C0SHOP                a channel
//   #U0ANA/C0SHOP/1764000000.1   a thread in it
//   #U0ANA/D0ANA/home            the app's Home tab

export function route() {
  const [person, channel, rest] = decodeURIComponent(location.hash.slice(1)).split("/");
  return {
    person: person || undefined,
    channel: channel || undefined,
    thread: rest && rest !== "home" ? rest : undefined,
    isHome: rest === "home",
  };
}

export function address({ person, channel, thread, isHome }) {
  return `#${[person, channel, isHome ? "home" : thread].filter(Boolean).join("/")}`;
}

export function go(place, { isReplacing = false } = {}) {
  if (isReplacing) {
    history.replaceState(null, "", address(place));
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else {
    location.hash = address(place);
  }
}
