# Polish. Unreviewed: not yet read by a native speaker.

frequency = Liczba wiadomości jest różna

welcome = Witamy w { $brand }. Tu odpowiada asystent AI: prosimy napisać, czego Państwu trzeba. { $frequency }. Możliwe opłaty za wiadomości i dane. HELP - pomoc, STOP - rezygnacja.
consent_request = { $brand }: Aby otrzymywać odpowiedzi naszego asystenta AI w wiadomościach, prosimy odpisać YES. { $frequency }. Możliwe opłaty za wiadomości i dane. HELP - pomoc, STOP - rezygnacja.
opt_in_confirmation = { $brand }: Zapis przyjęty, znów będziemy odpowiadać w wiadomościach. { $frequency }. Możliwe opłaty za wiadomości i dane. HELP - pomoc, STOP - rezygnacja.
opt_out_confirmation = { $brand }: Rezygnacja przyjęta. Nie wyślemy więcej wiadomości.
topic_opt_out_confirmation = { $brand }: Nie wyślemy więcej wiadomości: { $purpose }. Aby nie otrzymywać żadnych, prosimy ponownie odpisać STOP.
opt_out_clarification = { $brand }: Czy mamy nie wysyłać więcej wiadomości? Prosimy odpisać STOP, a przestaniemy. Jeśli nie, można pisać dalej.
help = { $brand }: Pomoc: { $contact }. { $frequency }. Możliwe opłaty za wiadomości i dane. STOP - rezygnacja.
ai_disclosure = { $brand }: Tu odpowiada asystent AI.

inactivity_warning = Czy jest tam ktoś? Rozmowa zamknie się za { $minutes } { $minutes ->
    [one] minutę
    [few] minuty
    [many] minut
   *[other] minuty
}. Wystarczy coś napisać, aby trwała dalej.
closing_summary = Rozmowa została zamknięta. Wiadomości do nas: { $received }, od nas: { $sent }. Czas: { $minutes } min. Nową można zacząć w każdej chwili, pisząc do nas.
window_reminder = Odpowiedź jest w drodze. WhatsApp pozwala nam pisać jeszcze { $minutes } min: wystarczy jedno słowo, aby rozmowa trwała dalej.

join_announcement = { $name } dołącza do rozmowy.
join_failed = Ten kod nie daje dostępu. Może jest błędny albo stary, albo rozmowa jest pełna: prosimy poprosić o nowy.
join_limited = Zbyt wiele prób z kodami. Prosimy spróbować później.
join_already = Ta rozmowa jest już otwarta u Państwa.
leave_announcement = { $name } opuszcza rozmowę.
left_group = To koniec udziału w grupie. Dalsze wiadomości widzimy tylko my.
invitation = Aby dołączyć do naszej rozmowy, wyślij JOIN { $code } na { $number }
name_set = Inni widzą teraz nazwę { $name }.

cognition_unavailable = Przepraszamy, teraz nie możemy odpowiedzieć. Prosimy spróbować za kilka minut.

recording_notice = Ta rozmowa z { $brand } jest nagrywana.
recording_consent = { $brand } chce nagrać tę rozmowę. Jeśli się Państwo zgadzają, proszę powiedzieć tak lub nacisnąć 1. Jeśli nie, proszę powiedzieć nie lub nacisnąć 2.
listening_notice = Rozmowę prowadzi asystent AI { $brand }. Słucha i zapisuje to, co zostało powiedziane.
spoken_warning = Czy jest tam ktoś? Proszę coś powiedzieć, inaczej połączenie się zakończy.
spoken_trouble = Przepraszamy, coś poszło nie tak. Prosimy zadzwonić za kilka minut.
