using System.Text.Json;

namespace Foundation.Kernel;

/// <summary>
/// A plain path of names and indexes, followed over the bytes: the value comes out exactly as it went in. Says what JMESPath says:
/// what is not there is null, the last of two equal names counts, a negative index counts from the end.
/// </summary>
internal sealed class JsonPath(IReadOnlyList<JsonPath.Segment> segments)
{
    /// <summary>The value at the path; null where there is none.</summary>
    public RawJson Find(RawJson json)
    {
        var value = json.Memory;
        foreach (var segment in segments)
        {
            value = segment.Name is { } name ? Member(value, name) : Item(value, segment.Index);
            if (value.IsEmpty) return RawJson.Null;
        }

        return value.IsEmpty ? RawJson.Null : RawJson.Trusted(value);
    }

    private static Utf8JsonReader Reader(ReadOnlyMemory<byte> json) =>
        new(json.Span, new JsonReaderOptions { MaxDepth = JsonLimits.StoredDepthMax });

    private static ReadOnlyMemory<byte> Member(ReadOnlyMemory<byte> json, string name)
    {
        var found = default(ReadOnlyMemory<byte>);
        var reader = Reader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return found;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var matches = reader.ValueTextEquals(name);
            var value = Value(json, ref reader);
            if (matches) found = value;
        }

        return found;
    }

    private static ReadOnlyMemory<byte> Item(ReadOnlyMemory<byte> json, int index)
    {
        if (index < 0) index += Count(json);
        if (index < 0) return default;
        var reader = Reader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return default;
        while (true)
        {
            var value = Value(json, ref reader);
            if (value.IsEmpty || index-- == 0) return value;
        }
    }

    private static int Count(ReadOnlyMemory<byte> json)
    {
        var reader = Reader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return 0;
        var count = 0;
        while (!Value(json, ref reader).IsEmpty) count++;
        return count;
    }

    // The bytes of the next value; empty at the end of the array.
    private static ReadOnlyMemory<byte> Value(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject) return default;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    /// <summary>One step: a name, or an index where the name is null.</summary>
    internal readonly record struct Segment(string? Name, int Index);
}
