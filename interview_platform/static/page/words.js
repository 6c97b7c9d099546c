// The stable words of the API as people read them.

import { t } from "./texts.js";

export const METRICS = ["relevance", "grammar", "fluency", "keywords"];

const WORDS = {
  relevance: () => t("Relevance"),
  grammar: () => t("Grammar"),
  fluency: () => t("Fluency"),
  keywords: () => t("Keywords"),
  overall: () => t("Overall"),
  behavioral: () => t("Behavioral"),
  technical: () => t("Technical"),
  situational: () => t("Situational"),
  easy: () => t("Easy"),
  medium: () => t("Medium"),
  hard: () => t("Hard"),
  created: () => t("Not started"),
  in_progress: () => t("In progress"),
  completed: () => t("Completed"),
  queued: () => t("Waiting"),
  processing: () => t("Scoring"),
  failed: () => t("Failed"),
  transcribe: () => t("Transcribing"),
  evaluate: () => t("Scoring the answer"),
  score: () => t("Adding up the scores"),
  feedback: () => t("Writing feedback"),
  article: () => t("Article"),
  course: () => t("Course"),
  video: () => t("Video"),
  tool: () => t("Tool"),
  book: () => t("Book"),
  better: () => t("better"),
  worse: () => t("worse"),
  steady: () => t("unchanged"),
  unknown: () => t("not known yet"),
  no_speech: () => t("No speech was heard."),
  only_fillers: () => t("Only filler sounds were heard."),
  too_short: () => t("The answer is too short to score."),
  low_confidence: () => t("The recording is too unclear to score."),
  wrong_language: () => t("This sounds like a different language from the one you chose."),
  low_volume: () => t("The recording is too quiet to score."),
  clipped: () => t("The recording is distorted, so it can't be scored."),
  language_not_supported: () => t("Answers in this language are transcribed, but not scored yet."),
  no_word_times: () => t("A typed answer has no pace and no pauses."),
  no_keywords: () => t("This question expects no keywords."),
  Excellent: () => t("Excellent"),
  Good: () => t("Good"),
  Satisfactory: () => t("Satisfactory"),
  "Needs Improvement": () => t("Needs Improvement"),
  "Below Expectations": () => t("Below Expectations"),
  Ready: () => t("Ready"),
  "Almost Ready": () => t("Almost Ready"),
  "Needs Practice": () => t("Needs Practice"),
  "Not Ready": () => t("Not Ready"),
  Pace: () => t("Pace"),
  Fillers: () => t("Fillers"),
  "Mean pause": () => t("Average pause"),
  "Longest pause": () => t("Longest pause"),
  "Session score": () => t("Score of the interview"),
  "Mean of the last 5": () => t("Average of the last 5"),
  "Mean score": () => t("Average score"),
  Recordings: () => t("Recordings"),
  Practice: () => t("Practice"),
  "points of 100": () => t("points of 100"),
  "words/min": () => t("words a minute"),
  "per 100 words": () => t("per 100 words"),
  recordings: () => t("recordings"),
  min: () => t("minutes"),
};

/** Return the word in the visitor's language; one that is not known is shown as it came. */
export function word(name) {
  if (name === null || name === undefined) return "–";
  const known = WORDS[name] ?? WORDS[String(name).toLowerCase()];
  return known ? known() : String(name).replaceAll("_", " ");
}

/** Return why a metric was not judged, from reasons such as `no_word_times:fluency`; empty without one. */
export function whyNot(metric, reasons) {
  const own = (reasons ?? []).find((reason) => reason.endsWith(`:${metric}`));
  return own ? word(own.split(":")[0]) : "";
}
