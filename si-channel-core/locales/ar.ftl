# Arabic. Unreviewed: not yet read by a native speaker.

frequency = عدد الرسائل متغير

welcome = مرحبا بك في { $brand }. يجيبك مساعد ذكاء اصطناعي. { $frequency }. قد تطبق رسوم رسائل وبيانات. HELP للمساعدة، STOP للإلغاء.
consent_request = { $brand }: لردود مساعد الذكاء الاصطناعي أرسل YES. { $frequency }. قد تطبق رسوم رسائل وبيانات. HELP للمساعدة، STOP للإلغاء.
opt_in_confirmation = { $brand }: تم تفعيل اشتراكك وستصلك ردودنا من جديد. { $frequency }. قد تطبق رسوم رسائل وبيانات. HELP للمساعدة، STOP للإلغاء.
opt_out_confirmation = { $brand }: تم إلغاء اشتراكك ولن تصلك رسائل أخرى.
topic_opt_out_confirmation = { $brand }: لن تصلك رسائل { $purpose } بعد الآن. لإيقاف كل الرسائل أرسل STOP مرة أخرى.
opt_out_clarification = { $brand }: هل تريد أن نتوقف عن مراسلتك؟ أرسل STOP وسنتوقف. وإلا فتابع الكتابة.
help = { $brand }: للمساعدة: { $contact }. { $frequency }. قد تطبق رسوم رسائل وبيانات. أرسل STOP للإلغاء.
ai_disclosure = { $brand }: يجيبك هنا مساعد ذكاء اصطناعي.

inactivity_warning = هل ما زلت هنا؟ ستغلق هذه المحادثة بعد { $minutes ->
    [one] دقيقة واحدة
    [two] دقيقتين
    [few] { $minutes } دقائق
   *[other] { $minutes } دقيقة
}. اكتب أي شيء لتبقى مفتوحة.
closing_summary = أغلقت هذه المحادثة. الرسائل إلينا: { $received }، منا: { $sent }. المدة: { $minutes } د. اكتب في أي وقت لبدء محادثة جديدة.
window_reminder = ردك في الطريق. يسمح لنا WhatsApp بالكتابة { $minutes } دقيقة أخرى: أرسل أي كلمة لتبقى المحادثة مفتوحة.

join_announcement = انضم { $name } إلى المحادثة.
join_failed = هذا الرمز لا يسمح بالدخول. قد يكون خاطئا أو قديما أو المحادثة ممتلئة: اطلب رمزا جديدا.
join_limited = جربت رموزا كثيرة. حاول لاحقا.
join_already = أنت في هذه المحادثة بالفعل.
leave_announcement = غادر { $name } المحادثة.
left_group = غادرت المجموعة. ما تكتبه الآن يبقى بينك وبيننا فقط.
invitation = للانضمام إلى محادثتنا أرسل JOIN { $code } إلى { $number }
name_set = يراك الآخرون الآن باسم { $name }.

cognition_unavailable = عذرا، لا يمكننا الرد الآن. حاول مرة أخرى بعد دقائق.

recording_notice = يتم تسجيل هذه المكالمة مع { $brand }.
recording_consent = تود { $brand } تسجيل هذه المكالمة. إن كنت موافقا فقل نعم أو اضغط 1. وإلا فقل لا أو اضغط 2.
listening_notice = أنت تتحدث مع مساعد ذكاء اصطناعي من { $brand }. إنه يستمع ويدون ما يقال.
spoken_warning = هل ما زلت هنا؟ من فضلك قل شيئا وإلا انتهت المكالمة.
spoken_trouble = عذرا، حدث خطأ ما. اتصل مرة أخرى بعد دقائق.
