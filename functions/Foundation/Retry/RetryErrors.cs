namespace Foundation.Retry;

/// <summary>The refusals of this room.</summary>
public static class RetryErrors
{
    /// <summary>A delay expression that cannot be read.</summary>
    public static readonly ErrorCode InvalidDelays = new(
        "retry-policies.invalid-delays", 422, "The delays of a retry policy cannot be read.",
        "Write a source and operators, such as exponential(1s, 2) | cap(5m) | jitter(0.2) | take(10).",
        Category: ErrorCategory.Configuration);

    /// <summary>An entry of <c>retryOn</c> that is none.</summary>
    public static readonly ErrorCode InvalidRetryOn = new(
        "retry-policies.invalid-retry-on", 422, "An entry of retryOn is not known.",
        "Use a class (network, timeout, throttled, server, client, application), a code (tasks.*) or a status (503).",
        Category: ErrorCategory.Configuration);

    /// <summary>A retry policy that does not exist.</summary>
    public static readonly ErrorCode NotFound = new(
        "retry-policies.not-found", 422, "The retry policy does not exist.",
        "Write the document retry-policies/{name} first, or use a policy string.", Category: ErrorCategory.Configuration);

    /// <summary>Every refusal of this room.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } = [InvalidDelays, InvalidRetryOn, NotFound];
}
