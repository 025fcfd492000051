using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Registry;

/// <summary>How long an instance may stay unheard: a duration, or <c>none</c> for one that sends no heartbeats.</summary>
/// <param name="Duration">Null is <c>none</c>.</param>
[JsonConverter(typeof(LeaseTermConverter))]
public readonly record struct LeaseTerm(TimeSpan? Duration)
{
    /// <summary>No heartbeats: health comes from outcomes and probes.</summary>
    public static LeaseTerm None => new(null);

    /// <inheritdoc/>
    public override string ToString() => Duration is { } duration ? Durations.Format(duration) : "none";
}

/// <summary>Reads and writes <c>"30s"</c> or <c>"none"</c>.</summary>
public sealed class LeaseTermConverter : JsonConverter<LeaseTerm>, IDescribesValue
{
    /// <inheritdoc/>
    public JsonValueKind Kind => JsonValueKind.String;

    /// <inheritdoc/>
    public string Expected => Durations.Expected + ", or none";

    /// <inheritdoc/>
    public IReadOnlyList<string> Allowed => ["none"];

    /// <inheritdoc/>
    public override LeaseTerm Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new FormatException($"Expected {Expected}.");
        return text == "none" ? LeaseTerm.None
            : Durations.TryParse(text, out var duration) ? new LeaseTerm(duration)
            : throw new FormatException($"'{Texts.Clip(text!)}' is not {Expected}.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, LeaseTerm value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
