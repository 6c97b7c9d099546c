"""Paths below /api/v1/ that are about questions, their results, and what a session adds up to."""

from django.urls import path

from pipeline.api import question_views, session_views, views

SESSION = "interviews/sessions/<uuid:session_uuid>"
QUESTION = f"{SESSION}/questions/<uuid:question_uuid>"
FEEDBACK = "feedback/sessions/<uuid:session_uuid>"

urlpatterns = [
    path(f"{SESSION}/complete", session_views.CompleteSession.as_view()),
    path(f"{SESSION}/progress", session_views.Progress.as_view()),
    path(f"{SESSION}/evaluation", session_views.Evaluations.as_view()),
    path(f"{SESSION}/questions/generate", question_views.GenerateQuestions.as_view()),
    path(f"{QUESTION}/follow-up", question_views.FollowUp.as_view()),
    path(f"{QUESTION}/transcribe", views.Transcribe.as_view()),
    path(f"{QUESTION}/transcript", views.Transcript.as_view()),
    path(f"{QUESTION}/evaluate", views.Evaluate.as_view()),
    path(f"{QUESTION}/evaluation", views.Evaluation.as_view()),
    path(f"{QUESTION}/evaluation/history", views.PastEvaluations.as_view()),
    path(f"{FEEDBACK}/scores", session_views.Scores.as_view()),
    path(f"{FEEDBACK}/feedback", session_views.Feedback.as_view()),
]
