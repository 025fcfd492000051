namespace Foundation.Kernel;

/// <summary>A part of a template.</summary>
internal abstract record TemplateNode
{
    private TemplateNode()
    {
    }

    /// <summary>Without expressions: the bytes as they were.</summary>
    public sealed record Fixed(RawJson Json) : TemplateNode;

    /// <summary>A text that is only an expression.</summary>
    public sealed record Typed(Expression Expression) : TemplateNode;

    /// <summary>A text with expressions in it: texts and <see cref="Expression"/>s in turn.</summary>
    public sealed record Mixed(IReadOnlyList<object> Parts) : TemplateNode;

    /// <summary>An object.</summary>
    public sealed record Object(IReadOnlyList<KeyValuePair<string, TemplateNode>> Members) : TemplateNode;

    /// <summary>An array.</summary>
    public sealed record List(IReadOnlyList<TemplateNode> Items) : TemplateNode;
}
