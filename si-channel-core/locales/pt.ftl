# Portuguese. Unreviewed: not yet read by a native speaker.

frequency = A frequência varia

welcome = Boas-vindas à { $brand }. Aqui responde um assistente de IA: escreva o que precisa. { $frequency }. Podem aplicar-se tarifas de mensagens e dados. Responda HELP para ajuda, STOP para sair.
consent_request = { $brand }: Para receber respostas do nosso assistente de IA por mensagem, responda YES. { $frequency }. Podem aplicar-se tarifas de mensagens e dados. HELP para ajuda, STOP para sair.
opt_in_confirmation = { $brand }: A inscrição está ativa e voltará a receber respostas por mensagem. { $frequency }. Podem aplicar-se tarifas de mensagens e dados. HELP para ajuda, STOP para sair.
opt_out_confirmation = { $brand }: A inscrição foi cancelada e não receberá mais mensagens.
topic_opt_out_confirmation = { $brand }: Não receberá mais mensagens de { $purpose }. Para não receber nenhuma, responda STOP outra vez.
opt_out_clarification = { $brand }: Quer que deixemos de enviar mensagens? Responda STOP e assim faremos. Se não, continue a escrever.
help = { $brand }: Para ajuda, contacte { $contact }. { $frequency }. Podem aplicar-se tarifas de mensagens e dados. Responda STOP para sair.
ai_disclosure = { $brand }: Aqui responde um assistente de IA.

inactivity_warning = Ainda está aí? Esta conversa fecha em { $minutes } { $minutes ->
    [one] minuto
   *[other] minutos
}. Escreva algo para mantê-la aberta.
closing_summary = Esta conversa foi encerrada. Mensagens recebidas: { $received }, enviadas: { $sent }. Duração: { $minutes } min. Escreva quando quiser para começar outra.
window_reminder = A sua resposta está a caminho. O WhatsApp deixa-nos escrever por mais { $minutes } min: envie uma palavra para manter isto aberto.

join_announcement = { $name } entrou na conversa.
join_failed = Este código não dá acesso. Pode estar mal escrito ou vencido, ou a conversa estar cheia: peça um novo.
join_limited = Tentou códigos demais. Tente novamente mais tarde.
join_already = Já está nesta conversa.
leave_announcement = { $name } saiu da conversa.
left_group = Saiu do grupo. O que escrever agora fica entre nós.
invitation = Para entrar na nossa conversa, envie JOIN { $code } para { $number }
name_set = Os outros veem agora o nome { $name }.

cognition_unavailable = Lamentamos, agora não podemos responder. Tente novamente dentro de alguns minutos.

recording_notice = Esta chamada com { $brand } é gravada.
recording_consent = { $brand } gostaria de gravar esta chamada. Se concorda, diga sim ou prima 1. Se não, diga não ou prima 2.
listening_notice = Está a falar com um assistente de inteligência artificial da { $brand }. Ele ouve e transcreve o que é dito.
spoken_warning = Ainda está aí? Diga alguma coisa, por favor, ou a chamada termina.
spoken_trouble = Lamentamos, algo correu mal. Ligue novamente dentro de alguns minutos.
