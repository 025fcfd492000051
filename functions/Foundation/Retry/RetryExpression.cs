using System.Collections.Immutable;
using System.Globalization;

namespace Foundation.Retry;

/// <summary>
/// The text form of a <see cref="DelayStream"/>: a source, then operators, joined by <c>|</c>.
/// Sources: <c>fixed(1s)</c>, <c>linear(1s, 1s)</c>, <c>exponential(1s, 2)</c>, <c>fibonacci(1s)</c>, <c>decorrelated(1s, 30s)</c>,
/// <c>randomWalk(1s, 200ms)</c>. Operators: <c>cap(5m)</c>, <c>jitter(0.2)</c>, <c>full</c>, <c>equal</c>, <c>take(10)</c>,
/// <c>expire(1h)</c>. Every fault is reported, with the character at which it stands.
/// </summary>
public static class RetryExpression
{
    /// <summary>The longest text.</summary>
    public const int TextLengthMax = 500;

    /// <summary>The most operators behind the source.</summary>
    public const int OperatorsMax = 16;

    private static readonly Stage[] Sources =
    [
        new("fixed", "fixed(1s)", 1, 1, a => new DelaySource.Fixed(a.Duration(0))),
        new("linear", "linear(1s, 1s)", 1, 2, a => new DelaySource.Linear(a.Duration(0), a.Duration(1, a.Duration(0)))),
        new("exponential", "exponential(1s, 2)", 1, 2, a => new DelaySource.Exponential(a.Duration(0), a.Number(1, 1, 100, 2))),
        new("fibonacci", "fibonacci(1s)", 1, 1, a => new DelaySource.Fibonacci(a.Duration(0))),
        new("decorrelated", "decorrelated(1s, 30s)", 2, 2, a =>
            new DelaySource.Decorrelated(a.Duration(0), a.DurationFrom(1, a.Duration(0)))),
        new("randomWalk", "randomWalk(1s, 200ms)", 2, 2, a => new DelaySource.RandomWalk(a.Duration(0), a.Duration(1))),
    ];

    private static readonly Stage[] Operators =
    [
        new("cap", "cap(5m)", 1, 1, a => new DelayOperator.Cap(a.Duration(0))),
        new("jitter", "jitter(0.2)", 1, 1, a => new DelayOperator.Jitter(a.Share(0))),
        new("full", "full", 0, 0, _ => new DelayOperator.Full()),
        new("equal", "equal", 0, 0, _ => new DelayOperator.Equal()),
        new("take", "take(10)", 1, 1, a => new DelayOperator.Take((int)a.Whole(0, 0, DelayStream.RetriesMax))),
        new("expire", "expire(1h)", 1, 1, a => new DelayOperator.Expire(a.Duration(0))),
    ];

    /// <summary>The stream, or <see cref="RetryErrors.InvalidDelays"/> with every fault.</summary>
    /// <param name="text">For example <c>exponential(1s, 2) | cap(5m) | jitter(0.2) | take(10)</c>.</param>
    /// <param name="path">Where the text stands in its document.</param>
    public static Outcome<DelayStream> Parse(string text, string path = "")
    {
        var faults = new List<Fault>();
        var stream = Parse(text, path, faults);
        return stream is not null ? stream : new Problem(RetryErrors.InvalidDelays, faults[0].Message) { Faults = faults };
    }

    private static DelayStream? Parse(string text, string path, List<Fault> faults)
    {
        void Add(int position, string message, string? hint = null)
        {
            var placed = string.Create(CultureInfo.InvariantCulture, $"At character {position + 1}: {message}");
            faults.Add(new Fault(path, RetryErrors.InvalidDelays.Code, placed, hint));
        }

        if (text.Length > TextLengthMax)
        {
            Add(TextLengthMax, $"longer than {TextLengthMax} characters.");
            return null;
        }

        DelaySource? source = null;
        var operators = ImmutableArray.CreateBuilder<DelayOperator>();
        var index = 0;
        foreach (var part in RetryExpressionPart.Split(text))
        {
            var stage = Read(part, index == 0, Add);
            if (index++ == 0) source = (DelaySource?)stage;
            else if (stage is DelayOperator next) operators.Add(next);
            if (operators.Count > OperatorsMax)
            {
                Add(part.Position, $"more than {OperatorsMax} operators.");
                break;
            }
        }

        return faults.Count == 0 ? new DelayStream(source!, operators.ToImmutable()) : null;
    }

    private static object? Read(RetryExpressionPart part, bool first, Action<int, string, string?> add)
    {
        var known = first ? Sources : Operators;
        var forms = string.Join(", ", known.Select(stage => stage.Form));
        if (part.Fault is { } fault)
        {
            add(part.FaultPosition, fault, null);
            return null;
        }

        if (part.Name.Length == 0)
        {
            add(part.Position, first ? $"a source is missing: {forms}." : $"an operator is missing: {forms}.", null);
            return null;
        }

        if (Array.Find(known, stage => stage.Name == part.Name) is not { } found)
        {
            var misplaced = Array.Exists(first ? Operators : Sources, stage => stage.Name == part.Name);
            var message = (misplaced, first) switch
            {
                (true, true) => $"'{part.Name}' is an operator, and a source must come first: {forms}.",
                (true, false) => $"'{part.Name}' is a source, and only the first stage is one; operators: {forms}.",
                (_, true) => $"'{Texts.Clip(part.Name)}' is no source: {forms}.",
                _ => $"'{Texts.Clip(part.Name)}' is no operator: {forms}.",
            };
            add(part.Position, message, misplaced ? null : DidYouMean.Hint(part.Name, known.Select(stage => stage.Name)));
            return null;
        }

        if (part.Arguments.Length < found.Least || part.Arguments.Length > found.Most)
        {
            var count = found.Least == found.Most ? $"{found.Least}" : $"{found.Least} or {found.Most}";
            var noun = found.Most == 1 ? "argument" : "arguments";
            add(part.Position, $"'{part.Name}' takes {count} {noun}, not {part.Arguments.Length}.", $"As in {found.Form}.");
            return null;
        }

        var arguments = new RetryExpressionArguments(part, add);
        var stage = found.Make(arguments);
        return arguments.Bad ? null : stage;
    }

    private sealed record Stage(string Name, string Form, int Least, int Most, Func<RetryExpressionArguments, object> Make);
}
