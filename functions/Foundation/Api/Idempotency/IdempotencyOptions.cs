namespace Foundation.Api;

/// <summary>Knobs of <c>Idempotency-Key</c>.</summary>
public sealed record IdempotencyOptions
{
    /// <summary>Longest key, in characters.</summary>
    public const int KeyLengthMax = 255;

    /// <summary>How long a repeat gets the first answer. Longer costs rows. Default: 24 h.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// When a first request that was never answered counts as lost, so that a repeat may complete it. Above the longest wait of a request
    /// (60 s). A single process that restarted knows at once. Default: 90 s.
    /// </summary>
    public TimeSpan TakeOverAfter { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>What a repeat is told to wait while the first still runs. Default: 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
