using System.Text;
using System.Text.Json;

namespace Foundation.Kernel;

/// <summary>One rendering: stops at the first problem, and at the bound of the size.</summary>
internal sealed class TemplateRendering(ExpressionContext context)
{
    /// <summary>Why it stopped, or null.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>Writes one part.</summary>
    public void Write(Utf8JsonWriter writer, TemplateNode node)
    {
        if (writer.BytesCommitted + writer.BytesPending > Expression.ResultSizeMax)
        {
            var bound = Sizes.Format(Expression.ResultSizeMax);
            Problem ??= new Problem(ApiErrors.ExpressionFailed, $"The rendered value is larger than {bound}.");
        }

        if (Problem is not null)
        {
            writer.WriteNullValue();
            return;
        }

        switch (node)
        {
            case TemplateNode.Fixed literal:
                writer.WriteRawValue(literal.Json.Span, skipInputValidation: true);
                break;
            case TemplateNode.Typed typed:
                writer.WriteRawValue(Evaluate(typed.Expression).Span, skipInputValidation: true);
                break;
            case TemplateNode.Mixed text:
                writer.WriteStringValue(Join(text));
                break;
            case TemplateNode.Object item:
                writer.WriteStartObject();
                foreach (var (name, member) in item.Members)
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }

                writer.WriteEndObject();
                break;
            case TemplateNode.List array:
                writer.WriteStartArray();
                foreach (var item in array.Items) Write(writer, item);
                writer.WriteEndArray();
                break;
        }
    }

    private string Join(TemplateNode.Mixed text)
    {
        var joined = new StringBuilder();
        foreach (var part in text.Parts)
        {
            if (part is Expression expression) Insert(joined, Evaluate(expression));
            else joined.Append((string)part);
        }

        return joined.ToString();
    }

    private static void Insert(StringBuilder text, RawJson value)
    {
        if (value.IsEmptyOrNull) return;
        if (value.Kind != JsonValueKind.String)
        {
            text.Append(value.ToString());
            return;
        }

        using var document = value.ToDocument();
        text.Append(document.RootElement.GetString());
    }

    private RawJson Evaluate(Expression expression)
    {
        if (Problem is not null) return RawJson.Null;
        var outcome = expression.Evaluate(context);
        if (outcome.Ok) return outcome.Value;
        Problem = outcome.Problem;
        return RawJson.Null;
    }
}
