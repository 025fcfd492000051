namespace Foundation.Kernel;

/// <summary>How bad a failure is for the person who runs the fleet.</summary>
public enum Severity
{
    /// <summary>The caller's mistake or an everyday refusal.</summary>
    Low,

    /// <summary>Work is delayed or refused.</summary>
    Medium,

    /// <summary>Somebody should look today.</summary>
    High,

    /// <summary>Somebody should look now.</summary>
    Critical,
}

/// <summary>Where a failure comes from.</summary>
public enum ErrorCategory
{
    /// <summary>What an operator declared.</summary>
    Configuration,

    /// <summary>Foundation itself, or the machine.</summary>
    System,

    /// <summary>What the caller sent, or the state it meets.</summary>
    Data,

    /// <summary>Something that Foundation calls.</summary>
    External,
}

/// <summary>Whether sending the same request again can help.</summary>
public enum RetryAdvice
{
    /// <summary>The same request fails again.</summary>
    No,

    /// <summary>The same request may succeed later; <c>Retry-After</c> says when, where that is known.</summary>
    Later,
}

/// <summary>
/// One row of the error table: every refusal that the API can answer has exactly one. Codes are unique, stable and
/// hierarchical; the first segment is the room. <c>docs/errors.md</c> and <c>/errors</c> are generated from these.
/// </summary>
/// <param name="Code">For example <c>tasks.not-found</c>.</param>
/// <param name="Status">The HTTP status it is answered with.</param>
/// <param name="Title">What it means, in one short sentence.</param>
/// <param name="Hint">What the caller can do about it.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Category">Where it comes from.</param>
/// <param name="Retry">Whether repeating helps.</param>
public sealed record ErrorCode(
    string Code,
    int Status,
    string Title,
    string Hint,
    Severity Severity = Severity.Low,
    ErrorCategory Category = ErrorCategory.Data,
    RetryAdvice Retry = RetryAdvice.No);
