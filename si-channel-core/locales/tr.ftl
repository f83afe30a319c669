# Turkish. Unreviewed: not yet read by a native speaker.

frequency = Mesaj sıklığı değişir

welcome = { $brand } hattına hoş geldiniz. Burada bir yapay zeka asistanı yanıtlar: ihtiyacınızı yazın. { $frequency }. Mesaj ve veri ücreti uygulanabilir. Yardım için HELP, çıkmak için STOP yazın.
consent_request = { $brand }: Yapay zeka asistanımızdan mesajla yanıt almak için YES yazın. { $frequency }. Mesaj ve veri ücreti uygulanabilir. Yardım için HELP, çıkmak için STOP yazın.
opt_in_confirmation = { $brand }: Kaydınız açıldı, yeniden mesajla yanıt alacaksınız. { $frequency }. Mesaj ve veri ücreti uygulanabilir. Yardım için HELP, çıkmak için STOP yazın.
opt_out_confirmation = { $brand }: Kaydınız silindi, artık mesaj almayacaksınız.
topic_opt_out_confirmation = { $brand }: Artık { $purpose } mesajı almayacaksınız. Hiç mesaj almamak için yeniden STOP yazın.
opt_out_clarification = { $brand }: Mesaj göndermeyi bırakmamızı ister misiniz? STOP yazarsanız bırakırız. İstemiyorsanız yazmaya devam edin.
help = { $brand }: Yardım için: { $contact }. { $frequency }. Mesaj ve veri ücreti uygulanabilir. Çıkmak için STOP yazın.
ai_disclosure = { $brand }: Burada bir yapay zeka asistanı yanıtlar.

inactivity_warning = Hâlâ orada mısınız? Bu görüşme { $minutes } dakika sonra kapanacak. Açık kalması için bir şey yazın.
closing_summary = Bu görüşme kapandı. Bize gelen mesaj: { $received }, bizden giden: { $sent }. Süre: { $minutes } dk. Yenisini başlatmak için istediğiniz zaman yazın.
window_reminder = Yanıtınız yolda. WhatsApp { $minutes } dk daha yazmamıza izin veriyor: açık kalması için bir kelime gönderin.

join_announcement = { $name } görüşmeye katıldı.
join_failed = Bu kodla giremezsiniz. Yanlış yazılmış veya eskimiş olabilir ya da görüşme doludur: lütfen yeni bir kod isteyin.
join_limited = Çok fazla kod denediniz. Lütfen daha sonra yeniden deneyin.
join_already = Zaten bu görüşmedesiniz.
leave_announcement = { $name } görüşmeden ayrıldı.
left_group = Gruptan ayrıldınız. Artık yazdıklarınız yalnızca sizinle bizim aramızda kalır.
invitation = Görüşmemize katılmak için { $number } numarasına JOIN { $code } yazın
name_set = Diğerleri sizi artık { $name } olarak görüyor.

cognition_unavailable = Üzgünüz, şu anda yanıt veremiyoruz. Lütfen birkaç dakika sonra yeniden deneyin.

recording_notice = { $brand } ile bu görüşme kaydediliyor.
recording_consent = { $brand } bu görüşmeyi kaydetmek istiyor. Kabul ediyorsanız evet deyin ya da 1'e basın. Etmiyorsanız hayır deyin ya da 2'ye basın.
listening_notice = { $brand } yapay zeka asistanıyla konuşuyorsunuz. Söylenenleri dinler ve yazıya döker.
spoken_warning = Hâlâ orada mısınız? Lütfen bir şey söyleyin, yoksa arama sona erecek.
spoken_trouble = Üzgünüz, bir sorun oluştu. Lütfen birkaç dakika sonra yeniden arayın.
