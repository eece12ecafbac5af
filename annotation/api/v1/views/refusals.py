"""Turns the refusals of queues and reviews into answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from annotation.api.errors import ApiError
from annotation.domain.datasets.problems import DatasetError
from annotation.domain.queues.items import QueueClosedError
from annotation.domain.queues.refusals import ClaimError, NotAReviewerError
from annotation.domain.queues.settings import QueueError
from annotation.domain.queues.sharing import NotAssignableError
from annotation.domain.reviews.adjudicate import AdjudicationError
from annotation.domain.reviews.correct import CorrectionError
from annotation.domain.reviews.gold import GoldError
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.domain.reviews.undo import UndoRefusedError


@contextmanager
def refusals(hint: str = "What you sent is kept as your draft.") -> Iterator[None]:
    """400 for what does not fit, 403 for who may not, 409 where the state of things stands against it."""
    try:
        yield
    except InvalidReviewError as problem:
        fields = {key: [message] for key, message in problem.by_key.items()}
        raise ApiError("invalid_review", "The review does not fit its rubric.", fields=fields, hint=hint) from problem
    except QueueError as problem:
        raise ApiError(problem.code, str(problem), fields={problem.field: [str(problem)]}) from problem
    except NotAReviewerError as problem:
        raise ApiError(problem.code, str(problem), status=403) from problem
    except (ClaimError, CorrectionError, GoldError, UndoRefusedError, AdjudicationError) as problem:
        raise ApiError(problem.code, str(problem), status=409) from problem
    except NotAssignableError as problem:
        raise ApiError(problem.code, str(problem), fields={"reviewers": [str(problem)]}) from problem
    except QueueClosedError as problem:
        raise ApiError("queue_closed", str(problem), status=409) from problem
    except DatasetError as problem:
        raise ApiError("row_refused", str(problem), status=409) from problem
