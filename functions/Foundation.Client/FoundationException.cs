using System.Text;

namespace Foundation.Client;

/// <summary>One fault of a refused request.</summary>
/// <param name="Path">JSON Pointer of the faulty place; <c>?name</c> for a query.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What would be right.</param>
public sealed record FoundationFault(string Path, string Code, string Message, string? Hint = null);

/// <summary>The API refused a request: its problem (RFC 9457) as an exception.</summary>
public sealed class FoundationException : Exception
{
    internal FoundationException(int status, string code, string detail, IReadOnlyList<FoundationFault> faults)
        : base(Text(code, detail, faults)) => (Status, Code, Detail, Faults) = (status, code, detail, faults);

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>Stable code such as <c>tasks.not-found</c>; <c>http.502</c> where the answer was no problem of the API's.</summary>
    public string Code { get; }

    /// <summary>What happened.</summary>
    public string Detail { get; }

    /// <summary>What can be done about it.</summary>
    public string? Hint { get; init; }

    /// <summary>All faults found in the request.</summary>
    public IReadOnlyList<FoundationFault> Faults { get; }

    /// <summary>Whether the same request may succeed later.</summary>
    public bool Retryable { get; init; }

    /// <summary>When, where that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Finds the request in the host's traces and logs.</summary>
    public string? TraceId { get; init; }

    private static string Text(string code, string detail, IReadOnlyList<FoundationFault> faults)
    {
        var text = new StringBuilder($"{code}: {detail}");
        foreach (var fault in faults)
        {
            text.Append($" [{fault.Path} {fault.Message}{(fault.Hint is null ? "" : " " + fault.Hint)}]");
        }

        return text.ToString();
    }
}
