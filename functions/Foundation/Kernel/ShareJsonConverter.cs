using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Kernel;

/// <summary>Shares in JSON: text of <see cref="Shares"/>. Named on a member, since not every double is a share.</summary>
public sealed class ShareJsonConverter : JsonConverter<double>, IDescribesValue
{
    /// <inheritdoc/>
    public JsonValueKind Kind => JsonValueKind.String;

    /// <inheritdoc/>
    public string Expected => Shares.Expected;

    /// <inheritdoc/>
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new FormatException($"Expected {Shares.Expected}.");
        var text = reader.GetString()!;
        return Shares.TryParse(text, out var share) ? share : throw new FormatException($"'{Texts.Clip(text)}' is not {Shares.Expected}.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Shares.Format(value));
}
