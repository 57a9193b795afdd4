"""Refusals of quizzes."""

from studyhall.platform.errors import Conflict, Forbidden, Invalid, NotFound


class QuizNotFound(NotFound):
    code, message = "QUIZ_NOT_FOUND", "There is no such quiz, or you may not see it."


class AttemptNotFound(NotFound):
    code, message = "ATTEMPT_NOT_FOUND", "There is no such attempt of yours."


class NotQuizOwner(Forbidden):
    code, message = "NOT_QUIZ_OWNER", "Only the owner of the quiz, or an author of its course, may do this."


class PublishingRefused(Forbidden):
    code, message = "QUIZ_PUBLISHING_REFUSED", "Publishing a quiz needs the right to author courses."


class NotYourAttempts(Forbidden):
    code, message = "NOT_YOUR_ATTEMPTS", "You may only look at your own attempts."


class AlreadyGraded(Conflict):
    code, message = "ATTEMPT_GRADED", "This attempt is graded already; it counts as it was handed in first."


class TimeIsUp(Conflict):
    code, message = "TIME_IS_UP", "The time is up. What was saved before counts; submit to see the result."


class NoAttemptLeft(Conflict):
    code, message = "NO_ATTEMPT_LEFT", "You have used all attempts that this quiz allows."


class QuizEmpty(Conflict):
    code, message = "QUIZ_EMPTY", "This quiz has no questions yet."


class NothingToAsk(Invalid):
    code, message = "NOTHING_TO_ASK", "There is nothing here to make questions from: too little text, no questions."


class AnswersNotOfQuiz(Invalid):
    code, message = "ANSWERS_NOT_OF_QUIZ", "An answer is for a question that this attempt does not ask."
