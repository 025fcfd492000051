using System.Globalization;
using System.Text;

namespace Foundation.Kernel;

/// <summary>
/// Resolves plain YAML scalars by the core schema of YAML 1.2 (section 10.3.2). So <c>yes</c>, <c>on</c> and <c>1:30</c> are texts,
/// unlike in YAML 1.1. Numbers keep their digits.
/// </summary>
internal static class YamlScalars
{
    /// <summary>
    /// The JSON of a plain scalar that is not a text; null for a text. <paramref name="reason"/> says where JSON has no such value.
    /// </summary>
    public static string? Resolve(string text, out string? reason)
    {
        reason = null;
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return "null";
            case "true" or "True" or "TRUE":
                return "true";
            case "false" or "False" or "FALSE":
                return "false";
            case ".nan" or ".NaN" or ".NAN":
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF":
                reason = $"{text} has no JSON.";
                return null;
        }

        return text[0] is '+' or '-' or '.' or (>= '0' and <= '9') ? Number(text) : null;
    }

    private static string? Number(string text)
    {
        if (text.StartsWith("0o", StringComparison.Ordinal)) return Radix(text.AsSpan(2), 8);
        if (text.StartsWith("0x", StringComparison.Ordinal)) return Radix(text.AsSpan(2), 16);
        var i = text[0] is '+' or '-' ? 1 : 0;
        var whole = Digits(text, ref i);
        var fraction = "";
        if (i < text.Length && text[i] == '.')
        {
            i++;
            fraction = Digits(text, ref i);
        }

        if (whole.Length == 0 && fraction.Length == 0) return null;
        var exponent = "";
        if (i < text.Length && text[i] is 'e' or 'E')
        {
            var start = i++;
            if (i < text.Length && text[i] is '+' or '-') i++;
            if (Digits(text, ref i).Length == 0) return null;
            exponent = text[start..i];
        }

        if (i != text.Length) return null;

        // JSON allows neither "+1" nor "01" nor "1." nor ".5"; everything else stays as it was written.
        var json = new StringBuilder();
        if (text[0] == '-') json.Append('-');
        var trimmed = whole.TrimStart('0');
        json.Append(trimmed.Length == 0 ? "0" : trimmed);
        if (fraction.Length > 0) json.Append('.').Append(fraction);
        return json.Append(exponent).ToString();
    }

    private static string Digits(string text, ref int i)
    {
        var start = i;
        while (i < text.Length && char.IsAsciiDigit(text[i])) i++;
        return text[start..i];
    }

    private static string? Radix(ReadOnlySpan<char> digits, int radix)
    {
        if (digits.IsEmpty || digits.Length > 32) return null;
        UInt128 value = 0;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 16;
            if (digit >= radix) return null;
            value = value * (uint)radix + (uint)digit;
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }
}
