using System.Collections.Concurrent;
using Foundation.Configuration;

namespace Foundation.Retry;

/// <summary>Policies by name from the configuration, and policy strings, each compiled once.</summary>
internal sealed class RetryPolicies(ConfigView<RetryPolicy> documents) : IRetryPolicies
{
    // Callers send the same few strings over and over; the bound keeps those who do not from filling the memory.
    private const int CompiledMax = 1000;

    private readonly ConcurrentDictionary<string, RetryPolicy> _compiled = new(StringComparer.Ordinal);

    public Outcome<RetryPolicy> Resolve(string? delays, string? policy, string path = "")
    {
        if (delays is not null) return Compile(delays, path);
        if (documents.TryGet(policy ?? RetryKind.DefaultName, out var found)) return found;
        var hint = DidYouMean.Hint(policy!, documents.Names);
        var fault = new Fault(path, RetryErrors.NotFound.Code, $"There is no retry policy '{Texts.Clip(policy!)}'.", hint);
        return new Problem(RetryErrors.NotFound, fault.Message) { Faults = [fault] };
    }

    public RetryPolicy? Find(string? delays, string? policy)
    {
        var resolved = Resolve(delays, policy);
        return resolved.Ok ? resolved.Value : null;
    }

    private Outcome<RetryPolicy> Compile(string text, string path)
    {
        if (_compiled.TryGetValue(text, out var known)) return known;
        var delays = RetryExpression.Parse(text, path);
        if (delays.Problem is { } problem) return problem;
        if (_compiled.Count >= CompiledMax) _compiled.Clear();
        return _compiled[text] = RetryPolicy.Default with { Delays = delays.Value };
    }
}
