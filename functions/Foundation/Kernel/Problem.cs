namespace Foundation.Kernel;

/// <summary>One fault of a request or document.</summary>
/// <param name="Path">JSON Pointer (RFC 6901) of the faulty place, empty for the whole body, <c>?name</c> for a query.</param>
/// <param name="Code">Stable code of the fault, for example <c>api.unknown-member</c>.</param>
/// <param name="Message">What is wrong, for a person.</param>
/// <param name="Hint">What would be right ("did you mean …").</param>
public sealed record Fault(string Path, string Code, string Message, string? Hint = null);

/// <summary>An expected refusal as a value: an <see cref="ErrorCode"/> with this occurrence's particulars.</summary>
/// <param name="Error">The row of the error table.</param>
/// <param name="Detail">What happened here, for a person; the title of the error when null.</param>
public sealed record Problem(ErrorCode Error, string? Detail = null)
{
    /// <summary>All faults found, not only the first.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>When a repeat may succeed, where that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Further members of the answer, such as the actual version of a conflict.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = new Dictionary<string, string>();
}

/// <summary>A value, or the problem that stands in its place.</summary>
/// <typeparam name="T">What is answered on success.</typeparam>
public readonly struct Outcome<T>
{
    private readonly T? _value;

    private Outcome(T? value, Problem? problem) => (_value, Problem) = (value, problem);

    /// <summary>The refusal, or null on success.</summary>
    public Problem? Problem { get; }

    /// <summary>Whether there is a value.</summary>
    public bool Ok => Problem is null;

    /// <summary>The value. Throws when this is a refusal.</summary>
    public T Value => Problem is null ? _value! : throw new InvalidOperationException($"No value: {Problem.Error.Code}");

    /// <summary>Wraps a value.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>Wraps a refusal.</summary>
    public static implicit operator Outcome<T>(Problem problem) => new(default, problem);
}
