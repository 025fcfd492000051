namespace Foundation.Kernel;

/// <summary>Finds what a mistyped word was meant to be.</summary>
public static class DidYouMean
{
    private const int WordLengthMax = 64;

    /// <summary>The nearest candidate, or null where none is near: other case or separators, or an edit in three letters.</summary>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > WordLengthMax) return null;
        string? best = null;
        var bestDistance = Math.Max(1, word.Length / 3) + 1;
        var plainWord = Plain(word);
        foreach (var candidate in candidates)
        {
            if (candidate.Length > WordLengthMax) continue;
            var plain = Plain(candidate);
            var distance = plain == plainWord ? 0 : EditDistance.Between(plainWord, plain);
            if (distance >= bestDistance) continue;
            bestDistance = distance;
            best = candidate;
        }

        return best;
    }

    /// <summary>The sentence of a hint, or null.</summary>
    public static string? Hint(string word, IEnumerable<string> candidates) =>
        Find(word, candidates) is { } found ? $"Did you mean '{found}'?" : null;

    private static string Plain(string word) =>
        word.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
