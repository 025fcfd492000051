using System.Globalization;

namespace Foundation.Kernel;

/// <summary>Shares as text: <c>"10%"</c> is 0.1. From 0 % to 100 %, at most six decimals.</summary>
public static class Shares
{
    /// <summary>What a person is told to write.</summary>
    public const string Expected = "a share from 0% to 100%, such as 10% or 2.5%";

    private const int TextLengthMax = 12;

    /// <summary>Reads a share; false when the text is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out double share)
    {
        share = 0;
        if (text.Length is < 2 or > TextLengthMax || text[^1] != '%') return false;
        if (!char.IsAsciiDigit(text[0]) || !char.IsAsciiDigit(text[^2])) return false;
        if (!decimal.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)) return false;
        if (percent > 100 || percent.Scale > 6) return false;
        share = (double)(percent / 100);
        return true;
    }

    /// <summary>The shortest text of a share, to six decimals of a per cent.</summary>
    public static string Format(double share) =>
        Math.Round((decimal)share * 100, 6).ToString("0.######", CultureInfo.InvariantCulture) + "%";
}
