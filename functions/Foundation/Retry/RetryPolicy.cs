namespace Foundation.Retry;

/// <summary>How long to wait before which retry, and after which failures.</summary>
/// <param name="Delays">The delays; where they end, so do the retries.</param>
/// <param name="RetryOn">The failures that are retried.</param>
public sealed record RetryPolicy(DelayStream Delays, RetryOn RetryOn)
{
    /// <summary><c>exponential(1s, 2) | cap(5m) | jitter(0.2) | take(10)</c>, for every class but client.</summary>
    public static RetryPolicy Default { get; } = new(DelayStream.Default, RetryOn.Default);
}
