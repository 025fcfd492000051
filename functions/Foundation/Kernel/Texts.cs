namespace Foundation.Kernel;

/// <summary>Texts of callers inside messages.</summary>
public static class Texts
{
    /// <summary>
    /// At most <paramref name="lengthMax"/> characters, control characters replaced: safe to put into a message or a log.
    /// </summary>
    public static string Clip(string text, int lengthMax = 60)
    {
        var cut = text.Length > lengthMax;
        var end = cut ? lengthMax : text.Length;

        // Never cut a surrogate pair in two: the half would not be encodable.
        if (cut && char.IsHighSurrogate(text[end - 1])) end--;
        var part = text.AsSpan(0, end);
        if (!cut && !HasControl(part)) return text;
        return string.Create(end + (cut ? 1 : 0), (text, end, cut), static (target, state) =>
        {
            for (var i = 0; i < state.end; i++) target[i] = char.IsControl(state.text[i]) ? ' ' : state.text[i];
            if (state.cut) target[^1] = '…';
        });
    }

    private static bool HasControl(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c)) return true;
        }

        return false;
    }
}
