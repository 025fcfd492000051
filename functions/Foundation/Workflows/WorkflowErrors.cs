namespace Foundation.Workflows;

/// <summary>The error table's rows of this room.</summary>
internal static class WorkflowErrors
{
    public static readonly ErrorCode NotFound = new("workflows.not-found", 404, "There is no such workflow", "List the workflows at /api/workflows; declare one as a document workflows/<name>.");
    public static readonly ErrorCode RunNotFound = new("workflows.run-not-found", 404, "There is no such run", "Check the id; ended runs are deleted after their retention.");
    public static readonly ErrorCode RunEnded = new("workflows.run-ended", 409, "The run has ended", "Read the run to see how. Start a new one to do it again.");
    public static readonly ErrorCode RunStopping = new("workflows.run-stopping", 409, "The run is failing or being cancelled", "It ends as soon as its tasks have stopped.");
    public static readonly ErrorCode RunPaused = new("workflows.run-paused", 409, "The run is paused", "Resume it first.");
    public static readonly ErrorCode StepNotThere = new("workflows.step-not-there", 409, "The step is not where the command wants it", "Read the run to see where its steps stand.");
    public static readonly ErrorCode StepsLeft = new("workflows.steps-left", 409, "Not all steps have passed", "Read the run to see what it waits for.");
    public static readonly ErrorCode RunNotStopping = new("workflows.run-not-stopping", 409, "The run is neither failing nor being cancelled", "Cancel it first.");
    public static readonly ErrorCode Contended = new("workflows.contended", 503, "The run is being changed by many at once", "Send the request again.",
        Severity.Medium, ErrorCategory.System, RetryAdvice.Later);

    public static readonly ErrorCode StepFailed = new("workflows.step-failed", 422, "A step's task ended in the dead letters", "Read the task's history for the reason.");
    public static readonly ErrorCode StepCancelled = new("workflows.step-cancelled", 422, "A step's task was cancelled by somebody else", "Start a new run.");
    public static readonly ErrorCode StepInvalid = new("workflows.step-invalid", 422, "What a step's expressions made is not a task", "Correct the step's task for the values in the detail.",
        Severity.Medium, ErrorCategory.Configuration);
    public static readonly ErrorCode ResultGone = new("workflows.result-gone", 422, "A step reads a result that was deleted", "Give the queue of the earlier step a longer retention than its runs take.",
        Severity.Medium, ErrorCategory.Configuration);
    public static readonly ErrorCode ContextTooLarge = new("workflows.context-too-large", 422, "A step's expressions look at more than 8 MiB", "Read single results; hand large data over by address.",
        Severity.Medium, ErrorCategory.Configuration);
    public static readonly ErrorCode OutputFailed = new("workflows.output-failed", 422, "The output's expression failed", "Correct the output for the values in the detail.",
        Severity.Medium, ErrorCategory.Configuration);
    public static readonly ErrorCode DeadlineExceeded = new("workflows.deadline-exceeded", 422, "The run took longer than its deadline", "Give the workflow a longer deadline, or find the slow step in the run's history.");

    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        NotFound, RunNotFound, RunEnded, RunStopping, RunPaused, StepNotThere, StepsLeft, RunNotStopping, Contended, StepFailed, StepCancelled, StepInvalid,
        ResultGone, ContextTooLarge, OutputFailed, DeadlineExceeded,
    ];

    /// <summary>The one mapping of refusals.</summary>
    public static ErrorCode Of(RunRefusal refusal) => refusal switch
    {
        RunRefusal.Ended => RunEnded,
        RunRefusal.Stopping => RunStopping,
        RunRefusal.WrongStep => StepNotThere,
        RunRefusal.Paused => RunPaused,
        RunRefusal.StepsLeft => StepsLeft,
        RunRefusal.NotStopping => RunNotStopping,
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "Every refusal has an error"),
    };
}
