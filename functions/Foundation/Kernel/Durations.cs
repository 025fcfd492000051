using System.Globalization;

namespace Foundation.Kernel;

/// <summary>
/// Durations as text: <c>1.5s</c>, <c>250ms</c>, <c>10m</c>, <c>7d</c>, or ISO 8601 (<c>PT1H30M</c>) without years and months,
/// whose length is not fixed. Never negative, at most <see cref="Max"/>. Digits beyond 100 ns are cut off.
/// </summary>
public static class Durations
{
    /// <summary>The longest duration that is accepted: 3650 days.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(3650);

    /// <summary>What a person is told to write.</summary>
    public const string Expected = "a duration such as 250ms, 30s, 10m, 1.5h or 7d (at most 3650d)";

    private const int TextLengthMax = 64;

    // Largest first: Format prefers the larger unit among equally short texts.
    private static readonly (string Suffix, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Reads a duration; false when the text is none, or it is out of range.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = default;
        if (text.IsEmpty || text.Length > TextLengthMax) return false;
        if (text[0] == 'P') return TryParseIso(text[1..], out value);

        var rest = text;
        if (!TryNumber(ref rest, out var number)) return false;
        foreach (var (suffix, ticks) in Units)
        {
            if (rest.SequenceEqual(suffix)) return TryTicks(number * ticks, out value);
        }

        return false;
    }

    /// <summary>Reads a duration; false when the text is none, or it is out of range.</summary>
    public static bool TryParse(string? text, out TimeSpan value) => TryParse(text.AsSpan(), out value);

    /// <summary>
    /// The shortest exact text: <c>1.5s</c>, <c>90s</c>, <c>100ms</c>, <c>7d</c>. <see cref="TryParse(string?, out TimeSpan)"/>
    /// gives the same duration back.
    /// </summary>
    public static string Format(TimeSpan value)
    {
        if (value.Ticks < 0) return "-" + Format(value.Negate());
        if (value == TimeSpan.Zero) return "0s";
        string? best = null;
        foreach (var (suffix, unit) in Units)
        {
            // "0.1s" would be shorter than "100ms", and harder to read; only the smallest unit may begin with a zero.
            if (value.Ticks < unit && suffix != "ms") continue;
            var text = Exact(value.Ticks, unit);
            if (text is not null && (best is null || text.Length + suffix.Length < best.Length)) best = text + suffix;
        }

        return best!;
    }

    private static string? Exact(long ticks, long unit)
    {
        const int digitsMax = 7;
        var whole = (ticks / unit).ToString(CultureInfo.InvariantCulture);
        var rest = ticks % unit;
        if (rest == 0) return whole;
        Span<char> digits = stackalloc char[digitsMax];
        var count = 0;
        while (rest != 0)
        {
            if (count == digitsMax) return null;
            rest *= 10;
            digits[count++] = (char)('0' + rest / unit);
            rest %= unit;
        }

        return $"{whole}.{digits[..count]}";
    }

    private static bool TryParseIso(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = default;
        decimal total = 0;
        var parts = 0;
        var previous = long.MaxValue;
        var inTime = false;
        while (!text.IsEmpty)
        {
            if (text[0] == 'T' && !inTime)
            {
                inTime = true;
                text = text[1..];
                if (text.IsEmpty) return false;
            }

            var fractional = false;
            if (!TryNumber(ref text, out var number, ref fractional) || text.IsEmpty) return false;
            var unit = (text[0], inTime) switch
            {
                ('W', false) => 7 * TimeSpan.TicksPerDay,
                ('D', false) => TimeSpan.TicksPerDay,
                ('H', true) => TimeSpan.TicksPerHour,
                ('M', true) => TimeSpan.TicksPerMinute,
                ('S', true) => TimeSpan.TicksPerSecond,
                _ => 0L,
            };
            text = text[1..];

            // Units descend, and only the last one may have a fraction (ISO 8601-1, 5.5.2).
            if (unit == 0 || unit >= previous || (fractional && !text.IsEmpty)) return false;
            previous = unit;
            total += number * unit;
            parts++;
        }

        return parts > 0 && TryTicks(total, out value);
    }

    private static bool TryNumber(ref ReadOnlySpan<char> text, out decimal number)
    {
        var fractional = false;
        return TryNumber(ref text, out number, ref fractional);
    }

    private static bool TryNumber(ref ReadOnlySpan<char> text, out decimal number, ref bool fractional)
    {
        const int digitsMax = 12;
        number = 0;
        var whole = CountDigits(text);
        if (whole is 0 or > digitsMax) return false;
        var length = whole;
        if (length < text.Length && text[length] == '.')
        {
            var fraction = CountDigits(text[(length + 1)..]);
            if (fraction is 0 or > digitsMax) return false;
            length += 1 + fraction;
            fractional = true;
        }

        number = decimal.Parse(text[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        text = text[length..];
        return true;
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        var count = text.IndexOfAnyExceptInRange('0', '9');
        return count < 0 ? text.Length : count;
    }

    private static bool TryTicks(decimal ticks, out TimeSpan value)
    {
        value = default;
        if (ticks > Max.Ticks) return false;
        value = new TimeSpan((long)decimal.Truncate(ticks));
        return true;
    }
}
