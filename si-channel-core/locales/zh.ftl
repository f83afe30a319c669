# Chinese, simplified. Unreviewed: not yet read by a native speaker.

frequency = 消息数量不定

welcome = 欢迎使用 { $brand }。这里由 AI 助手为您解答，请直接留言。{ $frequency }。可能产生短信和流量费用。回复 HELP 获取帮助，回复 STOP 退订。
consent_request = { $brand }：如需通过消息获得 AI 助手的解答，请回复 YES。{ $frequency }。可能产生短信和流量费用。回复 HELP 获取帮助，回复 STOP 退订。
opt_in_confirmation = { $brand }：您已重新订阅，将再次收到我们的解答。{ $frequency }。可能产生短信和流量费用。回复 HELP 获取帮助，回复 STOP 退订。
opt_out_confirmation = { $brand }：您已退订，不会再收到消息。
topic_opt_out_confirmation = { $brand }：您不会再收到{ $purpose }消息。如不想收到任何消息，请再次回复 STOP。
opt_out_clarification = { $brand }：您希望我们停止发送消息吗？回复 STOP 即可停止。否则请继续留言。
help = { $brand }：如需帮助，请联系 { $contact }。{ $frequency }。可能产生短信和流量费用。回复 STOP 退订。
ai_disclosure = { $brand }：这里由 AI 助手回复。

inactivity_warning = 您还在吗？本次对话将在 { $minutes } 分钟后关闭。发送任意内容即可保持。
closing_summary = 本次对话已关闭。收到消息 { $received } 条，发出 { $sent } 条，时长 { $minutes } 分钟。随时留言即可开始新的对话。
window_reminder = 您的答复即将送达。WhatsApp 只允许我们再回复 { $minutes } 分钟：请发送任意文字以保持对话。

join_announcement = { $name } 加入了对话。
join_failed = 此代码无法进入。可能输入有误、已过期或对话已满：请索取新的代码。
join_limited = 您尝试的代码过多，请稍后再试。
join_already = 您已在此对话中。
leave_announcement = { $name } 离开了对话。
left_group = 您已离开群组。现在您写的内容仅限您与我们之间。
invitation = 要加入我们的对话，请发送 JOIN { $code } 至 { $number }
name_set = 其他人现在看到您的名字是 { $name }。

cognition_unavailable = 抱歉，暂时无法回复。请几分钟后再试。

recording_notice = 您与 { $brand } 的本次通话将被录音。
recording_consent = { $brand } 希望对本次通话录音。如果同意，请说"是"或按 1。如果不同意，请说"否"或按 2。
listening_notice = 您正在与 { $brand } 的 AI 助手通话。它会聆听并记录通话内容。
spoken_warning = 您还在吗？请说话，否则通话将结束。
spoken_trouble = 抱歉，出了点问题。请几分钟后再打来。
