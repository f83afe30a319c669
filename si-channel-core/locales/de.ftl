# German. Unreviewed: not yet read by a native speaker.

frequency = Anzahl der Nachrichten variiert

welcome = Willkommen bei { $brand }. Hier antwortet ein KI-Assistent: Schreiben Sie einfach, was Sie brauchen. { $frequency }. Kosten für Nachrichten und Daten möglich. HELP für Hilfe, STOP zum Abmelden.
consent_request = { $brand }: Um Antworten unseres KI-Assistenten per Nachricht zu erhalten, antworten Sie YES. { $frequency }. Kosten für Nachrichten und Daten möglich. HELP für Hilfe, STOP zum Abmelden.
opt_in_confirmation = { $brand }: Sie sind angemeldet und erhalten wieder Antworten per Nachricht. { $frequency }. Kosten für Nachrichten und Daten möglich. HELP für Hilfe, STOP zum Abmelden.
opt_out_confirmation = { $brand }: Sie sind abgemeldet und erhalten keine Nachrichten mehr.
topic_opt_out_confirmation = { $brand }: Sie erhalten keine Nachrichten zu { $purpose } mehr. Um gar keine zu erhalten, antworten Sie noch einmal STOP.
opt_out_clarification = { $brand }: Sollen wir keine Nachrichten mehr senden? Antworten Sie STOP, dann hören wir auf. Sonst schreiben Sie einfach weiter.
help = { $brand }: Hilfe erhalten Sie unter { $contact }. { $frequency }. Kosten für Nachrichten und Daten möglich. STOP zum Abmelden.
ai_disclosure = { $brand }: Hier antwortet ein KI-Assistent.

inactivity_warning = Sind Sie noch da? Dieses Gespräch endet in { $minutes } { $minutes ->
    [one] Minute
   *[other] Minuten
}. Schreiben Sie etwas, um es offen zu halten.
closing_summary = Dieses Gespräch ist beendet. Nachrichten an uns: { $received }, von uns: { $sent }. Dauer: { $minutes } Min. Schreiben Sie jederzeit wieder, um ein neues zu beginnen.
window_reminder = Ihre Antwort ist noch unterwegs. WhatsApp lässt uns noch { $minutes } Min. schreiben: Senden Sie ein Wort, damit es weitergeht.

join_announcement = { $name } ist dem Gespräch beigetreten.
join_failed = Mit diesem Code kommen Sie nicht hinein. Vielleicht ist er vertippt oder zu alt oder das Gespräch voll: Bitten Sie um einen neuen.
join_limited = Sie haben zu viele Codes probiert. Bitte versuchen Sie es später wieder.
join_already = Sie sind schon in diesem Gespräch.
leave_announcement = { $name } hat das Gespräch verlassen.
left_group = Sie haben die Gruppe verlassen. Was Sie jetzt schreiben, bleibt zwischen Ihnen und uns.
invitation = Um an unserem Gespräch teilzunehmen, senden Sie JOIN { $code } an { $number }
name_set = Die anderen sehen Sie jetzt als { $name }.

cognition_unavailable = Leider können wir gerade nicht antworten. Bitte versuchen Sie es in ein paar Minuten wieder.

recording_notice = Dieser Anruf mit { $brand } wird aufgezeichnet.
recording_consent = { $brand } möchte diesen Anruf aufzeichnen. Wenn Sie einverstanden sind, sagen Sie Ja oder drücken Sie die 1. Wenn nicht, sagen Sie Nein oder drücken Sie die 2.
listening_notice = Sie sprechen mit einem KI-Assistenten von { $brand }. Er hört zu und schreibt mit, was gesagt wird.
spoken_warning = Sind Sie noch da? Bitte sagen Sie etwas, sonst endet der Anruf.
spoken_trouble = Leider ist etwas schiefgegangen. Bitte rufen Sie in ein paar Minuten wieder an.
