using System.Globalization;

namespace Foundation.Azure.Tables;

/// <summary>Where a listing goes on: behind a key, and for one from the end where its last chunk began and how wide it was.</summary>
internal readonly record struct PageCursor(string Key, string? Chunk = null, UInt128 Width = default)
{
    private const char Between = '\n';

    /// <summary>Reads the text; throws <see cref="ArgumentException"/> for one that no listing gave.</summary>
    public static PageCursor? Read(string? text, bool descending, string prefix)
    {
        if (text is null)
        {
            return null;
        }

        var parts = text.StartsWith(prefix, StringComparison.Ordinal) ? text.Split(Between) : [];
        return parts switch
        {
            [var key] when !descending => new PageCursor(key),
            [var key, var chunk, var width] when descending && UInt128.TryParse(width, CultureInfo.InvariantCulture, out var number) =>
                new PageCursor(key, chunk, number),
            _ => throw new ArgumentException("The cursor is not one of this listing", nameof(text)),
        };
    }

    public override string ToString() => Chunk is null
        ? Key
        : string.Join(Between, Key, Chunk, Width.ToString(CultureInfo.InvariantCulture));
}
