// How addresses, times and durations are written.

/** `whatsapp:+1555…` and `+1555…` apart: the channel and the number. */
export function split(address) {
  const whatsapp = address.startsWith("whatsapp:");
  return { channel: whatsapp ? "whatsapp" : "sms", number: whatsapp ? address.slice(9) : address };
}

export const join = (channel, number) => (channel === "whatsapp" ? `whatsapp:${number}` : number);

export const channelName = (channel) => (channel === "whatsapp" ? "WhatsApp" : "SMS");

/** A number in groups that can be read. */
export function grouped(number) {
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return american ? `+1 ${american[1]} ${american[2]} ${american[3]}` : number.replace(/(\d{3})(?=\d{2})/g, "$1 ");
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

export const minutes = (date) => clock.format(date);
export const seconds = (date) => exact.format(date);
export const date = (date) => day.format(date);

/** How far ahead, such as `2 d 3 h`. */
export function span(milliseconds) {
  let rest = Math.round(milliseconds / 1000);
  const parts = [];
  for (const [unit, size] of [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]]) {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    if (whole > 0) parts.push(`${whole} ${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}

/** SIDs shortened to what tells them apart. */
export const shortened = (text) => text.replace(/\b([A-Z]{2})[0-9a-f]{28}([0-9a-f]{4})\b/g, "$1…$2");
