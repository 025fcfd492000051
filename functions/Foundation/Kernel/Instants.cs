using System.Globalization;

namespace Foundation.Kernel;

/// <summary>Instants as text: RFC 3339 with an offset; written in UTC, with as many decimals as needed.</summary>
public static class Instants
{
    /// <summary>What a person is told to write.</summary>
    public const string Expected = "an instant in RFC 3339 such as 2026-01-31T12:00:00Z";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd't'HH:mm:ssK", "yyyy-MM-dd't'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd' 'HH:mm:ssK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>
    /// Reads an instant, which comes out in UTC; false without an offset, since local time means something else on each machine.
    /// </summary>
    public static bool TryParse(string? text, out DateTimeOffset instant)
    {
        instant = default;
        if (text is null || text.Length is < 20 or > 40 || !HasOffset(text)) return false;
        var upper = text[^1] == 'z' ? text[..^1] + "Z" : text;
        if (!DateTimeOffset.TryParseExact(upper, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed)) return false;
        instant = parsed.ToUniversalTime();
        return true;
    }

    /// <summary>The instant in UTC: <c>2026-01-31T12:00:00.25Z</c>.</summary>
    public static string Format(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture);

    private static bool HasOffset(string text) => text[^1] is 'Z' or 'z' || text[^6] is '+' or '-';
}
