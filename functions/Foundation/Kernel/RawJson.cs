using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Foundation.Kernel;

/// <summary>
/// A JSON value as the bytes that were sent: numbers, whitespace, escapes and the order of members stay exactly as they are.
/// Checked once when it is made: one value, valid UTF-8, texts without lone surrogates, at most 64 levels deep.
/// The default value is <see cref="IsEmpty">empty</see>: absent, which is not the same as <see cref="Null"/>.
/// </summary>
[JsonConverter(typeof(RawJsonConverter))]
public readonly struct RawJson : IEquatable<RawJson>
{
    private readonly ReadOnlyMemory<byte> _utf8;

    private RawJson(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    /// <summary>The value <c>null</c>.</summary>
    public static RawJson Null { get; } = new("null"u8.ToArray());

    /// <summary>The value <c>true</c>.</summary>
    public static RawJson True { get; } = new("true"u8.ToArray());

    /// <summary>The value <c>false</c>.</summary>
    public static RawJson False { get; } = new("false"u8.ToArray());

    /// <summary>The value <c>{}</c>.</summary>
    public static RawJson EmptyObject { get; } = new("{}"u8.ToArray());

    /// <summary>Whether there is no value at all.</summary>
    public bool IsEmpty => _utf8.IsEmpty;

    /// <summary>Whether the value is <c>null</c>.</summary>
    public bool IsNull => _utf8.Span.SequenceEqual("null"u8);

    /// <summary>Whether the value is absent or <c>null</c>.</summary>
    public bool IsEmptyOrNull => IsEmpty || IsNull;

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory => _utf8;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _utf8.Span;

    /// <summary>The number of bytes.</summary>
    public int Length => _utf8.Length;

    /// <summary>The JSON type of the value; <see cref="JsonValueKind.Undefined"/> when empty.</summary>
    public JsonValueKind Kind => IsEmpty ? JsonValueKind.Undefined : _utf8.Span[0] switch
    {
        (byte)'{' => JsonValueKind.Object,
        (byte)'[' => JsonValueKind.Array,
        (byte)'"' => JsonValueKind.String,
        (byte)'t' => JsonValueKind.True,
        (byte)'f' => JsonValueKind.False,
        (byte)'n' => JsonValueKind.Null,
        _ => JsonValueKind.Number,
    };

    /// <summary>
    /// Takes the bytes as they are, without the whitespace around them; the caller gives them up. False when they are not one value.
    /// </summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, out RawJson json) => TryParse(utf8, out json, out _);

    /// <summary>As <see cref="TryParse(ReadOnlyMemory{byte}, out RawJson)"/>, and says why not.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, out RawJson json, [NotNullWhen(false)] out string? reason)
    {
        json = default;
        utf8 = Trim(utf8);
        reason = Check(utf8.Span, JsonLimits.DepthMax);
        if (reason is not null) return false;
        json = new RawJson(utf8);
        return true;
    }

    /// <summary>As <see cref="TryParse(ReadOnlyMemory{byte}, out RawJson)"/>; throws <see cref="FormatException"/>.</summary>
    public static RawJson Parse(ReadOnlyMemory<byte> utf8) =>
        TryParse(utf8, out var json, out var reason) ? json : throw new FormatException(reason);

    /// <summary>As <see cref="Parse(ReadOnlyMemory{byte})"/>, from text.</summary>
    public static RawJson Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    /// <summary>Takes bytes that this process wrote itself or has stored after a check.</summary>
    public static RawJson Trusted(ReadOnlyMemory<byte> utf8) => new(utf8);

    /// <summary>A text as a JSON string.</summary>
    public static RawJson FromString(string text) =>
        new(JsonWriting.ToBytes(text, static (writer, value) => writer.WriteStringValue(value)));

    /// <summary>A document over the bytes, to be disposed of. The value must not be empty.</summary>
    public JsonDocument ToDocument() => JsonDocument.Parse(_utf8, new JsonDocumentOptions { MaxDepth = JsonLimits.StoredDepthMax });

    /// <summary>Byte by byte; <c>1.0</c> and <c>1.00</c> differ.</summary>
    public bool Equals(RawJson other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RawJson other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>The value as text; empty when absent.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);

    /// <summary>Byte by byte.</summary>
    public static bool operator ==(RawJson left, RawJson right) => left.Equals(right);

    /// <summary>Byte by byte.</summary>
    public static bool operator !=(RawJson left, RawJson right) => !left.Equals(right);

    /// <summary>Why the bytes are not one JSON value, or null.</summary>
    internal static string? Check(ReadOnlySpan<byte> utf8, int depthMax)
    {
        if (utf8.IsEmpty) return "A JSON value is expected, and nothing was sent.";
        if (!Utf8.IsValid(utf8)) return "The text is not valid UTF-8.";
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = depthMax });
            var escapes = utf8.IndexOf("\\u"u8) >= 0;
            while (reader.Read())
            {
                if (escapes && reader.ValueIsEscaped) CheckText(ref reader);
            }

            return null;
        }
        catch (JsonException exception)
        {
            return Reason(exception);
        }
        catch (InvalidOperationException)
        {
            return "A text holds half of a surrogate pair, which no UTF-8 can carry.";
        }
    }

    private static string Reason(JsonException exception)
    {
        // The reader counts from zero and writes it at the end.
        var message = exception.Message;
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (end < 0 || exception.LineNumber is not { } line || exception.BytePositionInLine is not { } position) return message;
        return string.Create(CultureInfo.InvariantCulture, $"Line {line + 1}, byte {position + 1}: {message[..end]}");
    }

    // Only unescaping finds lone surrogates; a value with one could be stored and never be read as text again.
    private static void CheckText(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) return;
        var rented = System.Buffers.ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            reader.CopyString(rented);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> utf8)
    {
        var span = utf8.Span;
        var start = span.IndexOfAnyExcept(" \t\r\n"u8);
        if (start < 0) return default;
        var end = span.LastIndexOfAnyExcept(" \t\r\n"u8);
        return utf8.Slice(start, end - start + 1);
    }
}
