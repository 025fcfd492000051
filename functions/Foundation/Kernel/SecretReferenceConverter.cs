using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Kernel;

/// <summary>A reference to a secret in JSON: <c>{ "$secret": "env:FOUNDATION_SECRET_X" }</c>.</summary>
public sealed class SecretReferenceConverter : JsonConverter<SecretReference>, IDescribesValue, IDescribesSchema
{
    private const string Member = "$secret";

    /// <inheritdoc/>
    public JsonValueKind Kind => JsonValueKind.Object;

    /// <inheritdoc/>
    public string Expected => $$"""{ "{{Member}}": "…" } with {{SecretReference.Form}}""";

    /// <inheritdoc/>
    public string JsonSchema => """
        {
          "type": "object", "required": ["$secret"], "additionalProperties": false,
          "description": "A reference to a secret outside of Foundation, looked up when it is used.",
          "properties": {
            "$secret": { "type": "string", "description": "env:FOUNDATION_SECRET_NAME or file:name.", "examples": ["env:FOUNDATION_SECRET_AGENT"] }
          }
        }
        """;

    /// <inheritdoc/>
    public override SecretReference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var known = reader.TokenType == JsonTokenType.StartObject
            && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(Member)
            && reader.Read() && reader.TokenType == JsonTokenType.String;
        var text = known ? reader.GetString() : null;
        if (!known || !reader.Read() || reader.TokenType != JsonTokenType.EndObject)
        {
            throw new FormatException($"Expected {Expected}.");
        }

        // The text may be the secret itself, sent by mistake: it is not repeated.
        return SecretReference.TryParse(text, out var reference)
            ? reference
            : throw new FormatException($"A reference to a secret is {SecretReference.Form}.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, SecretReference value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(Member, value.Value);
        writer.WriteEndObject();
    }
}
