"""Lists of items for people: queues, their rubric versions, items and who has them on the screen."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower, Now

from annotation.models.account import User, Workspace
from annotation.models.base import PublicModel, one_of, together
from annotation.models.rule import Decision


class QueueStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    COMPLETED = "completed", "Completed"
    ARCHIVED = "archived", "Archived"


class QueueOrder(models.TextChoices):
    OLDEST = "oldest", "Oldest first"
    NEWEST = "newest", "Newest first"
    PRIORITY = "priority", "Priority, then oldest"
    RANDOM = "random", "At random, for each person another way"
    UNCERTAIN = "uncertain", "Least certain first"


class QueueDecides(models.TextChoices):
    NOBODY = "nobody", "Nobody: they stand side by side"
    EDITOR = "editor", "An editor"
    EXTRA = "extra", "One more reviewer, else an editor"


class Queue(PublicModel):
    """A list of items for people, with instructions, a rubric and a policy of who reviews how often.

    `description` and `metadata` are what a program says of it; reviewers read the instructions. `decides` is who settles
    an item whose reviews differ. `double_percent` of the items get one more review than `reviewers_per_item`. `blindness`,
    `presentation` and `masking` say what reviewers see and are read by the modules of these names in `domain.queues` (typed).
    `gold_percent` and `retest_percent` are shares of what somebody is given that serve to measure them.
    """

    Status = QueueStatus

    Order = QueueOrder

    Decides = QueueDecides

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="queues")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    instructions = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    order = models.CharField(max_length=10, choices=Order.choices, default=Order.PRIORITY)
    reviewers_per_item = models.PositiveSmallIntegerField(default=1)
    double_percent = models.PositiveSmallIntegerField(default=0, db_default=0)
    decides = models.CharField(max_length=8, choices=Decides.choices, default=Decides.NOBODY)
    blindness = models.JSONField(default=dict, blank=True)
    presentation = models.JSONField(default=dict, blank=True)
    masking = models.JSONField(default=dict, blank=True)
    reservation_minutes = models.PositiveSmallIntegerField(default=15)
    most_items = models.PositiveIntegerField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    is_open_to_all = models.BooleanField(default=True)
    reviewers = models.ManyToManyField(User, blank=True, related_name="review_queues")
    accepts_at_once = models.BooleanField(default=False)
    gold_percent = models.PositiveSmallIntegerField(default=0)
    retest_percent = models.PositiveSmallIntegerField(default=0)
    retest_days = models.PositiveSmallIntegerField(default=7)
    shows_gold = models.BooleanField(default=False)
    target_dataset = models.ForeignKey(
        "annotation.Dataset", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rubric = models.ForeignKey("RubricVersion", on_delete=models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    modified_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="queue_name_once"),
            models.CheckConstraint(
                condition=models.Q(reviewers_per_item__gte=1, reviewers_per_item__lte=10),
                name="queue_one_to_ten_reviewers",
            ),
            models.CheckConstraint(
                condition=models.Q(double_percent__lte=100), name="queue_double_percent_of_a_hundred"
            ),
            models.CheckConstraint(
                condition=models.Q(reservation_minutes__gte=1, reservation_minutes__lte=1440),
                name="queue_reservation_within_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(gold_percent__lte=50, retest_percent__lte=50), name="queue_probes_at_most_half_each"
            ),
            one_of("status", QueueStatus, "queue_status_known"),
            one_of("order", QueueOrder, "queue_order_known"),
            one_of("decides", QueueDecides, "queue_decides_known"),
        ]

    def __str__(self) -> str:
        return self.name


class RubricVersion(models.Model):
    """The questions of a queue at one time; immutable. `questions` is read by `domain.reviews.rubric` (typed).

    `asks_again`: reviews of earlier versions are to be given again where it affects them, also those that come in later.
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="rubric_versions")
    number = models.IntegerField()
    questions = models.JSONField(default=list)
    asks_again = models.BooleanField(default=False, db_default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "number"], name="rubric_version_number_once")]

    def __str__(self) -> str:
        return f"{self.queue_id} v{self.number}"


class ItemKind(models.TextChoices):
    RUN = "run", "Run"
    TRACE = "trace", "Trace"
    THREAD = "thread", "Thread"
    PAIR = "pair", "Pair"


class ItemState(models.TextChoices):
    OPEN = "open", "Open"
    DISAGREEMENT = "disagreement", "Disagreement"
    DONE = "done", "Done"
    REMOVED = "removed", "Removed"


