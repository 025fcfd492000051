using System.Globalization;

namespace Foundation.Protocols;

/// <summary>How the stores write <see cref="Page{T}.Next"/>: the last item's place, so that pages stay right when rows come and go.</summary>
public static class ListCursor
{
    /// <summary>The place of a row in key order.</summary>
    public static string Of(RowKey key) => key.Name;

    /// <summary>The place of a row in a lane.</summary>
    public static string Of(long at, RowKey key) =>
        string.Create(CultureInfo.InvariantCulture, $"{at}~{(key.Text is null ? 'i' : 't')}~{key.Table.Name}~{key.Name}");

    /// <summary>Reads a place in key order. Throws <see cref="ArgumentException"/> when it is none.</summary>
    public static RowKey Key(Table table, string cursor)
    {
        if (table.Keys == KeyForm.Text)
        {
            return new RowKey(table, cursor);
        }

        return Kernel.ResourceId.TryRead(cursor, out var id) ? new RowKey(table, id) : throw Malformed(cursor);
    }

    /// <summary>Reads a place in a lane. Throws <see cref="ArgumentException"/> when it is none.</summary>
    public static (long At, RowKey Key) Due(Space space, string cursor)
    {
        var parts = cursor.Split('~', 4);
        if (parts.Length != 4 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at))
        {
            throw Malformed(cursor);
        }

        var table = new Table(parts[2], space, parts[1] == "t" ? KeyForm.Text : KeyForm.Id);
        return (at, Key(table, parts[3]));
    }

    private static ArgumentException Malformed(string cursor) => new($"Not a cursor of this listing: {cursor}", nameof(cursor));
}
