namespace Foundation.Registry.View;

/// <summary>What a change of an instance means to those who give it work. Pure.</summary>
internal static class InstanceChanges
{
    /// <summary>The events between two versions, either of which may be absent.</summary>
    public static IEnumerable<InstanceEvent> Between(Instance? before, Instance? after, DateTimeOffset now)
    {
        if (after is null)
        {
            if (before is not null)
            {
                yield return new InstanceEvent(InstanceEventKind.Unavailable, before with { Status = InstanceStatus.Down });
            }

            yield break;
        }

        // A generation above the first has predecessors, also when this process never saw them.
        if (after.Generation > (before?.Generation ?? 1))
        {
            yield return new InstanceEvent(InstanceEventKind.Superseded, after);
        }

        var could = before?.EligibleAt(now) ?? false;
        if (after.EligibleAt(now))
        {
            if (!could || after.Generation != before!.Generation || OffersMore(before, after))
            {
                yield return new InstanceEvent(InstanceEventKind.Available, after);
            }
        }
        else if (could || (before is not null && before.Status != after.Status))
        {
            yield return new InstanceEvent(InstanceEventKind.Unavailable, after);
        }
    }

    private static bool OffersMore(Instance before, Instance after) =>
        before.MaxConcurrency != after.MaxConcurrency
        || before.Endpoint != after.Endpoint
        || !before.Capabilities.SequenceEqual(after.Capabilities);
}
