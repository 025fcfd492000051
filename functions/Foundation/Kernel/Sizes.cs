using System.Globalization;

namespace Foundation.Kernel;

/// <summary>Sizes in bytes as text: <c>512B</c>, <c>64KiB</c>, <c>1MiB</c>. Whole numbers, binary units up to TiB only.</summary>
public static class Sizes
{
    /// <summary>What a person is told to write.</summary>
    public const string Expected = "a size such as 512B, 64KiB, 1MiB or 2GiB";

    private static readonly (string Suffix, long Bytes)[] Units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1L),
    ];

    /// <summary>Reads a size; false when the text is none, or does not fit a long.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits < 1) return false;
        if (!long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        foreach (var (suffix, unit) in Units)
        {
            if (!text[digits..].SequenceEqual(suffix)) continue;
            if (number > long.MaxValue / unit) return false;
            bytes = number * unit;
            return true;
        }

        return false;
    }

    /// <summary>The largest unit that divides the size.</summary>
    public static string Format(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        foreach (var (suffix, unit) in Units)
        {
            if (bytes >= unit && bytes % unit == 0) return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit}{suffix}");
        }

        return "0B";
    }
}
