using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Kernel;

/// <summary>Durations in JSON: text of <see cref="Durations"/>.</summary>
public sealed class DurationJsonConverter : JsonConverter<TimeSpan>, IDescribesValue
{
    /// <inheritdoc/>
    public JsonValueKind Kind => JsonValueKind.String;

    /// <inheritdoc/>
    public string Expected => Durations.Expected;

    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new FormatException($"Expected {Durations.Expected}.");
        var text = reader.GetString()!;
        return Durations.TryParse(text, out var value)
            ? value
            : throw new FormatException($"'{Texts.Clip(text)}' is not {Durations.Expected}.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Durations.Format(value));
}
