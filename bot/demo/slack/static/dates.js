// Instants as people read them, in the zone of whoever looks.

const shape = (options) => {
  const format = new Intl.DateTimeFormat(undefined, options);
  return (date) => format.format(date);
};

const FORMS = {
  date_num: (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
  date: shape({ month: "long", day: "numeric", year: "numeric" }),
  date_short: shape({ month: "short", day: "numeric", year: "numeric" }),
  date_long: shape({ weekday: "long", month: "long", day: "numeric", year: "numeric" }),
  time: shape({ hour: "numeric", minute: "2-digit" }),
  time_secs: shape({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago: (date) => ago(date),
};

for (const name of ["date", "date_short", "date_long"]) {
  FORMS[`${name}_pretty`] = (date) => dayName(date)?.toLowerCase() ?? FORMS[name](date);
}
FORMS.day_divider_pretty = (date) => dayLabel(date);

/** Slack's <!date^…> format string with its {tokens} filled in; the fallback where it makes no sense. */
export function formatDate(seconds, format, fallback) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime()) || !format) return fallback || String(seconds);
  const text = format.replace(/\{(\w+)\}/g, (token, name) => FORMS[name]?.(date) ?? token);
  return format.startsWith("{") ? capital(text) : text;
}

export function instant(ts) {
  return new Date(Number(ts) * 1000);
}

export const clock = FORMS.time;

export function fullTime(date) {
  return `${FORMS.date_long(date)} at ${FORMS.time_secs(date)}`;
}

export function dayLabel(date) {
  return dayName(date) ?? DAY(date);
}

const DAY = shape({ weekday: "long", month: "long", day: "numeric" });

function dayName(date) {
  const days = Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);
  return { 0: "Today", 1: "Yesterday", [-1]: "Tomorrow" }[days];
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

const STEPS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
  ["month", 12],
  ["year", Infinity],
];
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

export function ago(date) {
  let amount = (date.getTime() - Date.now()) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return RELATIVE.format(Math.round(amount), unit);
    amount /= size;
  }
  return "";
}

const two = (number) => String(number).padStart(2, "0");
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
