using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Foundation.Kernel;

/// <summary>Turns a JSON value into the parts of a <see cref="Template"/>.</summary>
internal sealed class TemplateCompiler(IReadOnlySet<string>? allowedRoots)
{
    /// <summary>What is wrong.</summary>
    public List<Fault> Faults { get; } = [];

    /// <summary>Every expression found.</summary>
    public List<Expression> Expressions { get; } = [];

    /// <summary>Compiles one value and what is in it.</summary>
    public TemplateNode Node(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new List<KeyValuePair<string, TemplateNode>>();
                foreach (var member in element.EnumerateObject())
                {
                    members.Add(new(member.Name, Node(member.Value, JsonPointers.Append(path, member.Name))));
                }

                return members.TrueForAll(member => member.Value is TemplateNode.Fixed)
                    ? Literal(element)
                    : new TemplateNode.Object(members);
            case JsonValueKind.Array:
                var items = new List<TemplateNode>();
                foreach (var item in element.EnumerateArray()) items.Add(Node(item, JsonPointers.Append(path, items.Count)));
                return items.TrueForAll(item => item is TemplateNode.Fixed) ? Literal(element) : new TemplateNode.List(items);
            case JsonValueKind.String when element.GetString() is { } text && text.Contains("${", StringComparison.Ordinal):
                return Text(text, path);
            default:
                return Literal(element);
        }
    }

    /// <summary>Where the expression that begins at <paramref name="start"/> ends: the index of its <c>}</c>, or -1.</summary>
    internal static int End(string text, int start)
    {
        var depth = 0;
        for (var i = start; i < text.Length; i++)
        {
            switch (text[i])
            {
                // Braces inside a JMESPath literal close nothing; a backslash guards the next character there.
                case '\'' or '"' or '`':
                    var quote = text[i++];
                    while (i < text.Length && text[i] != quote) i += text[i] == '\\' ? 2 : 1;
                    break;
                case '{':
                    depth++;
                    break;
                case '}' when depth-- == 0:
                    return i;
            }
        }

        return -1;
    }

    private static TemplateNode.Fixed Literal(JsonElement element) =>
        new(RawJson.Trusted(JsonMarshal.GetRawUtf8Value(element).ToArray()));

    private TemplateNode Text(string text, string path)
    {
        var parts = new List<object>();
        var literal = new StringBuilder();
        var i = 0;
        while (i < text.Length)
        {
            if (At(text, i, "$${"))
            {
                literal.Append("${");
                i += 3;
            }
            else if (!At(text, i, "${"))
            {
                literal.Append(text[i++]);
            }
            else if (End(text, i + 2) is var end and >= 0)
            {
                if (literal.Length > 0) parts.Add(literal.ToString());
                literal.Clear();
                if (Expression.Compile(text[(i + 2)..end].Trim(), allowedRoots, path, Faults) is { } expression)
                {
                    Expressions.Add(expression);
                    parts.Add(expression);
                }

                i = end + 1;
            }
            else
            {
                const string hint = "Write '$${' for a literal '${'.";
                Faults.Add(new Fault(path, ApiErrors.InvalidExpression.Code, "A '${' has no closing '}'.", hint));
                break;
            }
        }

        if (literal.Length > 0) parts.Add(literal.ToString());
        return parts switch
        {
            [Expression only] => new TemplateNode.Typed(only),
            [string only] => new TemplateNode.Fixed(RawJson.FromString(only)),
            _ => new TemplateNode.Mixed(parts),
        };
    }

    private static bool At(string text, int index, string what) => text.AsSpan(index).StartsWith(what, StringComparison.Ordinal);
}
