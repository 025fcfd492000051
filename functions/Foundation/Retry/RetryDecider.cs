namespace Foundation.Retry;

/// <summary>What follows a failure.</summary>
public abstract record RetryDecision
{
    private RetryDecision()
    {
    }

    /// <summary>Try again.</summary>
    /// <param name="After">When.</param>
    /// <param name="Reason">Why, and why then: for a person.</param>
    public sealed record Retry(TimeSpan After, string Reason) : RetryDecision;

    /// <summary>Do not try again.</summary>
    /// <param name="Reason">Why not: for a person.</param>
    public sealed record GiveUp(string Reason) : RetryDecision;
}

/// <summary>Decides what follows a failure. Pure: no I/O, no clock, no randomness but the seed.</summary>
public static class RetryDecider
{
    /// <summary>What the other side may ask to wait is honoured up to this: 1 day.</summary>
    public static readonly TimeSpan RetryAfterMax = TimeSpan.FromDays(1);

    /// <summary>The decision.</summary>
    /// <param name="policy">The policy in force.</param>
    /// <param name="failure">What happened.</param>
    /// <param name="retriesSoFar">Retries that were made before this failure.</param>
    /// <param name="elapsed">Since the first failure.</param>
    /// <param name="previousDelay">The delay before the last retry; zero if there was none.</param>
    /// <param name="seed">For jitter.</param>
    public static RetryDecision Decide(
        RetryPolicy policy, Failure failure, int retriesSoFar, TimeSpan elapsed, TimeSpan previousDelay, uint seed)
    {
        if (failure.Retryable == false) return new RetryDecision.GiveUp("the failure says that a retry cannot help");
        if (failure.Retryable is null && !policy.RetryOn.Includes(failure))
        {
            return new RetryDecision.GiveUp($"{Subject(failure)} is not retried");
        }

        // A clock that was set back must not make time since the first failure negative.
        var since = elapsed < TimeSpan.Zero ? TimeSpan.Zero : elapsed;
        var (delay, endedBy) = policy.Delays.Next(new DelayQuestion(retriesSoFar + 1, seed, since, previousDelay));
        if (delay is not { } after) return new RetryDecision.GiveUp($"no retry is left after {retriesSoFar}: {endedBy}");

        var retry = $"retry {retriesSoFar + 1} after {Subject(failure)}";
        if (failure.RetryAfter is not { } asked || asked <= after) return new RetryDecision.Retry(after, retry);
        after = asked < RetryAfterMax ? asked : RetryAfterMax;

        // What is asked may be longer than the policy lasts.
        if (policy.Delays.ExpiredBy(since + after) is { } expired)
        {
            return new RetryDecision.GiveUp($"Retry-After {Durations.Format(after)} ends behind {expired}");
        }

        return new RetryDecision.Retry(after, $"{retry}, when Retry-After ends");
    }

    private static string Subject(Failure failure) => failure switch
    {
        { StatusCode: { } status } => $"{Kebab.Name(failure.Class)} ({status})",
        { Code: { } code } => $"{Kebab.Name(failure.Class)} ({Texts.Clip(code)})",
        _ => Kebab.Name(failure.Class),
    };
}
