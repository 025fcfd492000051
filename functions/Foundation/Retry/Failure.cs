namespace Foundation.Retry;

/// <summary>What a retry is decided by.</summary>
public sealed record Failure
{
    /// <summary>Its class.</summary>
    public required FailureClass Class { get; init; }

    /// <summary>What the failed side says itself about repeating; stronger than the policy.</summary>
    public bool? Retryable { get; init; }

    /// <summary>What it asks to wait at least.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The HTTP status, where there was one.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Its stable code, where there is one.</summary>
    public string? Code { get; init; }

    /// <summary>The failure that an HTTP status means; null for a success.</summary>
    public static Failure? OfStatus(int status) =>
        FailureClasses.OfStatus(status) is { } failureClass ? new Failure { Class = failureClass, StatusCode = status } : null;
}
