# Dutch. Unreviewed: not yet read by a native speaker.

frequency = Aantal berichten wisselt

welcome = Welkom bij { $brand }. Hier antwoordt een AI-assistent: schrijf gewoon wat u nodig hebt. { $frequency }. Kosten voor berichten en data mogelijk. HELP voor hulp, STOP om u af te melden.
consent_request = { $brand }: Antwoord YES om per bericht antwoorden van onze AI-assistent te krijgen. { $frequency }. Kosten voor berichten en data mogelijk. HELP voor hulp, STOP om u af te melden.
opt_in_confirmation = { $brand }: U bent aangemeld en krijgt weer antwoorden per bericht. { $frequency }. Kosten voor berichten en data mogelijk. HELP voor hulp, STOP om u af te melden.
opt_out_confirmation = { $brand }: U bent afgemeld en krijgt geen berichten meer.
topic_opt_out_confirmation = { $brand }: U krijgt geen berichten over { $purpose } meer. Antwoord nog eens STOP om helemaal geen berichten te krijgen.
opt_out_clarification = { $brand }: Wilt u dat wij geen berichten meer sturen? Antwoord STOP, dan stoppen wij. Zo niet, schrijf dan gewoon verder.
help = { $brand }: Hulp krijgt u via { $contact }. { $frequency }. Kosten voor berichten en data mogelijk. Antwoord STOP om u af te melden.
ai_disclosure = { $brand }: Hier antwoordt een AI-assistent.

inactivity_warning = Bent u er nog? Dit gesprek sluit over { $minutes } { $minutes ->
    [one] minuut
   *[other] minuten
}. Schrijf iets om het open te houden.
closing_summary = Dit gesprek is gesloten. Berichten aan ons: { $received }, van ons: { $sent }. Duur: { $minutes } min. Schrijf gerust opnieuw om een nieuw gesprek te beginnen.
window_reminder = Uw antwoord is onderweg. WhatsApp laat ons nog { $minutes } min schrijven: stuur een woord om het gesprek open te houden.

join_announcement = { $name } doet nu mee aan het gesprek.
join_failed = Met deze code komt u er niet in. Misschien is hij verkeerd getypt of te oud, of is het gesprek vol: vraag om een nieuwe.
join_limited = U hebt te veel codes geprobeerd. Probeer het later opnieuw.
join_already = U doet al mee aan dit gesprek.
leave_announcement = { $name } heeft het gesprek verlaten.
left_group = U hebt de groep verlaten. Wat u nu schrijft, blijft tussen u en ons.
invitation = Stuur JOIN { $code } naar { $number } om mee te doen aan ons gesprek
name_set = De anderen zien u nu als { $name }.

cognition_unavailable = Sorry, wij kunnen nu niet antwoorden. Probeer het over een paar minuten opnieuw.

recording_notice = Dit gesprek met { $brand } wordt opgenomen.
recording_consent = { $brand } wil dit gesprek graag opnemen. Als u akkoord gaat, zeg ja of druk op 1. Zo niet, zeg nee of druk op 2.
listening_notice = U spreekt met een AI-assistent van { $brand }. Die luistert en schrijft op wat er wordt gezegd.
spoken_warning = Bent u er nog? Zeg alstublieft iets, anders eindigt het gesprek.
spoken_trouble = Sorry, er ging iets mis. Bel over een paar minuten opnieuw.
