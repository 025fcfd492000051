using Foundation.Retry;

namespace Foundation.Client;

/// <summary>A handler's failure, told in full: the attempt's problem. Any other exception is one of class <c>application</c>.</summary>
/// <param name="code">A stable code of the agent's own, for example <c>invoice.unreadable</c>.</param>
/// <param name="detail">What happened.</param>
/// <param name="inner">The cause.</param>
public sealed class AgentFailureException(string code, string detail, Exception? inner = null) : Exception(detail, inner)
{
    /// <summary>Stable code.</summary>
    public string Code { get; } = code;

    /// <summary>The failure class. Default: <c>application</c>.</summary>
    public FailureClass Class { get; init; } = FailureClass.Application;

    /// <summary>Whether a repeat may help; without it the task's policy decides by class.</summary>
    public bool? Retryable { get; init; }

    /// <summary>Not again before this long.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
