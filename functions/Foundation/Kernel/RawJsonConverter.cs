using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Kernel;

/// <summary>Reads and writes <see cref="RawJson"/> byte for byte. An empty value becomes <c>null</c>: contracts leave it out.</summary>
public sealed class RawJsonConverter : JsonConverter<RawJson>
{
    /// <summary>A member that says <c>null</c> is <see cref="RawJson.Null"/>, not absent.</summary>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return RawJson.Null;
        using var document = JsonDocument.ParseValue(ref reader);
        var bytes = JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray();

        // The reader has checked everything but lone surrogates.
        if (bytes.AsSpan().IndexOf("\\u"u8) < 0) return RawJson.Trusted(bytes);
        if (RawJson.Check(bytes, JsonLimits.StoredDepthMax) is { } reason) throw new FormatException(reason);
        return RawJson.Trusted(bytes);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
    {
        if (value.IsEmpty) writer.WriteNullValue();
        else writer.WriteRawValue(value.Span, skipInputValidation: true);
    }
}
