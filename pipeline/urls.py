"""Paths below /api/v1/ that are about questions, their results, and what a session adds up to."""

from django.urls import path

from pipeline import views, views_questions, views_session

SESSION = "interviews/sessions/<uuid:session_uuid>"
QUESTION = f"{SESSION}/questions/<uuid:question_uuid>"
FEEDBACK = "feedback/sessions/<uuid:session_uuid>"

urlpatterns = [
    path(f"{SESSION}/complete", views_session.CompleteSession.as_view()),
    path(f"{SESSION}/progress", views_session.Progress.as_view()),
    path(f"{SESSION}/evaluation", views_session.Evaluations.as_view()),
    path(f"{SESSION}/questions/generate", views_questions.GenerateQuestions.as_view()),
    path(f"{QUESTION}/follow-up", views_questions.FollowUp.as_view()),
    path(f"{QUESTION}/transcribe", views.Transcribe.as_view()),
    path(f"{QUESTION}/transcript", views.Transcript.as_view()),
    path(f"{QUESTION}/evaluate", views.Evaluate.as_view()),
    path(f"{QUESTION}/evaluation", views.Evaluation.as_view()),
    path(f"{QUESTION}/evaluation/history", views.PastEvaluations.as_view()),
    path(f"{FEEDBACK}/scores", views_session.Scores.as_view()),
    path(f"{FEEDBACK}/feedback", views_session.Feedback.as_view()),
]
