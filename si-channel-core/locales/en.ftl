# English. Written by the makers of the channel.
#
# Every text is one message. $brand, $contact and $frequency are the operator's, and any text may hold them; what else it
# holds stands in its wording here, and every language must hold the same. STOP, HELP, START, YES and JOIN are words that people write back: they stay as they are.

## How often messages come, where the operator does not say it otherwise.
frequency = Message frequency varies

## Consent
welcome = Welcome to { $brand }. An AI assistant answers here: just write what you need. { $frequency }. Msg & data rates may apply. Reply HELP for help, STOP to opt out.
consent_request = { $brand }: To get answers from our AI assistant by text, reply YES. { $frequency }. Msg & data rates may apply. Reply HELP for help, STOP to opt out.
opt_in_confirmation = { $brand }: You are opted in and will get answers by text again. { $frequency }. Msg & data rates may apply. Reply HELP for help, STOP to opt out.
opt_out_confirmation = { $brand }: You have opted out and will get no further messages.
topic_opt_out_confirmation = { $brand }: You will get no more { $purpose } messages. To get no messages at all, reply STOP again.
opt_out_clarification = { $brand }: Do you want us to stop all messages? Reply STOP and we will. If not, just go on.
help = { $brand }: For help, contact { $contact }. { $frequency }. Msg & data rates may apply. Reply STOP to opt out.
ai_disclosure = { $brand }: An AI assistant answers here.

## Sessions
inactivity_warning = Are you still there? This conversation closes in { $minutes } min. Write anything to keep it open.
closing_summary = This conversation is now closed. Messages to us: { $received }, from us: { $sent }. Length: { $minutes } min. Write again at any time to begin a new one.
window_reminder = Your answer is still on its way. WhatsApp lets us write for { $minutes } min more: send us any word to keep this open.

## Groups
join_announcement = { $name } joined the conversation.
join_failed = This code does not let you in. It may be mistyped or too old, or the conversation full: please ask for a new one.
join_limited = You have tried too many codes. Please try again later.
join_already = You are in this conversation already.
leave_announcement = { $name } left the conversation.
left_group = You left the group. What you write now is between you and us alone.
invitation = To join our conversation, text JOIN { $code } to { $number }
name_set = The others now see you as { $name }.

## Trouble
cognition_unavailable = Sorry, we cannot answer just now. Please try again in a few minutes.

## Calls: spoken, so without abbreviations
recording_notice = This call with { $brand } is recorded.
recording_consent = { $brand } would like to record this call. If you agree, say yes or press 1. If not, say no or press 2.
listening_notice = You are speaking with an AI assistant of { $brand }. It listens and writes down what is said.
spoken_warning = Are you still there? Please say something, or the call ends.
spoken_trouble = Sorry, something went wrong. Please call again in a few minutes.
