namespace Foundation.Kernel;

/// <summary>A value that several expressions are evaluated on; parsed when the first of them needs more than a path.</summary>
public sealed class ExpressionContext(RawJson json)
{
    private object? _parsed;

    /// <summary>The value.</summary>
    public RawJson Json => json;

    internal object? Parsed => _parsed ??= JmesPathEngine.Context(json);
}
