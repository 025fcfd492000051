using System.Text.Json;

namespace Foundation.Kernel;

/// <summary>
/// A JMESPath expression, parsed and checked once. Bounded: <see cref="TextLengthMax"/> characters, results of at most
/// <see cref="ResultSizeMax"/> bytes. Evaluation never throws; a failure on the values is a <see cref="Problem"/>.
/// Safe for use by many threads.
/// </summary>
public sealed class Expression
{
    /// <summary>The longest text of an expression.</summary>
    public const int TextLengthMax = 2048;

    /// <summary>The largest result in bytes.</summary>
    public const int ResultSizeMax = 1 << 20;

    private readonly JmesPathEngine _engine;

    private Expression(string text, JmesPathEngine engine) => (Text, _engine) = (text, engine);

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    /// <summary>
    /// What it reads from its context, as chains of names from the root: <c>steps.plan.result[0].x</c> reads
    /// <c>["steps", "plan", "result"]</c>. For checks such as "is there such a step".
    /// </summary>
    public IReadOnlyList<string[]> Paths => _engine.Paths;

    /// <summary>Parses and checks. Refused with faults at <paramref name="path"/>: a syntax error or a root that is not allowed.</summary>
    /// <param name="text">The expression, without <c>${}</c>.</param>
    /// <param name="allowedRoots">The names that the context has; null allows any.</param>
    /// <param name="path">Where the expression stands in its document.</param>
    public static Outcome<Expression> Compile(string text, IReadOnlySet<string>? allowedRoots = null, string path = "")
    {
        var faults = new List<Fault>();
        return Compile(text, allowedRoots, path, faults) is { } expression
            ? expression
            : new Problem(ApiErrors.Invalid, faults[0].Message) { Faults = faults };
    }

    /// <summary>As the other one, and adds the faults to a list; null where there are some.</summary>
    public static Expression? Compile(string text, IReadOnlySet<string>? allowedRoots, string path, ICollection<Fault> faults)
    {
        if (text.Length > TextLengthMax)
        {
            faults.Add(Fault(path, $"The expression is longer than {TextLengthMax} characters."));
            return null;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            faults.Add(Fault(path, "The expression is empty."));
            return null;
        }

        if (JmesPathEngine.Parse(text, out var reason) is not { } engine)
        {
            faults.Add(Fault(path, $"'{Texts.Clip(text)}' is not a JMESPath expression: {reason}"));
            return null;
        }

        var unknown = allowedRoots is null
            ? []
            : engine.Paths.Select(chain => chain[0]).Where(root => !allowedRoots.Contains(root)).Distinct().ToArray();
        foreach (var root in unknown)
        {
            var known = allowedRoots!.Count == 0 ? "none" : string.Join(", ", allowedRoots.Order(StringComparer.Ordinal));
            var hint = DidYouMean.Hint(root, allowedRoots);
            faults.Add(Fault(path, $"'{Texts.Clip(root)}' is not known in this expression; known: {known}.", hint));
        }

        return unknown.Length == 0 ? new Expression(text, engine) : null;
    }

    /// <summary>The value of the expression. A plain path gives the bytes of the context back.</summary>
    public Outcome<RawJson> Evaluate(RawJson context) => Evaluate(new ExpressionContext(context));

    /// <summary>As the other one, on a context that several expressions share, so that it is parsed at most once.</summary>
    public Outcome<RawJson> Evaluate(ExpressionContext context)
    {
        if (_engine.BarePath is { } bare) return bare.Find(context.Json);
        if (context.Parsed is not { } parsed) return Failed("the context is no JSON value.");
        var result = _engine.Evaluate(parsed, ResultSizeMax, out var reason);
        return reason is null ? result : Failed(reason);
    }

    /// <summary>Whether the value counts as true (JMESPath): not false, null, "", [] or {}. One that fails is not.</summary>
    public bool IsTrue(RawJson context)
    {
        var outcome = Evaluate(context);
        return outcome.Ok && IsTruth(outcome.Value);
    }

    /// <summary>Whether a value counts as true by JMESPath.</summary>
    public static bool IsTruth(RawJson value) => value.Kind switch
    {
        JsonValueKind.True or JsonValueKind.Number => true,
        JsonValueKind.String => value.Length > 2,
        JsonValueKind.Array or JsonValueKind.Object => value.Span[1..^1].IndexOfAnyExcept(" \t\r\n"u8) >= 0,
        _ => false,
    };

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static Fault Fault(string path, string message, string? hint = null) =>
        new(path, ApiErrors.InvalidExpression.Code, message, hint);

    private Problem Failed(string reason) => new(ApiErrors.ExpressionFailed, $"'{Texts.Clip(Text)}': {reason}");
}
