namespace Foundation.Tasks;

/// <summary>The error table's rows of this room.</summary>
internal static class TaskErrors
{
    public static readonly ErrorCode NotFound = new("tasks.not-found", 404, "There is no such task.", "Check the id; ended tasks are deleted after their retention.");
    public static readonly ErrorCode AttemptSuperseded = new("tasks.attempt-superseded", 409, "The attempt is over; another one may run or have ended.",
        "Stop working on it: its outcome no longer counts.");
    public static readonly ErrorCode SettledDifferently = new("tasks.settled-differently", 409, "The attempt was settled by another answer.",
        "The first answer counts. Read the task to see it.");
    public static readonly ErrorCode TokenUnknown = new("tasks.token-unknown", 409, "The token is not of an attempt of this task.",
        "Send the token of the delivery (ce-token) unchanged.");
    public static readonly ErrorCode NotQueued = new("tasks.not-queued", 409, "Only a queued task can start.", "Read the task to see where it stands.");
    public static readonly ErrorCode AlreadyEnded = new("tasks.already-ended", 409, "The task has ended.", "An ended task cannot be cancelled.");
    public static readonly ErrorCode NotEnded = new("tasks.not-ended", 409, "The task has not ended.", "Cancel it first; only ended tasks can be deleted.");
    public static readonly ErrorCode NotDeadLettered = new("tasks.not-dead-lettered", 409, "Only a dead letter can be replayed.",
        "Submit a new task to run one that succeeded or was cancelled again.");
    public static readonly ErrorCode NothingDue = new("tasks.nothing-due", 409, "Nothing is due for the task.", "Nothing to do.");
    public static readonly ErrorCode NotCancelling = new("tasks.not-cancelling", 409, "Nobody asked to cancel the task.", "Cancel it first.");
    public static readonly ErrorCode Contended = new("tasks.contended", 503, "The task is being changed by many at once.", "Send the request again.",
        Severity.Medium, ErrorCategory.System, RetryAdvice.Later);
    public static readonly ErrorCode UnknownQueue = new("tasks.unknown-queue", 422, "There is no such queue.", "Declare a document queues/<name>, or use `default`.");
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        NotFound, AttemptSuperseded, SettledDifferently, TokenUnknown, NotQueued, AlreadyEnded, NotEnded, NotDeadLettered, NothingDue, NotCancelling,
        Contended, UnknownQueue,
    ];

    /// <summary>The one mapping of refusals.</summary>
    public static ErrorCode Of(TaskRefusal refusal) => refusal switch
    {
        TaskRefusal.AttemptSuperseded => AttemptSuperseded,
        TaskRefusal.SettledDifferently => SettledDifferently,
        TaskRefusal.NotQueued => NotQueued,
        TaskRefusal.AlreadyEnded => AlreadyEnded,
        TaskRefusal.NotDeadLettered => NotDeadLettered,
        TaskRefusal.NothingDue => NothingDue,
        TaskRefusal.NotCancelling => NotCancelling,
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "Every refusal has an error"),
    };
}
