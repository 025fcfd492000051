using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Kernel;

/// <summary>Instants in JSON: text of <see cref="Instants"/>.</summary>
public sealed class InstantJsonConverter : JsonConverter<DateTimeOffset>, IDescribesValue
{
    /// <inheritdoc/>
    public JsonValueKind Kind => JsonValueKind.String;

    /// <inheritdoc/>
    public string Expected => Instants.Expected;

    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new FormatException($"Expected {Instants.Expected}.");
        var text = reader.GetString()!;
        return Instants.TryParse(text, out var instant)
            ? instant
            : throw new FormatException($"'{Texts.Clip(text)}' is not {Instants.Expected}.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Instants.Format(value));
}
