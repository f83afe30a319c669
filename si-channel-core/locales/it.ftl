# Italian. Unreviewed: not yet read by a native speaker.

frequency = La frequenza varia

welcome = Le diamo il benvenuto in { $brand }. Qui risponde un assistente IA: scriva pure di cosa ha bisogno. { $frequency }. Possono applicarsi costi per messaggi e dati. HELP per aiuto, STOP per uscire.
consent_request = { $brand }: Per ricevere risposte dal nostro assistente IA via messaggio, risponda YES. { $frequency }. Possono applicarsi costi per messaggi e dati. HELP per aiuto, STOP per uscire.
opt_in_confirmation = { $brand }: La sua iscrizione è attiva e riceverà di nuovo risposte via messaggio. { $frequency }. Possono applicarsi costi per messaggi e dati. HELP per aiuto, STOP per uscire.
opt_out_confirmation = { $brand }: La sua iscrizione è annullata e non riceverà altri messaggi.
topic_opt_out_confirmation = { $brand }: Non riceverà più messaggi di { $purpose }. Per non riceverne affatto, risponda di nuovo STOP.
opt_out_clarification = { $brand }: Vuole che smettiamo di inviarle messaggi? Risponda STOP e lo faremo. Altrimenti continui pure.
help = { $brand }: Per aiuto, contatti { $contact }. { $frequency }. Possono applicarsi costi per messaggi e dati. Risponda STOP per uscire.
ai_disclosure = { $brand }: Qui risponde un assistente IA.

inactivity_warning = È ancora lì? Questa conversazione si chiude tra { $minutes } { $minutes ->
    [one] minuto
   *[other] minuti
}. Scriva qualcosa per tenerla aperta.
closing_summary = Questa conversazione è chiusa. Messaggi ricevuti: { $received }, inviati: { $sent }. Durata: { $minutes } min. Scriva quando vuole per iniziarne un'altra.
window_reminder = La sua risposta è in arrivo. WhatsApp ci lascia scrivere ancora per { $minutes } min: invii una parola per continuare.

join_announcement = { $name } è entrato nella conversazione.
join_failed = Questo codice non dà accesso. Forse è scritto male o scaduto, o la conversazione è piena: ne chieda uno nuovo.
join_limited = Ha provato troppi codici. Riprovi più tardi.
join_already = È già in questa conversazione.
leave_announcement = { $name } ha lasciato la conversazione.
left_group = Ha lasciato il gruppo. Ciò che scrive ora resta tra lei e noi.
invitation = Per entrare nella nostra conversazione, invii JOIN { $code } a { $number }
name_set = Gli altri ora la vedono come { $name }.

cognition_unavailable = Ci dispiace, al momento non possiamo rispondere. Riprovi tra qualche minuto.

recording_notice = Questa chiamata con { $brand } viene registrata.
recording_consent = { $brand } vorrebbe registrare questa chiamata. Se è d'accordo, dica sì o prema 1. Altrimenti dica no o prema 2.
listening_notice = Sta parlando con un assistente di intelligenza artificiale di { $brand }. Ascolta e trascrive ciò che viene detto.
spoken_warning = È ancora lì? Dica qualcosa, per favore, o la chiamata terminerà.
spoken_trouble = Ci dispiace, qualcosa è andato storto. Richiami tra qualche minuto.
