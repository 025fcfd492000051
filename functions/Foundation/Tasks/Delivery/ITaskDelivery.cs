using Foundation.Registry;
using Foundation.Retry;

namespace Foundation.Tasks.Delivery;

/// <summary>One attempt, ready to be sent to an agent.</summary>
/// <param name="Instance">Whom it goes to; it has an endpoint.</param>
/// <param name="TaskId"><c>task_…</c></param>
/// <param name="Type">The task's type.</param>
/// <param name="Queue">The queue it came from.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Attempt">1, 2, 3 …</param>
/// <param name="Token">The credential that settles this attempt.</param>
/// <param name="CreatedAt">When the task was submitted.</param>
/// <param name="Data">The payload, byte for byte; empty for none.</param>
/// <param name="TraceParent">W3C trace context.</param>
internal sealed record AttemptDelivery(
    Instance Instance, string TaskId, string Type, string Queue, string Tenant, int Attempt, string Token, DateTimeOffset CreatedAt,
    ReadOnlyMemory<byte> Data, string? TraceParent);

/// <summary>What a push came to.</summary>
internal abstract record DeliveryOutcome
{
    private DeliveryOutcome()
    {
    }

    /// <summary>2xx with a result, or 204.</summary>
    public sealed record Completed(RawJson Result, TaskUsage? Usage) : DeliveryOutcome;

    /// <summary>202: settled later by the API.</summary>
    public sealed record Accepted : DeliveryOutcome;

    /// <summary>429 or 503: not begun.</summary>
    public sealed record Busy(TimeSpan? RetryAfter, string Reason) : DeliveryOutcome;

    /// <summary>No connection: nothing was sent.</summary>
    public sealed record Unreachable(string Reason) : DeliveryOutcome;

    /// <summary>The connection broke after sending: nobody knows.</summary>
    public sealed record Lost(string Reason) : DeliveryOutcome;

    /// <summary>No answer in time.</summary>
    public sealed record TimedOut(string Reason) : DeliveryOutcome;

    /// <summary>Another status, or an answer that cannot be a result.</summary>
    public sealed record Failed(Failure Failure, TaskProblem Problem, TaskUsage? Usage) : DeliveryOutcome;

    /// <summary>We closed the request because the task was cancelled.</summary>
    public sealed record Cancelled : DeliveryOutcome;
}

/// <summary>Pushes attempts to agents.</summary>
internal interface ITaskDelivery
{
    /// <summary>Sends one attempt and waits for the answer; never throws but for <paramref name="stopping"/>.</summary>
    /// <param name="delivery">The attempt.</param>
    /// <param name="answerWithin">The limit of the answer: 60 s or the rest of the attempt's time-out.</param>
    /// <param name="cancelled">Closes the request: the task was cancelled.</param>
    /// <param name="stopping">The host stops.</param>
    ValueTask<DeliveryOutcome> SendAsync(AttemptDelivery delivery, TimeSpan answerWithin, CancellationToken cancelled, CancellationToken stopping);

    /// <summary>Tells an agent that answered 202 to stop (<c>foundation.task.cancel</c>); best effort.</summary>
    /// <returns>Whether the agent confirmed with a 2xx other than 202.</returns>
    ValueTask<bool> SendCancelAsync(AttemptDelivery delivery, string? reason, CancellationToken ct);
}
