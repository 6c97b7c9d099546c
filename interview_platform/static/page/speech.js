// Questions in a voice of the browser's own.

/** Whether this browser can speak. */
export function canSpeak() {
  return "speechSynthesis" in window;
}

/** Say it; what is being said gives way. */
export function speak(text) {
  if (!canSpeak()) return;
  stopSpeaking();
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = "en";
  speechSynthesis.speak(utterance);
}

export function stopSpeaking() {
  if (canSpeak()) speechSynthesis.cancel();
}
