# French. Unreviewed: not yet read by a native speaker.

frequency = Fréquence variable

welcome = Bienvenue chez { $brand }. Ici, un assistant IA vous répond : écrivez ce qu'il vous faut. { $frequency }. Des frais de messages et de données peuvent s'appliquer. HELP pour de l'aide, STOP pour arrêter.
consent_request = { $brand } : pour recevoir par message les réponses de notre assistant IA, répondez YES. { $frequency }. Des frais de messages et de données peuvent s'appliquer. HELP pour de l'aide, STOP pour arrêter.
opt_in_confirmation = { $brand } : vous êtes inscrit et recevrez de nouveau nos réponses par message. { $frequency }. Des frais de messages et de données peuvent s'appliquer. HELP pour de l'aide, STOP pour arrêter.
opt_out_confirmation = { $brand } : vous êtes désinscrit et ne recevrez plus de messages.
topic_opt_out_confirmation = { $brand } : vous ne recevrez plus de messages { $purpose }. Pour n'en recevoir aucun, répondez de nouveau STOP.
opt_out_clarification = { $brand } : voulez-vous que nous arrêtions tout message ? Répondez STOP et ce sera fait. Sinon, continuez simplement.
help = { $brand } : pour de l'aide, contactez { $contact }. { $frequency }. Des frais de messages et de données peuvent s'appliquer. Répondez STOP pour arrêter.
ai_disclosure = { $brand } : un assistant IA vous répond ici.

inactivity_warning = Êtes-vous toujours là ? Cette conversation se ferme dans { $minutes } { $minutes ->
    [one] minute
   *[other] minutes
}. Écrivez pour la garder ouverte.
closing_summary = Cette conversation est close. Messages reçus : { $received }, envoyés : { $sent }. Durée : { $minutes } min. Écrivez quand vous voulez pour en ouvrir une autre.
window_reminder = Votre réponse arrive. WhatsApp nous laisse écrire encore { $minutes } min : envoyez un mot pour garder la conversation ouverte.

join_announcement = { $name } a rejoint la conversation.
join_failed = Ce code ne vous donne pas accès. Il est peut-être mal saisi ou périmé, ou la conversation est complète : demandez-en un nouveau.
join_limited = Vous avez essayé trop de codes. Réessayez plus tard.
join_already = Vous êtes déjà dans cette conversation.
leave_announcement = { $name } a quitté la conversation.
left_group = Vous avez quitté le groupe. Ce que vous écrivez maintenant reste entre vous et nous.
invitation = Pour rejoindre notre conversation, envoyez JOIN { $code } au { $number }
name_set = Les autres vous voient désormais comme { $name }.

cognition_unavailable = Désolé, nous ne pouvons pas répondre pour le moment. Réessayez dans quelques minutes.

recording_notice = Cet appel avec { $brand } est enregistré.
recording_consent = { $brand } souhaite enregistrer cet appel. Si vous êtes d'accord, dites oui ou appuyez sur 1. Sinon, dites non ou appuyez sur 2.
listening_notice = Vous parlez à un assistant d'intelligence artificielle de { $brand }. Il écoute et transcrit ce qui est dit.
spoken_warning = Êtes-vous toujours là ? Dites quelque chose, sinon l'appel va se terminer.
spoken_trouble = Désolé, une erreur s'est produite. Rappelez dans quelques minutes.
