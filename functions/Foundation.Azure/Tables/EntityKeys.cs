using System.Globalization;

namespace Foundation.Azure.Tables;

/// <summary>How rows, due-index entries and the store's own rows are named in a partition.</summary>
/// <remarks>
/// <c>r!table!key</c> rows · <c>d!lane!at!table!key</c> due-index entries · <c>c!number</c> change rows · <c>h!changes</c> their
/// head · <c>k!slot</c> markers of commits that leave no row.
/// </remarks>
internal static class EntityKeys
{
    /// <summary>Azure's bound of a key is 1 KiB: 512 characters.</summary>
    public const int LengthMax = 512;

    /// <summary>The row that numbers the changes of a shard.</summary>
    public const string ChangesHead = "h!changes";

    /// <summary>The range of markers.</summary>
    public static (string From, string To) Markers => ("k!", "k" + KeyCode.AfterSeparator);

    private const int AtDigits = 19;
    private const int HashLength = 16;

    /// <summary>The partition of a shard.</summary>
    public static string Partition(Shard shard) => shard.Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The entity of a row.</summary>
    public static string Row(RowKey key)
    {
        var name = $"r!{key.Table.Name}!{Name(key)}";
        return name.Length <= LengthMax
            ? name
            : throw new ArgumentException(
                $"The key of {key.Table.Name} that starts with '{name[..40]}' takes {name.Length} characters; at most {LengthMax}");
    }

    /// <summary>The due-index entry of a row; <c>Whole</c> is false where the row's key did not fit and stands in a property.</summary>
    public static (string Key, bool Whole) Due(Due due, RowKey key)
    {
        var place = $"d!{KeyCode.Encode(due.Lane)}!{At(due.At)}!";
        if (place.Length > LengthMax - HashLength)
        {
            throw new ArgumentException(
                $"The lane that starts with '{due.Lane[..40]}' takes {place.Length} characters; at most {LengthMax - HashLength}");
        }

        var whole = $"{place}{key.Table.Name}!{Name(key)}";
        if (whole.Length <= LengthMax)
        {
            return (whole, true);
        }

        // Order by lane and time stays exact; keys of one lane and time that agree in all that fits follow their hash.
        var hash = StableHash.Of(whole).ToString("x16", CultureInfo.InvariantCulture);
        return (whole[..(LengthMax - HashLength)] + hash, false);
    }

    /// <summary>The range of a table's rows.</summary>
    public static (string From, string To) Rows(KeyRange range)
    {
        var table = $"r!{range.Table.Name}";
        var from = range.From is { } f ? Bound($"{table}!", f) : $"{table}!";
        var to = range.To is { } t ? Bound($"{table}!", t) : $"{table}{KeyCode.AfterSeparator}";
        return (from, to);
    }

    /// <summary>The range of a lane's entries.</summary>
    public static (string From, string To) Entries(LaneRange range)
    {
        var lane = $"d!{KeyCode.Encode(range.Lane)}";
        var from = range.From is { } f ? $"{lane}!{At(Math.Max(f, 0))}" : $"{lane}!";
        var to = range.To is { } t ? $"{lane}!{At(Math.Max(t, 0))}" : $"{lane}{KeyCode.AfterSeparator}";
        return (from, to);
    }

    /// <summary>The range of all entries in lanes under a prefix.</summary>
    public static (string From, string To) Lanes(string prefix) => prefix.Length == 0
        ? ("d!", "d" + KeyCode.AfterSeparator)
        : ($"d!{KeyCode.Encode(prefix)}", KeyCode.After($"d!{KeyCode.Encode(prefix)}"));

    /// <summary>Where the lanes after this one start.</summary>
    public static string AfterLane(string lane) => $"d!{KeyCode.Encode(lane)}{KeyCode.AfterSeparator}";

    /// <summary>Lane and time of an entry.</summary>
    public static LaneSummary ReadEntry(string key)
    {
        var end = key.IndexOf(KeyCode.Separator, 2);
        var lane = KeyCode.Decode(key.AsSpan(2, end - 2));
        return new LaneSummary(lane, long.Parse(key.AsSpan(end + 1, AtDigits), CultureInfo.InvariantCulture));
    }

    /// <summary>The row's entity that an entry belongs to, where it is whole.</summary>
    public static string RowOfEntry(string key)
    {
        var lane = key.IndexOf(KeyCode.Separator, 2);
        var at = key.IndexOf(KeyCode.Separator, lane + 1);
        return "r!" + key[(at + 1)..];
    }

    /// <summary>Table name and encoded key of a row's entity.</summary>
    public static (string Table, string Name) ReadRow(string key)
    {
        var end = key.IndexOf(KeyCode.Separator, 2);
        return (key[2..end], key[(end + 1)..]);
    }

    /// <summary>A row's key from its entity's.</summary>
    public static RowKey ToKey(Table table, string name) => table.Keys == KeyForm.Text
        ? new RowKey(table, KeyCode.Decode(name))
        : ResourceId.TryParse($"_{name}", "", out var id)
            ? new RowKey(table, id)
            : throw new FormatException($"'{name}' in {table.Name} is no id");

    /// <summary>A change row.</summary>
    public static string Change(long number) => "c!" + At(number);

    /// <summary>The number of a change row.</summary>
    public static long ReadChange(string key) => long.Parse(key.AsSpan(2), CultureInfo.InvariantCulture);

    /// <summary>Fixed width, so that text order is number order.</summary>
    public static string At(long at) => at.ToString("D19", CultureInfo.InvariantCulture);

    private static string Name(RowKey key) => key.Text is { } text ? KeyCode.Encode(text) : key.ResourceId.ToString();

    private static string Bound(string table, RowKey key) =>
        key.Text is { } text ? KeyCode.EncodeBound(table, text) : table + key.ResourceId;
}
