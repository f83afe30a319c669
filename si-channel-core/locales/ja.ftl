# Japanese. Unreviewed: not yet read by a native speaker.

frequency = 配信頻度は不定です

welcome = { $brand }へようこそ。AIアシスタントがお答えします。ご用件をお書きください。{ $frequency }。通信料がかかる場合があります。ヘルプはHELP、停止はSTOPと返信。
consent_request = { $brand }：AIアシスタントの回答をメッセージで受け取るにはYESと返信してください。{ $frequency }。通信料がかかる場合があります。ヘルプはHELP、停止はSTOP。
opt_in_confirmation = { $brand }：登録が完了し、再び回答をお届けします。{ $frequency }。通信料がかかる場合があります。ヘルプはHELP、停止はSTOPと返信。
opt_out_confirmation = { $brand }：配信を停止しました。今後メッセージは届きません。
topic_opt_out_confirmation = { $brand }：{ $purpose }のメッセージは今後届きません。すべて停止するには、もう一度STOPと返信してください。
opt_out_clarification = { $brand }：メッセージの送信を停止しますか。停止するにはSTOPと返信してください。続ける場合はそのままお書きください。
help = { $brand }：お問い合わせは { $contact } まで。{ $frequency }。通信料がかかる場合があります。停止はSTOPと返信。
ai_disclosure = { $brand }：ここではAIアシスタントがお答えします。

inactivity_warning = まだいらっしゃいますか。この会話は{ $minutes }分後に終了します。続けるには何かお書きください。
closing_summary = この会話は終了しました。受信{ $received }件、送信{ $sent }件、{ $minutes }分間。新しい会話はいつでも始められます。
window_reminder = 回答を準備しています。WhatsAppで返信できるのはあと{ $minutes }分です。続けるには何かお送りください。

join_announcement = { $name }さんが会話に参加しました。
join_failed = このコードでは参加できません。入力の誤り、期限切れ、または満員の可能性があります。新しいコードをご依頼ください。
join_limited = コードの試行回数が多すぎます。後でもう一度お試しください。
join_already = すでにこの会話に参加しています。
leave_announcement = { $name }さんが会話を離れました。
left_group = グループを離れました。これからの内容は当方とのみ共有されます。
invitation = 会話に参加するには、JOIN { $code } を { $number } に送信してください
name_set = ほかの参加者には{ $name }と表示されます。

cognition_unavailable = 申し訳ありませんが、今はお答えできません。数分後にもう一度お試しください。

recording_notice = { $brand }とのこの通話は録音されます。
recording_consent = { $brand }はこの通話の録音を希望しています。同意される場合は「はい」と言うか1を押してください。同意されない場合は「いいえ」と言うか2を押してください。
listening_notice = { $brand }のAIアシスタントと通話中です。通話の内容を聞き取り、記録します。
spoken_warning = まだいらっしゃいますか。何かお話しください。お話がなければ通話は終了します。
spoken_trouble = 申し訳ありません、問題が発生しました。数分後におかけ直しください。