class Item(PublicModel):
    """One trace, run, thread, or a pair of them, in a queue, once, with its reason for being there.

    `subject` names the thing in text (`trace:<uuid>`, `run:<uuid>`, `thread:<project id>:<id>`, `pair:<uuid>:<uuid>`).
    `state`, `review_count`, `is_disputed` and `extra_seats` are derived from the reviews by `domain.reviews.settling`, and
    anew by `domain.queues` when the queue's policy changes. `is_disputed`: the reviews differ and nobody has settled it;
    `double_seats` is 1 where the queue's share of double reviews took the item (see `domain.queues.doubling`);
    `extra_seats`: how many more reviews than these are wanted here. `adjudicated_at`: when it was settled, by
    `adjudicated_by` (null: by the majority). `probability` is the chance with which sampling let the thing in (null: put
    there by hand). `uncertainty` is how little its judges could tell when it was added (see `domain.queues.uncertainty`).
    `reason` is read by `domain.queues.items` (typed). `gold` are the answers by question key, where they
    are known: others are measured with the item.
    """

    Kind = ItemKind

    State = ItemState

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+", db_index=False)
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="items", db_index=False)
    number = models.IntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject = models.TextField()
    trace_uuid = models.UUIDField(null=True, blank=True)
    run_uuid = models.UUIDField(null=True, blank=True)
    thread_id = models.TextField(null=True, blank=True)
    other_trace_uuid = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    review_count = models.PositiveSmallIntegerField(default=0)
    double_seats = models.PositiveSmallIntegerField(default=0, db_default=0)
    extra_seats = models.PositiveSmallIntegerField(default=0)
    is_disputed = models.BooleanField(default=False)
    adjudicated_at = models.DateTimeField(null=True, blank=True)
    adjudicated_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    priority = models.SmallIntegerField(default=0)
    uncertainty = models.FloatField(default=0)
    decision = models.ForeignKey(Decision, on_delete=models.SET_NULL, null=True, blank=True, related_name="items")
    probability = models.DecimalField(max_digits=7, decimal_places=6, null=True, blank=True)
    reason = models.JSONField(default=dict)
    gold = models.JSONField(null=True, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    flagged_at = models.DateTimeField(null=True, blank=True)
    flagged_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    flag_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "subject"], name="item_once_per_queue"),
            models.UniqueConstraint(fields=["queue", "number"], name="item_number_once"),
            one_of("kind", ItemKind, "item_kind_known"),
            one_of("state", ItemState, "item_state_known"),
            together("flagged_at", "flagged_by", "item_flagged_by_and_at"),
            models.CheckConstraint(
                condition=models.Q(probability__isnull=True) | models.Q(probability__gt=0, probability__lte=1),
                name="item_probability_is_a_chance",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "-priority", "id"], condition=models.Q(state="open"), name="item_open_by_priority"
            ),
            models.Index(
                fields=["queue", "-uncertainty", "id"],
                condition=models.Q(state="open"),
                name="item_open_by_uncertainty",
            ),
            models.Index(fields=["queue", "-id"], name="item_list"),
            models.Index(fields=["queue", "state", "-id"], name="item_by_state"),
            models.Index(fields=["queue", "-id"], condition=models.Q(flagged_at__isnull=False), name="item_flagged"),
            models.Index(
                fields=["queue", "-id"], condition=models.Q(adjudicated_at__isnull=False), name="item_adjudicated"
            ),
            models.Index(fields=["workspace", "trace_uuid"], name="item_by_trace"),
            models.Index(
                fields=["workspace", "other_trace_uuid"],
                condition=models.Q(other_trace_uuid__isnull=False),
                name="item_by_other_trace",
            ),
            models.Index(
                fields=["workspace", "thread_id"],
                condition=models.Q(thread_id__isnull=False),
                name="item_by_thread",
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.number}"


class Reservation(models.Model):
    """An item on one reviewer's screen; lapses by itself at `expires_at`."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="reservations")
    reviewer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "reviewer"], name="reservation_once_per_person")]
        indexes = [models.Index(fields=["item", "expires_at"], name="reservation_live")]

    def __str__(self) -> str:
        return f"{self.item_id} for {self.reviewer_id}"


class Assignment(models.Model):
    """A seat of an item that is kept for one person, until they have reviewed it or it is taken back."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="assignments")
    reviewer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    assigned_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "reviewer"], name="assignment_once_per_person")]

    def __str__(self) -> str:
        return f"{self.item_id} for {self.reviewer_id}"


class Skip(models.Model):
    """A reviewer put an item at the end of their own line."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="skips")
    reviewer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    reason = models.TextField(blank=True)
    skipped_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "reviewer"], name="skip_once_per_person")]

    def __str__(self) -> str:
        return f"{self.item_id} by {self.reviewer_id}"
