# Hindi. Unreviewed: not yet read by a native speaker.

frequency = संदेशों की संख्या बदलती है

welcome = { $brand } में स्वागत है। यहाँ AI सहायक उत्तर देता है। { $frequency }। संदेश व डेटा शुल्क संभव। मदद: HELP, बंद: STOP.
consent_request = { $brand }: AI सहायक से उत्तर पाने के लिए YES लिखें। { $frequency }। संदेश व डेटा शुल्क संभव। मदद: HELP, बंद: STOP.
opt_in_confirmation = { $brand }: आप फिर जुड़ गए हैं, उत्तर मिलेंगे। { $frequency }। संदेश व डेटा शुल्क संभव। मदद: HELP, बंद: STOP.
opt_out_confirmation = { $brand }: आपको हटा दिया गया है, अब कोई संदेश नहीं आएगा।
topic_opt_out_confirmation = { $brand }: अब { $purpose } संदेश नहीं आएँगे। कोई भी संदेश न पाने के लिए फिर STOP लिखें।
opt_out_clarification = { $brand }: क्या हम संदेश भेजना बंद कर दें? STOP लिखें, हम बंद कर देंगे। नहीं तो लिखते रहें।
help = { $brand }: मदद के लिए { $contact } से संपर्क करें। { $frequency }। संदेश व डेटा शुल्क संभव। बंद: STOP.
ai_disclosure = { $brand }: यहाँ AI सहायक उत्तर देता है।

inactivity_warning = क्या आप अभी यहाँ हैं? यह बातचीत { $minutes } मिनट में बंद होगी। खुला रखने के लिए कुछ लिखें।
closing_summary = यह बातचीत बंद हो गई है। हमें मिले संदेश: { $received }, हमारे भेजे: { $sent }। अवधि: { $minutes } मिनट। नई शुरू करने के लिए कभी भी लिखें।
window_reminder = आपका उत्तर आ रहा है। WhatsApp हमें { $minutes } मिनट और लिखने देता है: इसे खुला रखने के लिए कोई शब्द भेजें।

join_announcement = { $name } बातचीत में शामिल हुए।
join_failed = इस कोड से प्रवेश नहीं होता। वह गलत या पुराना हो सकता है, या बातचीत भरी है: नया कोड माँगें।
join_limited = आपने बहुत सारे कोड आज़माए। कृपया बाद में कोशिश करें।
join_already = आप पहले से इस बातचीत में हैं।
leave_announcement = { $name } ने बातचीत छोड़ दी।
left_group = आपने समूह छोड़ दिया। अब आप जो लिखेंगे वह केवल आपके और हमारे बीच रहेगा।
invitation = हमारी बातचीत में शामिल होने के लिए { $number } पर JOIN { $code } भेजें
name_set = बाकी लोगों को अब आपका नाम { $name } दिखता है।

cognition_unavailable = क्षमा करें, हम अभी उत्तर नहीं दे सकते। कृपया कुछ मिनट बाद फिर कोशिश करें।

recording_notice = { $brand } के साथ यह कॉल रिकॉर्ड की जा रही है।
recording_consent = { $brand } यह कॉल रिकॉर्ड करना चाहता है। सहमत हों तो हाँ कहें या 1 दबाएँ। नहीं तो ना कहें या 2 दबाएँ।
listening_notice = आप { $brand } के AI सहायक से बात कर रहे हैं। वह सुनता है और कही गई बात लिखता है।
spoken_warning = क्या आप अभी यहाँ हैं? कृपया कुछ कहें, नहीं तो कॉल समाप्त हो जाएगी।
spoken_trouble = क्षमा करें, कुछ गड़बड़ हो गई। कृपया कुछ मिनट बाद फिर कॉल करें।
