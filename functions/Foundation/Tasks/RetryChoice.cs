using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Tasks;

/// <summary>A retry policy as a policy string or by name.</summary>
/// <param name="Delays">The policy string, or null.</param>
/// <param name="Policy">The name of a <c>retry-policies</c> document, or null.</param>
[JsonConverter(typeof(RetryChoiceConverter))]
public sealed record RetryChoice(string? Delays, string? Policy);

internal sealed class RetryChoiceConverter : JsonConverter<RetryChoice>, IDescribesSchema
{
    public string JsonSchema => """
        {
          "oneOf": [
            { "type": "string", "description": "A policy string.", "examples": ["exponential(1s, 2) | cap(5m) | take(5)"] },
            { "type": "object", "required": ["policy"], "additionalProperties": false,
              "properties": { "policy": { "type": "string", "description": "The name of a retry-policies document." } } }
          ]
        }
        """;

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

        throw new JsonException("expected a policy string such as \"exponential(1s, 2) | take(5)\" or { \"policy\": \"name\" }");
    }

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
