using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Registry;

/// <summary>A capability in JSON: a bare name, or <c>{ "name", "version?", "parameters?" }</c>; written in the shortest form.</summary>
public sealed class CapabilityConverter : JsonConverter<Capability>, IDescribesValue, IDescribesSchema
{
    private const string Shape = "a name, or an object with name, version? and parameters?";

    /// <summary>A text; objects are read too.</summary>
    public JsonValueKind Kind => JsonValueKind.Undefined;

    /// <inheritdoc/>
    public string Expected => Shape;

    /// <inheritdoc/>
    public string JsonSchema => """
        {
          "oneOf": [
            { "type": "string", "description": "The name alone.", "examples": ["summarize"] },
            {
              "type": "object", "required": ["name"], "additionalProperties": false,
              "properties": {
                "name": { "type": "string" },
                "version": { "type": "string" },
                "parameters": { "type": "object", "additionalProperties": true, "description": "Any JSON object." }
              }
            }
          ]
        }
        """;

    /// <inheritdoc/>
    public override Capability Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
    {
        JsonTokenType.String => new Capability(reader.GetString()!),
        JsonTokenType.StartObject => ReadObject(ref reader),
        _ => throw new FormatException($"Expected {Shape}."),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Capability value, JsonSerializerOptions options)
    {
        if (value.Version is null && value.Parameters.IsEmpty)
        {
            writer.WriteStringValue(value.Name);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("name", value.Name);
        if (value.Version is not null)
        {
            writer.WriteString("version", value.Version);
        }

        if (!value.Parameters.IsEmpty)
        {
            writer.WritePropertyName("parameters");
            writer.WriteRawValue(value.Parameters.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private static Capability ReadObject(ref Utf8JsonReader reader)
    {
        string? name = null, version = null;
        var parameters = default(RawJson);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.GetString();
            reader.Read();
            switch (member)
            {
                case "name" when name is null:
                    name = Text(ref reader, member);
                    break;
                case "version" when version is null:
                    version = Text(ref reader, member);
                    break;
                case "parameters" when parameters.IsEmpty:
                    parameters = Raw(ref reader);
                    break;
                case "name" or "version" or "parameters":
                    throw new FormatException($"'{member}' stands twice in a capability.");
                default:
                    throw new FormatException($"'{Texts.Clip(member!)}' is not known in a capability: {Shape}.");
            }
        }

        return name is null
            ? throw new FormatException("A capability needs a name.")
            : new Capability(name, version) { Parameters = parameters };
    }

    private static string Text(ref Utf8JsonReader reader, string member) => reader.TokenType == JsonTokenType.String
        ? reader.GetString()!
        : throw new FormatException($"'{member}' of a capability is a string.");

    private static RawJson Raw(ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return RawJson.Parse(document.RootElement.GetRawText());
    }
}
