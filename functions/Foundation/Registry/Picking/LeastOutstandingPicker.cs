namespace Foundation.Registry.Picking;

/// <summary>
/// The least outstanding work for its weight: of all where there are few, else the better of four drawn at random ("power of two
/// choices", Mitzenmacher 2001; Envoy's least-request does the same). Constant time, no allocation.
/// </summary>
internal static class LeastOutstandingPicker
{
    /// <summary>Up to so many all are compared.</summary>
    public const int CompareAllMax = 32;

    private const int Draws = 4;
    private const int TriesPerDraw = 4;

    /// <summary>The place of the chosen one, or −1 when none is eligible.</summary>
    /// <param name="candidates">All that match.</param>
    /// <param name="seed">Another one for each pick.</param>
    /// <param name="now">The time.</param>
    public static int Pick(ReadOnlySpan<Instance> candidates, ulong seed, DateTimeOffset now)
    {
        if (candidates.IsEmpty)
        {
            return -1;
        }

        // Beginning at a random place makes the order of equals fair.
        var start = Draw(ref seed, candidates.Length);
        if (candidates.Length <= CompareAllMax)
        {
            return Best(candidates, start, now);
        }

        var (best, least) = (-1, double.PositiveInfinity);
        for (var tries = 0; tries < Draws * TriesPerDraw; tries++)
        {
            var at = Draw(ref seed, candidates.Length);
            if (candidates[at].EligibleAt(now))
            {
                var score = Score(candidates[at], now);
                (best, least) = score < least ? (at, score) : (best, least);
                if (tries >= Draws - 1)
                {
                    break;
                }
            }
        }

        return best >= 0 ? best : Best(candidates, start, now);
    }

    /// <summary>What is compared: less is better.</summary>
    public static double Score(Instance instance, DateTimeOffset now) =>
        (instance.Activity.Outstanding + 1) / Math.Max(instance.WeightAt(now), RegistryOptions.WeightMin);

    private static int Best(ReadOnlySpan<Instance> candidates, int start, DateTimeOffset now)
    {
        var (best, least) = (-1, double.PositiveInfinity);
        for (var i = 0; i < candidates.Length; i++)
        {
            var at = start + i < candidates.Length ? start + i : start + i - candidates.Length;
            if (candidates[at].EligibleAt(now) && Score(candidates[at], now) is var score && score < least)
            {
                (best, least) = (at, score);
            }
        }

        return best;
    }

    // SplitMix64: the next of a sequence in which each seed begins elsewhere.
    private static int Draw(ref ulong seed, int count)
    {
        seed += 0x9E37_79B9_7F4A_7C15;
        var mixed = seed;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        mixed ^= mixed >> 31;
        return (int)Math.BigMul(mixed, (ulong)count, out _);
    }
}
