namespace Foundation.Kernel;

/// <summary>Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours (Damerau 1964, restricted).</summary>
public static class EditDistance
{
    /// <summary>The number of edits from one word to the other.</summary>
    public static int Between(ReadOnlySpan<char> from, ReadOnlySpan<char> to)
    {
        var width = to.Length + 1;
        var before = new int[width];
        var previous = new int[width];
        var current = new int[width];
        for (var j = 0; j < width; j++) previous[j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j < width; j++)
            {
                var cost = from[i - 1] == to[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
                }
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[^1];
    }
}
