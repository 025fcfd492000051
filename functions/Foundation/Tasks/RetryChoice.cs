using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Tasks;

/// <summary>A retry policy as a policy string or by name.</summary>
/// <param name="Delays">The policy string, or null.</param>
/// <param name="Policy">The name of a <c>retry-policies</c> document, or null.</param>
[JsonConverter(typeof(RetryChoiceConverter))]
public sealed record RetryChoice(string? Delays, string? Policy);

/// <summary>A text is a policy string, an object names a document.</summary>
public sealed class RetryChoiceConverter : JsonConverter<RetryChoice>, IDescribesValue
{
    private const string Shape = "a policy string such as \"exponential(1s, 2) | take(5)\", or { \"policy\": \"name\" }";

    /// <summary>A text or an object.</summary>
    public JsonValueKind Kind => JsonValueKind.Undefined;

    /// <inheritdoc/>
    public string Expected => Shape;

    /// <inheritdoc/>
    public override RetryChoice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new RetryChoice(reader.GetString(), null);
        }

        if (reader.TokenType == JsonTokenType.StartObject
            && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("policy"u8)
            && reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            var name = reader.GetString();
            if (reader.Read() && reader.TokenType == JsonTokenType.EndObject)
            {
                return new RetryChoice(null, name);
            }
        }

        throw new FormatException($"Expected {Shape}.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RetryChoice value, JsonSerializerOptions options)
    {
        if (value.Policy is null)
        {
            writer.WriteStringValue(value.Delays);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("policy"u8, value.Policy);
        writer.WriteEndObject();
    }
}
