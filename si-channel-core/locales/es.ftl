# Spanish. Unreviewed: not yet read by a native speaker.

frequency = La frecuencia varía

welcome = Bienvenido a { $brand }. Aquí responde un asistente de IA: escriba lo que necesita. { $frequency }. Puede haber cargos por mensajes y datos. Responda HELP para ayuda, STOP para salir.
consent_request = { $brand }: Para recibir respuestas de nuestro asistente de IA por mensaje, responda YES. { $frequency }. Puede haber cargos por mensajes y datos. HELP para ayuda, STOP para salir.
opt_in_confirmation = { $brand }: Está de alta y volverá a recibir respuestas por mensaje. { $frequency }. Puede haber cargos por mensajes y datos. Responda HELP para ayuda, STOP para salir.
opt_out_confirmation = { $brand }: Se ha dado de baja y no recibirá más mensajes.
topic_opt_out_confirmation = { $brand }: No recibirá más mensajes de { $purpose }. Para no recibir ninguno, responda STOP otra vez.
opt_out_clarification = { $brand }: ¿Quiere que dejemos de enviarle mensajes? Responda STOP y lo haremos. Si no, siga escribiendo.
help = { $brand }: Para ayuda, contacte con { $contact }. { $frequency }. Puede haber cargos por mensajes y datos. Responda STOP para salir.
ai_disclosure = { $brand }: Aquí responde un asistente de IA.

inactivity_warning = ¿Sigue ahí? Esta conversación se cierra en { $minutes } { $minutes ->
    [one] minuto
   *[other] minutos
}. Escriba algo para mantenerla abierta.
closing_summary = Esta conversación se ha cerrado. Mensajes recibidos: { $received }, enviados: { $sent }. Duración: { $minutes } min. Escriba cuando quiera para empezar otra.
window_reminder = Su respuesta está en camino. WhatsApp nos deja escribir { $minutes } min más: envíe cualquier palabra para mantener esto abierto.

join_announcement = { $name } se ha unido a la conversación.
join_failed = Este código no le da acceso. Puede estar mal escrito o vencido, o la conversación estar llena: pida uno nuevo.
join_limited = Ha probado demasiados códigos. Inténtelo más tarde.
join_already = Ya está en esta conversación.
leave_announcement = { $name } ha dejado la conversación.
left_group = Ha dejado el grupo. Lo que escriba ahora queda entre usted y nosotros.
invitation = Para unirse a nuestra conversación, envíe JOIN { $code } al { $number }
name_set = Los demás le ven ahora como { $name }.

cognition_unavailable = Lo sentimos, ahora no podemos responder. Inténtelo de nuevo en unos minutos.

recording_notice = Esta llamada con { $brand } se graba.
recording_consent = { $brand } quiere grabar esta llamada. Si está de acuerdo, diga sí o pulse 1. Si no, diga no o pulse 2.
listening_notice = Habla con un asistente de inteligencia artificial de { $brand }. Escucha y transcribe lo que se dice.
spoken_warning = ¿Sigue ahí? Diga algo, por favor, o la llamada terminará.
spoken_trouble = Lo sentimos, algo ha fallado. Vuelva a llamar en unos minutos.
