using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Foundation.Embedded.Sqlite;

/// <summary>How keys and lanes are stored: bytes that sort as the port says.</summary>
internal static class SqliteKeys
{
    /// <summary>Room for any key or bound, and the byte that makes it its own successor.</summary>
    public const int KeyBytesMax = (3 * (CommitLimits.KeyCharsMax + 1)) + 1;

    /// <summary>Room for any lane or prefix with its part.</summary>
    public const int LaneBytesMax = (3 * CommitLimits.LaneCharsMax) + 16;

    private const int IdBytes = 16;

    /// <summary>Greater than every key.</summary>
    public static ReadOnlySpan<byte> AfterAll =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ];

    /// <summary>The bytes of a key: ids big-endian, text as it is.</summary>
    public static ReadOnlySpan<byte> Key(RowKey key, Span<byte> buffer)
    {
        if (key.Text is null)
        {
            BinaryPrimitives.WriteUInt128BigEndian(buffer, key.Id);
            return buffer[..IdBytes];
        }

        return buffer[..Encoding.UTF8.GetBytes(Bounded(key.Text, CommitLimits.KeyCharsMax + 1), buffer)];
    }

    /// <summary>The least bytes after a key.</summary>
    public static ReadOnlySpan<byte> After(RowKey key, Span<byte> buffer)
    {
        var length = Key(key, buffer).Length;
        buffer[length] = 0;
        return buffer[..(length + 1)];
    }

    public static RowKey Key(Table table, ReadOnlySpan<byte> bytes) => table.Keys == KeyForm.Id
        ? new RowKey(table, BinaryPrimitives.ReadUInt128BigEndian(bytes))
        : new RowKey(table, Encoding.UTF8.GetString(bytes));

    /// <summary>
    /// A lane, or a prefix of lanes, of a part; with one more byte it bounds the lanes that go on: 1 is before, 127 after them.
    /// </summary>
    public static ReadOnlySpan<byte> Lane(int part, string lane, Span<byte> buffer, byte? suffix = null)
    {
        part.TryFormat(buffer, out var length, provider: CultureInfo.InvariantCulture);
        buffer[length++] = (byte)'|';
        length += Encoding.UTF8.GetBytes(Bounded(lane, CommitLimits.LaneCharsMax), buffer[length..]);
        if (suffix is { } last)
        {
            buffer[length++] = last;
        }

        return buffer[..length];
    }

    /// <summary>The lane of stored bytes.</summary>
    public static ReadOnlySpan<byte> LaneOf(ReadOnlySpan<byte> stored) => stored[(stored.IndexOf((byte)'|') + 1)..];

    // A range's bound may carry one character beyond a key's own, as a prefix does ('\uffff').
    private static string Bounded(string text, int most) =>
        text.Length <= most ? text : throw new ArgumentException($"'{text}' has more than {most} characters", nameof(text));
}
