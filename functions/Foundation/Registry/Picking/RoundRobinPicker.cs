namespace Foundation.Registry.Picking;

/// <summary>
/// In turn, by weight. No state but a ticket: ticket n looks at instance n mod count, and lets one of weight w pass in w of wMax rounds,
/// spread evenly by a low-discrepancy sequence. Constant time while most are eligible, no allocation.
/// </summary>
internal static class RoundRobinPicker
{
    // The fractional part of the golden ratio times 2^32: multiples of it, modulo 2^32, are spread most evenly (Weyl sequence).
    private const uint Golden = 2_654_435_769;
    private const int RoundsMax = 8;

    /// <summary>The place of the chosen one, or −1 when none is eligible.</summary>
    /// <param name="candidates">All that match, in a fixed order.</param>
    /// <param name="ticket">The caller's counter; grows by the places that were passed.</param>
    /// <param name="heaviest">The greatest weight among them.</param>
    /// <param name="now">The time.</param>
    public static int Pick(ReadOnlySpan<Instance> candidates, ref ulong ticket, double heaviest, DateTimeOffset now)
    {
        if (candidates.IsEmpty)
        {
            return -1;
        }

        var count = (ulong)candidates.Length;
        var first = -1;
        for (var passed = 0UL; passed < count * RoundsMax; passed++)
        {
            var at = (int)(ticket % count);
            var round = ticket / count;
            ticket++;
            var candidate = candidates[at];
            if (candidate.EligibleAt(now))
            {
                if (Passes(candidate.WeightAt(now) / heaviest, round, at))
                {
                    return at;
                }

                first = first < 0 ? at : first;
            }
            else if (passed + 1 == count && first < 0)
            {
                // A whole round without an eligible one: further rounds would find none.
                return -1;
            }
        }

        return first;
    }

    private static bool Passes(double share, ulong round, int at) =>
        share >= 1 || unchecked(((uint)round + (uint)at) * Golden) < share * uint.MaxValue;
}
