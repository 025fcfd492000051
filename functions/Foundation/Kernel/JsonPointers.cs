using System.Globalization;

namespace Foundation.Kernel;

/// <summary>JSON Pointers (RFC 6901) as text; the empty pointer is the whole document.</summary>
public static class JsonPointers
{
    /// <summary>The pointer of a member of the object at <paramref name="path"/>.</summary>
    public static string Append(string path, string member) => $"{path}/{Escape(member)}";

    /// <summary>The pointer of an item of the array at <paramref name="path"/>.</summary>
    public static string Append(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}/{index}");

    /// <summary>Escapes one reference token: <c>~</c> and <c>/</c>.</summary>
    public static string Escape(string member) =>
        member.AsSpan().ContainsAny('~', '/')
            ? member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)
            : member;

    /// <summary>The reference tokens of a path, unescaped.</summary>
    public static string[] Split(string path)
    {
        if (path.Length == 0) return [];
        var tokens = path[1..].Split('/');
        for (var i = 0; i < tokens.Length; i++)
        {
            // The order matters: "~01" is "~1", not "/".
            tokens[i] = tokens[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }

        return tokens;
    }
}
