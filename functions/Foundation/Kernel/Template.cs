namespace Foundation.Kernel;

/// <summary>
/// A JSON value with expressions in its texts. A text is literal; <c>${ … }</c> holds JMESPath; a text that is only <c>${…}</c>
/// keeps the type of the value, otherwise the value is inserted (texts bare, null as nothing, all else as JSON);
/// <c>$${</c> is a literal <c>${</c>. Names of members are literal. What has no expression in it stays byte for byte.
/// </summary>
public sealed class Template
{
    private readonly TemplateNode _root;

    private Template(TemplateNode root, IReadOnlyList<Expression> expressions) => (_root, Expressions) = (root, expressions);

    /// <summary>The expressions of the template, for further checks of what they read.</summary>
    public IReadOnlyList<Expression> Expressions { get; }

    /// <summary>Whether rendering gives the same whatever the context.</summary>
    public bool IsLiteral => Expressions.Count == 0;

    /// <summary>Parses and checks every expression. All faults come with the pointer of their text.</summary>
    /// <param name="template">The value.</param>
    /// <param name="allowedRoots">The names that the context has; null allows any.</param>
    /// <param name="path">Where the template stands in its document.</param>
    public static Outcome<Template> Compile(RawJson template, IReadOnlySet<string>? allowedRoots = null, string path = "")
    {
        var compiler = new TemplateCompiler(allowedRoots);
        if (template.IsEmpty) return new Template(new TemplateNode.Fixed(RawJson.Null), []);
        using var document = template.ToDocument();
        var root = compiler.Node(document.RootElement, path);
        return compiler.Faults.Count == 0
            ? new Template(root, compiler.Expressions)
            : new Problem(ApiErrors.Invalid, compiler.Faults[0].Message) { Faults = compiler.Faults };
    }

    /// <summary>A text as a template, for texts outside of JSON (summaries, paths).</summary>
    public static Outcome<Template> CompileText(string text, IReadOnlySet<string>? allowedRoots = null, string path = "") =>
        Compile(RawJson.FromString(text), allowedRoots, path);

    /// <summary>The value with every expression replaced; refused where one fails or the whole is too large.</summary>
    public Outcome<RawJson> Render(RawJson context) => Render(new ExpressionContext(context));

    /// <summary>As the other one, on a context shared with other expressions.</summary>
    public Outcome<RawJson> Render(ExpressionContext context)
    {
        if (_root is TemplateNode.Fixed literal) return literal.Json;
        if (_root is TemplateNode.Typed typed) return typed.Expression.Evaluate(context);
        var rendering = new TemplateRendering(context);
        var bytes = JsonWriting.ToBytes((rendering, _root), static (writer, state) => state.rendering.Write(writer, state._root));
        return rendering.Problem is { } problem ? problem : RawJson.Trusted(bytes);
    }
}
