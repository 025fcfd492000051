using System.Text;

namespace Foundation.Azure.Tables;

/// <summary>
/// Writes texts with the characters that Azure accepts in keys, so that encoded texts sort exactly like the texts.
/// </summary>
/// <remarks>
/// A plain escape (<c>~2F</c> for <c>/</c>) would move <c>/</c> behind the letters. So a refused character and the accepted
/// one before it form a group: all of the group are written as that first character and a letter of their rank. No code is the
/// start of another, so order is kept character by character. Codes never contain a blank or <c>!</c>: <c>!</c> separates
/// the parts of a key and sorts before all of them.
/// </remarks>
internal static class KeyCode
{
    /// <summary>Ends each part of a key.</summary>
    public const char Separator = '!';

    /// <summary>The character right after <see cref="Separator"/>: the exclusive end of all keys under a part.</summary>
    public const char AfterSeparator = '"';

    /// <summary>Before every code and the separator: a bound right after a key.</summary>
    public const char JustAfter = ' ';

    private const char First = ' ';
    private const char Last = '~';
    private static readonly string[] Codes = BuildCodes();

    /// <summary>Encodes printable ASCII text; throws <see cref="ArgumentException"/> for other characters.</summary>
    public static string Encode(string text)
    {
        var result = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (c is < First or > Last)
            {
                throw new ArgumentException($"'{text}' holds U+{(int)c:X4}; keys and lanes are printable ASCII", nameof(text));
            }

            result.Append(Codes[c - First]);
        }

        return result.ToString();
    }

    /// <summary>
    /// Encodes a bound behind the parts before it. A bound may hold any character: what lies beyond printable ASCII is rounded in
    /// its direction.
    /// </summary>
    public static string EncodeBound(string before, string text)
    {
        var result = new StringBuilder(before, before.Length + text.Length + 8);
        foreach (var c in text)
        {
            if (c < First)
            {
                return result.Append(JustAfter).ToString();
            }

            if (c > Last)
            {
                return After(result.ToString());
            }

            result.Append(Codes[c - First]);
        }

        return result.ToString();
    }

    /// <summary>The least text after all that start with this encoded prefix; "~" chains are shortened.</summary>
    public static string After(string prefix)
    {
        var kept = prefix.TrimEnd(Last);
        return kept.Length == 0 ? prefix + (char)(Last + 1) : kept[..^1] + (char)(kept[^1] + 1);
    }

    /// <summary>The text that was encoded.</summary>
    public static string Decode(ReadOnlySpan<char> code)
    {
        var result = new StringBuilder(code.Length);
        for (var i = 0; i < code.Length; i++)
        {
            var single = Codes[code[i] - First];
            if (single.Length == 1)
            {
                result.Append(code[i]);
                continue;
            }

            var pair = code.Slice(i++, 2);
            result.Append(Character(pair));
        }

        return result.ToString();
    }

    private static char Character(ReadOnlySpan<char> pair)
    {
        for (var i = 0; i < Codes.Length; i++)
        {
            if (pair.SequenceEqual(Codes[i]))
            {
                return (char)(First + i);
            }
        }

        throw new FormatException($"'{pair}' is no code of a key");
    }

    private static string[] BuildCodes()
    {
        var codes = new string[Last - First + 1];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = ((char)(First + i)).ToString();
        }

        // Refused by Azure: # / ? \ and controls. Taken along because URLs, OData or an emulator read them otherwise: blank ! % & ' +.
        Group('"', " !\"#", "abcd");
        Group('$', "$%&'", "abcd");
        Group('*', "*+", "ab");
        Group('.', "./", "._");
        Group('>', ">?", "ab");
        Group('[', "[\\", "ab");
        return codes;

        void Group(char lead, string members, string ranks)
        {
            for (var i = 0; i < members.Length; i++)
            {
                codes[members[i] - First] = $"{lead}{ranks[i]}";
            }
        }
    }
}
