namespace Foundation.Registry.Picking;

/// <summary>Where the turn of a capability or service is. Shared by all who pick from it in this process.</summary>
internal sealed class Rotation
{
    private readonly Lock _gate = new();
    private Instance[]? _seen;
    private double _heaviest = 1;
    private ulong _ticket;

    /// <summary>The next in turn, or null when none is eligible.</summary>
    public Instance? Next(Instance[] candidates, DateTimeOffset now)
    {
        lock (_gate)
        {
            // An array of the snapshot never changes: the heaviest is looked for once per change of the registry.
            if (!ReferenceEquals(_seen, candidates))
            {
                (_seen, _heaviest) = (candidates, Heaviest(candidates, now));
            }

            var at = RoundRobinPicker.Pick(candidates, ref _ticket, _heaviest, now);
            return at < 0 ? null : candidates[at];
        }
    }

    private static double Heaviest(Instance[] candidates, DateTimeOffset now)
    {
        var heaviest = 0.0;
        foreach (var candidate in candidates)
        {
            heaviest = candidate.EligibleAt(now) ? Math.Max(heaviest, candidate.Weight) : heaviest;
        }

        return heaviest > 0 ? heaviest : 1;
    }
}
