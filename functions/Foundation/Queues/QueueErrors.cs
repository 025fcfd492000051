namespace Foundation.Queues;

/// <summary>The error table's rows of this room.</summary>
internal static class QueueErrors
{
    public static readonly ErrorCode NotFound = new("queues.not-found", 404, "There is no such queue.", "List the queues at /api/queues.");
    public static readonly ErrorCode Contended = new("queues.contended", 503, "The queue is being changed by many at once.", "Send the request again.",
        Severity.Medium, ErrorCategory.System, RetryAdvice.Later);

    public static IReadOnlyList<ErrorCode> All { get; } = [NotFound, Contended];
}
