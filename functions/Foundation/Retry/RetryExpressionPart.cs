namespace Foundation.Retry;

/// <summary>One stage of the text: <c>name(argument, …)</c>, with the positions of its pieces.</summary>
internal sealed record RetryExpressionPart(int Position, string Name, (int Position, string Text)[] Arguments)
{
    /// <summary>What is wrong with its form, or null.</summary>
    public string? Fault { get; private init; }

    /// <summary>Where.</summary>
    public int FaultPosition { get; private init; }

    /// <summary>The stages between the bars.</summary>
    public static IEnumerable<RetryExpressionPart> Split(string text)
    {
        var start = 0;
        while (true)
        {
            var end = text.IndexOf('|', start);
            yield return Read(text, start, end < 0 ? text.Length : end);
            if (end < 0) yield break;
            start = end + 1;
        }
    }

    private static RetryExpressionPart Read(string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start])) start++;
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        var open = text.IndexOf('(', start, end - start);
        if (open < 0)
        {
            var close = text.IndexOf(')', start, end - start);
            var bare = new RetryExpressionPart(start, text[start..end], []);
            return close < 0 ? bare : bare with { Fault = "a ')' without its '('.", FaultPosition = close };
        }

        var part = new RetryExpressionPart(start, text[start..open].TrimEnd(), []);
        if (text[end - 1] != ')') return part with { Fault = "a ')' is missing.", FaultPosition = end };
        return part with { Arguments = SplitArguments(text, open + 1, end - 1) };
    }

    private static (int Position, string Text)[] SplitArguments(string text, int start, int end)
    {
        if (text.AsSpan(start, end - start).IsWhiteSpace()) return [];
        var arguments = new List<(int, string)>();
        while (true)
        {
            var comma = text.IndexOf(',', start, end - start);
            var stop = comma < 0 ? end : comma;
            var first = start;
            while (first < stop && char.IsWhiteSpace(text[first])) first++;
            arguments.Add((first, text[first..stop].TrimEnd()));
            if (comma < 0) return [.. arguments];
            start = comma + 1;
        }
    }
}
