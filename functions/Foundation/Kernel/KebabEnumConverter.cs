using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Kernel;

/// <summary>
/// An enum in JSON: its kebab-case name (<see cref="Kebab"/>), also as the name of a member. Put on the enum:
/// <c>[JsonConverter(typeof(KebabEnumConverter&lt;Color&gt;))]</c>. Numbers and other case are refused.
/// </summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class KebabEnumConverter<T> : JsonConverter<T>, IDescribesValue
    where T : struct, Enum
{
    private const int NameLengthMax = 128;

    /// <inheritdoc/>
    public JsonValueKind Kind => JsonValueKind.String;

    /// <inheritdoc/>
    public string Expected => "one of " + string.Join(", ", Allowed);

    /// <inheritdoc/>
    public IReadOnlyList<string> Allowed => Kebab.Names<T>();

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new FormatException($"Expected {Expected}.");
        return ReadName(ref reader);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Kebab.Name(value));

    /// <inheritdoc/>
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ReadName(ref reader);

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(Kebab.Name(value));

    private T ReadName(ref Utf8JsonReader reader)
    {
        var length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (length <= NameLengthMax)
        {
            Span<char> buffer = stackalloc char[NameLengthMax];
            var name = buffer[..reader.CopyString(buffer)];
            if (Kebab.TryParse<T>(name, out var value)) return value;
        }

        throw new FormatException($"'{Texts.Clip(reader.GetString()!)}' is not {Expected}.");
    }
}
